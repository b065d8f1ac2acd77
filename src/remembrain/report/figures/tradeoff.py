"""What each setting costs in error against what it still gives away, and which settings nothing beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from remembrain.record.defences import Defences
from remembrain.record.settings import Front, leakage, on_front
from remembrain.report.figures import settings as drawn
from remembrain.report.figures.svg import BLIND, INK, SOFT, Drawing, canvas, style
from remembrain.report.words import rate_interval, rate_of, with_interval


@dataclass(frozen=True)
class Kind:
    """One way to measure what is given away: the front that goes with it, and what guessing gives."""

    front: Front
    guessing: float
    label: str
    per_cent: bool


_ABOVE: dict[str, Any] = {"ha": "right", "va": "top", "color": BLIND, "fontsize": 7.6}
_AUC = Kind("pareto_auc", 0.5, "AUC of the attack", per_cent=False)
_TPR = Kind("pareto_tpr", 0.01, "members recognised at 1 % false positives", per_cent=True)


def tradeoff(defences: Defences) -> Drawing | None:
    """Draw error against the AUC of the attack that is told, or nothing where no setting has both."""
    points = _points(defences, _AUC)
    if not points:
        return None
    parts = "; ".join(
        f"{setting.name}: error {with_interval(mae)}, AUC {with_interval(leak)}" for setting, mae, leak in points
    )
    return Drawing("What is given away against what it costs", f"{parts}.", _figure(defences, points, _AUC))


def tradeoff_tpr(defences: Defences) -> Drawing | None:
    """Draw error against the true-positive rate at 1 % false positives, or nothing where no setting has both."""
    points = _points(defences, _TPR)
    if not points:
        return None
    parts = "; ".join(f"{setting.name}: {rate_of(leak)} ({rate_interval(leak)})" for setting, _, leak in points)
    return Drawing("Who is named with near certainty, against the cost", f"{parts}.", _figure(defences, points, _TPR))


def _points(defences: Defences, kind: Kind) -> list[drawn.Point]:
    """Return the settings of which error and leakage are known."""
    return drawn.known((setting, setting.mae, leakage(setting, kind.front)) for setting in defences.settings)


def _figure(defences: Defences, points: Sequence[drawn.Point], kind: Kind) -> Figure:
    """Draw settings, front, guessing and the mean predictor."""
    look = drawn.looks(defences.settings)
    shown = [setting for setting, _, _ in points]
    mean = [] if defences.mean_predictor is None else [defences.mean_predictor]
    with style():
        legend = drawn.handles(shown, look)
        legend.append(Line2D([], [], color=SOFT, linewidth=1, label="beaten by no other setting"))
        figure, (ax,) = canvas(7.4, drawn.height(legend))
        ax.set_xlim(*drawn.reach([*mean, *(end for _, mae, _ in points for end in mae.ends()[1:])]))
        ax.set_ylim(*drawn.reach([kind.guessing, *(end for _, _, leak in points for end in leak.ends()[1:])]))
        ax.axhline(kind.guessing, color=INK, linewidth=0.8, zorder=1)
        for value in mean:
            ax.axvline(value, color=BLIND, linewidth=1, linestyle=":", zorder=1)
            ax.text(value, 1.0, "predicting the mean ", transform=ax.get_xaxis_transform(), rotation=90, **_ABOVE)
        ax.text(0.005, kind.guessing, "guessing", transform=ax.get_yaxis_transform(), va="bottom", color=INK)
        _front(ax, defences, kind)
        ax.set_xlabel(f"mean absolute error of non-members, {defences.target.unit}")
        ax.set_ylabel(kind.label)
        if kind.per_cent:
            ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
        ax.legend(handles=legend, labelspacing=0.75, **drawn.BESIDE)
        drawn.draw(ax, points, look)
    return figure


def _front(ax: Axes, defences: Defences, kind: Kind) -> None:
    """Draw the steps below which no setting lies."""
    front = on_front(defences.settings, kind.front)
    if not front:
        return
    corners = [(front[0][0], ax.get_ylim()[1]), (front[0][0], front[0][1])]
    for (_, leak, _), (later, lower, _) in pairwise(front):
        corners += [(later, leak), (later, lower)]
    corners.append((ax.get_xlim()[1], front[-1][1]))
    ax.plot(*zip(*corners, strict=True), color=SOFT, linewidth=1, zorder=2, label="front")
