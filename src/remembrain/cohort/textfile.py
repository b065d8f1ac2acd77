"""A file of text to the cells of a table, whoever wrote it: Excel, R, pandas, FreeSurfer or an editor.

Separators, quotation marks and line ends are understood here, and told; nothing here knows what a cell
means. Whatever has no single reading stops with the line of the file.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from remembrain._text import few, unseen
from remembrain.cohort.encodings import read_text
from remembrain.cohort.text_table import TextTable
from remembrain.errors import DataError

NAMELESS = "unnamed"
"""The name of a first column that has none in the heading: row names of R, the index of pandas."""

_NAMES = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars", " ": "blanks"}
_USUAL = {".tsv": ("\t",), ".csv": (",", ";")}
_SAMPLE = 200
_UNSEEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
"""Signs that nobody sees and that stand in no name, such as those that turn the direction of writing."""

_AS_TEXT = re.compile(r"=\"([^\"]*)\"|'([^']*)'|'([+-]?[0-9.][^']*)|'([=+@-].*)", re.DOTALL)
FORMULA = ("=", "+", "-", "@")
"""What a cell begins with that a spreadsheet takes for a formula; a mark before it makes it text."""


def read_text_table(path: Path) -> TextTable:
    """Read a table of text, every cell as it stands.

    Raises
    ------
    DataError
        Naming the file, and the line where it is broken.
    """
    text, notes = read_text(path)
    if not text.strip():
        raise DataError("is empty", where=path, expected="a heading and rows")
    if not text.isascii() and (signs := _UNSEEN.findall(text)):
        told = few(unseen("".join(signs)), most_letters=80)
        notes = [*notes, f"{len(signs)} signs that nobody sees are left out: {told}"]
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start, separator, said = _start(lines, path)
    notes += said
    records = [record for record in _records(lines, start, separator, path) if any(record[1])]
    heading, rows, said = _shaped(records, separator, lines, path)
    notes += said
    heading, rows, said = _without_doubles(heading, rows, path)
    frame = pd.DataFrame([cells for _, cells in rows], columns=heading, dtype=str)
    return TextTable(frame, tuple(line for line, _ in rows), (*notes, *said))


def _start(lines: Sequence[str], path: Path) -> tuple[int, str, list[str]]:
    """Return the place of the heading's line, what separates cells, and what is to be said of both."""
    notes: list[str] = []
    start = next(place for place, line in enumerate(lines) if line.strip())
    declared = re.fullmatch(r'"?sep=(.|\\t)"?', lines[start].strip("\ufeff \n"), re.IGNORECASE)
    if declared or lines[start].lower() == "sep=\t":
        separator = "\t" if declared is None or declared[1] == "\\t" else declared[1]
        start = next((place for place in range(start + 1, len(lines)) if lines[place].strip()), 0)
        if not start:
            raise DataError("holds nothing but what separates cells", where=path, expected="a heading and rows")
        return start, separator, [f"cells are separated by {_name(separator)}, as its first line says"]
    first = next((place for place in range(start, len(lines)) if lines[place].strip()[:1] not in ("", "#")), start)
    separator = _separator(*_heading_and_others(lines[first:]), path)
    if first > start:
        if len(_cells(lines[first - 1], separator)) == len(_cells(lines[first], separator)) > 1:
            first -= 1  # the heading itself is marked, as PLINK and others do
        if first > start:
            notes.append(f"{first - start} line{'s' * (first - start > 1)} of comments above the heading left out")
    if separator not in _USUAL.get(path.suffix.lower(), tuple(_NAMES)):
        notes.append(f"cells are separated by {_name(separator)}")
    return first, separator, notes


def _heading_and_others(lines: Sequence[str]) -> tuple[str, list[str]]:
    """Return the heading, which may hold line breaks in quotation marks, and some of the lines below."""
    some = [line for line in lines if line.strip()][:_SAMPLE]
    for end in range(1, min(len(some), 20) + 1):
        heading = "\n".join(some[:end])
        if heading.count('"') % 2 == 0:
            return heading, some[end:]
    return some[0], some[1:]


def _separator(heading: str, others: Sequence[str], path: Path) -> str:
    """Return what separates cells: what the heading has, and most rows equally often."""
    if path.suffix.lower() == ".tsv" and "\t" in heading:
        return "\t"
    ranked = []
    for separator in "\t;,|":
        cells = len(_cells(heading, separator))
        alike = sum(len(_cells(line, separator)) == cells for line in others)
        if cells > 1:
            ranked.append((alike * 2 > len(others), cells, separator))
    if ranked:
        return max(ranked, key=lambda kind: kind[:2])[2]
    _refuse_title(heading, others, path)
    cells = len(_cells(heading.strip(), " "))
    if cells > 1 and others and all(0 <= len(_cells(line.strip(), " ")) - cells <= 1 for line in others):
        return " "
    return "\t"


def _refuse_title(heading: str, others: Sequence[str], path: Path) -> None:
    """Raise where the first line is one cell, and nearly all others have several: a title, or marks around all."""
    for separator in "\t;,|":
        wide = Counter(len(_cells(line, separator)) for line in others)
        cells, times = max(wide.items(), key=lambda kind: kind[1], default=(1, 0))
        if cells > 1 and times >= 3 and times * 10 >= len(others) * 8:
            raise DataError(
                f"its first line is one cell, and those below have {cells}, separated by {_name(separator)}",
                where=path,
                expected="the heading in the first line",
                try_next="take out a title, or what else stands above the heading",
            )
        if heading.count(separator) and len(others) >= 3 and all(line.count(separator) for line in others):
            raise DataError(
                "its rows stand in quotation marks as a whole",
                where=path,
                expected="quotation marks around cells alone",
                try_next="take the marks at both ends of every line away",
            )


def _cells(line: str, separator: str) -> list[str]:
    """Return the cells of a line by itself, whatever its quotation marks say."""
    try:
        lines = line.splitlines(keepends=True)
        return next(csv.reader(lines, delimiter=separator, skipinitialspace=separator != "\t"), [])
    except csv.Error:
        return line.split(separator)


def _records(lines: Sequence[str], start: int, separator: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each record begins and its cells; a stray quotation mark swallows no row.

    A quoted cell may hold line breaks, but not as many separators as the rows that it would swallow.
    """
    texts = (line.strip() if separator == " " else line for line in lines[start:])
    reader = csv.reader(
        (text + "\n" for text in texts), delimiter=separator, strict=True, skipinitialspace=separator != "\t"
    )
    width = 0
    while True:
        line = start + reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _stray_mark(line, path, str(error)) from None
        width = width or len(record)
        for cell in record:
            breaks = cell.rstrip("\n").count("\n")
            if breaks and cell.count(separator) >= breaks * max(width - 1, 1):
                raise _stray_mark(line, path, f"the quoted cell would swallow {breaks} rows")
        yield line, [tidy_cell(cell) for cell in record]


def tidy_cell(cell: str) -> str:
    """Return a cell without blanks around it, signs that nobody sees, and what spreadsheets put around text.

    ``="007"`` and ``'007'`` are 007; so is ``'007``, as a number behind the mark that makes it text.
    """
    if not cell.isascii():
        cell = _UNSEEN.sub("", cell)
    cell = cell.strip()
    if cell[:1] in ("=", "'"):
        match = _AS_TEXT.fullmatch(cell)
        return match[match.lastindex or 0].strip() if match is not None else cell
    return cell


def _stray_mark(line: int, path: Path, why: str) -> DataError:
    """Make the error of a quotation mark that nothing closes."""
    return DataError(
        f"line {line} cannot be read ({why})",
        where=path,
        expected="quotation marks around whole cells, each closed in its row",
        try_next=f"look for a stray quotation mark in line {line}",
    )


def _shaped(
    records: list[tuple[int, list[str]]], separator: str, lines: Sequence[str], path: Path
) -> tuple[list[str], list[tuple[int, list[str]]], list[str]]:
    """Return a name for every column and as many cells in every row.

    Empty columns at the end, and rows that repeat the heading, are not part of a table.
    """
    line, first = records[0]
    heading = [" ".join(name.split()) for name in first]
    if line == 1 or heading[0].startswith("#"):
        heading[0] = heading[0].lstrip("#").strip() or heading[0]
    rows = [(number, cells) for number, cells in records[1:] if cells != first]
    notes = (
        [f"{n} row{'s' * (n > 1)} that repeat{'s' * (n == 1)} the heading left out"]
        if (n := len(records) - 1 - len(rows))
        else []
    )
    while len(heading) > 1 and not heading[-1] and not any(any(cells[len(heading) - 1 :]) for _, cells in rows):
        heading.pop()
    rows = [(number, _cut(cells, len(heading))) for number, cells in rows]
    if rows and all(len(cells) == len(heading) + 1 for _, cells in rows):
        if separator == "," or not _row_names([cells[0] for _, cells in rows], lines[rows[0][0] - 1]):
            what = f"line {rows[0][0]}, like every row, has {len(heading) + 1} cells, separated by {_name(separator)}"
            raise DataError(
                what,
                where=path,
                expected=f"{len(heading)}, as in the heading; decimal commas need other separators",
            )
        heading = ["", *heading]
    for number, cells in rows:
        if len(cells) != len(heading):
            what = f"line {number} has {len(cells)} cells, separated by {_name(separator)}"
            raise DataError(what, where=path, expected=f"{len(heading)}, as in the heading")
    for place, name in enumerate(heading):
        having = next((number for number, cells in rows if cells[place]), None)
        if not name and place and having is not None:
            raise DataError(
                f"line {having} has something in column {place + 1}, which has no name",
                where=path,
                expected="a name for each column in the first line",
                try_next="take out a title, or what else stands above the heading",
            )
    if not heading[0] and len(heading) > 1:
        heading[0] = NAMELESS
        notes.append(f"the first column has no name in the heading, and is called {NAMELESS}")
    named = [place for place, name in enumerate(heading) if name]
    return [heading[p] for p in named], [(number, [cells[p] for p in named]) for number, cells in rows], notes


def _row_names(first: Sequence[str], line: str) -> bool:
    """Tell whether first cells are the row names of R, which stand in quotation marks or count the rows."""
    return len(set(first)) == len(first) and (line.startswith('"') or list(first) == _counted(len(first)))


def _counted(rows: int) -> list[str]:
    """Return the numbers of rows as R writes them."""
    return [str(row) for row in range(1, rows + 1)]


def _cut(cells: list[str], width: int) -> list[str]:
    """Return a row without the empty cells that stand beyond the heading."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    return cells


def _without_doubles(
    heading: list[str], rows: list[tuple[int, list[str]]], path: Path
) -> tuple[list[str], list[tuple[int, list[str]]], list[str]]:
    """Return the table with every column once, where the same name stands over the same cells.

    Raises
    ------
    DataError
        Where it stands over different ones, naming both columns.
    """
    doubled = [name for name, times in Counter(heading).items() if times > 1]
    if not doubled:
        return heading, rows, []
    for name in doubled:
        first, *others = [place for place, other in enumerate(heading) if other == name]
        for place in others:
            differing = next((n for n, cells in rows if not _same(cells[first], cells[place])), None)
            if differing is not None:
                raise DataError(
                    f"has the column {name} twice, and not the same in both (columns {first + 1} and {place + 1}, "
                    f"line {differing})",
                    where=path,
                    expected="a name for each column",
                )
    kept = [place for place, name in enumerate(heading) if name not in heading[:place]]
    notes = [f"has the column {name} several times with the same cells, which count once" for name in doubled]
    return [heading[p] for p in kept], [(number, [cells[p] for p in kept]) for number, cells in rows], notes


def _same(cell: str, other: str) -> bool:
    """Tell whether two cells say the same, 12 and 12.0 included."""
    if cell == other:
        return True
    plain = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")
    return bool(plain.fullmatch(cell) and plain.fullmatch(other)) and float(cell) == float(other)


def _name(separator: str) -> str:
    """Return what a separator is called."""
    return _NAMES.get(separator, repr(separator))
