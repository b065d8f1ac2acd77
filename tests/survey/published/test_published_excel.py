"""Workbooks as grids; what is shown as a percentage is one, with all of its decimals."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

from remembrain.errors import DataError, UsageError
from remembrain.survey.published.excel import read_workbook

openpyxl = pytest.importorskip("openpyxl", reason="the extra excel is not installed")


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Smoking"
    for row in (["q0", "n", "%"], ["q0:0", 12, 0.123456], [None, 3.5, True], ["x", date(2020, 1, 2)]):
        book.active.append(row)
    book.active["C2"].number_format = "0.0%"
    book.create_sheet("empty")
    hidden = book.create_sheet("more")
    hidden.append(["a"])
    hidden.sheet_state = "hidden"
    book.save(path)
    return path


def test_every_sheet_that_holds_something_is_read(tmp_path: Path) -> None:
    first, second = read_workbook(workbook(tmp_path / "t.xlsx"))
    assert (first.where, first.context) == ("t.xlsx, sheet Smoking", "t\nSmoking")
    expected = [["q0", "n", "%"], ["q0:0", "12", "12.3456%"], ["", "3.5", "True"], ["x", "2020-01-02T00:00:00", ""]]
    assert [first.row(place) for place in range(4)] == expected
    assert second.row(0) == ["a"]


@pytest.mark.parametrize("content", [b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.xlsx").write_bytes(content)
    with pytest.raises(DataError, match=r"is no workbook that can be read .*; expected a \.xlsx file"):
        read_workbook(tmp_path / "t.xlsx")


def test_a_workbook_that_grows_beyond_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remembrain.survey.published.excel.LARGEST", 10)
    with pytest.raises(DataError, match="is too large once unpacked"):
        read_workbook(workbook(tmp_path / "t.xlsx"))


def test_without_openpyxl_the_command_that_installs_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    monkeypatch.setattr("remembrain.survey.published.excel.find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"pip install 'remembrain\[excel\]'"):
        read_workbook(tmp_path / "t.xlsx")
