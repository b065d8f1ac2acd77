"""Which column is which question, and rows that are parted further than any question does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from made_survey import number, question
from remembrain.survey.columns import understand
from remembrain.survey.published.cells import NO_ANSWER, TOTAL, Column, Long, Told, of_floats
from remembrain.survey.published.meaning import Understood, understand_rows
from remembrain.survey.published.vocabulary import Vocabulary

WORDS = Vocabulary((question("q0", 2), question("q1", 3), number("age"), number("pay")))


def understood(columns: dict[str, list[str]], values: list[float], measure="count", about="", context="") -> Understood:
    found = Understood()
    told = Told(measure, of_floats(values), about)
    long = Long("t.csv", {name: Column.of(cells) for name, cells in columns.items()}, (told,), None, context)
    understand_rows(long, WORDS, frozenset({"q0", "q1", "age"}), found)
    return found


def said(found: Understood, *, fatal: bool) -> list[str]:
    return [one.what for one in found.problems if one.fatal is fatal]


def test_levels_are_places_and_totals_and_no_answers_are_none() -> None:
    (cells,) = understood({"q0": ["q0:1", "Total", "Missing"]}, [1, 2, 3]).cells
    assert cells.place["q0"].tolist() == [1, TOTAL, NO_ANSWER]
    assert (cells.measure, cells.numbers.value.tolist()) == ("count", [1, 2, 3])


def test_a_column_of_another_name_is_known_by_its_levels() -> None:
    found = understood({"Frage": ["q1:0", "q1:2"]}, [1, 2])
    assert list(found.cells[0].place) == ["q1"]
    assert said(found, fatal=False) == ["the column Frage is taken for q1"]


def test_a_text_that_is_no_level_is_named_once() -> None:
    found = understood({"q0": ["q0:0", "other", "other"]}, [1, 2, 3])
    assert said(found, fatal=True) == ["'other' is no level of q0 (q0:0, q0:1)"]


def test_of_a_column_that_parts_cells_further_the_totals_are_taken() -> None:
    columns = {"region": ["north", "Total", "north", "Total"], "q0": ["q0:0", "q0:0", "q0:1", "q0:1"]}
    (cells,) = understood(columns, [1, 2, 3, 4]).cells
    assert cells.numbers.value.tolist() == [2, 4]
    columns["region"] = ["north", "south", "north", "south"]
    found = understood(columns, [1, 2, 3, 4])
    assert not found.cells
    (what,) = said(found, fatal=True)
    assert what.startswith("region parts its cells further, and are no questions of DATA")


def test_a_list_of_questions_is_taken_apart() -> None:
    columns = {"variable": ["q0", "q1", "age", "other"], "level": ["q0:0", "q1:2", "", ""]}
    found = understood(columns, [1, 2, 33.5, 4], "value")
    assert [(one.measure, one.about, list(one.place)) for one in found.cells] == [
        ("value", "", ["q0"]), ("value", "", ["q1"]), ("mean", "age", []),
    ]  # fmt: skip
    assert said(found, fatal=False) == ["rows of what is no question of DATA are not used: other"]


def test_a_column_whose_name_may_stand_over_levels_is_the_question_of_its_levels() -> None:
    words = Vocabulary((question("group", 2), number("age")))
    found = Understood()
    columns = {"variable": Column.of(["age", "age"]), "group": Column.of(["group:0", "group:1"])}
    understand_rows(Long("t.csv", columns, (Told("mean", of_floats([1, 2])),)), words, frozenset({"age"}), found)
    assert [cells.place["group"].tolist() for cells in found.cells] == [[0, 1]]


def test_a_column_may_say_what_each_number_is() -> None:
    columns = {"q0": ["q0:0", "q0:0", "q0:1"], "UNIT_MEASURE": ["PS: Persons", "PT: Percent", "XYZ"]}
    found = understood(columns, [5, 50, 1], "value")
    assert [(one.measure, one.numbers.value.tolist()) for one in found.cells] == [("count", [5]), ("percent", [50])]
    assert said(found, fatal=False) == ["numbers of UNIT_MEASURE that are not used: XYZ"]


def test_a_mean_is_of_the_question_in_its_title_or_of_none() -> None:
    (cells,) = understood({"q0": ["q0:0", "q0:1"]}, [1.5, 2.5], "mean", context="Mean age by q0").cells
    assert cells.about == "age"
    found = understood({"q0": ["q0:0", "q0:1"]}, [1.5, 2.5], "mean", context="Means of age and pay")
    assert said(found, fatal=True) == ["of which question its means are is not said: name it above them"]


@pytest.mark.parametrize("name", ["OBS_STATUS", "note"])
def test_attributes_are_no_questions(name: str) -> None:
    found = understood({"q0": ["q0:0", "q0:1"], name: ["a", "b"]}, [1, 2])
    assert (list(found.cells[0].place), found.problems) == (["q0"], [])


def test_equal_levels_of_two_questions_are_told_by_the_name_alone() -> None:
    same = Vocabulary(
        tuple(understand(n, [], {"levels": {"1": "yes", "2": "no"}}, Path("d")) for n in ("smokes", "drinks"))
    )
    found = Understood()
    long = Long("t", {"Q": Column.of(["yes", "no"])}, (Told("count", of_floats([1, 2])),))
    understand_rows(long, same, frozenset({"smokes"}), found)
    assert not found.cells or not found.cells[0].place
    assert not np.any([one.fatal is False and "taken for" in one.what for one in found.problems])
