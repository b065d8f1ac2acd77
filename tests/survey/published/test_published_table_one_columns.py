"""Columns of people that belong together, and how many there are in the groups themselves."""

from __future__ import annotations

import numpy as np

from printed_table_one import GROUP, SEX
from remembrain.survey.published.groups import Group
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.table_one_columns import Columns

GROUPS = [
    Group(1, "group", "control", GROUP, 0, 12),
    Group(2, "everybody", "Overall", people=20),
    Group(3, "group", "male", SEX, 0, 9),
    Group(4, "group", "patient", GROUP, 1, 8),
    Group(5, "group", "female", SEX, 1),
]


def test_groups_of_each_question_belong_together_and_so_does_everybody() -> None:
    columns = Columns(GROUPS, "t.csv", Understood())
    assert columns.together() == [[0, 3], [1], [2, 4]]
    assert (columns.everybody(), columns.questions()) == (1, [GROUP, SEX])


def test_groups_are_counted_where_all_of_them_are_told() -> None:
    understood = Understood()
    Columns(GROUPS, "t.csv", understood).add_groups()
    (cells,) = understood.cells
    assert (cells.measure, list(cells.place), cells.place["group"].tolist()) == ("count", ["group"], [0, 1])
    np.testing.assert_array_equal(cells.numbers.value, [12, 8])


def test_two_columns_of_the_same_people_are_said() -> None:
    understood = Understood()
    Columns([*GROUPS, GROUPS[0]], "t.csv", understood).groups_fit()
    assert understood.problems[0].what == "several columns are of the same people: control, control"


def test_groups_in_other_words_that_are_fewer_than_everybody_are_asked_about() -> None:
    groups = [Group(1, "everybody", "Overall", people=25), Group(2, "group", "HC", GROUP, 0, 12, alike=True)]
    groups.append(Group(3, "group", "patient", GROUP, 1, 8))
    understood = Understood()
    Columns(groups, "t.csv", understood).groups_fit()
    what = "HC may be parts of group (control, patient) alone, as its groups are of 20 people and everybody is 25"
    assert [problem.what for problem in understood.problems] == [f"{what}: name the very levels"]
