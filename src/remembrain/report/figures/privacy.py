"""What a private training has spent by each epoch, and what errors that bought."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from remembrain.record.model import Evidence
from remembrain.record.numbers import array
from remembrain.record.target import Target
from remembrain.report.figures.svg import BLIND, MEMBERS, OTHERS, WEIGHTS, Drawing, canvas, end_labels, style
from remembrain.report.words import rounded, tidy


def spent(evidence: Evidence) -> Drawing | None:
    """Draw epsilon by epoch above the errors by epoch, or nothing where no noise was added."""
    training = evidence.privacy.training if evidence.privacy else None
    rows = [row for row in training.by_epoch if row.epsilon is not None] if training else []
    if training is None or not rows:
        return None
    claim = evidence.privacy.claim if evidence.privacy else None
    epochs, last = [row.epoch for row in rows], rows[-1]
    with style():
        below = bool(evidence.target.epochs)
        figure, axes = canvas(7.4, 4.1 if below else 2.6, nrows=2 if below else 1, sharex=True)
        epsilon = array([row.epsilon for row in rows])
        axes[0].plot(epochs, epsilon, color=WEIGHTS, marker="o" if len(rows) == 1 else None)
        ends = [(float(epsilon[-1]), f"spent: {rounded(last.epsilon, up=True)}", WEIGHTS)]
        if claim:
            axes[0].axhline(claim.epsilon, color=BLIND, linewidth=1, linestyle=":")
            ends.append((claim.epsilon, f"claimed: {rounded(claim.epsilon, up=True)}", BLIND))
        top = max(height for height, _, _ in ends)
        axes[0].set_ylim(0, 1.1 * top)
        end_labels(axes[0], _end(evidence, epochs), ends, apart=0.13 * top)
        axes[0].set_ylabel(tidy(f"epsilon at delta {training.delta:g}"))
        if below:
            _errors(axes[1], evidence.target, _end(evidence, epochs))
        axes[-1].set_xlabel("epoch of training")
        axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
        axes[-1].margins(x=0.01)
        figure.align_ylabels()
    return Drawing(
        title="Privacy spent by epoch",
        description=f"After epoch {last.epoch} epsilon is {rounded(last.epsilon, up=True)} at delta {training.delta:g}"
        f"{f', of {rounded(claim.epsilon, up=True)} claimed' if claim else ''}.",
        figure=figure,
    )


def _end(evidence: Evidence, epochs: list[int]) -> int:
    """Return the last epoch that anything is known of."""
    return max([*epochs, *(row.epoch for row in evidence.target.epochs)])


def _errors(ax: Axes, target: Target, end: int) -> None:
    """Draw the errors of members and others."""
    at = [row.epoch for row in target.epochs]
    members = array([row.mae_members for row in target.epochs])
    others = array([row.mae_nonmembers for row in target.epochs])
    marker = "o" if len(at) == 1 else None
    ax.plot(at, members, color=MEMBERS, marker=marker)
    ax.plot(at, others, color=OTHERS, linestyle=(0, (5, 1.5)), marker=marker)
    top = float(np.nanmax([*members, *others, 1e-9], initial=0.0))
    ax.set_ylim(0, 1.08 * top)
    ends = [(float(members[-1]), "members", MEMBERS), (float(others[-1]), "non-members", OTHERS)]
    end_labels(ax, end, [end for end in ends if np.isfinite(end[0])], apart=0.12 * top)
    ax.set_ylabel(f"mean abs. error, {target.unit}")
