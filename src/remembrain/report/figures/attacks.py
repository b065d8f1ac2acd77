"""What attacks achieve: AUCs with intervals in a forest plot, and ROC curves where they matter, on the left."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from remembrain.record.attacks import Attack
from remembrain.record.document import Judged
from remembrain.record.model import Evidence
from remembrain.record.numbers import Number, array
from remembrain.report.figures.svg import (
    BAND,
    BLIND,
    INK,
    OUTPUTS,
    RULE,
    SOFT,
    WEIGHTS,
    Drawing,
    canvas,
    style,
)
from remembrain.report.strongest import accesses, best
from remembrain.report.words import NOT_ASSESSED, with_interval

HEADINGS = {
    "outputs": "Sees only predictions",
    "weights": "Holds the weights",
    "published tables": "Reads the published tables",
    "nothing": "Never sees the model",
}
_COLOURS = {"outputs": OUTPUTS, "nothing": BLIND}
_MARKERS = {"outputs": "o", "nothing": "D"}
_LABELS = -0.81
"""Where labels of a forest plot begin, in widths of the plot."""


@dataclass(frozen=True)
class Row:
    """One line of a forest plot."""

    label: str
    access: str
    auc: Number
    null: Number | None = None


def forest(evidence: Judged, confidence: float, blind_words: str = HEADINGS["nothing"]) -> Drawing | None:
    """Draw the AUC of every attack, grouped by what it needs, over the interval of the blind baseline."""
    if not any(attack.auc.known for attack in evidence.attacks):
        return None
    groups: dict[str, list[Row]] = {}
    number = 0
    for attack in evidence.attacks:
        number += not attack.blind
        label = "Blind baseline" if attack.blind else f"{number}  {attack.title}"
        heading = blind_words if attack.blind else HEADINGS.get(attack.access, f"Needs {attack.access}")
        if attack.knows == "population":
            heading += ", knows no member"
        groups.setdefault(heading, []).append(Row(label, attack.access, attack.auc, attack.null_auc))
    blind = evidence.baseline.auc if evidence.baseline else None
    parts = [f"{row.label}: {with_interval(row.auc)}" for rows in groups.values() for row in rows]
    drawing = _forest(groups, blind, confidence)
    return Drawing(
        title="AUC of every attack",
        description=f"{'; '.join(parts)}.",
        figure=drawing,
    )


def comparison(audits: Mapping[str, Evidence]) -> Drawing | None:
    """Draw for several models the best attack of each access, and the blind baseline."""
    groups: dict[str, list[Row]] = {}
    for name, evidence in audits.items():
        rows = []
        for access in accesses(evidence.tried):
            top = best(evidence.tried, access)
            if top is not None:
                rows.append(Row(HEADINGS.get(access, access), access, top.auc, top.null_auc))
        if evidence.baseline and evidence.baseline.auc.known:
            rows.append(Row("Blind baseline", "nothing", evidence.baseline.auc, evidence.baseline.null_auc))
        if rows:
            groups[name] = rows
    if not groups:
        return None
    confidence = min(evidence.audit.confidence for evidence in audits.values())
    parts = [f"{name}, {row.label}: {with_interval(row.auc)}" for name, rows in groups.items() for row in rows]
    return Drawing(
        title="The models side by side",
        description=f"{'; '.join(parts)}.",
        figure=_forest(groups, None, confidence),
    )


_RATES = {
    "model": ("non-members wrongly accused", "members recognised"),
    "tables": ("others wrongly named", "those who took part recognised"),
}


def roc(evidence: Judged) -> Drawing | None:
    """Draw ROC curves on logarithmic axes over the band of attacks without information."""
    drawn = [attack for attack in evidence.attacks if attack.roc and attack.assessed]
    if not drawn:
        return None
    with style():
        figure, (ax,) = canvas(7.4, 4.3)
        floor = _band(ax, drawn)
        named = {top.name for access in accesses(drawn) if (top := best(drawn, access))}
        for attack in drawn:
            _curve(ax, attack, named, floor, evidence)
        grid = np.geomspace(floor, 1, 50)
        ax.plot(grid, grid, color=INK, linewidth=0.8, zorder=2)
        ax.set(xscale="log", yscale="log", xlim=(floor, 1), ylim=(floor, 1.15))
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
            axis.set_minor_formatter(NullFormatter())
        ax.grid(visible=True, which="major")
        ax.set_axisbelow(True)
        accused, recognised = _RATES[evidence.subject]
        ax.set_xlabel(f"false-positive rate: {accused}")
        ax.set_ylabel(f"true-positive rate: {recognised}")
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0, labelspacing=0.9)
    parts = [f"{attack.title}: {_rates(attack)}" for attack in drawn]
    return Drawing(
        title="ROC curves, where few are wrongly accused",
        description=f"True-positive rates. {'; '.join(parts)}.",
        figure=figure,
    )


def _rates(attack: Attack) -> str:
    """Return the true-positive rates of an attack in words."""
    rates = [
        f"{100 * rate.ends()[0]:.1f} % at {100 * float(fpr):g} % false positives"
        for fpr, rate in attack.tpr_at_fpr.items()
        if rate.known
    ]
    return ", ".join(rates) or NOT_ASSESSED


def _band(ax: Axes, drawn: Sequence[Attack]) -> float:
    """Draw the band of attacks without information, and return the lowest rate worth showing."""
    rates = [array(attack.roc.fpr)[0] for attack in drawn if attack.roc]
    floor = float(min(rates)) * 0.8
    first = drawn[0].roc
    if first:
        low, high = (np.maximum(array(edge), floor) for edge in (first.band_low, first.band_high))
        ax.fill_between(array(first.fpr), low, high, color=BAND, linewidth=0, label="without information", zorder=0)
    return floor


def _curve(ax: Axes, attack: Attack, named: set[str], floor: float, evidence: Judged) -> None:
    """Draw one attack: the best of each access and the blind baseline with a name, the others thin."""
    if attack.roc is None:
        return
    colour = _COLOURS.get(attack.access, WEIGHTS)
    strong = attack.blind or attack.name in named
    dashes = {"outputs": (0, (6, 2)), "nothing": (0, (1.5, 1.5))}.get(attack.access, "-")
    label = None
    if strong:
        number = evidence.tried.index(attack) + 1 if not attack.blind else 0
        name = "Blind baseline" if attack.blind else f"{number}  {attack.title}"
        best_of = "" if attack.blind else f"\n{HEADINGS.get(attack.access, attack.access).lower()}: best AUC"
        label = textwrap.fill(name, 30) + best_of
    ax.plot(
        array(attack.roc.fpr),
        np.maximum(array(attack.roc.tpr), floor),
        color=colour,
        linestyle=dashes,
        linewidth=1.8 if strong else 0.7,
        alpha=1.0 if strong else 0.6,
        label=label,
        zorder=4 if strong else 3,
    )


def _forest(groups: Mapping[str, Sequence[Row]], blind: Number | None, confidence: float) -> Figure:
    """Draw groups of rows from top to bottom, each row as high as its label."""
    lines: list[tuple[float, str | Row]] = []
    height = 0.0
    for heading, rows in groups.items():
        lines.append((height + 0.5, heading))
        height += 1.25
        for row in rows:
            tall = max(1.35, 1.05 * len(_wrapped(row.label)) + 0.3)
            lines.append((height + tall / 2, row))
            height += tall
        height += 0.5
    with style():
        inches = 0.175 * height + 0.6
        figure, (ax,) = canvas(7.4, inches)
        figure.set_layout_engine("none")
        ax.set_position((0.36, 0.46 / inches, 0.44, 1 - 0.5 / inches))
        ax.set_ylim(height, -0.2)
        ax.set_xlim(*_reach([row for rows in groups.values() for row in rows]))
        if blind and blind.known:
            _, low, high = blind.ends()
            ax.axvspan(low, high, color=BAND, linewidth=0, zorder=0)
        ax.axvline(0.5, color=INK, linewidth=0.8, zorder=1)
        for place, line in lines:
            _heading(ax, place, line) if isinstance(line, str) else _row(ax, place, line)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.grid(visible=True, axis="x")
        ax.set_axisbelow(True)
        ax.set_xlabel(f"AUC with {100 * confidence:g} % interval (0.5 is guessing, 1 is always right)")
    return figure


def _reach(rows: Sequence[Row]) -> tuple[float, float]:
    """Return the ends of the axis, so that every interval is on it."""
    known = [number for row in rows for number in (row.auc, row.null) if number and number.known]
    low = min([0.4, *(number.ends()[1] for number in known)])
    return max(0.0, low - 0.02), 1.005


def _heading(ax: Axes, place: float, text: str) -> None:
    """Write what the rows below need."""
    ax.text(_LABELS, place, text, transform=ax.get_yaxis_transform(), va="center", color=SOFT, fontweight="bold")


def _row(ax: Axes, place: float, row: Row) -> None:
    """Draw one attack, its null below it, and its figures to the right."""
    beside = ax.get_yaxis_transform()
    colour, marker = _COLOURS.get(row.access, WEIGHTS), _MARKERS.get(row.access, "s")
    ax.text(_LABELS, place, "\n".join(_wrapped(row.label)), transform=beside, va="center", linespacing=1.15)
    ax.text(1.02, place, with_interval(row.auc), transform=beside, va="center")
    if row.null and row.null.known:
        value, low, high = row.null.ends()
        below = place + 0.42
        ax.plot([low, high], [below] * 2, color=SOFT, linewidth=0.7, zorder=2)
        ax.plot(value, below, "D", markersize=3, color=SOFT, markerfacecolor="none", markeredgewidth=0.7, zorder=3)
    if row.auc.known:
        value, low, high = row.auc.ends()
        ax.plot([low, high], [place] * 2, color=colour, linewidth=1.8, zorder=4)
        ax.plot(value, place, marker, markersize=5, color=colour, zorder=5)
    ax.axhline(place, color=RULE, linewidth=0.4, zorder=0)


def _wrapped(label: str) -> list[str]:
    """Return a label in lines that fit beside the plot."""
    return textwrap.wrap(label, 40, subsequent_indent="\u2007\u2009\u2009" if label[:1].isdigit() else "") or [""]
