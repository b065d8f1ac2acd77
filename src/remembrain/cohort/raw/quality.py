"""How far a prepared scan can be trusted: what is measured of each, and which stand out; numbers alone.

A scan stands out where a measure is beyond a fixed bound, or far from the middle of all: more than 3.5 robust standard
deviations, as Iglewicz & Hoaglin (1993, *How to detect and handle outliers*) have it, from ten scans on. That is
0.6745 (x - median) / MAD; as a MAD may be tiny where scans are much alike, a least deviation counts as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST_OVERLAP = 0.8
"""Of the masks of a scan and the template, once they lie on each other; heads have 0.96."""
MOST_STRETCH = 1.5
"""Between the axes: a half of a head fits the template if it is made twice as wide."""
FEWEST = 10
FAR = 3.5


@dataclass(frozen=True)
class Measures:
    """What is measured of one prepared scan.

    Attributes
    ----------
    overlap
        Dice coefficient of its mask and the template's.
    brain_ml
        Volume of its own mask, in millilitres, before it was brought to the template's size.
    symmetry
        Dice coefficient of its mask and the mirror image of it.
    likeness
        Correlation with the template inside of the template's brain.
    stretch
        By how much more its most stretched axis was stretched than its least.
    turned, moved
        By how many degrees and mm it was turned and moved.
    size
        Mean side of the brain over the template's.
    """

    overlap: float
    brain_ml: float
    symmetry: float
    likeness: float
    stretch: float
    turned: float
    moved: float
    size: float


@dataclass(frozen=True)
class Bound:
    """Between which values a measure raises no question, how far from the others at least it has to be to stand out."""

    name: str
    title: str
    low: float
    high: float
    least: float
    digits: int = 2


BOUNDS = (
    Bound("overlap", "overlap with the template's mask", 0.9, 1.0, 0.02),
    Bound("brain_ml", "brain volume in ml", 800.0, 2200.0, 100.0, 0),
    Bound("symmetry", "likeness of left and right", 0.92, 1.0, 0.02),
    Bound("likeness", "correlation with the template", 0.5, 1.0, 0.05),
    Bound("stretch", "unequal stretching of axes", 1.0, 1.25, 0.05),
)
"""The measures that a scan may stand out by.

Colin27 has 0.96, 1,956 ml, 0.98, 0.70 and 1.02; without the upper or the front third of his head a likeness of 0.48 and
0.37; without one half a symmetry of 0.78, a likeness of 0.29 and a stretch of 1.95.
"""


def misfits(measures: Measures) -> list[str]:
    """Return by what a brain does not lie on the template; nothing where it does."""
    overlap, stretch = measures.overlap, measures.stretch
    wrong = []
    if overlap < LEAST_OVERLAP:
        wrong.append(f"the masks overlap by {_beyond(overlap, LEAST_OVERLAP, 2)}, at least {LEAST_OVERLAP}")
    if stretch > MOST_STRETCH:
        shown = _beyond(stretch, MOST_STRETCH, 2)
        wrong.append(f"one axis is stretched {shown} times as much as another, at most {MOST_STRETCH}")
    return wrong


def _beyond(value: float, bound: float, digits: int) -> str:
    """Return a number rounded away from a bound that it is beyond, so that it does not look as if it kept it."""
    away = np.floor if value < bound else np.ceil
    return f"{away(round(value * 10**digits, 6)) / 10**digits:.{digits}f}"


def doubts_of(measures: Sequence[Measures], notes: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return why each scan should be looked at: what it stands out by, and a header that says two things of sides."""
    sides = [tuple(note for note in told if "left and right" in note) for told in notes]
    return [(*said, *of_side) for said, of_side in zip(outliers(measures), sides, strict=True)]


def outliers(measures: Sequence[Measures]) -> list[tuple[str, ...]]:
    """Return by what each scan stands out, in words; nothing where it does not.

    Parameters
    ----------
    measures
        Of every scan.
    """
    found: list[list[str]] = [[] for _ in measures]
    for bound in BOUNDS:
        values = np.array([getattr(one, bound.name) for one in measures], dtype=float)
        far = _far(values, bound.least)
        for place, value in enumerate(values):
            if not bound.low <= value <= bound.high:
                shown = _beyond(value, bound.low if value < bound.low else bound.high, bound.digits)
                found[place].append(f"{bound.title} {shown} (outside {bound.low:g} to {bound.high:g})")
            elif far[place]:
                middle = f"{np.median(values):.{bound.digits}f}"
                found[place].append(f"{bound.title} {value:.{bound.digits}f} (far from the median, {middle})")
    return [tuple(words) for words in found]


def _far(values: np.ndarray, least: float) -> np.ndarray:
    """Return which values are far from the middle of all."""
    if len(values) < FEWEST:
        return np.zeros(len(values), dtype=bool)
    away = np.abs(values - np.median(values))
    return np.asarray((away > FAR * np.median(away) / 0.6745) & (away > least))
