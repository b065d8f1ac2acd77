"""Settings along one axis: leakage over overfitting, with what was published, and error and leakage over epsilon."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from remembrain.record.defences import Defences, Line, Published
from remembrain.record.numbers import Number
from remembrain.record.settings import Front, Setting, leakage
from remembrain.report.figures import settings as drawn
from remembrain.report.figures.svg import BLIND, INK, MEMBERS, OUTPUTS, SOFT, Drawing, canvas, style
from remembrain.report.words import decimal, percent, rate_slope, with_interval

_FRONT: Front = "pareto_auc"
_BARE = "without\ndefence"
_DASHES = ((0, (5, 2)), (0, (1.5, 1.5)))
_LEAST_SHARE = 1 / 30
"""A measured bound below this share of the least epsilon is drawn at the edge."""


def overfitting(defences: Defences) -> Drawing | None:
    """Draw one attack's accuracy over the gap, a mark a setting, with its line and what was published."""
    line = defences.line
    if line is None:
        return None
    able = [
        setting for setting in defences.settings if line.attack in setting.attacks and setting.protects == "weights"
    ]
    points = drawn.known((setting, setting.gap, setting.attacks[line.attack].accuracy) for setting in able)
    if not points:
        return None
    look = drawn.looks(defences.settings)
    published = defences.published or Published()
    gaps = [*(end for _, gap, _ in points for end in gap.ends()[1:]), *(setting.gap for setting in published.points)]
    shares = [
        *(end for _, _, up in points for end in up.ends()[1:]),
        *(setting.accuracy for setting in published.points),
    ]
    with style():
        legend = drawn.handles([setting for setting, _, _ in points], look)
        figure, (ax,) = canvas(7.4, drawn.height(legend, more=2 + len(published.slopes)))
        ax.set_xlim(*drawn.reach([0.0, *gaps]))
        ax.set_ylim(*drawn.reach([0.5, *shares]))
        ax.axhline(0.5, color=INK, linewidth=0.8, zorder=1)
        _lines(ax, line, published, float(np.mean([gap.ends()[0] for _, gap, _ in points])))
        lines, _ = ax.get_legend_handles_labels()
        ax.set_xlabel(f"error of non-members less that of members, {defences.target.unit}")
        ax.set_ylabel("balanced accuracy")
        ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
        ax.legend(handles=[*legend, *lines], labelspacing=0.75, **drawn.BESIDE)
        drawn.draw(ax, points, look)
    return Drawing(
        title="Leakage and overfitting, over settings",
        description=f"Over {line.n} settings the accuracy of “{defences.title_of(line.attack)}” rises by "
        f"{rate_slope(line.slope)} a year of gap; r = {decimal(line.r)}.",
        figure=figure,
    )


def epsilon(defences: Defences) -> Drawing | None:
    """Draw error and AUC over epsilon for settings under differential privacy, and what was measured of epsilon."""
    shown = [setting for setting in defences.spenders if _spent(setting) > 0]
    if not shown:
        return None
    look = drawn.looks(defences.settings)
    bare = next((setting for setting in defences.settings if setting.bare), None)
    points = [(setting, Number(value=at, low=at, high=at)) for setting in shown for at in [_spent(setting)]]
    with style():
        figure, (upper, lower) = canvas(7.4, 4.9, nrows=2, sharex=True)
        upper.set(xscale="log", xlim=_between(shown))
        errors = drawn.known((setting, at, setting.mae) for setting, at in points)
        leaks = drawn.known((setting, at, leakage(setting, _FRONT)) for setting, at in points)
        _panel(
            upper,
            errors,
            look,
            {"predicting\nthe mean": defences.mean_predictor, _BARE: bare.mae.value if bare else None},
        )
        _panel(lower, leaks, look, {"guessing": 0.5, _BARE: leakage(bare, _FRONT).value if bare else None})
        _measured(lower, leaks)
        upper.set_ylabel(f"mean abs. error, {defences.target.unit}")
        lower.set_ylabel("AUC of the attack")
        lower.set_xlabel("epsilon, by the accountant")
        lower.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        lower.xaxis.set_minor_formatter(NullFormatter())
        legend = drawn.handles(shown, look, 40)
        upper.legend(handles=legend, loc="lower left", bbox_to_anchor=(0, 1.02), borderaxespad=0, ncols=len(legend))
        figure.align_ylabels()
    parts = "; ".join(
        f"{setting.name}: epsilon {_spent(setting):.3g}, error {with_interval(setting.mae)}, "
        f"AUC {with_interval(leakage(setting, _FRONT))}"
        for setting in shown
    )
    return Drawing("Error and leakage over epsilon", f"{parts}.", figure)


def _lines(ax: Axes, line: Line, published: Published, centre: float) -> None:
    """Draw the fitted line with the interval of its slope, and what was published, in grey."""
    ends = np.array(ax.get_xlim())
    if line.slope.known:
        value, low, high = line.slope.ends()
        middle = line.intercept + value * centre
        below, above = (middle + slope * (ends - centre) for slope in (low, high))
        ax.fill_between(ends, below, above, color=OUTPUTS, alpha=0.13, linewidth=0, zorder=0)
        words = f"line over settings:\n{rate_slope(line.slope)} a year"
        ax.plot(ends, line.intercept + value * ends, color=OUTPUTS, linewidth=1.4, label=words, zorder=2)
    for model, dashes in zip(published.slopes, _DASHES, strict=False):
        words = f"{_wrapped(f'published {model.network}:')}\n{percent(model.slope)} a year"
        ax.plot(
            ends,
            line.intercept + model.slope * ends,
            color=BLIND,
            linewidth=0.9,
            linestyle=dashes,
            label=words,
            zorder=1,
        )
    if published.points:
        gaps, shares = ([getattr(model, name) for model in published.points] for name in ("gap", "accuracy"))
        style_of: dict[str, Any] = {"color": BLIND, "linestyle": "none", "marker": "x", "markersize": 5, "zorder": 2}
        ax.plot(gaps, shares, label=f"published models,\n{_wrapped(published.network)}", **style_of)


def _wrapped(text: str) -> str:
    """Return a text in lines that fit into a legend."""
    return textwrap.fill(text, 30)


def _spent(setting: Setting) -> float:
    """Return what a setting spends."""
    return (setting.epsilon.value if setting.epsilon else None) or 0.0


def _bound(setting: Setting) -> float | None:
    """Return what was measured of a setting's epsilon."""
    return setting.lower_bound.value if setting.lower_bound else None


def _between(shown: list[Setting]) -> tuple[float, float]:
    """Return the ends of the axis of epsilon; bounds far below the rest do not stretch it."""
    least, most = min(map(_spent, shown)), max(map(_spent, shown))
    measured = [bound for bound in map(_bound, shown) if bound]
    return max(min([least, *measured]) / 1.6, least * _LEAST_SHARE), max([most, *measured]) * 1.8


def _panel(ax: Axes, points: list[drawn.Point], look: dict[str, drawn.Look], lines: dict[str, float | None]) -> None:
    """Draw one number of each setting over epsilon, and lines to hold it against."""
    known = {words: value for words, value in lines.items() if value is not None}
    ends = [end for _, _, up in points for end in up.ends()[1:]]
    ax.set_ylim(*drawn.reach([*ends, *known.values()] or [0.0, 1.0]))
    for words, value in known.items():
        ax.axhline(value, color=BLIND, linewidth=1, linestyle=_DASHES[0] if words == _BARE else ":", zorder=1)
        ax.text(1.01, value, words, transform=ax.get_yaxis_transform(), va="center", color=SOFT)
    drawn.draw(ax, points, look, strengths=False)


def _measured(ax: Axes, points: list[drawn.Point]) -> None:
    """Draw from each setting's epsilon to what was measured of it; an arrowhead at the edge lies beyond it."""
    edge = ax.get_xlim()[0]
    for setting, at, auc in points:
        bound = _bound(setting)
        if bound is None:
            continue
        spent, height = at.ends()[0], auc.ends()[0]
        colour = MEMBERS if bound > spent else SOFT
        start, beyond = max(bound, edge), bound <= edge
        mark: dict[str, Any] = {"marker": "<", "markersize": 5} if beyond else {"marker": "|", "markersize": 9}
        ax.plot([start, spent], [height, height], color=colour, linewidth=1, linestyle=_DASHES[1], zorder=2)
        ax.plot(start, height, color=colour, zorder=4, clip_on=False, **mark)
