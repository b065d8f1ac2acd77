"""Cells of tables, and the notes of those without a figure."""

from remembrain.record.numbers import Number
from remembrain.report.tables import Cell, Notes

KNOWN = Number(value=0.5, low=0.4, high=0.6)


def test_a_figure_has_its_interval_and_its_sign_where_asked() -> None:
    notes = Notes()
    assert notes.number(KNOWN) == Cell("0.50", "0.40 to 0.60")
    assert notes.number(KNOWN, sign=True) == Cell("+0.50", "+0.40 to +0.60")
    assert notes.share(KNOWN, "± 1") == Cell("50\u00a0%", "40\u00a0% to 60\u00a0%", "± 1")
    assert notes.lines == ()


def test_one_reason_has_one_letter_and_no_reason_says_so() -> None:
    notes = Notes()
    cells = [notes.number(Number(why=why)) for why in ("few", "", "few")] + [notes.share(Number(why="other 5 %"))]
    assert [cell.note for cell in cells] == ["a", "b", "a", "c"]
    assert {cell.value for cell in cells} == {"not assessed"}
    assert notes.lines == (("a", "few"), ("b", "no reason is recorded"), ("c", "other 5\u00a0%"))


def test_there_are_letters_for_any_number_of_reasons() -> None:
    notes = Notes()
    letters = [notes.missing(str(number)).note for number in range(54)]
    assert letters[:2] + letters[25:28] + letters[52:] == ["a", "b", "z", "aa", "ab", "ba", "bb"]
