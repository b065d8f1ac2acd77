"""Columns that are no measures: names of people are left out, and codes are asked about where a mean is published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from made_survey import write_table
from remembrain.errors import ProblemsError
from remembrain.survey.answers_file import read_answers
from remembrain.survey.no_measures import refuse_doubts

PEOPLE = 60
RNG = np.random.default_rng(3)
INCOME = [f"{value:.2f}" for value in RNG.normal(300, 50, PEOPLE)]
SCRAMBLED = [str(value) for value in RNG.permutation(np.arange(5000, 5000 + 7 * PEOPLE, 7))]


def questions(tmp_path: Path, said=None, **columns):
    cells = {"q": ["a", "b"] * (PEOPLE // 2), "income": INCOME, **columns}
    return {one.name: one for one in read_answers(write_table(tmp_path / "t.csv", cells), said or {})[1]}


@pytest.mark.parametrize(
    ("name", "cells", "why"),
    [
        ("seqn", SCRAMBLED, "names people by its name"),
        ("count", [str(1 + place) for place in range(PEOPLE)], "counts the rows"),
        ("scrambled", SCRAMBLED, "holds whole numbers that differ for everybody, as names do"),
    ],
)
def test_what_names_people_is_no_number(tmp_path: Path, name: str, cells: list[str], why: str) -> None:
    found = questions(tmp_path, **{name: cells})
    assert (found[name].kind, found["income"].kind) == ("left out", "numeric")
    assert found[name].why.startswith(why)
    assert "left out" in found[name].line()


def test_what_is_declared_to_be_a_number_is_one(tmp_path: Path) -> None:
    assert questions(tmp_path, {"scrambled": {"kind": "numeric"}}, scrambled=SCRAMBLED)["scrambled"].kind == "numeric"


def with_codes(code: str = "99999") -> list[str]:
    return [code, code, *INCOME[2:]]


def test_codes_far_outside_are_told_and_asked_about_where_a_mean_is_published(tmp_path: Path) -> None:
    found = questions(tmp_path, income=with_codes())
    assert found["income"].doubt.startswith("99999 in 2 cells, and all others are ")
    assert found["income"].doubt in found["income"].line()
    refuse_doubts({"age"}, tuple(found.values()), tmp_path / "t.csv")
    with pytest.raises(ProblemsError, match=r"t\.csv: income: 99999 in 2 cells.*: does it say missing\?") as raised:
        refuse_doubts({"income"}, tuple(found.values()), tmp_path / "t.csv")
    assert raised.value.try_next.startswith('[columns.income] missing = ["CODE"], or range = [LOW, HIGH]')


@pytest.mark.parametrize("said", [{"missing": ["99999"]}, {"range": (0.0, 100000.0)}])
def test_codes_that_are_declared_are_not_asked_about(tmp_path: Path, said: dict) -> None:
    assert not questions(tmp_path, {"income": said}, income=with_codes())["income"].doubt


def test_codes_in_another_file_are_found_there(tmp_path: Path) -> None:
    first = write_table(tmp_path / "a.csv", {"q": ["a", "b"] * 30, "income": INCOME})
    other = [f"{float(cell) + 0.01:.2f}" for cell in with_codes("77777")]
    second = write_table(tmp_path / "b.csv", {"q": ["a", "b"] * 30, "income": ["77777", *other[1:]]})
    answers, ours, _ = read_answers(first, {})
    _, theirs, _ = read_answers(second, {}, like=answers)
    assert not any(one.doubt for one in ours)
    assert [bool(one.doubt) for one in theirs if one.name == "income"] == [True]
