"""CSV files as grids, small and large alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.errors import DataError
from remembrain.survey.published.csv_file import LARGE, read_csv

ROWS = 'q0,n\nq0:0,12\nq0:1,"1,234"\n\'007, 5\n'


def rows(path: Path, large: int = LARGE) -> list[list[str]]:
    grid = read_csv(path, large)
    return [grid.row(place) for place in range(len(grid.line))]


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_encodings_are_found(tmp_path: Path, separator: str, encoding: str) -> None:
    text = f"A title, of some words\n\nq0{separator}größe\na{separator}1\nb{separator}2\n"
    (tmp_path / "t.csv").write_bytes(text.encode(encoding))
    grid = read_csv(tmp_path / "t.csv")
    found = [grid.row(place)[:2] for place in range(len(grid.line))]
    assert found[-3:] == [["q0", "größe"], ["a", "1"], ["b", "2"]]
    assert (grid.line[-1], grid.separator, grid.context) == (5, separator, "t")


def test_a_first_line_may_say_the_separator(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("sep=;\na;1,5\nb;2,5\n")
    assert rows(tmp_path / "t.csv") == [["a", "1,5"], ["b", "2,5"]]


def test_a_large_file_is_read_as_a_small_one_is(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(ROWS)
    small = rows(tmp_path / "t.csv")
    assert small == [["q0", "n"], ["q0:0", "12"], ["q0:1", "1,234"], ["007", "5"]]
    assert rows(tmp_path / "t.csv", large=0) == small


def test_of_a_large_file_titles_stand_apart_and_rows_of_another_width_are_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("A title\n" + ROWS)
    assert rows(tmp_path / "t.csv", large=0)[0] == ["q0", "n"]
    assert "A title" in read_csv(tmp_path / "t.csv", 0).context
    (tmp_path / "t.csv").write_text(ROWS + "q0:2,3,4\n")
    with pytest.raises(DataError, match="has 3 cells, separated by ','; expected 2, as in most lines"):
        read_csv(tmp_path / "t.csv", 0)


def test_a_stray_mark_swallows_no_row(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('q0,n\n"q0:0,1\nq0:1,2\nq0:2,"3\n')
    with pytest.raises(DataError, match="line 2: a quoted cell would swallow"):
        read_csv(tmp_path / "t.csv")


def test_commas_and_tabs_of_eurostat_are_parted(tmp_path: Path) -> None:
    """What rows are of stands in one cell, parted by commas; *freq* there is how often, and no number of people."""
    (tmp_path / "t.tsv").write_text(
        "freq,unit,sex,geo\\TIME_PERIOD\t2020 \t2021 \nA,PER,M,AT\t12 b\t: \nA,PER,F,AT\t9 \t1 \n"
    )
    assert rows(tmp_path / "t.tsv") == [
        ["periodicity", "unit", "sex", "geo", "2020", "2021"],
        ["A", "PER", "M", "AT", "12 b", ":"],
        ["A", "PER", "F", "AT", "9", "1"],
    ]  # fmt: skip
