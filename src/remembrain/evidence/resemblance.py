"""Whether a target errs like one more of the reference models that were trained like it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Bool
from scipy import stats

from remembrain.evidence import disclosure
from remembrain.evidence.errors_of_years import mean_absolute
from remembrain.types import Array, Texts

LEVEL = 0.01
ALIKE = 0.25
"""Share of the error on others by which a target may err otherwise and still be called like its reference models."""


def resemblance(signals: Mapping[str, Array], member: Bool[np.ndarray, "scan"], person: Texts) -> dict[str, Any]:
    """Return whether the target errs like one more of the reference models: on others, and on its own members.

    The target's mean absolute error less each model's, on the same people, should be 0 as often as the models differ
    among themselves: Student's prediction interval for one more of them. Where it is not, the models are not like the
    target, and attacks that hold them against it are off. That no difference shows is not enough: likeness is told
    where the whole 95 % interval of what the target errs more or less is within a share of the models' error on others.
    """
    error, inside = np.abs(signals["references/error"][:, :, 0]), signals["references/inside"]
    target = np.abs(signals["references/target"][:, 0])
    told: dict[str, Any] = {}
    for word, kind in (("others", False), ("members", True)):
        mine = member if kind else ~member
        gaps, theirs = [], []
        for model in range(inside.shape[1]):
            both = mine & (inside[:, model] == kind)
            if not both.any():
                continue
            gaps.append(float(target[both].mean() - error[both, model].mean()))
            theirs.append(float(error[both, model].mean()))
        if not gaps:
            continue
        k, mean = len(gaps), float(np.mean(gaps))
        spread = float(np.std(gaps, ddof=1)) if k > 2 else 0.0
        known = spread > 0
        width = spread * np.sqrt(1 + 1 / k)
        p = float(2 * stats.t.sf(abs(mean) / width, k - 1)) if known else None
        half = float(stats.t.ppf(0.975, k - 1) * width) if known else math.inf
        step = disclosure.step_of(float(np.std(target[mine])), len(np.unique(person[mine])))
        told[word] = {
            "target": disclosure.in_steps(mean_absolute(target[mine], person[mine]).to_json(), step),
            "references": disclosure.in_steps({"value": float(np.mean(theirs))}, step)["value"],
            "difference": disclosure.in_steps({"value": mean}, step)["value"],
            "low": mean - half if known else None,
            "high": mean + half if known else None,
            "p_value": p,
        }
    tested = [one["p_value"] for one in told.values() if one["p_value"] is not None]
    if any(value < LEVEL / 2 for value in tested):
        return {"errors": told, "resembles": False}
    shown = len(tested) == 2 and all(
        max(abs(one["low"]), abs(one["high"])) <= ALIKE * told["others"]["references"] for one in told.values()
    )
    return {"errors": told, "resembles": shown or None}
