"""Which decimal separator a file has, by all of its numbers, and which cells it would make something else of.

Knows nothing of files, nor of what a column measures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from remembrain.cohort.numbers import LONGEST, REMEMBERED, Decimal, bare, is_number_missing, number

_EITHER: Mapping[Decimal, re.Pattern[str]] = {
    ".": re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}"),
    ",": re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}"),
}
"""What is a fraction if this is the decimal separator, and thousands if it is not."""

NEAR, FAR = 3.0, 10.0
"""A number is among others within so many times these, and far from them beyond so many times."""

_SAY = "or say --decimal , or --decimal ."


@dataclass(frozen=True)
class Convention:
    """The decimal separator of a file, and why it cannot be told if it cannot; ``commas`` cells show a comma."""

    decimal: Decimal = "."
    commas: int = 0
    doubt: str = ""


def convention(columns: Mapping[str, Sequence[str]], declared: Decimal | None = None) -> Convention:
    """Tell the decimal separator of a file by all of its numeric columns.

    Parameters
    ----------
    columns
        The cells of every column that is used.
    declared
        What the user says; nothing is doubted then.
    """
    by_column: dict[str, Mapping[str, int]] = {}
    points: dict[str, str] = {}
    commas: dict[str, str] = {}
    pointed = 0
    perhaps: dict[Decimal, dict[str, str]] = {".": {}, ",": {}}
    shown, commas_perhaps = 0, 0
    for name, cells in columns.items():
        forms: Counter[str] = Counter()
        for text, times in Counter(cells).items():
            forms[bare(text)] += times
        if not _mostly_numbers(forms):
            continue
        by_column[name] = forms
        for text, times in forms.items():
            here = _evidence(text)
            if here == ",":
                commas.setdefault(name, text)
                shown += times
            elif here == ".":
                points.setdefault(name, text)
                pointed += times
            for decimal, unclear in perhaps.items():
                if _EITHER[decimal].fullmatch(text):
                    unclear.setdefault(name, text)
                    commas_perhaps += times if decimal == "," else 0
    decided: Decimal = declared or ("," if commas and not points else ".")
    doubt = ""
    if declared is None:
        misfits = "" if points and commas else _misfits(by_column, decided)
        doubt = misfits or _doubt((points, pointed), (commas, shown), perhaps)
    return Convention(decided, shown + commas_perhaps if decided == "," else 0, doubt)


def _doubt(
    point: tuple[Mapping[str, str], int],
    comma: tuple[Mapping[str, str], int],
    perhaps: Mapping[Decimal, Mapping[str, str]],
) -> str:
    """Return why the decimal separator cannot be told, naming columns and cells; nothing where it can.

    Of each separator come the columns that show it, each with a cell, and the number of cells.
    """
    (points, pointed), (commas, shown) = point, comma
    if points and commas:
        return (
            f"{pointed} numbers have a decimal point ({_example(points)}) and {shown} a decimal comma "
            f"({_example(commas)}): write all in one way, {_SAY}"
        )
    unclear = {name: text for name, text in perhaps["."].items() if name not in commas} if commas else {}
    if unclear:
        what = f"{_example(commas)} has a decimal comma, and {_example(unclear)} may be thousands or a fraction"
        return f"{what}: {_SAY[3:]}"
    if perhaps[","] and not points and not commas:
        what = f"{_example(perhaps[','])} may be thousands or a fraction, and no other number tells"
        return f"{what}: {_SAY[3:]}"
    return ""


def _misfits(by_column: Mapping[str, Mapping[str, int]], decimal: Decimal) -> str:
    """Return which cells would be far from all others of their column, and among them if the separator were another.

    ``2,512`` in a column of 2.1 to 2.98 is no 2512; ``1.234`` among thousands is no fraction. Of the others those
    between the tenth and the ninetieth in a hundred count, so that codes such as -9999 say nothing.
    """
    other: Decimal = "," if decimal == "." else "."
    cells: dict[str, str] = {}
    times, shown = 0, ""
    for name, forms in by_column.items():
        for text, taken, instead, usual in _misfits_of(forms, other, decimal) or _misfits_of(forms, decimal, decimal):
            cells.setdefault(name, text)
            times += forms[text]
            shown = shown or f"{taken:.10g} or {instead:.10g}, where most others are {usual[0]:g} to {usual[1]:g}"
    if not cells:
        return ""
    return f"{times} cell{'s' * (times > 1)} such as {_example(cells)} may be {shown}: write plain numbers there"


def _misfits_of(
    forms: Mapping[str, int], mark: Decimal, decimal: Decimal
) -> list[tuple[str, float, float, tuple[float, float]]]:
    """Return the cells with this mark that fit the rest of their column only if it is the other separator.

    Each with its number as it would be taken, as it would be instead, and what the others are.
    """
    unclear = [text for text in forms if _EITHER[mark].fullmatch(text)]
    usual = _usual({text: times for text, times in forms.items() if text not in unclear}, decimal) if unclear else None
    if usual is None:
        return []
    found = []
    for text in unclear:
        taken, instead = (abs(number(text, one) or 0.0) for one in (decimal, "," if decimal == "." else "."))
        far = not usual[0] / FAR <= taken <= usual[1] * FAR
        if far and usual[0] / NEAR <= instead <= usual[1] * NEAR:
            found.append((text, taken, instead, usual))
    return found


def _usual(forms: Mapping[str, int], decimal: Decimal) -> tuple[float, float] | None:
    """Return between which magnitudes most numbers of a column are, None where there are none but zeros."""
    sizes = [abs(value) for text, n in forms.items() for value in [number(text, decimal)] * n if value]
    return (float(np.quantile(sizes, 0.1)), float(np.quantile(sizes, 0.9))) if sizes else None


def _example(cells: Mapping[str, str]) -> str:
    """Return a cell and its column, and how many more columns are like it."""
    name, text = next(iter(cells.items()))
    return f"{text} of {name}" + (f" (and of {len(cells) - 1} more columns)" if len(cells) > 1 else "")


@lru_cache(REMEMBERED)
def _evidence(text: str) -> Decimal | None:
    """Return which decimal separator a number shows: 2.5 and 1,234,567 a point, 2,5 and 1.234,5 a comma."""
    if len(text) > LONGEST or any(either.fullmatch(text) for either in _EITHER.values()):
        return None
    separators = [mark for mark in text if mark in ".,"]
    if not separators:
        return None
    as_point, as_comma = number(text, ".") is not None, number(text, ",") is not None
    return "." if as_point and not as_comma else "," if as_comma and not as_point else None


def _mostly_numbers(forms: Mapping[str, int]) -> bool:
    """Tell whether most cells that say something are numbers, with a point or a comma."""
    known = {text: times for text, times in forms.items() if not is_number_missing(text)}
    numbers = sum(
        times for text, times in known.items() if number(text, ".") is not None or number(text, ",") is not None
    )
    return numbers > 0 and numbers * 2 >= sum(known.values())
