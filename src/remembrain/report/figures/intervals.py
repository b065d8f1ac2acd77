"""Rows of numbers with intervals beside their names: how groups differ, what white-box access adds, who is exposed."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from remembrain.record.document import Judged
from remembrain.record.model import Evidence
from remembrain.record.numbers import Number
from remembrain.report.figures.svg import BLIND, INK, OUTPUTS, RULE, SOFT, WEIGHTS, Drawing, canvas, style
from remembrain.report.words import NOT_ASSESSED, count_of, interval_of, percent, rate_interval, rate_of, value_of


@dataclass(frozen=True)
class Row:
    """A name, a number, and its colour; a row without a number is a heading."""

    label: str
    number: Number | None = None
    colour: str = INK
    beside: str = ""


def differences(evidence: Evidence) -> Drawing | None:
    """Draw in what members and non-members differ, in standard deviations."""
    groups = evidence.groups
    shown = [factor for factor in groups.factors if factor.known] if groups else []
    if not groups or not shown:
        return None
    rows = [Row(factor.name, factor, WEIGHTS if factor.differs else BLIND, _signed(factor, 2)) for factor in shown]
    with style():
        figure, (ax,) = canvas(7.4, 0.27 * len(rows) + 0.75)
        _draw(ax, rows, zero=0.0)
        if not groups.by_lot:
            for limit in (-groups.limit, groups.limit):
                ax.axvline(limit, color=SOFT, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0)
        ax.set_xlabel("members less non-members, in standard deviations (of a spread: logarithm of the ratio)")
    parts = "; ".join(f"{row.label}: {row.beside}" for row in rows)
    return Drawing("Members beside non-members", f"Differences with 95 % intervals. {parts}.", figure)


def beyond(evidence: Evidence) -> Drawing | None:
    """Draw by how much each attack that sees more than outputs betters the best that sees outputs alone."""
    rows = [
        Row(f"{place}  {attack.title}", lead, WEIGHTS, _signed(lead, 3))
        for place, attack in enumerate(evidence.tried, start=1)
        if (lead := attack.difference_from_best_black_box) is not None and lead.known and attack.assessed
    ]
    if not rows:
        return None
    with style():
        figure, (ax,) = canvas(7.4, sum(0.13 + 0.14 * len(_wrapped(row.label)) for row in rows) + 0.7)
        _draw(ax, rows, zero=0.0)
        ax.set_xlabel(f"AUC less that of the best black-box attack, {100 * evidence.audit.confidence:g} % interval")
    parts = "; ".join(f"{row.label}: {row.beside}" for row in rows)
    return Drawing("What access to the weights adds", f"{parts}.", figure)


def exposed(evidence: Judged) -> Drawing | None:
    """Draw the best attack's AUC and the share it recognises in each group of people that is told."""
    exposure = evidence.exposure
    cells = [cell for cell in exposure.groups if cell.auc.known] if exposure else []
    if not exposure or not cells:
        return None
    aucs: list[Row] = []
    shares: list[Row] = []
    for factor, levels in groupby(cells, key=lambda cell: cell.factor):
        aucs.append(Row(factor))
        shares.append(Row(""))
        for cell in levels:
            counts = f"({count_of(cell.n_members)} + {count_of(cell.n_nonmembers)})"
            aucs.append(Row(f"{cell.level}  {counts}", cell.auc, OUTPUTS))
            shares.append(Row("", cell.recognised, WEIGHTS))
    with style():
        figure, axes = canvas(7.4, 0.19 * len(aucs) + 0.8, ncols=2, sharey=True)
        _draw(axes[0], aucs, zero=0.5)
        _draw(axes[1], shares, zero=exposure.fpr, names=False)
        axes[0].set_xlabel("AUC (0.5 is guessing)")
        axes[1].set_xlabel(f"share recognised while {percent(exposure.fpr)} are wrongly accused")
        axes[1].xaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
    description = "; ".join(
        f"{cell.factor} {cell.level}: AUC {value_of(cell.auc)} ({interval_of(cell.auc)}), recognised "
        f"{rate_of(cell.recognised)} ({rate_interval(cell.recognised) or NOT_ASSESSED})"
        for cell in cells
    )
    return Drawing(f"Who is exposed to “{evidence.title_of(exposure.attack)}”", f"{description}.", figure)


def _signed(number: Number, digits: int) -> str:
    """Return a difference with its interval."""
    return f"{value_of(number, digits, sign=True)} ({interval_of(number, digits, sign=True)})"


def _draw(ax: Axes, rows: Sequence[Row], *, zero: float, names: bool = True) -> None:
    """Draw rows from top to bottom; headings stand where there is no number."""
    for place, row in enumerate(rows):
        heading = row.number is None
        lines = _wrapped(row.label) if names else []
        for number, line in enumerate(lines):
            ax.annotate(
                line,
                (-0.02, place),
                (0, -10 * (number - (len(lines) - 1) / 2)),
                xycoords=ax.get_yaxis_transform(),
                textcoords="offset points",
                ha="right",
                va="center",
                color=SOFT if heading else INK,
                fontweight="bold" if heading else "normal",
            )
        if row.number is None or not row.number.known:
            continue
        value, low, high = row.number.ends()
        ax.plot([low, high], [place] * 2, color=row.colour, linewidth=1.6)
        ax.plot(value, place, "o", markersize=4, color=row.colour)
        if row.beside:
            ax.text(1.02, place, row.beside, transform=ax.get_yaxis_transform(), va="center")
        ax.axhline(place, color=RULE, linewidth=0.4, zorder=0)
    ax.axvline(zero, color=INK, linewidth=0.8, zorder=1)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_yticks([])
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.spines["left"].set_visible(False)
    ax.grid(visible=True, axis="x")
    ax.set_axisbelow(True)


def _wrapped(label: str) -> list[str]:
    """Return a name in lines that fit beside the plot."""
    return textwrap.wrap(label, 44) or [""]
