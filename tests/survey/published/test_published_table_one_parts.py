"""Headings that say which number of a cell stands below, and cells that are put together of them."""

from __future__ import annotations

import pytest

from remembrain.survey.published.table_one_parts import Part, Parts, cells_of, part_in


@pytest.mark.parametrize(
    ("heading", "told", "slot", "rest"),
    [
        ("Mean", "mean (SD)", "first", ""),
        ("Std. Deviation", "mean (SD)", "second", ""),
        ("Controls SD", "mean (SD)", "second", "Controls"),
        ("mean_control", "mean (SD)", "first", "control"),
        ("Controls (mean)", "mean (SD)", "first", "Controls"),
        ("Mean (SD)", "mean (SD)", "whole", ""),
        ("Median", "median [IQR]", "first", ""),
        ("25th percentile", "median [IQR]", "second", ""),
        ("75%", "median [IQR]", "third", ""),
        ("IQR", "median [IQR]", "pair", ""),
        ("No.", "n (%)", "first", ""),
        ("Column N %", "n (%)", "second", ""),
        ("Mean / n", "", "first", ""),
        ("% or SD", "", "second", ""),
        ("Mean (SD) or n (%)", "", "whole", ""),
        ("Missing", "missing", "whole", ""),
        ("Std. Error", "other", "whole", ""),
        ("Range", "other", "whole", ""),
    ],
)
def test_what_of_a_cell_stands_below_a_heading(heading: str, told: str, slot: str, rest: str) -> None:
    part, left = part_in(heading)
    assert part is not None
    assert (part.told, part.slot, left) == (told, slot, rest)


def test_a_name_alone_says_nothing() -> None:
    assert part_in("Controls") == (None, "Controls")


def of(*kinds: tuple[str, str]) -> Parts:
    return tuple((Part(told, slot), place) for place, (told, slot) in enumerate(kinds))  # type: ignore[arg-type]


MEAN = of(("mean (SD)", "first"), ("mean (SD)", "second"), ("n (%)", "first"), ("n (%)", "second"))
MEDIAN = of(("median [IQR]", "first"), ("median [IQR]", "second"), ("median [IQR]", "third"))


@pytest.mark.parametrize(
    ("row", "parts", "told"),
    [
        (["5.1", "(2)", "", ""], MEAN, [("mean (SD)", "5.1 (2)")]),
        (["5.1", "± 2", "", ""], MEAN, [("mean (SD)", "5.1 (2)")]),
        (["5.1", "-", "", ""], MEAN, [("mean (SD)", "5.1")]),
        (["", "2", "", ""], MEAN, [("SD", "2")]),
        (["5.1", "2", "40", ""], MEAN, [("mean (SD)", "5.1 (2)"), ("n", "40")]),
        (["", "", "12", "15"], MEAN, [("n (%)", "12 (15)")]),
        (["", "", "", "15"], MEAN, [("%", "15")]),
        (["", "", "", ""], MEAN, [("", "")]),
        (["45", "38", "61"], MEDIAN, [("median [IQR]", "45 [38; 61]")]),
        (["", "38", "61"], MEDIAN, [("IQR", "38; 61")]),
        (["45", "[38–61]"], of(("median [IQR]", "first"), ("median [IQR]", "pair")), [("median [IQR]", "45 [38–61]")]),
        (["5.1", "2"], of(("", "first"), ("", "second")), [("", "5.1 (2)")]),
        (["5.1", "9"], of(("mean (SD)", "first"), ("other", "whole")), [("mean (SD)", "5.1")]),
        (["5.1", "9"], of(("mean (SD)", "first"), ("missing", "whole")), [("mean (SD)", "5.1"), ("missing", "9")]),
    ],
)
def test_cells_are_put_together(row: list[str], parts: Parts, told: list[tuple[str, str]]) -> None:
    assert cells_of(row, [parts], [0]) == [(kind, (cell,)) for kind, cell in told]


def test_what_stands_beside_no_number_is_none_where_another_group_has_one() -> None:
    row = ["5.1", "2", "40", "50", "", "3", "", "60"]
    both = [MEAN, tuple((part, place + 4) for part, place in MEAN)]
    assert cells_of(row, both, [0, 4]) == [("mean (SD)", ("5.1 (2)", "(3)")), ("n (%)", ("40 (50)", "60%"))]


def test_whole_cells_stay_as_they_are() -> None:
    assert cells_of(["Age", "1 (2)", "3 (4)"], [(), ()], [1, 2]) == [("", ("1 (2)", "3 (4)"))]
