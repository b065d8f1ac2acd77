"""From full to realistic knowledge.

One curve a step, AUC of the correlation-aware attack over the size of the group.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from remembrain.evidence.worlds import over_worlds
from remembrain.run import atomic_path

if TYPE_CHECKING:
    from worlds import Found

ATTACK = "correlation-aware"
COLOURS = ("#0c6b64", "#2a6093", "#7b3b8c", "#b4451b", "#6a7079")


def draw(path: Path, found: Sequence[Found]) -> Path:
    """Draw and write it."""
    steps, sizes = list(dict.fromkeys(one.step for one in found)), sorted({one.n for one in found})
    figure = Figure(figsize=(7.4, 4.2), layout="constrained")
    ax = figure.subplots()
    ax.axhline(0.5, color="#1c1f24", linewidth=0.8)
    for place, (step, colour) in enumerate(zip(steps, COLOURS, strict=False)):
        mine = {one.n: one for one in found if one.step == step}
        told = [over_worlds(mine[n].auc[ATTACK], mine[n].n_members, mine[n].n_nonmembers) for n in sizes]
        across = [n * 1.03 ** (place - 2) for n in sizes]
        ax.plot(across, [one.value for one in told], "o-", color=colour, markersize=4, linewidth=1.2, label=step)
        ax.vlines(across, [one.low for one in told], [one.high for one in told], color=colour, linewidth=1.6)
    everything = {one.n: one.theory for one in found if one.step == steps[0]}
    ax.plot(
        sizes,
        [everything[n] for n in sizes],
        "--",
        color="#565d66",
        linewidth=1,
        label="closed form, inner product, everything known",
    )
    ax.set_xscale("log")
    ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
    ax.minorticks_off()
    ax.set_xlabel("people in the tables")
    ax.set_ylabel("AUC of the correlation-aware attack")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=8.4)
    with atomic_path(path) as partial:
        figure.savefig(partial, format="svg", metadata={"Date": None})
    return path
