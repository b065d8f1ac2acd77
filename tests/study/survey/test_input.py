"""What an audit of tables reads, and the release that it is of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from made_answers import made
from remembrain.config import SurveyConfig
from remembrain.errors import DataError
from remembrain.study.survey.input import read_survey, release_of
from remembrain.survey.tables_csv import write_tables


def config(folder: Path, people: int = 200, **more) -> SurveyConfig:
    made(people, 3).to_csv(folder / "answers.csv", index=False)
    asked = {"release": {"margins": "all", "group_size": 80}, **more}
    return SurveyConfig.model_validate({"source": folder / "answers.csv", "seed": 4, **asked})


def other(folder: Path, name: str, first: int, people: int = 60) -> Path:
    made(people, first, first=first).to_csv(folder / f"{name}.csv", index=False)
    return folder / f"{name}.csv"


def test_settings_of_a_release_and_of_its_reader_are_those_of_the_config(tmp_path: Path) -> None:
    said = {"release": {"margins": ["q1"], "group_size": 70, "round_to": 5, "noise": "gaussian"}}
    knows = {"adversary": {"known": 0.5, "knows_n": False, "reference_size": 40}, "audit": {"tested": 33}}
    asked = config(tmp_path, **said, **knows)
    release = release_of(asked, read_survey(asked))
    assert (release.case.group_size, release.case.tested, len(release.group)) == (70, 33, 70)
    assert (release.case.rules.round_to, release.case.rules.noise) == (5, "gaussian")
    assert (release.case.adversary.known, release.case.adversary.knows_n) == (0.5, False)
    assert [table.name for table in release.survey.layout.tables] == ["margin-q1"]
    assert not release.given


def test_noise_hangs_on_a_secret_beside_the_seed_and_who_is_in_the_tables_does_not(tmp_path: Path) -> None:
    asked = config(tmp_path, release={"margins": "all", "group_size": 80, "noise_epsilon": 5.0})
    there = read_survey(asked)
    first, again, second = (release_of(asked, there, key) for key in (1, 1, 2))
    np.testing.assert_array_equal(first.published.share, again.published.share)
    assert not np.array_equal(first.published.share, second.published.share)
    np.testing.assert_array_equal(first.group, second.group)


def test_people_of_other_files_are_other_people(tmp_path: Path) -> None:
    outsiders, reference = other(tmp_path, "outsiders", 1000), other(tmp_path, "reference", 2000)
    there = read_survey(config(tmp_path, outsiders=outsiders, reference=reference)).survey
    assert (len(there.answers), len(there.outsiders), len(there.reference)) == (200, 60, 60)
    assert there.outsiders.participant_id[0] == "sub-1000"
    for files in (
        {"outsiders": outsiders, "reference": other(tmp_path, "both", 1059)},
        {"reference": other(tmp_path, "ours", 199)},
    ):
        with pytest.raises(DataError, match="stands here and among those whose answers are published"):
            read_survey(config(tmp_path, **files))


def test_given_tables_are_read_with_who_took_part(tmp_path: Path) -> None:
    asked = config(tmp_path)
    first = release_of(asked, read_survey(asked))
    write_tables(first.survey.layout, first.published, tmp_path / "tables")
    people = made(200, 3).assign(member=["Yes" if place in set(first.group) else "0" for place in range(200)])
    people.to_csv(tmp_path / "people.csv", index=False)
    files = {"tables": tmp_path / "tables", "reference": other(tmp_path, "reference", 2000)}
    given = asked.model_copy(update={"source": tmp_path / "people.csv", **files})
    there = read_survey(given)
    np.testing.assert_array_equal(np.flatnonzero(there.member), first.group)
    release = release_of(given, there)
    assert release.given
    np.testing.assert_allclose(release.published.share, first.published.share)
    people.assign(member=["perhaps", *people["member"][1:]]).to_csv(tmp_path / "people.csv", index=False)
    with pytest.raises(DataError, match="row 2: member = 'perhaps'"):
        read_survey(given)


def test_how_given_tables_were_read_is_told_and_declared_blur_counts(tmp_path: Path) -> None:
    people = made(200, 3).assign(member=[1, 0] * 100)
    people.to_csv(tmp_path / "people.csv", index=False)
    tables = people[people["member"] == 1].groupby("sex").size()
    (tmp_path / "t.csv").write_text("sex,value\n" + "".join(f"{sex},{n}\n" for sex, n in tables.items()))
    files = {"tables": tmp_path / "t.csv", "reference": other(tmp_path, "reference", 2000)}
    said = {"source": tmp_path / "people.csv", "release": {"margins": ["sex"]}, **files}
    asked = SurveyConfig.model_validate({**said, "published": {"unit": "count", "noise_sd": 4.0}})
    heard: list[str] = []
    release = release_of(asked, read_survey(asked), None, heard.append)
    share = release.published.share
    np.testing.assert_allclose(share, tables / 100)
    np.testing.assert_allclose(release.published.blur, 16 * (1 + share**2) / 100**2)
    asked = SurveyConfig.model_validate({**said, "published": {"unit": "percent"}})
    np.testing.assert_allclose(release_of(asked, read_survey(asked), None, heard.append).published.share, tables / 100)
    assert heard == [
        "the largest table is of 100 people, who are taken for all: group_size in [release] says another number"
    ]


def test_a_second_session_stands_in_the_file_or_in_one_of_its_own(tmp_path: Path) -> None:
    """However it is brought, the release is of the first, and reliability that of both."""
    first, noise = made(200, 3), np.random.default_rng(5).normal(0, 1, 200)
    second = first.assign(score=2 * first["score"] + noise)[20:]
    files = {"both": pd.concat([first.assign(when=1), second.assign(when=2)]), "first": first, "second": second}
    for name, rows in files.items():
        rows.to_csv(tmp_path / f"{name}.csv", index=False)
    expected = np.corrcoef(first["score"][20:], second["score"])[0, 1]
    said = {
        "release": {"means": ["score"], "margins": ["q1"], "group_size": 80},
        "adversary": {"reliability": "measured"},
    }
    for files in (
        {"source": "both.csv", "audit": {"session_column": "when"}},
        {"source": "first.csv", "sessions": "second.csv"},
    ):
        located = {key: tmp_path / value if isinstance(value, str) else value for key, value in files.items()}
        there = read_survey(SurveyConfig.model_validate({**said, **located}))
        answers, again = there.survey.answers, there.survey.again
        np.testing.assert_allclose(answers.numbers("score"), first["score"])
        assert [question.name for question in there.questions if question.name == "when"] == []
        place = [question.name for question in answers.numeric].index("score")
        assert (again.people[place], again.reliability[place]) == (180, pytest.approx(expected))
    assert expected > 0.5
    with pytest.raises(DataError, match="no column says the session"):
        read_survey(SurveyConfig.model_validate({**said, "source": tmp_path / "both.csv"}))


def test_codes_among_numbers_are_asked_about_where_their_mean_is_published(tmp_path: Path) -> None:
    asked = config(tmp_path, release={"means": ["score"], "group_size": 80})
    people = made(200, 3)
    people.loc[:3, "score"] = 99999
    people.to_csv(tmp_path / "answers.csv", index=False)
    with pytest.raises(DataError, match="score: 99999 in 4 cells"):
        read_survey(asked)
    declared = asked.model_copy(update={"columns": {"score": {"missing": ["99999"]}}})
    assert read_survey(declared).survey.answers.numbers("score")[:4].tolist() != [99999] * 4


def test_a_handful_of_people_is_no_survey(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds 9 people"):
        read_survey(config(tmp_path, 9))
