"""Rows of a table at levels, at everybody and at no answer."""

from __future__ import annotations

import numpy as np

from remembrain.survey.published.cells import NO_ANSWER, TOTAL, Cells, of_floats
from remembrain.survey.published.sources import Source
from remembrain.survey.published.vocabulary import STRANGE

A = [0, 1, TOTAL, 0, 1, TOTAL, NO_ANSWER, 0, STRANGE]
B = [0, 0, 0, TOTAL, TOTAL, TOTAL, 0, NO_ANSWER, 0]
SOURCE = Source(Cells("t", "count", "", {"a": np.array(A), "b": np.array(B)}, of_floats([float(n) for n in range(9)])))


def test_rows_are_told_by_what_each_question_stands_at() -> None:
    assert SOURCE.rows(["a", "b"]).tolist() == [0, 1]
    assert SOURCE.rows(["a"]).tolist() == [3, 4]
    assert SOURCE.rows(["b"]).tolist() == [2]
    assert SOURCE.rows([]).tolist() == [5]
    assert SOURCE.rows(["b"], ["a"]).tolist() == [6]


def test_places_are_those_of_a_table_of_these_questions() -> None:
    rows = SOURCE.rows(["a", "b"])
    assert SOURCE.places(rows, ["b", "a"], [1, 2]).tolist() == [0, 1]
    assert SOURCE.places(rows, ["a", "b"], [2, 3]).tolist() == [0, 3]


def test_people_who_gave_no_answer_to_what_is_asked() -> None:
    assert sorted(SOURCE.unanswered([], ["a", "b"]).tolist()) == [6, 7]
    assert SOURCE.unanswered(["a"], ["b"]).tolist() == [7]


def test_a_cube_has_a_last_place_for_no_answer() -> None:
    value, there = SOURCE.cube([2, 1])
    assert value.tolist() == [[0, 7], [1, 0], [6, 0]]
    assert there.tolist() == [[True, True], [True, False], [True, False]]
