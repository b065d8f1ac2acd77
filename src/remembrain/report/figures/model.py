"""How well the model predicts those it was trained on and others: errors, and both by epoch of training."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import MaxNLocator

from remembrain.record.model import Evidence
from remembrain.record.numbers import array
from remembrain.report.figures.svg import BLIND, INK, MEMBERS, OTHERS, OUTPUTS, RULE, Drawing, canvas, end_labels, style
from remembrain.report.words import decimal, value_of, with_interval


def training(evidence: Evidence) -> Drawing | None:
    """Draw the mean absolute errors by epoch, or nothing where training was not seen."""
    target = evidence.target
    if not target.epochs:
        return None
    epoch = [row.epoch for row in target.epochs]
    members = array([row.mae_members for row in target.epochs])
    others = array([row.mae_nonmembers for row in target.epochs])
    baseline = target.mae.mean_predictor
    with style():
        figure, (ax,) = canvas(7.4, 2.7)
        marker = "o" if len(epoch) == 1 else None
        ax.plot(epoch, members, color=MEMBERS, marker=marker)
        ax.plot(epoch, others, color=OTHERS, linestyle=(0, (5, 1.5)), marker=marker)
        ends = [(members[-1], "members", MEMBERS), (others[-1], "non-members", OTHERS)]
        top = float(np.nanmax([*members, *others, 1e-9], initial=0.0))
        if baseline and baseline.value is not None:
            ax.axhline(baseline.value, color=BLIND, linewidth=1, linestyle=":")
            ends.append((baseline.value, "predicting the mean", BLIND))
            top = max(top, baseline.value)
        ax.set_ylim(0, top * 1.08)
        end_labels(ax, epoch[-1], [end for end in ends if np.isfinite(end[0])], apart=0.09 * top)
        ax.set_xlabel("epoch of training")
        ax.set_ylabel(f"mean absolute error, {target.unit}")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.margins(x=0.01)
    return Drawing(
        title="Error of members and non-members during training",
        description=f"After {epoch[-1]} epochs the mean absolute error is {decimal(target.epochs[-1].mae_members)} for "
        f"members and {decimal(target.epochs[-1].mae_nonmembers)} for non-members, in {target.unit}.",
        figure=figure,
    )


def leakage(evidence: Evidence) -> Drawing | None:
    """Draw by epoch how well the absolute error alone tells members, with the gap below, or nothing if not seen."""
    rows = evidence.target.epochs
    if not any(row.auc.known for row in rows):
        return None
    epoch = np.array([row.epoch for row in rows])
    auc, low, high = (array([getattr(row.auc, name) for row in rows]) for name in ("value", "low", "high"))
    gap = array([row.mae_nonmembers for row in rows]) - array([row.mae_members for row in rows])
    with style():
        figure, (upper, lower) = canvas(7.4, 3.9, nrows=2, sharex=True, height_ratios=(2, 1))
        upper.fill_between(epoch, low, high, color=OUTPUTS, alpha=0.18, linewidth=0)
        upper.plot(epoch, auc, color=OUTPUTS, marker="o" if len(epoch) == 1 else None)
        upper.axhline(0.5, color=INK, linewidth=0.8)
        upper.text(1.01, 0.5, "guessing", transform=upper.get_yaxis_transform(), va="center")
        upper.set_ylabel("AUC of the absolute error")
        upper.set_ylim(min(0.45, float(np.nanmin(low)) - 0.02), max(0.75, float(np.nanmax(high)) + 0.02))
        lower.bar(epoch, gap, width=0.7, color=OTHERS)
        lower.axhline(0, color=INK, linewidth=0.6)
        lower.set_ylabel(f"gap, {evidence.target.unit}")
        lower.set_xlabel("epoch of training")
        lower.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.align_ylabels()
    last = rows[-1]
    return Drawing(
        title="What the error gives away during training",
        description=f"After epoch {last.epoch} the absolute error alone has an AUC of {with_interval(last.auc)}.",
        figure=figure,
    )


def errors(evidence: Evidence) -> Drawing | None:
    """Draw the densities of the errors of members and non-members, or nothing where there are none."""
    target, curves = evidence.target, evidence.curves.errors
    if curves is None or len(curves.grid) < 2:
        return None
    with style():
        figure, (ax,) = canvas(7.4, 2.7)
        for numbers, colour, line, word in (
            (curves.members, MEMBERS, "-", "members"),
            (curves.nonmembers, OTHERS, (0, (5, 1.5)), "non-members"),
        ):
            height = array(numbers)
            ax.fill_between(curves.grid, height, color=colour, alpha=0.13, linewidth=0)
            ax.plot(curves.grid, height, color=colour, linestyle=line, label=word)
        ax.axvline(0, color=RULE, linewidth=0.8, zorder=0)
        ax.set_ylim(bottom=0)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.margins(x=0)
        ax.set_xlabel(f"prediction less truth, {target.unit}")
        ax.legend(loc="upper right", handlelength=2.4)
    return Drawing(
        title="Errors of members and non-members",
        description="Smoothed densities of prediction less truth. Mean absolute error: members "
        f"{value_of(target.mae.members)}, non-members {value_of(target.mae.nonmembers)} {target.unit}.",
        figure=figure,
    )
