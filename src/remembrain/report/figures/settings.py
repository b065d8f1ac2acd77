"""How settings of defences are drawn, in every figure alike: colour, mark, cross of intervals, legend, strength."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from remembrain.record.numbers import Number
from remembrain.record.settings import Setting
from remembrain.report.figures.labels import Arm, Labelled, pieces, place
from remembrain.report.figures.svg import BLIND, INK, MEMBERS, OTHERS, OUTPUTS, WEIGHTS

Point: TypeAlias = tuple[Setting, Number, Number]
"""A setting, and two numbers of it that are known: across and up."""

BESIDE: Mapping[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0}
"""Where a legend stands that does not fit inside."""

_COLOURS = (WEIGHTS, OUTPUTS, MEMBERS, OTHERS, BLIND)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p", "<", ">", "h")
_BARE = "*"


@dataclass(frozen=True)
class Look:
    """How a defence is drawn: hollow where it acts on predictions alone."""

    colour: str
    marker: str
    hollow: bool

    def mark(self) -> dict[str, Any]:
        """Return it as matplotlib takes it."""
        size = {"*": 10.0, "s": 5.0, "D": 4.6}.get(self.marker, 6.0)
        face = "none" if self.hollow else self.colour
        return {
            "color": self.colour,
            "marker": self.marker,
            "markersize": size,
            "markerfacecolor": face,
            "markeredgewidth": 1.0,
            "linestyle": "none",
        }


def looks(settings: Sequence[Setting]) -> dict[str, Look]:
    """Return how each defence is drawn, by name; the model without one is a star in the colour of text."""
    listed: dict[str, Look] = {}
    number = 0
    for setting in settings:
        if setting.bare:
            listed[setting.defence] = Look(INK, _BARE, hollow=False)
        elif setting.defence not in listed:
            colour, marker = _COLOURS[number % len(_COLOURS)], _MARKERS[number % len(_MARKERS)]
            listed[setting.defence] = Look(colour, marker, hollow=setting.protects == "predictions")
            number += 1
    return listed


def known(settings: Iterable[tuple[Setting, Number, Number]]) -> list[Point]:
    """Return those of which both numbers are known."""
    return [point for point in settings if point[1].known and point[2].known]


def draw(ax: Axes, points: Sequence[Point], look: Mapping[str, Look], *, strengths: bool = True) -> None:
    """Draw each point with both intervals, and write its strength beside it; limits of the axes are final."""
    already = [
        np.asarray(line.get_xydata(), dtype=float)
        for line in ax.get_lines()
        if not str(line.get_label()).startswith("_")
    ]
    arms: list[Arm] = [arm for line in already for arm in pieces(line)]
    for setting, across, up in points:
        (x, left, right), (y, low, high) = across.ends(), up.ends()
        shape = look[setting.defence]
        arms += [(left, y, right, y), (x, low, x, high)]
        ax.plot([left, right], [y, y], color=shape.colour, linewidth=0.7, alpha=0.55, zorder=3)
        ax.plot([x, x], [low, high], color=shape.colour, linewidth=0.7, alpha=0.55, zorder=3)
        ax.plot(x, y, zorder=5, **shape.mark())
    if strengths:
        marks = [
            Labelled(across.ends()[0], up.ends()[0], setting.level, look[setting.defence].colour)
            for setting, across, up in points
        ]
        place(ax, marks, arms)


def reach(values: Iterable[float], share: float = 0.06) -> tuple[float, float]:
    """Return the ends of an axis that shows all values with some room."""
    listed = list(values)
    room = share * max(max(listed) - min(listed), 1e-6)
    return min(listed) - room, max(listed) + room


def handles(settings: Sequence[Setting], look: Mapping[str, Look], width: int = 30) -> list[Line2D]:
    """Return the legend's marks: each defence with what its strength is."""
    made = []
    for one in dict.fromkeys(one.defence for one in settings):
        first = next(setting for setting in settings if setting.defence == one)
        words = textwrap.fill(first.title, width)
        if first.parameter and not first.bare:
            words += "\n" + textwrap.fill(f"({first.parameter})", width)
        made.append(Line2D([], [], label=words, **look[one].mark()))
    return made


def height(legend: Sequence[Line2D], more: int = 0, least: float = 4.2) -> float:
    """Return how many inches a figure needs for a legend beside it, with so many more entries of two lines."""
    lines = sum(str(handle.get_label()).count("\n") + 1 for handle in legend) + 2 * more
    return max(least, 0.146 * lines + 0.088 * (len(legend) + more) + 0.55)
