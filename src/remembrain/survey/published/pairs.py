"""Cells of two numbers, as papers write them: people with a percentage, ``12 (3.4 %)``, or a mean with its spread."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from remembrain.survey.published.cells import Column
from remembrain.survey.published.headings import Heading
from remembrain.survey.published.words import status_of

_PAIR = re.compile(r"(?P<first>[0-9][0-9., ]*)\s*[(\[]\s*(?P<second>[0-9][0-9.,]*)\s*%?\s*[)\]]")
_LOOKED_AT = 20_000
_MOST = 0.5


def parted_pairs(columns: Sequence[Column], headings: Sequence[Heading]) -> tuple[list[Column], list[Heading]]:
    """Return columns of one number each, with their headings: what stands in brackets is a column of its own.

    Marks for what is not told stand for both numbers.
    """
    found: list[tuple[Column, Heading]] = []
    for column, heading in zip(columns, headings, strict=True):
        texts = column.texts.slice(0, _LOOKED_AT).to_pylist()
        pairs = [_PAIR.fullmatch(text) for text in texts]
        if sum(pair is not None for pair in pairs) <= _MOST * sum(status_of(text) is None for text in texts):
            found.append((column, heading))
        elif heading.measure == "mean":
            found.append((_half(column, "first"), heading))
            found.append((_half(column, "second"), replace(heading, measure="sd")))
        else:
            found.append((_half(column, "first"), replace(heading, measure="count")))
            found.append((_half(column, "second"), replace(heading, measure="percent")))
    return [column for column, _ in found], [heading for _, heading in found]


def _half(column: Column, part: str) -> Column:
    """Return one number of every pair; what is no pair stays as it is, if it stands for both or for people."""
    halves = []
    for text in column.listed:
        pair = _PAIR.fullmatch(text)
        alone = text if part == "first" or status_of(text) is not None else ""
        halves.append(alone if pair is None else (pair[part] or "").strip())
    places: dict[str, int] = {}
    codes = [places.setdefault(half, len(places)) for half in halves]
    return Column(np.array(codes, dtype=np.int32)[column.code], pa.array(list(places), pa.string()))
