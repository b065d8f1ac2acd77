"""Whether a target errs like one more of the reference models that were trained like it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool
from scipy import stats

from remembrain.evidence import disclosure
from remembrain.evidence.errors_of_years import mean_absolute
from remembrain.record.numbers import Number
from remembrain.record.references import ErrorBeside
from remembrain.types import Array, Texts

LEVEL = 0.01
ALIKE = 0.25
"""Share of the error on others by which a target may err otherwise and still be called like its reference models."""


def resemblance(
    signals: Mapping[str, Array], member: Bool[np.ndarray, "scan"], person: Texts
) -> tuple[dict[str, ErrorBeside], bool | None]:
    """Return whether the target errs like one more of the reference models: on others, and on its own members.

    The target's mean absolute error less each model's, on the same people, should be 0 as often as the models differ
    among themselves: Student's prediction interval for one more of them. Where it is not, the models are not like the
    target, and attacks that hold them against it are off. That no difference shows is not enough: likeness is told
    where the whole 95 % interval of what the target errs more or less is within a share of the models' error on others.
    """
    error, inside = np.abs(signals["references/error"][:, :, 0]), signals["references/inside"]
    target = np.abs(signals["references/target"][:, 0])
    beside: dict[str, ErrorBeside] = {}
    for word, kind in (("others", False), ("members", True)):
        group = member if kind else ~member
        gaps, theirs = [], []
        for model in range(inside.shape[1]):
            both = group & (inside[:, model] == kind)
            if not both.any():
                continue
            gaps.append(float(target[both].mean() - error[both, model].mean()))
            theirs.append(float(error[both, model].mean()))
        if gaps:
            own = mean_absolute(target[group], person[group]).number()
            step = disclosure.step_of(float(np.std(target[group])), len(np.unique(person[group])))
            beside[word] = _beside(own, gaps, theirs, step)
    p_values = [errors.p_value for errors in beside.values() if errors.p_value is not None]
    if any(value < LEVEL / 2 for value in p_values):
        return beside, False
    alike = len(p_values) == 2 and all(
        max(abs(errors.low or 0.0), abs(errors.high or 0.0)) <= ALIKE * beside["others"].references
        for errors in beside.values()
    )
    return beside, alike or None


def _beside(own: Number, gaps: Sequence[float], theirs: Sequence[float], step: float) -> ErrorBeside:
    """Return the target's error beside that of k models, with Student's prediction interval for one more of them."""
    k, mean = len(gaps), float(np.mean(gaps))
    spread = float(np.std(gaps, ddof=1)) if k > 2 else 0.0
    known = spread > 0
    width = spread * np.sqrt(1 + 1 / k)
    half = float(stats.t.ppf(0.975, k - 1) * width) if known else math.inf
    return ErrorBeside(
        target=disclosure.in_steps(own, step),
        references=disclosure.in_step(float(np.mean(theirs)), step),
        difference=disclosure.in_step(mean, step),
        low=mean - half if known else None,
        high=mean + half if known else None,
        p_value=float(2 * stats.t.sf(abs(mean) / width, k - 1)) if known else None,
    )
