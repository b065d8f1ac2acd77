"""Columns of a plan by name, or all that enough people answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made_survey import number, question
from remembrain.errors import DataError
from remembrain.survey.named_columns import column_named, columns_named

ASKED = (replace(question("q0", 2), unanswered=0.0), replace(question("q1", 2), unanswered=0.4))


def test_all_are_those_that_enough_people_answered_and_names_are_taken_as_they_are() -> None:
    assert columns_named("all", ASKED, 0.3) == ("q0",)
    assert columns_named("all", ASKED, 0.4) == ("q0", "q1")
    assert columns_named(("q1",), ASKED, 0.3) == ("q1",)


def test_a_column_of_another_kind_or_of_no_name_is_refused_with_those_there_are() -> None:
    kinds = {one.name: one for one in (*ASKED, number("n0"))}
    assert column_named("n0", "numeric", kinds, "r.toml", "means") is kinds["n0"]
    with pytest.raises(DataError, match="means: the column 'q0' is categorical; expected a numeric one: n0"):
        column_named("q0", "numeric", kinds, "r.toml", "means")
    with pytest.raises(DataError, match="by: the column 'q9' is unknown or left out"):
        column_named("q9", "categorical", kinds, "r.toml", "by")
