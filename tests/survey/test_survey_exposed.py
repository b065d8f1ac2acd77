"""The subgroups of tables, and the file of those who are exposed most."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from made_survey import EVERYTHING, made
from private_files import open_to_others
from remembrain.errors import DataError
from remembrain.evidence.calibration import Membership
from remembrain.run import RunFolder
from remembrain.survey.exposed import levels_of, write_most_exposed
from remembrain.survey.layout import lay_out
from remembrain.survey.release import Survey


def survey() -> Survey:
    answers = made(60, (2, 3) + (2,) * 6, missing=0.2)
    long = replace(answers.categorical[1], titles=("short", "x" * 37, "y" * 36))
    answers = replace(answers, categorical=(answers.categorical[0], long, *answers.categorical[2:]))
    return Survey(answers, lay_out(EVERYTHING, answers, ""), outsiders=made(30, (2, 3) + (2,) * 6, seed=1))


def test_levels_are_those_of_members_and_outsiders_by_their_titles() -> None:
    there = survey()
    people, factors = levels_of(there, ["q1"])
    codes = np.concatenate([there.answers.code[:, 1], there.outsiders.code[:, 1]])
    assert people.tolist() == [*there.answers.participant_id, *there.outsiders.participant_id]
    titles = {0: "short", 1: "x" * 34 + "…", 2: "y" * 36, -1: "no answer"}
    assert factors["q1"].tolist() == [titles[code] for code in codes.tolist()]


def test_the_first_six_columns_are_subgroups_where_none_is_said_and_a_strange_one_is_refused() -> None:
    assert list(levels_of(survey(), ())[1]) == [f"q{place}" for place in range(6)]
    with pytest.raises(DataError, match="exposed_by: no categorical column 'q9'"):
        levels_of(survey(), ["q0", "q9"])


def test_the_fifty_most_exposed_are_written_for_the_owner_alone(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", {})
    file = run.restricted / "most_exposed.tsv"
    write_most_exposed(run, None)
    assert not file.exists()
    probability = np.random.default_rng(0).random(80)
    names = np.array([f"p{place}" for place in range(80)])
    write_most_exposed(run, Membership(names, probability > 0.5, probability))
    rows = [line.split("\t") for line in file.read_text().splitlines()]
    assert rows[0] == ["participant_id", "member", "probability"]
    first = np.argsort(-probability)[:50]
    assert [row[0] for row in rows[1:]] == names[first].tolist()
    assert [row[1] for row in rows[1:]] == [str(int(value > 0.5)) for value in probability[first]]
    assert open_to_others(run.path) == []
