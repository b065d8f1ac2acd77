"""The tables of the experiment with reference models, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from over_targets import Figure, auc_of, gain_of, tpr_of
from scipy import stats

from remembrain.run import write_text

if TYPE_CHECKING:
    from judging import Row

    from remembrain.references.ensemble import Ensemble


def write_table(path: Path, rows: Sequence[Row], found: Ensemble, age: np.ndarray, tested: str) -> Path:
    """Write errors, every attack by the number of reference models, and what each gains over the threshold."""
    size = np.abs(found.predicted[:, :, 0] - age[:, None])
    inside = [float(size[found.inside[:, model], model].mean()) for model in range(size.shape[1])]
    outside = [float(size[~found.inside[:, model], model].mean()) for model in range(size.shape[1])]
    minutes = sum(found.seconds) / 60
    head = (
        f"{size.shape[1]} models on halves of {len(age)} people: mean absolute error of members "
        f"{_said(inside, 2)}, of others {_said(outside, 2)} years (mean over models, Student's 95 % interval). "
        "Training took "
        f"{minutes:.1f} core-minutes in all, {minutes / size.shape[1]:.2f} a model. {tested} Figures are means over "
        "targets; 95 % intervals are about other people, and other targets by this recipe on half of them."
    )
    table = ["| attack | reference models | ways shown | targets | AUC | TPR at 1 % FPR | AUC over threshold |"]
    table.append("|---|---|---|---|---|---|---|")
    base = {row.target: row.tested for row in rows if row.attack == "error-threshold"}
    settings = dict.fromkeys((row.attack, row.models, row.queries) for row in rows)
    for attack, models, queries in settings:
        mine = [row for row in rows if (row.attack, row.models, row.queries) == (attack, models, queries)]
        tested = [row.tested for row in mine]
        found = (auc_of(tested), tpr_of(tested), gain_of(tested, [base[row.target] for row in mine]))
        cells = [_told(one, sign=place == 2) for place, one in enumerate(found)]
        table.append(f"| {attack} | {models} | {queries} | {len(mine)} | " + " | ".join(cells) + " |")
    write_text(path, "\n".join([head, "", *table]) + "\n")
    return path


def _told(found: Figure, *, sign: bool) -> str:
    """Return a figure with its interval."""
    form = f"{'+' if sign else ''}.3f"
    return f"{found.value:{form}} ({found.low:{form}} to {found.high:{form}})"


def _said(values: Sequence[float], digits: int) -> str:
    """Return a mean over models with Student's 95 % interval."""
    mean, form = float(np.mean(values)), f".{digits}f"
    if len(values) < 2:
        return f"{mean:{form}}"
    reach = float(stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return f"{mean:{form}} ({mean - reach:{form}} to {mean + reach:{form}})"
