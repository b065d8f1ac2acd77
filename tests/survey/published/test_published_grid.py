"""The parts of a sheet: titles, headings over headings, rows, notes, one table after another."""

from __future__ import annotations

from made_survey import number, question
from remembrain.survey.published.grid import grid_of, is_number, parts_of
from remembrain.survey.published.vocabulary import Vocabulary

WORDS = Vocabulary((question("q0", 2), question("q1", 3), number("age")))


def parts(*rows: str):
    return parts_of(grid_of([row.split("|") for row in rows], "t.csv", "t"), WORDS)


def lines(part) -> list[int]:
    return part.grid.line[part.rows].tolist()


def test_titles_and_notes_are_no_rows() -> None:
    (part,) = parts("Table 1", "", "q0|n", "q0:0|1", "q0:1|2", "Total|3", "", "* a note", "Source: us, 2020|x")
    assert (part.headings, lines(part)) == ((("q0", "n"),), [4, 5, 6])
    assert part.context.endswith("Table 1")


def test_headings_over_headings() -> None:
    (part,) = parts("|q1||", "|q1:0|q1:1|q1:2", "q0|n|n|n", "q0:0|1|2|3")
    assert (len(part.headings), lines(part)) == (3, [4])


def test_codes_in_a_heading_are_no_row_of_numbers() -> None:
    (part,) = parts("|q1||", "q0|0|1|2", "0|30|20|50", "1|3|2|5")
    assert (len(part.headings), lines(part)) == (2, [3, 4])


def test_empty_rows_stand_between_tables_and_between_rows_of_one() -> None:
    first, second = parts("q0|n", "q0:0|1", "", "q0:1|2", "", "Table 2", "q1|n", "q1:0|4", "q1:1|c")
    assert (lines(first), lines(second)) == ([2, 4], [8, 9])
    assert "Table 2" in second.context


def test_a_row_of_marks_alone_stays() -> None:
    (part,) = parts("q0|n", "q0:0|", "q0:1|3")
    assert lines(part) == [2, 3]
    (part,) = parts("q0|n", "q0:0|3", "q0:1|")
    assert lines(part) == [2, 3]


def test_a_sheet_of_nothing_has_no_part() -> None:
    assert parts("", "") == []


def test_numbers_in_any_writing() -> None:
    assert all(map(is_number, ("1", "1,5", "1.234,5", "12*", "3 %")))
    assert not any(map(is_number, ("", "c", "q0:0", "<5")))
