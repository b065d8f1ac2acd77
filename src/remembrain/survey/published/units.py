"""What published numbers are, people, percentages or shares, by what they add up to, their range and what is declared.

Nothing is taken for granted: a heading is believed where no sum speaks against it, and where nothing tells, the user is
asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from remembrain.record.table_settings import Unit
from remembrain.survey.published.sources import Source

_DECLARE = 'declare it: [published] unit = "count", "percent" or "share" in the release file'
_SCALES: tuple[tuple[Unit, float], ...] = (("share", 1.0), ("percent", 100.0))


@dataclass(frozen=True)
class Measured:
    """What numbers are; over which questions shares add up, where sums show it; what was told, and what is wrong."""

    unit: Unit
    over: frozenset[frozenset[str]] = frozenset()
    note: str = ""
    problem: str = ""

    @property
    def scale(self) -> float:
        """What shares of this unit add up to."""
        return 100.0 if self.unit == "percent" else 1.0


@dataclass(frozen=True)
class _Sums:
    """What numbers add up to: which units and questions fit all lines, and whether a whole line fits none."""

    fits: frozenset[tuple[Unit, frozenset[str]]]
    possible: frozenset[Unit]
    whole: tuple[float, ...]


def unit_of(
    source: Source,
    sizes: Sequence[int],
    declared: Unit | None,
    loose: float = 0.0,
    asked: frozenset[str] | None = None,
) -> Measured:
    """Return what the numbers of a table are.

    Parameters
    ----------
    source
        The table; its measure is what headings say.
    sizes
        Levels of its questions.
    declared
        What the user says of numbers whose heading says nothing, or nothing that can be.
    loose
        By which part of the whole sums may be off beside their last place, where counts are blurred.
    asked
        Over which questions shares add up, where that is known.
    """
    told = source.cells.numbers.value[np.isfinite(source.cells.numbers.value)]
    said = source.cells.measure
    if not len(told):
        return Measured("count" if said in ("count", "value") else "share")
    sums = _sums(source, sizes, loose, asked)
    if declared is not None and said in ("value", "percent", "share"):
        return _declared(declared, sums, told)
    units = {unit for unit, _ in sums.fits}
    if said == "value":
        return _of_nothing_said(source, sums, units, told)
    heading: Unit = "percent" if said == "percent" else "share"
    if len(units) == 1:
        unit = next(iter(units))
        note = "" if unit == heading else f"its numbers add up to {1 if unit == 'share' else 100}, and are read as such"
        return Measured(unit, _over(sums, unit), note)
    if sums.whole:
        listed = ", ".join(f"{one:.6g}" for one in sums.whole[:3])
        return Measured(heading, problem=f"its {heading}s add up to {listed}; expected 1 or 100")
    if told.max() > 1:
        note = "" if heading == "percent" else "a share above 1: its numbers are read as percentages"
        return Measured("percent", note=note)
    if heading == "percent" and "share" in sums.possible:
        what = "whether numbers below 1 under a heading of percentages are shares cannot be told, as no line is whole"
        return Measured("percent", problem=f"{what}: {_DECLARE}")
    return Measured(heading)


def _declared(declared: Unit, sums: _Sums, told: np.ndarray) -> Measured:
    """Return what is declared, held against sums."""
    units = {unit for unit, _ in sums.fits}
    if declared != "count" and units and declared not in units:
        what = f"its numbers are declared to be {declared}s and add up to {100 if declared == 'share' else 1}"
        return Measured(declared, problem=what)
    if declared == "share" and told.max() > 1 + 1e-9:
        return Measured(declared, problem=f"a share of {told.max():g} is declared; expected at most 1")
    return Measured(declared, _over(sums, declared))


def _of_nothing_said(source: Source, sums: _Sums, units: set[Unit], told: np.ndarray) -> Measured:
    """Return what numbers are of which no heading says anything."""
    whole = bool((told == np.round(told)).all()) and source.cells.numbers.places == 0
    if source.cells.numbers.percent:
        return Measured("percent", _over(sums, "percent"))
    if whole and not units and not (sums.possible and not sums.whole):
        return Measured("count", note="its whole numbers without a heading are read as numbers of people")
    if not whole and len(units) == 1:
        unit = next(iter(units))
        return Measured(unit, _over(sums, unit), f"its numbers add up, and are read as {unit}s")
    what = "adds up to 100" if units else "has cells that are not told" if whole else "adds up to neither 1 nor 100"
    return Measured(
        "count", problem=f"whether its numbers are people or percentages cannot be told, as it {what}: {_DECLARE}"
    )


def _over(sums: _Sums, unit: Unit) -> frozenset[frozenset[str]]:
    """Return over which questions numbers of this unit add up."""
    return frozenset(over for one, over in sums.fits if one == unit)


def _sums(source: Source, sizes: Sequence[int], loose: float, asked: frozenset[str] | None) -> _Sums:
    """Return what a table adds up to, along every question and all of them together, or along those asked alone."""
    if not source.names:
        return _Sums(frozenset(), frozenset(), ())
    value, there = source.cube(sizes)
    half = 0.51 * 10.0**-source.cells.numbers.places
    fits: dict[tuple[Unit, frozenset[str]], float] = {}
    possible: set[Unit] = set()
    sums: list[float] = []
    for axes in _subsets(len(source.names)):
        over = frozenset(source.names[axis] for axis in axes)
        if asked is not None and over != asked:
            continue
        told = np.nansum(value, axis=axes)
        cells, hidden = there.sum(axis=axes), np.isnan(value).any(axis=axes)
        lines = cells > 0
        told_all = lines & ~hidden & (cells > 1)
        whole = told_all & (_of_levels(there, sizes).sum(axis=axes) == np.prod([sizes[axis] for axis in axes]))
        for unit, scale in _SCALES:
            room = half * cells + (loose + 1e-7) * scale
            if (told[lines] > scale + room[lines]).any():
                continue
            possible.add(unit)
            off = np.abs(told - scale)
            if (told_all & (off <= room)).any() and (off <= room)[whole].all():
                fits[unit, over] = float(np.maximum(off - half * cells, 0)[told_all].mean()) / scale
        sums += np.unique(told[whole].round(6)).tolist() if over == asked or len(axes) == len(source.names) else []
    best = min(fits.values(), default=0.0)
    return _Sums(
        frozenset(one for one, off in fits.items() if off <= 2 * best + 1e-6), frozenset(possible), tuple(sums)
    )


def _of_levels(there: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """Return which rows are there, without those of no answer."""
    found = np.zeros_like(there)
    inner = tuple(slice(0, size) for size in sizes)
    found[inner] = there[inner]
    return found


def _subsets(dimensions: int) -> Iterator[tuple[int, ...]]:
    """Yield every choice of dimensions but none."""
    for size in range(1, dimensions + 1):
        yield from combinations(range(dimensions), size)
