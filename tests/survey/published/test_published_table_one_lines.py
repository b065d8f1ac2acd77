"""Rows by what each of their columns is: labels, levels, what is told, and cells of whole numbers or of parts."""

from __future__ import annotations

import pytest

from remembrain.survey.published.table_one_lines import lines_of
from remembrain.survey.published.table_one_parts import Part, Parts

ONE: Parts = ((Part("n (%)", "second"), 1),)
TWO: Parts = ((Part("mean (SD)", "first"), 1), (Part("mean (SD)", "second"), 2))


def test_a_row_has_a_label_a_level_what_is_told_and_cells() -> None:
    (line,) = lines_of([(3, ("Sex", "male", "n (%)", "5 (50)"))], 2, 1, [3])
    assert (line.line, line.label, line.level, line.told, line.cells) == (3, "Sex", "male", "n (%)", ("5 (50)",))
    (bare,) = lines_of([(3, ("Sex", ""))], None, None, [1])
    assert (bare.level, bare.told, bare.filled) == ("", "", False)


@pytest.mark.parametrize(
    ("row", "parts", "told"),
    [
        (("Male", "50", ""), ONE, "%"),
        (("Male, n (%)", "5 (50)", ""), ONE, ""),  # a label says more than the heading of one column
        (("Age", "5", "2"), TWO, "mean (SD)"),
        (("Age, median (IQR)", "5", "2"), TWO, "mean (SD)"),  # and is held against those of several
    ],
)
def test_what_is_told_by_headings(row: tuple[str, ...], parts: Parts, told: str) -> None:
    (line,) = lines_of([(3, row)], None, None, [1], [parts])
    assert line.told == told
