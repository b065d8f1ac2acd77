"""Lines of leakage over generalisation gap, for the epochs of one training and for independent trainings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from published import SLOPES
from scipy import stats


def fits(evidence: Mapping[str, Any], varied: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one line a network, attack and kind of points: epochs of the study's training, and other trainings."""
    lines = []
    for network, found in evidence.items():
        for attack in [one["name"] for one in found["target"]["checkpoints"][0]["attacks"]]:
            kept, others = checkpoints(found, attack), trainings(varied, network, attack)
            for points, (gap, accuracy) in (("epochs of one training", kept), ("trainings", others)):
                if len(gap) > 2:
                    line = fit(gap, accuracy)
                    lines.append(
                        {"network": network, "attack": attack, "points": points, **line, "published": SLOPES[network]}
                    )
    return lines


def checkpoints(found: Mapping[str, Any], attack: str) -> tuple[list[float], list[float]]:
    """Return gaps (years) and accuracies of an attack over the kept epochs."""
    rows = [(row["gap"]["value"], one) for row in found["target"]["checkpoints"] for one in row["attacks"]]
    mine = [(gap, one["accuracy"]["value"]) for gap, one in rows if one["name"] == attack and one["accuracy"]["value"]]
    return [gap for gap, _ in mine], [accuracy for _, accuracy in mine]


def trainings(varied: Sequence[dict[str, Any]], network: str, attack: str) -> tuple[list[float], list[float]]:
    """Return gaps and accuracies of an attack over independent trainings of a network."""
    mine = [(one["gap"]["value"], one["accuracy"][attack]["value"]) for one in varied if one["network"] == network]
    known = [(gap, accuracy) for gap, accuracy in mine if accuracy is not None]
    return [gap for gap, _ in known], [accuracy for _, accuracy in known]


def fit(gap: Sequence[float], accuracy: Sequence[float]) -> dict[str, Any]:
    """Return slope with its 95 % interval, intercept and correlation of a least-squares line.

    The interval takes the points for independent models. The epochs of one training share their people and follow each
    other, so that theirs says how straight the line is and not how it would lie for others.
    """
    x, y = np.asarray(gap, dtype=float), np.asarray(accuracy, dtype=float)
    line = stats.linregress(x, y)
    reach = float(stats.t.ppf(0.975, len(x) - 2) * line.stderr)
    slope = [float(line.slope), float(line.slope) - reach, float(line.slope) + reach]
    return {"slope": slope, "intercept": float(line.intercept), "r": float(line.rvalue), "n": len(x)}


def ends(line: Mapping[str, Any], gap: Float[np.ndarray, "two"]) -> Float[np.ndarray, "two"]:
    """Return a line's accuracy at two gaps."""
    return np.asarray(line["intercept"] + line["slope"][0] * gap)
