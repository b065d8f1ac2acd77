"""A Parquet file to a frame, unless what it unpacks to is more than the memory takes: a few bytes may say billions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from remembrain._text import shown
from remembrain.errors import DataError
from remembrain.run import in_words, insist_on_regular, memory_left

_BYTES_A_CELL = 100
"""What a cell takes as text, beside its letters."""
_COPIES = 4
"""How often a text is there at once."""


def read_parquet(path: Path) -> pd.DataFrame:
    """Return the table of a Parquet file.

    Raises
    ------
    DataError
        Where it is no such file, or unpacks to more than the memory takes.
    """
    insist_on_regular(path)
    try:
        with parquet.ParquetFile(path) as file:
            schema, needed = file.schema_arrow, _claimed(file)
        _insist_on_room(needed, path)
        texts = [field.name for field in schema if _is_text(field.type)]
        table = parquet.ParquetFile(path, read_dictionary=texts).read()  # each text once, however often it stands there
        _insist_on_room(sum(_letters(column) for column in table.columns) * _COPIES, path)
        frame: pd.DataFrame = _plain(table).to_pandas()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DataError(f"is not a Parquet file ({shown(str(error).splitlines()[0], 120)})", where=path) from None
    return frame


def _claimed(file: Any) -> int:
    """Return how much memory a table takes by its footer: its cells, and its pages unpacked."""
    facts, total = file.metadata, 0
    for place in range(facts.num_columns):
        kind = file.schema.column(place)
        for group in range(facts.num_row_groups):
            chunk = facts.row_group(group).column(place)
            unpacked = max(chunk.total_uncompressed_size, 0)
            each = _BYTES_A_CELL + max(kind.length or 0, 0)
            if kind.physical_type == "BYTE_ARRAY" and "." in kind.path and kind.max_repetition_level:
                each += unpacked  # within lists: any of its texts may stand in any cell
            total += max(chunk.num_values, facts.row_group(group).num_rows) * each + _COPIES * unpacked
    return total


def _is_text(kind: Any) -> bool:
    """Tell whether cells are texts or bytes of any length."""
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def _letters(column: Any) -> int:
    """Return how many bytes the texts of a column take, each as often as it stands there."""
    total = 0
    for chunk in column.chunks:
        if pa.types.is_dictionary(chunk.type) and _is_text(chunk.type.value_type):
            lengths = pc.binary_length(chunk.dictionary)
            total += int(pc.sum(lengths.take(chunk.indices).cast(pa.int64())).as_py() or 0)
    return total


def _plain(table: pa.Table) -> pa.Table:
    """Return a table whose texts stand in every row again."""
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            column = table.column(place).cast(field.type.value_type)
            table = table.set_column(place, field.with_type(field.type.value_type), column)
    return table


def _insist_on_room(needed: int, path: Path) -> None:
    """Raise where a table would not fit into the memory."""
    if needed > (left := memory_left()):
        raise DataError(
            f"unpacks to more than the memory takes ({in_words(needed)} needed, {in_words(left)} left)",
            where=path,
            expected="a table of people",
        )
