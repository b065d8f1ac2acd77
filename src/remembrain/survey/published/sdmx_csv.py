"""SDMX-CSV, of versions 1 and 2: a row an observation, with its dimensions, its attributes and where it belongs.

Several data flows may stand in one file; a dimension that one of them does not have is empty in all of its rows.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from remembrain.errors import Problem
from remembrain.survey.published.cells import Column, Long, Numbers, Told, read_numbers
from remembrain.survey.published.grid import Grid
from remembrain.survey.published.words import form

_FLOW = ("structure id", "dataflow", "structure name")
_APART = frozenset((*_FLOW, "structure", "action", "unit mult", "decimals", "obs value"))


def is_sdmx(grid: Grid) -> bool:
    """Tell whether the first row of a sheet names an observation and where it belongs."""
    heads = _heads(grid) if len(grid.line) else []
    return "obs value" in heads and bool({"dataflow", "structure", "structure id"} & set(heads))


def read_sdmx(grid: Grid, problems: list[Problem]) -> list[Long]:
    """Return the observations of each data flow."""
    rows = np.arange(1, len(grid.line))
    heads = _heads(grid)
    columns = [column.take(rows) for column in grid.columns]
    names = [grid.columns[place].text(0) for place in range(len(columns))]
    by_head = dict(zip(heads, columns, strict=True))
    values = by_head["obs value"]
    comma = any("," in text for text in values.texts.slice(0, 20_000).to_pylist())
    numbers = read_numbers(values, "," if comma else ".")
    for row, text in numbers.strangers:
        what = f"{text!r} is no number"
        problems.append(Problem(f"{grid.where} line {grid.line[row + 1]}", what))
    power = _attribute(by_head.get("unit mult"), len(rows))
    value, own = numbers.value * 10.0**power, None if numbers.own is None else numbers.own - power.astype(int)
    places = int(max(numbers.places, _attribute(by_head.get("decimals"), len(rows)).max(initial=0.0)))
    flow = next((by_head[name] for name in _FLOW if name in by_head), Column.constant("", len(rows)))
    found = []
    for place, title in enumerate(flow.listed):
        of_flow = np.flatnonzero(flow.code == place)
        kept = {
            name: column.take(of_flow)
            for name, head, column in zip(names, heads, columns, strict=True)
            if head not in _APART and column.filled[of_flow].any()
        }
        of_value = Numbers(value, places, numbers.percent, numbers.marks, own=own).take(of_flow)
        told = Told("value", of_value)
        found.append(Long(grid.where, kept, (told,), grid.line[rows][of_flow], f"{grid.context}\n{title}"))
    return found


def _heads(grid: Grid) -> list[str]:
    """Return the headings, without the label that may stand behind each."""
    return [form(column.text(0).partition(":")[0]) for column in grid.columns]


def _attribute(column: Column | None, rows: int) -> np.ndarray:
    """Return an attribute of every observation that is a number, 0 where there is none."""
    if column is None:
        return np.zeros(rows)
    bare = pa.array([text.partition(":")[0] for text in column.listed], pa.string())
    each = read_numbers(Column(np.arange(len(bare), dtype=np.int32), bare)).value
    return np.asarray(np.nan_to_num(each)[column.code])
