"""What a model's owner says that it predicts: read as people write it, or refused with the row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from remembrain.cohort.owner_predictions import read_owner_predictions, write_owner_predictions
from remembrain.errors import DataError, ProblemsError
from remembrain.types import Scans


def scans_of(people: int = 4, sessions: int = 1) -> Scans:
    person = np.repeat([f"sub-{place:02d}" for place in range(people)], sessions)
    session = (
        np.tile([f"ses-{place:02d}" for place in range(sessions)], people) if sessions > 1 else np.full(people, "")
    )
    n = len(person)
    return Scans(person, session, np.full(n, 60.0), np.full(n, "n/a"), np.full(n, "n/a"))


def read(tmp_path: Path, text: str, scans: Scans | None = None, label: str = "age") -> list[float]:
    path = tmp_path / "owner.tsv"
    path.write_text(text, encoding="utf-8")
    return read_owner_predictions(path, scans or scans_of(), label).tolist()


@pytest.mark.parametrize(
    "text",
    [
        "participant_id\tpredicted_age\nsub-01\t61.5\nsub-03\t70\n",
        "participant_id,predicted_age\n01,61.5\n03,70\n",
        "participant_id;predicted_age\r\nsub-01;61,5\r\nsub-03;70\r\n",
        "Subject\tPredicted Age\nsub-01\t61.5\nsub-02\tn/a\nsub-03\t70\n",
        "\ufeffid,age,y_pred\nsub-01,60,61.5\nsub-03,60,70\nsub-99,60,1\n",
        "participant_id\tsession_id\tprediction\nsub-01\tn/a\t61.5\nsub-03\tn/a\t70.0\n",
    ],
)
def test_predictions_are_read_as_people_write_them(tmp_path: Path, text: str) -> None:
    assert np.array_equal(read(tmp_path, text), [np.nan, 61.5, np.nan, 70.0], equal_nan=True)


def test_a_decimal_comma_is_told_by_the_whole_file_or_asked_about(tmp_path: Path) -> None:
    found = read(tmp_path, "participant_id;age;predicted_age\nsub-01;60,5;61,500\nsub-03;60,5;70,000\n")
    assert np.array_equal(found, [np.nan, 61.5, np.nan, 70.0], equal_nan=True)
    with pytest.raises(DataError, match="may be thousands or a fraction"):
        read(tmp_path, "participant_id;predicted_age\nsub-01;61,500\nsub-03;70,000\n")


def test_a_person_of_several_scans_is_told_by_session(tmp_path: Path) -> None:
    scans = scans_of(2, 2)
    found = read(tmp_path, "participant_id,session,predicted\nsub-00,01,50\nsub-01,ses-00,51\n", scans)
    assert np.array_equal(found, [np.nan, 50, 51, np.nan], equal_nan=True)
    with pytest.raises(ProblemsError, match="has 2 scans, and the row does not say which session's it is"):
        read(tmp_path, "participant_id,predicted\nsub-00,50\n", scans)


def test_another_label_has_its_own_column(tmp_path: Path) -> None:
    assert read(tmp_path, "participant_id\tpredicted_iq\nsub-00\t100\n", label="iq")[0] == 100
    with pytest.raises(DataError, match=r"no column predicted_iq \(it has participant_id, predicted_age\)"):
        read(tmp_path, "participant_id\tpredicted_age\nsub-00\t100\n", label="iq")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("participant_id\tage\nsub-01\t61.5\n", "has no column predicted_age"),
        ("participant_id\tpredicted_age\ty_pred\nsub-01\t61.5\t60\n", "has the columns predicted_age and y_pred"),
        ("colour\tpredicted_age\nsub-01\t61.5\n", "has no column participant_id"),
        ("participant_id\tpredicted_age\nsub-77\t61.5\n", "no prediction of anybody who is audited .*sub-77"),
        ("participant_id\tpredicted_age\nsub-01\tabout 60\n", "row 2: sub-01: predicted_age is 'about 60'"),
        ("participant_id\tpredicted_age\nsub-01\t6_1\n", "is '6_1', which is no number"),
        ("participant_id\tpredicted_age\nsub-01\t61\nsub-01\t62\n", "stands twice, with 61 and 62"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(DataError, match=what):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_owner_predictions(tmp_path / "none.tsv", scans_of())


@pytest.mark.parametrize("sessions", [1, 2])
def test_what_is_written_is_read_back_exactly(tmp_path: Path, sessions: int) -> None:
    scans = scans_of(4, sessions)
    given = np.where(np.arange(len(scans)) % 3 == 0, np.nan, np.random.default_rng(0).normal(60, 9, len(scans)))
    write_owner_predictions(tmp_path / "kept.tsv", scans, given, "age")
    assert np.array_equal(read_owner_predictions(tmp_path / "kept.tsv", scans), given, equal_nan=True)
