"""A CSV file as a grid of cells, whatever stands above and below its tables.

A file of millions of cells is read by Arrow, which wants rows of one width; any other row is looked at by itself.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow

from remembrain.cohort.encodings import read_text
from remembrain.cohort.textfile import tidy_cell
from remembrain.errors import DataError
from remembrain.survey.published.cells import Column
from remembrain.survey.published.grid import Grid, grid_of

LARGE = 4_000_000
"""Letters from which on a file is read by Arrow."""
_SAMPLE = 300
_PACKED = re.compile(r"\ufeff?\w+(?:,\w+)*\\\w+ *\t")


def read_csv(path: Path, large: int = LARGE) -> Grid:
    """Read the cells of a file of text.

    Raises
    ------
    DataError
        Where it cannot be read, naming the line.
    """
    text, _ = read_text(path)
    text = _unpacked(text) if _PACKED.match(text) else text
    separator, start = _separator(text)
    if len(text) > large:
        return _large(text, separator, start, path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator != "\t")
    rows, lines = [], []
    line = 1
    try:
        for record in reader:
            if line > start:
                rows.append([tidy_cell(cell) for cell in record])
                lines.append(line)
                _refuse_swallowed(record, separator, line, path)
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"line {line} cannot be read ({error})", where=path, expected="a table of text") from None
    return replace(grid_of(rows, path.name, path.stem, lines), separator=separator)


def _unpacked(text: str) -> str:
    """Return Eurostat's text, in which commas part what rows are of and tabs their numbers, with tabs alone."""
    heading, *lines = text.splitlines()
    named = re.sub(r"^(\ufeff?)freq,", r"\1periodicity,", re.sub(r"\\\w+", "", heading, count=1))  # freq is n elsewhere
    rows = [named, *lines]
    parts = (row.partition("\t") for row in rows)
    return "\n".join(before.replace(",", "\t") + tab + after for before, tab, after in parts)


def _separator(text: str) -> tuple[str, int]:
    """Return what separates cells, and how many lines stand before the table to say so."""
    head = [line for line in text[:200_000].splitlines()[:_SAMPLE] if line.strip()]
    first = head[0].strip('"\ufeff ').lower() if head else ""
    if first.startswith("sep=") and len(first) == 5:
        return first[4], 1
    best, most = ",", (0, 0)
    for separator in "\t;,|":
        widths = Counter(len(next(csv.reader([line], delimiter=separator), [])) for line in head)
        widths.pop(1, None)
        if widths:
            width, times = widths.most_common(1)[0]
            most, best = max((most, best), ((times, width), separator))
    return best, 0


def _refuse_swallowed(record: list[str], separator: str, line: int, path: Path) -> None:
    """Raise where a stray quotation mark has made one cell of several rows."""
    for cell in record:
        breaks = cell.rstrip("\r\n").count("\n")
        if breaks and cell.count(separator) >= breaks * max(len(record) - 1, 1):
            raise DataError(
                f"line {line}: a quoted cell would swallow {breaks} rows",
                where=path,
                expected="quotation marks around whole cells, each closed in its row",
            )


def _large(text: str, separator: str, start: int, path: Path) -> Grid:
    """Read a file of very many cells."""
    head = text[:200_000].splitlines()[start:_SAMPLE]
    widths = Counter(len(row) for row in csv.reader(head[:-1], delimiter=separator) if any(row))
    width = widths.most_common(1)[0][0]
    others: list[tuple[int, str]] = []

    def apart(row: Any) -> str:
        others.append((row.number or 0, row.text))
        return "skip"

    names = [f"{place}" for place in range(width)]
    text_type = pa.dictionary(pa.int32(), pa.string())
    try:
        table = arrow.read_csv(
            io.BytesIO(text.encode()),
            read_options=arrow.ReadOptions(column_names=names, skip_rows=start, use_threads=False, block_size=2**24),
            parse_options=arrow.ParseOptions(delimiter=separator, invalid_row_handler=apart),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(names, text_type), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise DataError(f"cannot be read ({error})", where=path, expected="a table of text") from None
    for line, row in others:
        cells = [cell for cell in next(csv.reader([row], delimiter=separator), []) if cell.strip()]
        if len(cells) > 1:
            what = f"line {line} has {row.count(separator) + 1} cells, separated by {separator!r}"
            raise DataError(what, where=path, expected=f"{width}, as in most lines")
    columns = tuple(_column(table.column(name)) for name in names)
    return Grid(
        path.name, columns, np.arange(1, table.num_rows + 1) + start, "\n".join([path.stem, *(t for _, t in others)])
    )


def _column(chunks: Any) -> Column:
    """Return a column of Arrow with every text once, tidied."""
    whole = chunks.unify_dictionaries().combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    code, texts = whole.indices.to_numpy(zero_copy_only=False), pc.utf8_trim_whitespace(whole.dictionary)
    odd = pc.any(pc.match_substring_regex(texts, "[^ -~]|^[=']")).as_py()
    if odd:
        texts = pa.array([tidy_cell(text) for text in texts.to_pylist()], pa.string())
    return Column(code.astype(np.int32), texts)
