"""Tables pasted together in another order of rows are found by their columns of people, and others are not."""

from __future__ import annotations

import pandas as pd
import pytest

from remembrain.cohort.pasted import pasted_askew

NAMES = [f"sub-{number:03d}" for number in range(1, 31)]
LINES = range(2, 32)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("participant_id", "ID"),
        ("lh.aparc.thickness", "rh.aparc.thickness"),
        ("participant_id", "participant_id.1"),
        ("participant_id_x", "participant_id_y"),
        ("Measure:volume", "lh.aparc.a2009s.area"),
        ("participant_id", "unnamed"),
        ("participant_id", "mri_id"),
    ],
)
def test_two_columns_of_people_in_another_order_stop(first: str, second: str) -> None:
    frame = pd.DataFrame({first: NAMES, "thick": range(30), second: [*NAMES[:1], *NAMES[2:], NAMES[1]]})
    (problem,) = pasted_askew(frame, first, LINES, "t.tsv")
    assert problem.fatal
    what = f"{first} and {second} name different people in 29 rows (row 3: sub-002 and sub-003, row 4: sub-003"
    assert problem.what.startswith(what)
    assert problem.what.count("row ") == 3
    assert "sub-" not in problem.summary


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("ID", NAMES),
        ("ID", [name.removeprefix("sub-").lstrip("0") for name in NAMES]),
        ("ID", [*NAMES[:20], *["n/a"] * 10]),
        ("rh.aparc.thickness", [f"{name}_ses-1" for name in NAMES]),
        ("twin_id", NAMES[::-1]),
        ("RID", [f"{4000 - number}" for number in range(30)]),
        ("unnamed", [str(row) for row in range(30)]),
        ("note", NAMES[::-1]),
        ("Scanner ID", ["1", "2"] * 15),
        ("group id", ["1", "2", "3"] * 10),
        ("site_id", [f"{number % 20 + 1}" for number in range(30)]),
    ],
)
def test_columns_that_agree_or_name_others_are_no_question(name: str, cells: list[str]) -> None:
    frame = pd.DataFrame({"participant_id": NAMES, name: cells})
    assert pasted_askew(frame, "participant_id", LINES, "t.tsv") == []


def test_numbers_of_rows_are_no_people() -> None:
    people = [str(number) for number in range(30, 0, -1)]
    frame = pd.DataFrame({"participant_id": people, "unnamed": [str(row) for row in range(30)]})
    assert pasted_askew(frame, "participant_id", LINES, "t.tsv") == []
