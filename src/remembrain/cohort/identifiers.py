"""Which numeric columns count or name people and measure nothing: an index of pandas, a running number, a time, an RID.

Left out, and told, where the name, the order or the people's own names show it, or where each row is as far from the
one before as every other; asked about where whole numbers differ
for everybody and nothing shows whether they are a measure. Volumes in cubic millimetres differ for everybody too, but
they come by the dozen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.cohort.spellings import BESIDE_IDENTIFIERS, IDENTIFIERS, MEASURES, TIMES
from remembrain.cohort.textfile import NAMELESS
from remembrain.cohort.tsv import words_of

FEWEST_ROWS = 10
EVEN = 0.9
"""So large a share of the steps between rows is a single one where rows of an index were taken out."""
FIRST, LAST = 946_684_800, 2_208_988_800
"""Seconds from 1970 to 2000 and to 2040; times also come in thousandths, millionths and billionths of seconds."""
FEWEST_MEASURES = 3
"""So many columns of whole numbers that differ for everybody are measures."""

_INDEX = re.compile(
    r"|".join((re.escape(NAMELESS), r"unnamed: ?\d+(\.\d+)?", r"\.\.\.\d+", r"level_\d+", r"x(\.\d+)?"))
)


@dataclass(frozen=True)
class Identifiers:
    """Columns that are left out with the reason, those that are asked about, and those taken for measures."""

    left_out: Mapping[str, str]
    doubtful: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()


def identifiers(columns: Mapping[str, Float[np.ndarray, "row"]], people: Sequence[str]) -> Identifiers:
    """Tell the numeric columns that count or name people.

    Parameters
    ----------
    columns
        Numbers by column, NaN where there is none.
    people
        Whose each row is.
    """
    left_out: dict[str, str] = {}
    doubtful: list[str] = []
    measures: list[str] = []
    alike: list[str] = []
    for name, values in columns.items():
        why = _why_no_measure(name, values, people)
        if why:
            left_out[name] = why
        elif _differs_for_everybody(values, people):
            by_name = bool(MEASURES & set(words_of(name)))
            (measures if by_name else doubtful if _goes_with_rows(values) else alike).append(name)
    if len(alike) + len(measures) < FEWEST_MEASURES:
        return Identifiers(left_out, (*doubtful, *alike), tuple(measures))
    return Identifiers(left_out, tuple(doubtful), (*measures, *alike))


def _why_no_measure(name: str, values: Float[np.ndarray, "row"], people: Sequence[str]) -> str:
    """Return why a column counts or names people for sure; nothing where it does not."""
    known = values[np.isfinite(values)]
    if len(known) < max(FEWEST_ROWS, 0.9 * len(values)):
        return ""
    why = _why_no_count(name, values, people) if (known == np.round(known)).all() else ""
    if not why and _in_equal_steps(known):
        return "goes up or down by the same step from row to row"
    return why or ("is a time that goes with the rows" if _is_time(name, known) else "")


def _why_no_count(name: str, values: Float[np.ndarray, "row"], people: Sequence[str]) -> str:
    """Return the same of whole numbers, for whatever they may be a name."""
    known = values[np.isfinite(values)]
    different = len(np.unique(known))
    if _INDEX.fullmatch(name.strip().lower()) and different == len(known):
        return "has the name of an index"
    if _is_running(known):
        return "counts the rows"
    words = words_of(name)
    if (
        words
        and (words[-1] in IDENTIFIERS or set(words) <= BESIDE_IDENTIFIERS)
        and different > min(len(set(people)), len(known)) / 3
    ):
        return "names people by its name"
    if _in_names(values, people) and different > 2:
        return "repeats the names of people"
    return ""


def _is_running(known: Float[np.ndarray, "row"]) -> bool:
    """Tell whether numbers are 1 to n in any order, or go up row by row with few left out."""
    width = known.max() - known.min() + 1
    different = len(np.unique(known))
    if different == len(known) == width:
        return True
    steps = np.diff(known)
    return bool((steps > 0).all() or (steps < 0).all()) and width <= 3 * len(known)


def _in_equal_steps(known: Float[np.ndarray, "row"]) -> bool:
    """Tell whether numbers go up, or down, by the same step from row to row, whatever it is: 0.5, 1.5, 2.5.

    As far as so many decimals as they are written with can tell, and but for a few steps that are several at once, as
    where rows were taken out. Measures that are sorted are not evenly spaced.
    """
    steps = np.diff(known)
    if not ((steps > 0).all() or (steps < 0).all()):
        return False
    sizes = np.abs(steps)
    step = float(np.median(sizes))
    if np.allclose(sizes, step, rtol=1e-6, atol=0):
        return True
    written = max(float(np.ptp(known)) * 1e-9, 10.0 ** -_decimals(known))
    if written > step / 4:
        return False  # too coarse to tell equal steps from others
    multiples = sizes / step
    even = np.abs(multiples - np.round(multiples)) * step <= 1.01 * written
    return bool(even.all() and (np.round(multiples) == 1).mean() >= EVEN)


def _decimals(known: Float[np.ndarray, "row"]) -> int:
    """Return with how many decimals numbers are written, at most 9."""
    return next((places for places in range(9) if (np.abs(known - known.round(places)) < 1e-10).all()), 9)


def _is_time(name: str, known: Float[np.ndarray, "row"]) -> bool:
    """Tell whether numbers go up or down with the rows, and are times by their name or seconds since 1970."""
    steps = np.diff(known)
    if not ((steps >= 0).all() or (steps <= 0).all()) or len(np.unique(known)) < len(known) / 2:
        return False
    by_name = bool({*words_of(name)} & TIMES)
    return by_name or any(FIRST * unit <= known.min() <= known.max() <= LAST * unit for unit in (1, 1e3, 1e6, 1e9))


def _in_names(values: Float[np.ndarray, "row"], people: Sequence[str]) -> bool:
    """Tell whether nearly every number stands at the end of its person's name, or is all of its digits."""
    misses, known = 0, int(np.isfinite(values).sum())
    for value, name in zip(values.tolist(), people, strict=True):
        if np.isfinite(value):
            inner = re.findall(r"[0-9]+", name)
            misses += not inner or int(value) not in (int(inner[-1]), int("".join(inner)))
            if misses > 0.1 * known:
                return False
    return True


def _differs_for_everybody(values: Float[np.ndarray, "row"], people: Sequence[str]) -> bool:
    """Tell whether a column has a whole number in nearly every row, another for everybody."""
    there = np.isfinite(values)
    known = values[there]
    if len(known) < max(FEWEST_ROWS, 0.9 * len(values)) or not (known == np.round(known)).all():
        return False
    whose = [name for name, is_known in zip(people, there.tolist(), strict=True) if is_known]
    different = len(set(known.tolist()))
    pairs = len(set(zip(whose, known.tolist(), strict=True)))
    return different == len(known) or different == pairs == len(set(whose))


def _goes_with_rows(values: Float[np.ndarray, "row"]) -> bool:
    """Tell whether numbers nearly go up or down with the rows, as identifiers do and measures do not."""
    ranks = np.argsort(np.argsort(values[np.isfinite(values)]))
    return bool(abs(np.corrcoef(ranks, np.arange(len(ranks)))[0, 1]) > 0.95)
