"""Figure 1: attack accuracy against overfitting, one panel a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from fits import checkpoints, ends, trainings
from matplotlib.figure import Figure

from remembrain.run import atomic_path

COLOURS = {"error-threshold": "#1b6ca8", "network:prediction+label": "#5a9a3c", "network:gradient:output": "#b5472f"}
KINDS = {"members": "s", "dropout": "^", "weight decay": "D"}


def draw_figure1(
    path: Path, evidence: Mapping[str, Any], varied: Sequence[dict[str, Any]], lines: Sequence[dict[str, Any]]
) -> None:
    """Draw epochs as dots with their line, other trainings as open marks, and the published slope in grey."""
    figure = Figure(figsize=(9, 4), layout="constrained")
    axes = figure.subplots(1, len(evidence), sharey=True)
    for ax, (network, found) in zip(axes, evidence.items(), strict=True):
        for attack, colour in COLOURS.items():
            gap, accuracy = checkpoints(found, attack)
            ax.plot(gap, accuracy, "o", color=colour, markersize=4, label=attack)
            for kind, marker in KINDS.items():
                some = [one for one in varied if one["kind"] == kind]
                ax.plot(*trainings(some, network, attack), marker, color=colour, markersize=6, markerfacecolor="none")
        reach = np.array([0.0, max(row["gap"]["value"] for row in found["target"]["checkpoints"])])
        for line in lines:
            if line["network"] == network and line["points"] == "epochs of one training":
                ax.plot(reach, ends(line, reach), color=COLOURS[line["attack"]], linewidth=0.8)
        slope = next(line["published"] for line in lines if line["network"] == network)
        ax.plot(
            reach, np.minimum(0.5 + slope * reach, 1.0), color="0.5", linestyle="--", label="published slope, from 0.5"
        )
        ax.set(title=network, xlabel="gap, years: error of others less that of members", ylim=(0.45, 1))
    axes[0].set_ylabel("balanced accuracy of the attack")
    axes[0].legend(frameon=False, fontsize=7, title="dots: epochs; open: other trainings", title_fontsize=7)
    with atomic_path(path) as partial:
        figure.savefig(partial, format="svg", metadata={"Date": None})
