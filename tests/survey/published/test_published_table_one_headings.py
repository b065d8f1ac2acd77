"""Headings of several lines: which people each column is of, and what of a cell stands below."""

from __future__ import annotations

import pytest

from printed_table_one import GROUP, SEX, SMOKES
from remembrain.survey.published.groups import Group, groups_of
from remembrain.survey.published.table_one_headings import Heading, headings_of, is_heading, together
from remembrain.survey.published.table_one_parts import Part
from remembrain.survey.published.vocabulary import Vocabulary

WORDS, BY = Vocabulary((GROUP, SEX, SMOKES)), ("group",)
FIRST, SECOND = Part("mean (SD)", "first"), Part("mean (SD)", "second")


def headings(*rows: list[str]) -> list[tuple[str, Part | None]]:
    return [(one.name, one.part) for one in headings_of(rows, WORDS, BY)[1:]]


def test_a_name_stands_over_several_columns() -> None:
    lines = ["", "Controls", "", "Patients", "", ""], ["", "(n = 9)", "", "(n = 8)", "", ""]
    assert headings(*lines, ["", "Mean", "SD", "Mean", "SD", "p"]) == [
        ("Controls (n = 9)", FIRST), ("Controls (n = 9)", SECOND), ("Patients (n = 8)", FIRST),
        ("Patients (n = 8)", SECOND), ("p", None),
    ]  # fmt: skip


def test_the_lowest_name_counts_and_two_groups_are_the_people_of_both() -> None:
    assert headings(["", "By group", "", "All"], ["", "Controls", "Patients", ""]) == [
        ("Controls", None), ("Patients", None), ("All", None)
    ]  # fmt: skip
    nested = headings(["", "Controls", "", "Patients"], ["", "Male", "Female", "Male"])
    assert [name for name, _ in nested] == ["Controls, Male", "Controls, Female", "Patients, Male"]


def test_names_over_two_columns_each_have_both_parts_of_a_cell() -> None:
    first, second = Part("", "first"), Part("", "second")
    assert headings(["", "Controls", "", "Patients", ""]) == [
        ("Controls", first), ("Controls", second), ("Patients", first), ("Patients", second)
    ]  # fmt: skip
    assert [part for _, part in headings(["", "Controls", "", "Patients"])] == [None] * 3
    assert [part for _, part in headings(["", "Controls", "", "Patients", "", "SMD", "p"])][-3:] == [second, None, None]


def test_m_beside_sd_is_a_mean_and_no_man() -> None:
    assert headings(["", "Controls", ""], ["", "*M*", "*SD*"]) == [("Controls", FIRST), ("Controls", SECOND)]
    assert headings(["", "Controls M", "Controls SD"]) == [("Controls", FIRST), ("Controls", SECOND)]
    assert headings(["", "M", "F"]) == [("M", None), ("F", None)]


def test_what_stands_beside_groups_is_of_none_of_them() -> None:
    assert headings(["", "N", "Missing", "Controls"]) == [("N", None), ("Missing", None), ("Controls", None)]
    assert headings(["", "Mean", "SD"]) == [("", FIRST), ("", SECOND)]
    assert headings(["", "No", "Yes"]) == [("No", None), ("Yes", None)]


@pytest.mark.parametrize(
    ("row", "above", "heading"),
    [
        (["", "Mean", "SD"], ["", "Controls", ""], True),
        (["Characteristic", "n", "%"], ["", "Controls", ""], True),
        (["Characteristic", "Controls", "Patients"], ["", "Mean", "SD"], True),
        (["", "25th percentile", "p"], ["", "Controls", ""], True),
        (["", "(n = 12)", "(n = 8)"], ["", "Controls", "Patients"], True),
        (["Sex", "n", "%"], ["", "Controls", ""], False),
        (["Age", "5", "6"], ["", "Controls", ""], False),
        (["", "5", "6"], ["", "Controls", ""], False),
        (["Sex", "", ""], ["", "Controls", ""], False),
    ],
)
def test_rows_of_a_heading(row: list[str], above: list[str], heading: bool) -> None:
    assert is_heading(row, [above], WORDS, BY) is heading


def test_columns_of_the_same_people_are_one() -> None:
    every = [Heading(""), Heading("Controls (n = 9)", FIRST), Heading("Controls", SECOND), Heading("Controls", FIRST)]
    every.append(Heading("Controls", Part("other", "whole"), "SE"))
    found, _ = groups_of([(place, one.name) for place, one in enumerate(every) if place], WORDS, BY)
    groups, parts, differing = together(found, every)
    assert [(group.role, group.name, group.people) for group in groups] == [
        ("group", "Controls", 9), ("group", "Controls", None), ("not used", "Controls SE", None)
    ]  # fmt: skip
    assert (parts, differing) == ([((FIRST, 1), (SECOND, 2)), ((FIRST, 3),), ()], [])
    two = [Group(1, "everybody", "All", people=9), Group(2, "everybody", "All", people=8)]
    assert together(two, [Heading(""), Heading("All", FIRST), Heading("All", SECOND)])[2] == [("All", 9, 8)]
