"""Whether probabilities of membership can be believed, and how leakage goes with overfitting."""

from __future__ import annotations

import textwrap

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from remembrain.record.document import Judged
from remembrain.record.model import Evidence
from remembrain.record.numbers import array
from remembrain.record.target import Leakage, Target
from remembrain.report.figures.svg import BLIND, INK, OUTPUTS, WEIGHTS, Drawing, canvas, style
from remembrain.report.words import decimal, percent, rate_interval, rate_of, value_of

_COLOURS = {"outputs": OUTPUTS, "weights": WEIGHTS}


def reliability(evidence: Judged) -> Drawing | None:
    """Draw the share of members observed among people of about one predicted probability."""
    reliability = evidence.reliability
    bins = [people for people in reliability.bins if people.observed.known] if reliability else []
    if not reliability or not bins:
        return None
    with style():
        figure, (ax,) = canvas(7.4, 3.4)
        ax.plot([0, 1], [0, 1], color=INK, linewidth=0.8)
        for people in bins:
            value, low, high = people.observed.ends()
            ax.plot([people.predicted] * 2, [low, high], color=WEIGHTS, linewidth=1.6)
            ax.plot(people.predicted, value, "o", markersize=4, color=WEIGHTS)
        ax.set(xlim=(0, 1), ylim=(0, 1), box_aspect=1)
        ax.set_xlabel("predicted probability of membership")
        ax.set_ylabel("share of members observed")
        ax.grid(visible=True)
        ax.set_axisbelow(True)
    parts = "; ".join(
        f"predicted {percent(people.predicted)}, observed {rate_of(people.observed)} "
        f"({rate_interval(people.observed)}), {people.n} people"
        for people in bins
    )
    title = evidence.title_of(reliability.attack)
    return Drawing(f"Predicted and observed membership, “{title}”", f"{parts}.", figure)


def overfitting(evidence: Evidence) -> Drawing | None:
    """Draw accuracy over the gap between members and others, with its line and the published slopes."""
    target = evidence.target
    line = target.leakage
    if line is None or len(line.points) < 3:
        return None
    gap = np.array([point.gap for point in line.points])
    reach = np.array([min(0.0, float(gap.min())), float(gap.max()) * 1.05])
    with style():
        figure, (ax,) = canvas(7.4, 3.2)
        for point in line.points:
            if point.accuracy.known:
                _, low, high = point.accuracy.ends()
                ax.plot([point.gap] * 2, [low, high], color=OUTPUTS, linewidth=0.8, alpha=0.6)
        ax.plot(gap, array([point.accuracy.value for point in line.points]), "o", color=OUTPUTS, markersize=4)
        _lines(ax, line, reach)
        for name, (access, gaps, values) in _checkpoints(target).items():
            colour = _COLOURS.get(access, WEIGHTS)
            words = textwrap.fill(name, 30)
            ax.plot(gaps, values, color=colour, linewidth=0.9, marker="s", markersize=3, label=words)
        ax.set_xlabel(f"error of non-members less that of members, {target.unit}")
        ax.set_ylabel("balanced accuracy")
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0)
    return Drawing(
        title="Leakage and overfitting",
        description=f"Over {len(gap)} epochs the accuracy of a threshold on the absolute error rises by "
        f"{_slope(line)} a year of gap; r = {decimal(line.r)}.",
        figure=figure,
    )


def _lines(ax: Axes, line: Leakage, reach: Float[np.ndarray, "two"]) -> None:
    """Draw the fitted line with the interval of its slope, and the published slopes through the same start."""
    if line.slope.known:
        value, low, high = line.slope.ends()
        centre = float(np.mean([point.gap for point in line.points]))
        middle = line.intercept + value * centre
        below, above = (middle + slope * (reach - centre) for slope in (low, high))
        ax.fill_between(reach, below, above, color=OUTPUTS, alpha=0.15, linewidth=0)
        words = f"threshold on the error:\n{_slope(line)} a year"
        ax.plot(reach, line.intercept + value * reach, color=OUTPUTS, linewidth=1.6, label=words)
    for published, dashes in zip(line.published, ((0, (5, 2)), (0, (1.5, 1.5))), strict=False):
        words = f"published {published.network}: {percent(published.slope)} a year"
        ax.plot(
            reach, line.intercept + published.slope * reach, color=BLIND, linewidth=0.9, linestyle=dashes, label=words
        )


def _slope(line: Leakage) -> str:
    """Return the slope with its interval, in per cent."""
    if not line.slope.known:
        return value_of(line.slope)
    value, low, high = line.slope.ends()
    return f"{100 * value:.1f} ({100 * low:.1f} to {100 * high:.1f}) %"


def _checkpoints(target: Target) -> dict[str, tuple[str, list[float], list[float]]]:
    """Return for each attack on earlier epochs its access, gaps and accuracies."""
    lines: dict[str, tuple[str, list[float], list[float]]] = {}
    for row in target.checkpoints:
        for attack in row.attacks:
            if row.gap.value is not None and attack.accuracy.value is not None and attack.name != "error-threshold":
                _, gaps, values = lines.setdefault(attack.title, (attack.access, [], []))
                gaps.append(row.gap.value)
                values.append(attack.accuracy.value)
    return lines
