"""How figures are put into sentences, so that controls, findings and the gate word them alike.

Upper bounds are rounded up, and no word here may comfort.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from remembrain.evidence.assess import Assessment
from remembrain.types import Interval


@dataclass(frozen=True)
class Subject:
    """What is audited, in words: the thing itself, who is in it, what groups may differ in, and what joining is."""

    what: str = "the model"
    members: str = "members"
    nonmembers: str = "non-members"
    facts: str = "age, sex, site or intensities"
    joined: str = "was trained on"
    memory: str = "the model's memory"
    decide: str = "remembrain attack RUN --match, or non-members of the members' age, sex and site"

    @property
    def told(self) -> str:
        """Whoever is in it, told from who is not, as a sentence begins."""
        return f"{self.starting} are told from {self.nonmembers}"

    @property
    def starting(self) -> str:
        """Whoever is in it, as a sentence begins."""
        return self.members[:1].upper() + self.members[1:]


MODEL = Subject()


def auc_words(auc: Interval) -> str:
    """Return an AUC and its interval: ``AUC 0.58 (95 % interval 0.54 to 0.62)``."""
    return f"AUC {auc.value:.2f} ({100 * auc.confidence:g} % interval {auc.low:.2f} to {auc.high:.2f})"


def percent(share: float, *, up: bool = False) -> str:
    """Return a share as ``12 %``, ``4.1 %`` or ``0.1 %``; ``up`` rounds upwards."""
    decimals = 0 if share >= 0.0995 else 1
    hundredths = ceil(100 * share * 10**decimals - 1e-9) / 10**decimals if up else round(100 * share, decimals)
    return f"{hundredths:g} %"


def figures(value: float, *, sign: bool = False) -> str:
    """Return a number with three figures and never as a power of ten: ``0.0412``, ``3.1``, ``+412``."""
    return np.format_float_positional(value, precision=3, fractional=False, trim="-", sign=sign)


def still_possible(assessments: Sequence[Assessment]) -> str:
    """Say what the intervals of assessed attacks leave possible: their upper ends, the largest over the attacks."""
    highest = max(assessment.auc.high for assessment in assessments if assessment.auc)
    possible = f"an AUC up to {ceil(100 * highest - 1e-9) / 100:.2f}"
    finest = min((assessment.quoted[0] for assessment in assessments if assessment.quoted), default=None)
    if finest is None:
        return f"{possible} is compatible with the data"
    rates = [assessment.tpr_at_fpr.get(finest) for assessment in assessments]
    bound = max(rate.high for rate in rates if isinstance(rate, Interval))
    at = f"a true-positive rate up to {percent(bound, up=True)} at {percent(finest)} false positives"
    return f"{possible} and {at} are compatible with the data"


def people_who_would_tell(people: Sequence[int | None], subject: Subject = MODEL) -> str:
    """Say how many people would tell, by the attack that needs fewest."""
    able = [count for count in people if count is not None]
    if not able:
        return " It did no better than that attack here, so that no number of people can be said to tell."
    return (
        f" If its lead is what it was here, about {min(able):,} {subject.members} and as many {subject.nonmembers} to "
        "decide about would show it four times in five."
    )
