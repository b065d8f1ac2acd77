"""Files of text: every shape that programs write gives the same cells, and what has no single reading is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.cohort.textfile import NAMELESS, read_text_table
from remembrain.errors import DataError

HEADING = ["participant_id", "age", "note"]
ROWS = [["p1", "50", "well"], ["p2", "61", "é, tired"], ["p3", "70", ""]]
PLAIN = 'participant_id,age,note\np1,50,well\np2,61,"é, tired"\np3,70,\n'


def made(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


FORMS = {
    "plain": PLAIN.encode(),
    "byte-order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "UTF-16 little": PLAIN.encode("utf-16"),
    "UTF-16 big": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "UTF-16 without a mark": PLAIN.encode("utf-16-le"),
    "UTF-32": PLAIN.encode("utf-32"),
    "Latin-1": PLAIN.encode("latin-1"),
    "Windows": PLAIN.replace("\n", "\r\n").encode(),
    "old Mac": PLAIN.replace("\n", "\r").encode(),
    "no line end": PLAIN[:-1].encode(),
    "semicolons": PLAIN.replace(",", ";").replace("é;", "é,").encode(),
    "sep=": ("sep=;\n" + PLAIN.replace(",", ";").replace("é;", "é,")).encode(),
    "quoted sep=": ('"sep=,"\r\n' + PLAIN).encode(),
    "tabs": PLAIN.replace(",", "\t").replace("é\t", "é,").encode(),
    "bars": PLAIN.replace(",", "|").replace("é|", "é,").encode(),
    "blanks after separators": PLAIN.replace(",", ", ").replace("é,  ", "é, ").encode(),
    "empty columns at the end": "".join(f"{line},,\n" for line in PLAIN.splitlines()).encode(),
    "empty cells beyond the heading": PLAIN.replace("well", "well,,").encode(),
    "empty rows at the end": (PLAIN + ",,\n,,\n\n").encode(),
    "blank lines": ("\n" + PLAIN.replace("\np2", "\n\n\np2")).encode(),
    "everything quoted": "\n".join(",".join(f'"{cell}"' for cell in row) for row in [HEADING, *ROWS]).encode(),
    "comments above": ("# made by hand\n# in 2020, at home, by us, all\n" + PLAIN).encode(),
    "a marked heading": ("#" + PLAIN).encode(),
    "the heading again": (PLAIN + PLAIN.splitlines()[0]).encode(),
    "no-break blanks": PLAIN.replace("61", "\u00a061\u00a0").encode(),
    "a column twice": "\n".join(
        f"{line},{cell}" for line, cell in zip(PLAIN.splitlines(), ["age", "50.0", "61", "70"], strict=True)
    ).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_the_same_cells(tmp_path: Path, form: str) -> None:
    table = read_text_table(made(tmp_path, FORMS[form]))
    assert table.frame.columns.tolist() == HEADING
    assert table.frame.to_numpy().tolist() == ROWS


@pytest.mark.parametrize(
    ("form", "note"),
    [
        ("UTF-16 little", "is read as UTF-16"),
        ("Latin-1", "is read as Windows-1252, being no UTF-8"),
        ("sep=", "cells are separated by semicolons, as its first line says"),
        ("tabs", "cells are separated by tabs"),
        ("bars", "cells are separated by bars"),
        ("comments above", "2 lines of comments above the heading left out"),
        ("the heading again", "1 row that repeats the heading left out"),
        ("a column twice", "has the column age several times with the same cells, which count once"),
    ],
)
def test_what_was_understood_is_told(tmp_path: Path, form: str, note: str) -> None:
    assert read_text_table(made(tmp_path, FORMS[form])).notes == (note,)


def test_usual_forms_need_no_words(tmp_path: Path) -> None:
    for form in ("plain", "byte-order mark", "Windows", "semicolons", "empty columns at the end"):
        assert read_text_table(made(tmp_path, FORMS[form])).notes == ()
    assert read_text_table(made(tmp_path, "participant_id\nsub-1\nsub-2\n", "people.tsv")).notes == ()


def test_a_table_of_freesurfer_in_columns_of_blanks(tmp_path: Path) -> None:
    text = "subject      age   Left-Hippocampus \nsub-01        50   3421.5\nsub-02   61       2999.0  \n"
    table = read_text_table(made(tmp_path, text, "aseg.txt"))
    assert table.frame.to_numpy().tolist() == [["sub-01", "50", "3421.5"], ["sub-02", "61", "2999.0"]]


def test_row_names_of_r_are_a_column(tmp_path: Path) -> None:
    text = '"id" "age"\n"1" "p 1" 50\n"2" "p 2" 60\n'
    table = read_text_table(made(tmp_path, text, "r.txt"))
    assert table.frame.columns.tolist() == [NAMELESS, "id", "age"]
    assert table.frame["id"].tolist() == ["p 1", "p 2"]
    assert any(NAMELESS in note for note in table.notes)
    pandas = read_text_table(made(tmp_path, ",id,age\n0,p1,50\n1,p2,60\n"))
    assert pandas.frame.columns.tolist() == [NAMELESS, "id", "age"]


def test_a_quoted_cell_may_hold_line_breaks(tmp_path: Path) -> None:
    text = '"participant\r\nid",age,vol,note\r\np1,50,3,"tired,\r\nthen well"\r\np2,60,4,\r\n'
    table = read_text_table(made(tmp_path, text))
    assert table.frame.columns.tolist() == ["participant id", "age", "vol", "note"]
    assert table.frame["note"].tolist() == ["tired,\nthen well", ""]
    assert table.lines == (3, 5)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('id,age,vol\np1,50,3\np2,"60,4\np3,70,5\n', 3),
        ('id,age,vol\np1,50,3\np2,"60,4\np3,70",5\np4,80,6\n', 3),
        ('id,age,vol\np1,50,3\np2,"60,4\np3,70,5\np4,80",6\n', 3),
        ('id,age,vol\np1,"50"x,3\n', 2),
        ('id,"age,vol\np1,50,3\np2,60",3\n', 1),
        ('id;age;vol\np1;50;3\n"p2;60;4\np3;70;5\n"p4;70;5\n', 3),
    ],
)
def test_a_stray_quotation_mark_swallows_no_row(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(DataError, match=rf"table\.csv: line {line} "):
        read_text_table(made(tmp_path, text))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04....", "workbook of Excel.*CSV"),
        (b"\xd0\xcf\x11\xe0....", "workbook of an old Excel"),
        (b"\x1f\x8b\x08", "compressed by gzip.*gunzip"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "only a pointer.*git lfs pull"),
        (b"/annex/objects/MD5E-s1.csv\n", "only a pointer.*datalad get"),
        (b"a,b\n\x00\x01\x02,3\n", "no text"),
        (b"\xff\xfea", "byte .* is none"),
        (b" \n\n", "is empty"),
        (b"sep=;\n", "nothing but"),
        (b"id,age\np1,26,9\n", "line 2, like every row, has 3 cells, separated by commas; expected 2"),
        (b"id\tage\np1\t26\t9\np2\t27\t1\n", "line 2, like every row, has 3 cells"),
        (b"id,age,vol\np1,50,3\np2,26,9,3\n", "line 3 has 4 cells, separated by commas; expected 3"),
        (b"id,age,\np1,50,\np2,50,4\n", "line 3 has something in column 3, which has no name"),
        (b"Our study,,\nid,age,vol\np1,50,4\n", "line 2 has something in column 2, which has no name"),
        (b"id,age,vol,age\np1,50,4,50\np2,50,4,51\n", r"age twice.*columns 2 and 4, line 3"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=f"(?s)table.csv: .*{message}"):
        read_text_table(made(tmp_path, content))


def test_what_spreadsheets_put_around_text_and_signs_that_nobody_sees_are_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id,x,y\n"=""007""",\'2.5,\'a\'\nsub-1\u200b,\u00a02\u2060,\'s-Hertogenbosch\n', encoding="utf-8")
    assert read_text_table(path).frame.to_numpy().tolist() == [["007", "2.5", "a"], ["sub-1", "2", "'s-Hertogenbosch"]]


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (["Table S1. Thickness", "id,age", *["a,1"] * 9], "its first line is one cell, and those below have 2"),
        (["% created by MATLAB", "id;age", *["a;1"] * 9], "those below have 2, separated by semicolons"),
        (["Table S1,", "id,age", *["a,1"] * 9], "line 2 has something in column 2, which has no name"),
        (['"id,age"', *['"a,1"'] * 9], "its rows stand in quotation marks as a whole"),
    ],
)
def test_what_stands_above_a_heading_is_named(tmp_path: Path, lines: list[str], what: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(DataError, match=what) as error:
        read_text_table(path)
    assert error.value.try_next
