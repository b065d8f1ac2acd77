"""How figures are put into sentences, so that controls, findings and the gate word them alike.

Upper bounds are rounded up, and no word here may comfort.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from remembrain.evidence.assess import Assessment
from remembrain.types import Interval


@dataclass(frozen=True)
class Subject:
    """What is audited, in words: the thing itself, what a difference between groups may lie in, and what joining is."""

    what: str = "the model"
    facts: str = "age, sex, site or intensities"
    joined: str = "was trained on"
    memory: str = "the model's memory"
    decide: str = "remembrain attack RUN --match, or non-members of the members' age, sex and site"


MODEL = Subject()


def auc_words(auc: Interval) -> str:
    """Return an AUC and its interval: ``AUC 0.58 (95 % interval 0.54 to 0.62)``."""
    return f"AUC {auc.value:.2f} ({100 * auc.confidence:g} % interval {auc.low:.2f} to {auc.high:.2f})"


def percent(share: float, *, up: bool = False) -> str:
    """Return a share as ``12 %``, ``4.1 %`` or ``0.1 %``; ``up`` rounds upwards."""
    decimals = 0 if share >= 0.0995 else 1
    hundredths = ceil(100 * share * 10**decimals - 1e-9) / 10**decimals if up else round(100 * share, decimals)
    return f"{hundredths:g} %"


def still_possible(assessments: Sequence[Assessment]) -> str:
    """Say what the intervals of assessed attacks leave possible: their upper ends, the largest over the attacks."""
    highest = max(found.auc.high for found in assessments if found.auc)
    possible = f"an AUC up to {ceil(100 * highest - 1e-9) / 100:.2f}"
    finest = min((one.quoted[0] for one in assessments if one.quoted), default=None)
    if finest is None:
        return f"{possible} is compatible with the data"
    bound = max(rate.high for one in assessments if isinstance(rate := one.tpr_at_fpr.get(finest), Interval))
    at = f"a true-positive rate up to {percent(bound, up=True)} at {percent(finest)} false positives"
    return f"{possible} and {at} are compatible with the data"
