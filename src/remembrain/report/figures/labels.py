"""Short texts beside points, each where it covers as little as possible: nothing else decides where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from remembrain.report.figures.svg import SOFT

Arm: TypeAlias = tuple[float, float, float, float]

_SIZE = 7.6
_WIDE, _TALL = 0.56, 1.1
"""Width of a letter and height of a line, in units of the letters' size."""
_MARK = 4.0
"""Half the width of a mark, in points."""
_STEPS = (8.0, 13.0, 19.0, 26.0, 34.0)
_ANGLES = np.deg2rad([20, 160, -20, -160, 90, -90, 50, 130, -50, -130, 0, 180])
_NEAR = 15.0
"""From this distance on, in points, a line leads from the text to its point."""


@dataclass(frozen=True)
class Labelled:
    """A point with its text."""

    x: float
    y: float
    text: str
    colour: str


def pieces(line: Float[np.ndarray, "corner 2"], count: int = 60) -> list[Arm]:
    """Return a line in short pieces, each near enough to a box."""
    share = np.linspace(0, len(line) - 1, count * max(1, len(line) - 1) + 1)
    x, y = (np.interp(share, np.arange(len(line)), line[:, axis]) for axis in (0, 1))
    return list(zip(x[:-1].tolist(), y[:-1].tolist(), x[1:].tolist(), y[1:].tolist(), strict=True))


def place(ax: Axes, points: Sequence[Labelled], arms: Sequence[Arm] = ()) -> None:
    """Write each point's text near it, where it covers the least of marks, texts and arms that are there already.

    Parameters
    ----------
    ax
        Its limits are final; it is laid out once here.
    points
        What to label; points without text are only kept clear of.
    arms
        Lines from (x, y) to (x, y) that are better not covered: upright, level, or short.
    """
    figure = ax.get_figure(root=True)
    if figure is None or not points:
        return
    figure.draw_without_rendering()
    scale = 72.0 / figure.dpi
    where = ax.transData.transform([(label.x, label.y) for label in points]) * scale
    marks = np.hstack([where - _MARK, where + _MARK])
    corners = np.array(arms, dtype=float).reshape(-1, 2, 2)
    ends = (ax.transData.transform(corners.reshape(-1, 2)) * scale).reshape(-1, 4)
    lines = np.hstack([np.minimum(ends[:, :2], ends[:, 2:]) - 0.4, np.maximum(ends[:, :2], ends[:, 2:]) + 0.4])
    edges = np.asarray(ax.bbox.extents) * scale
    texts = np.empty((0, 4))
    for label, at in zip(points, where, strict=True):
        if not label.text:
            continue
        half = np.array([_WIDE * len(label.text), _TALL]) * _SIZE / 2
        dx, dy, box = _best(at, half, marks, texts, lines, edges)
        texts = np.vstack([texts, box])
        _write(ax, label, (dx, dy))


def _write(ax: Axes, label: Labelled, offset: tuple[float, float]) -> None:
    """Write a label at an offset from its point, with a line to it where that is far."""
    far = float(np.hypot(*offset)) > _NEAR
    line = {"arrowstyle": "-", "linewidth": 0.5, "color": SOFT, "shrinkA": 5, "shrinkB": 3}
    ax.annotate(
        label.text,
        (label.x, label.y),
        offset,
        textcoords="offset points",
        ha="center",
        va="center",
        color=label.colour,
        fontsize=_SIZE,
        zorder=8,
        arrowprops=line if far else None,
    )


def _best(
    at: Float[np.ndarray, "2"],
    half: Float[np.ndarray, "2"],
    marks: Float[np.ndarray, "mark 4"],
    texts: Float[np.ndarray, "text 4"],
    lines: Float[np.ndarray, "line 4"],
    edges: Float[np.ndarray, "4"],
) -> tuple[float, float, Float[np.ndarray, "4"]]:
    """Return the offset that covers the least, near ones first, with the box that the text then fills."""
    best, least = (0.0, 0.0, np.zeros(4)), np.inf
    for step, angle in product(_STEPS, _ANGLES):
        offset = np.array([np.cos(angle) * (step + half[0] - 3), np.sin(angle) * step])
        box = np.hstack([at + offset - half, at + offset + half])
        outside = np.maximum(edges[:2] - box[:2], 0).sum() + np.maximum(box[2:] - edges[2:], 0).sum()
        cost = 6 * _covered(box, texts) + 4 * _covered(box, marks) + _covered(box, lines) + 20 * outside + 0.25 * step
        if cost < least - 1e-9:
            best, least = (float(offset[0]), float(offset[1]), box), cost
    return best


def _covered(box: Float[np.ndarray, "4"], others: Float[np.ndarray, "other 4"]) -> float:
    """Return the area that a box shares with others, in square points."""
    width = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    height = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    return float((np.maximum(width, 0) * np.maximum(height, 0)).sum())
