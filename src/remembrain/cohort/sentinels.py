"""Numbers that may say *missing*: -9999, 999, -1, 0 for a region that was not found, far outside everything else.

None of them is taken for missing by itself, nor used in silence: who knows the data is asked.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

FEWEST = 5
MOST_REPEATED = 3
_FAR = 8.0
_VERY_FAR = 10.0
_OTHER_SIZE = 100.0
_OUTSIDE = 10.0


def doubtful_codes(values: Float[np.ndarray, "cell"]) -> list[float]:
    """Return the numbers of a column that may be codes for *missing*, lowest first.

    A usual code (repeated 7, 8 or 9, such as 99.9 or -9999; -1 to -9; 0 below positive numbers; limits of computers)
    is doubted where nothing else lies beyond it and there is a gap of half the range of the rest, or of a tenth where
    it is 8 robust SDs away; or where -1, -7 and the like are all that is negative, and do not count on as -3, -2, -1.
    Another number is doubted where it stands at the end at least three times, 10 robust SDs away, with a gap of more
    than the range of the rest; and one, or a few of them, whose size is 100 times that of all others, or a hundredth of
    it while these are more alike: a separator or a unit may be misread.
    """
    known = values[np.isfinite(values)]
    if len(known) < FEWEST:
        return []
    doubted = set(_at_the_end(known)) | {-value for value in _at_the_end(-known, negated=True)}
    return sorted(doubted | set(_of_another_size(known)))


def far_outside(values: Float[np.ndarray, "cell"]) -> list[float]:
    """Return the numbers of a column that are 10 times as large as all others and 10 robust SDs away, lowest first."""
    known = values[np.isfinite(values)]
    sizes = np.sort(np.abs(known))
    for few in range(1, _few(len(sizes)) + 1 if len(sizes) >= FEWEST else 1):
        inner = sizes[:-few]
        if sizes[-few] >= _OUTSIDE * inner[-1] > 0 and _distance(float(sizes[-few]), inner)[2] > _VERY_FAR:
            return _levels(known[np.abs(known) >= sizes[-few]])
    return []


def _of_another_size(known: Float[np.ndarray, "cell"]) -> list[float]:
    """Return the few numbers that are a hundred times as large as all others, or a hundredth of them."""
    sizes = np.sort(np.abs(known[known != 0]))
    for few in range(1, min(_few(len(known)), len(sizes) - FEWEST + 1) + 1):
        rest = sizes[:-few]
        if sizes[-few] >= _OTHER_SIZE * rest[-1]:
            return _levels(known[np.abs(known) >= sizes[-few]])
        rest = sizes[few:]
        with np.errstate(over="ignore"):  # of the smallest numbers there are
            apart, wide = rest[0] / sizes[few - 1], rest[-1] / rest[0]
        if apart >= _OTHER_SIZE and wide < apart:
            return _levels(known[(known != 0) & (np.abs(known) <= sizes[few - 1])])
    return []


def _levels(numbers: Float[np.ndarray, "cell"]) -> list[float]:
    """Return each number once, lowest first."""
    return [float(one) for one in np.unique(numbers)]


def _few(cells: int) -> int:
    """Return how many of so many cells are a few."""
    return max(1, cells // 20)


def _at_the_end(known: Float[np.ndarray, "cell"], *, negated: bool = False) -> list[float]:
    """Return what may be codes at the upper end."""
    levels, counts = np.unique(known, return_counts=True)
    first = len(levels)
    while first > 1 and _is_usual(-levels[first - 1] if negated else levels[first - 1], low=negated):
        first -= 1
    for place in range(first, len(levels)):
        inner = known[known < levels[place]]
        if negated and levels[place:].tolist() == list(range(1, len(levels) - place + 1)) and len(levels) - place > 2:
            return []
        if len(inner) >= FEWEST - 1 and _is_far(float(levels[place]), inner, negated=negated):
            return [float(level) for level in levels[place:]]
    inner = known[known < levels[-1]]
    if counts[-1] < MOST_REPEATED or len(inner) < FEWEST:
        return []
    gap, width, away = _distance(float(levels[-1]), inner)
    return [float(levels[-1])] if away > _VERY_FAR and gap > width > 0 else []


def _is_usual(value: float, *, low: bool) -> bool:
    """Tell whether a number is one of those that people and programs write for *missing*."""
    if (
        value in range(-9, 0)
        or value in (-32768, 32767, -2147483648, 2147483647)
        or abs(value) >= 1e20
        or (low and value == 0)
    ):
        return True
    digits = f"{abs(value):.10g}".replace(".", "")
    return len(set(digits)) == 1 and digits[0] in "789" and (value < 0 or not low)


def _is_far(value: float, inner: Float[np.ndarray, "cell"], *, negated: bool) -> bool:
    """Tell whether a usual code lies outside of what the rest of the column is."""
    gap, width, away = _distance(value, inner)
    if negated and value == 0:
        return gap > 0.5 * width and away > _FAR / 2 and width > 0
    if negated and value > 0 and value not in (2, 3, 4, 5, 6) and inner.max() <= 0:
        return True  # the only negative number
    return gap >= 0.5 * width or (away > _FAR and gap > 0.1 * width)


def _distance(value: float, inner: Float[np.ndarray, "cell"]) -> tuple[float, float, float]:
    """Return the gap to the next number, the range of the rest, and the distance from its median in robust SDs."""
    middle = float(np.median(inner))
    spread = float(np.median(np.abs(inner - middle))) * 1.4826
    spread = spread or float(inner.std()) or 1.0
    return float(value - inner.max()), float(inner.max() - inner.min()), abs(value - middle) / spread
