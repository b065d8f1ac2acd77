"""Columns and rows that have the parts of a cell, and tables as programs print them, say what whole cells say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from printed_by_programs import (
    ANSWERS,
    GROUPS,
    HEADS,
    LEVELS,
    MEAN,
    PEOPLE,
    QUARTILES,
    RELEASED,
    arsenal,
    below,
    beside,
    cells,
    compare_groups,
    finalfit,
    gtsummary,
    in_columns_of_four,
    means,
    people,
    quartiles,
    spread,
    spss,
    tableone_of_python,
    tableone_of_r,
)  # fmt: skip
from printed_table_one import released
from published_forms import Rows, as_text
from remembrain.errors import ProblemsError
from remembrain.survey.layout import Plan
from remembrain.survey.protection import deducible
from remembrain.survey.published.grid import grid_of
from remembrain.survey.published.reading import read_published
from remembrain.survey.published.table_one_frame import has_parts, rows_of
from remembrain.survey.published.vocabulary import Vocabulary

QUESTIONS = (*ANSWERS.categorical, *ANSWERS.numeric)
NAMES = ["Characteristic"]
MERGED = [[*NAMES, *spread(HEADS)]]


def read(folder: Path, rows: Rows, kind: str) -> tuple[np.ndarray, list[str]]:
    (folder / "t1.csv").write_text(as_text(rows), encoding="utf-8")
    published, notes = read_published(folder, RELEASED[kind][0], QUESTIONS)
    return published.share, notes


def reversed_of(rows: Rows) -> Rows:
    """Everybody's first numbers and then what stands beside them."""
    return [[row[0], *row[1::2], *row[2::2]] for row in rows]


def with_valid_n(rows: Rows) -> Rows:
    return [[row[0], *beside(PEOPLE, row[1::2], row[2::2])] for row in rows]


def in_brackets(rows: Rows) -> Rows:
    return [
        [row[0], *(f"({text})" * bool(text) if place % 2 else text for place, text in enumerate(row[1:]))]
        for row in rows
    ]


def numbered(rows: Rows) -> Rows:
    return [[str(place) if place else "", *row] for place, row in enumerate(rows)]


def told_apart(*told: str) -> Rows:
    """What is told in a column of its own, as of a pivot table."""
    rows = [[name, one, *numbers] for name, pair in MEAN.items() for one, numbers in zip(told, pair, strict=True)]
    return [["", "", *GROUPS], *rows]


COLUMNS: dict[str, tuple[str, Rows]] = {
    "merged names over mean and SD": ("means", [*MERGED, ["", *["Mean", "SD"] * 3], *means()]),
    "names twice": ("means", [["", *spread(HEADS)], ["Characteristic", *["Mean", "SD"] * 3], *means()]),
    "one line": ("means", [["Variable", *(f"{one} {told}" for one in GROUPS for told in ("mean", "SD"))], *means()]),
    "one line of names of columns": (
        "means", [["variable", *(f"{told}_{one}" for one in GROUPS for told in ("mean", "std"))], *means()],
    ),
    "what is told above the names": (
        "means", [["", *spread(["Mean", "SD"], 3)], [*NAMES, *GROUPS * 2], *reversed_of(means())],
    ),
    "a number that answered beside": (
        "means", [["", *spread(GROUPS, 3)], [*NAMES, *["N", "Mean", "SD"] * 3], *with_valid_n(means())],
    ),
    "least and most beside": (
        "means", [["", *spread(GROUPS, 3)], [*NAMES, *["Mean", "SD", "Min"] * 3],
                  *([row[0], *beside(row[1::2], row[2::2], ["15"] * 3)] for row in means())],
    ),
    "merged names and nothing below": ("both", [*MERGED, *means(", mean (SD)"), *people(", n (%)")]),
    "brackets in columns": ("both", [*MERGED, *in_brackets([*means(", mean (SD)"), *people(", n (%)")])]),
    "n and %": ("people", [*MERGED, ["", *["n", "%"] * 3], *people()]),
    "n and % in one line": (
        "people", [[*NAMES, *(f"{one}, {told}" for one in GROUPS for told in ("n", "%"))], *people()],
    ),
    "mean or n": ("both", [*MERGED, ["", *["Mean / n", "SD / %"] * 3], *means(", mean (SD)"), *people(", n (%)")]),
    "four columns": ("both", in_columns_of_four()),
    "whole cells below n (%)": ("people", [[*NAMES, *(f"{one}, n (%)" for one in HEADS)], *cells(people())]),
    "whole cells below mean (SD) or n (%)": (
        "both", [[*NAMES, *HEADS], ["", *["Mean (SD) or n (%)"] * 3], *cells([*means(), *people()])],
    ),
    "median and quartiles": (
        "quartiles", [["", *spread(HEADS, 3)], ["", *["Median", "Q1", "Q3"] * 3],
                      *([name, *beside(three[1], three[0], three[2])] for name, three in QUARTILES.items())],
    ),
    "median and both quartiles": (
        "quartiles", [["", *spread(HEADS)], ["", *["Median", "IQR"] * 3],
                      *([name, *beside(three[1], [f"{a}–{b}" for a, b in zip(three[0], three[2], strict=True)])]
                        for name, three in QUARTILES.items())],
    ),
    "what is told in a column": ("means", told_apart("mean", "std")),
    "numbered rows": ("both", numbered([[*NAMES, *HEADS], *cells(means(", mean (SD)")), *cells(people(", n (%)"))])),
    "markup": (
        "means", [[*NAMES, *HEADS], *([f"<b>{row[0]}</b>&nbsp;(SD)", *row[1:]] for row in cells(means(", mean")))],
    ),
    "arsenal": ("both", arsenal()), "finalfit": ("both", finalfit()), "compareGroups": ("both", compare_groups()),
    "tableone of R": ("both", tableone_of_r()), "tableone of Python": ("both", tableone_of_python()),
    "gtsummary": ("both", gtsummary()), "SPSS": ("both", spss()),
}  # fmt: skip
ROWS: dict[str, tuple[str, Rows]] = {
    "Q1, Q3": ("quartiles", below(("Median", "{2}"), ("Q1, Q3", "{1}, {3}"))),
    "IQR": ("quartiles", below(("  Median", "{2}"), ("  IQR", "[{1}–{3}]"))),
    "(Q1, Q3)": ("quartiles", below(("Median", "{2}"), ("(Q1, Q3)", "({1}, {3})"))),
    "percentiles": ("quartiles", below(("25th percentile", "{1}"), ("Median", "{2}"), ("75th percentile", "{3}"))),
    "Q1": ("quartiles", below(("Q1", "{1}"), ("Median", "{2}"), ("Q3", "{3}"), ("Min, Max", "15, 99"))),
    "of pandas": ("quartiles", below(("min", "1"), ("25%", "{1}"), ("50%", "{2}"), ("75%", "{3}"), ("max", "99"))),
    "mean, too": ("quartiles", below(("Mean (SD)", "31.1 (9.0)"), ("Median (IQR)", "{2} ({1}, {3})"))),
    "a range behind": ("quartiles", [[*NAMES, *HEADS], *([f"{row[0]}, median (IQR) [range]", *row[1:]]
                                                        for row in quartiles("{2} ({1}–{3}) [1–499]"))]),
    "a range behind a mean": ("means", [[*NAMES, *HEADS], *cells(means(", mean ± SD (range)"), "{} ± {} (15–99)")]),
    "a range inside": ("means", [[*NAMES, *HEADS], *cells(means(", mean (SD; range)"), "{} ({}; 15–99)")]),
}  # fmt: skip


@pytest.mark.parametrize("name", [*COLUMNS, *ROWS])
def test_parts_of_cells_and_tables_of_programs_say_what_whole_cells_do(tmp_path: Path, name: str) -> None:
    kind, rows = (COLUMNS | ROWS)[name]
    layout, true = RELEASED[kind]
    found, _ = read(tmp_path, rows, kind)
    np.testing.assert_allclose(deducible(layout, found), deducible(layout, true.share), atol=1e-9)


def changed(rows: Rows, line: int, column: int, text: str) -> Rows:
    return [[*row[:column], text, *row[column + 1 :]] if place == line else row for place, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("merged names over mean and SD", lambda rows: changed(rows, 2, 2, "52.4"), "a standard deviation of 52.4"),
        ("merged names over mean and SD", lambda rows: changed(rows, 2, 1, ""), "is no mean (SD)"),
        ("n and %", lambda rows: changed(rows, 3, 2, "99.0"), "is not 99 %"),
        ("names twice", lambda rows: changed(rows, 2, 0, "Age, median (IQR)"), "median (IQR) and mean (SD) contradict"),
        ("four columns", lambda rows: changed(rows, 3, 4, "10.0"), "Age is a number, and its row tells people"),
        ("names twice", lambda rows: [rows[0], ["", *["Male", "Female"] * 3], ["Age, mean (SD)", *["5 (1)"] * 6]],
         "the heading Controls, Male is"),
        ("whole cells below n (%)", lambda rows: changed(rows, 0, 3, HEADS[1]), "several columns are of the same"),
        ("a number that answered beside", lambda rows: changed(rows, 0, 1, "Overall (n = 190)"),
         "age among Overall: 200 people answered, and there are 190"),
    ],
)  # fmt: skip
def test_parts_that_do_not_go_together_are_refused(
    tmp_path: Path, name: str, change: Callable[[Rows], Rows], message: str
) -> None:
    kind, rows = COLUMNS[name]
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path, change(rows), kind)
    assert message in str(raised.value)


def test_columns_that_are_not_used_are_said(tmp_path: Path) -> None:
    assert any(
        "not used: Overall Min, Controls Min, Patients Min" in one
        for one in read(tmp_path, *COLUMNS["least and most beside"][::-1])[1]
    )
    assert any("not used: Missing" in one for one in read(tmp_path, tableone_of_python(), "both")[1])


@pytest.mark.parametrize("head", [["", "Overall (N = 200)"], ["Variable", "Mean (SD)"]])
def test_a_table_of_one_column_has_a_heading_and_its_points_are_no_thousands(tmp_path: Path, head: list[str]) -> None:
    layout, _ = released(ANSWERS, Plan(means=("age",), sds=("age",)))
    path = tmp_path / "t.csv"
    path.write_text(as_text([head, ["Age, mean (SD)", "52.345 (12.345)"]]))
    found, _ = read_published(path, layout, QUESTIONS)
    assert found.share.tolist() == [52.345, 12.345]


@pytest.mark.parametrize("head", ["", "#", "No."])
def test_rows_without_markup_and_without_their_numbers(head: str) -> None:
    rows = rows_of(grid_of([[head, "a&nbsp;b", "<b>c</b>"], ["1", "x<5", ""], ["2", "y", "z"]], "t.csv", "t"))
    assert [row for _, row in rows] == [("a b", "c"), ("x<5", ""), ("y", "z")]
    assert [line for line, _ in rows] == [1, 2, 3]


def test_lists_and_cross_tables_have_no_parts_of_cells() -> None:
    words = Vocabulary(QUESTIONS)
    assert has_parts([["", *spread(GROUPS)], ["", *["n", "%"] * 3], *people()], words, ("group",))
    assert not has_parts([["variable", "level", "n", "%"], ["sex", "male", "5", "50"]], words, ("group",))
    assert not has_parts([["", *spread(GROUPS)], ["sex", *["n", "%"] * 3], ["male", *["1"] * 6]], words, ("group",))
    assert LEVELS["sex"][0] == ("male", "female")
