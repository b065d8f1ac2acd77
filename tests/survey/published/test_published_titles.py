"""What cells and blocks are called in messages."""

from __future__ import annotations

from made_survey import EVERYTHING, made
from remembrain.survey.layout import lay_out
from remembrain.survey.published.titles import block_title, cell_title, names_of, table_title


def test_cells_and_blocks_are_called_by_their_levels() -> None:
    layout = lay_out(EVERYTHING, made(20, numbers=1), "[release]")
    by_name = {table.name: table for table in layout.tables}
    by, mean = by_name["margin-q0-by-q2"], by_name["mean-n0"]
    assert (names_of(by), table_title(by)) == (["q2", "q0"], "q0 by q2")
    assert cell_title(by, by.start + 3) == "q2 q2:1, q0 q0:1"
    assert block_title(by, by.start + 3) == "q2 q2:1"
    assert (names_of(mean), table_title(mean), cell_title(mean, mean.start)) == ([], "the mean of n0", "everybody")
    assert table_title(by_name["crosstab-q0-q1"]) == "q0 and q1"
