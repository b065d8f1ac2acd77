"""One setting of a defence as ``defences.json`` has it: what it gives away over its seeds, what it costs, its fronts.

A number that is not known is ``None`` here, and the page says *not assessed* of it. Knows no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeAlias

from remembrain.record.attacks import Status
from remembrain.record.numbers import UNKNOWN, Count, Number

ActsOn: TypeAlias = Literal["weights", "predictions"]
Front: TypeAlias = Literal["pareto_auc", "pareto_tpr"]
FRONTS: tuple[Front, ...] = ("pareto_auc", "pareto_tpr")


@dataclass(frozen=True, kw_only=True)
class Epsilon:
    """What two accountants say that a setting spends."""

    value: float | None = None
    delta: float
    second: float | None = None


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What epsilon is at least, as measured."""

    value: float | None = None
    estimator: str
    confidence: float


@dataclass(frozen=True, kw_only=True)
class Achieved:
    """What an attack achieves on one setting, over its seeds."""

    auc: Number = UNKNOWN
    accuracy: Number = UNKNOWN
    tpr_at_fpr: dict[str, Number] = field(default_factory=dict)
    status: Literal["assessed", "not assessed"]
    why: str = ""
    n_members: Count | None = None
    n_nonmembers: Count | None = None

    @property
    def assessed(self) -> bool:
        """Whether it has an AUC with an interval."""
        return self.status == "assessed" and self.auc.known

    def rate(self, fpr: str) -> Number:
        """Return a true-positive rate, or why there is none."""
        share = self.tpr_at_fpr.get(fpr, Number())
        if self.status == "assessed" and share.known:
            return share
        return Number(why=share.why or self.why or "no reason is recorded")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What can be said of a setting."""

    status: Status
    text: str


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One defence of one strength, trained with every seed; no strength is the model without defence."""

    defence: str
    title: str
    parameter: str = ""
    strength: float | None = None
    paper: str = ""
    protects: ActsOn
    seeds: tuple[int, ...] = ()
    epsilon: Epsilon | None = None
    mae_members: Number
    mae: Number
    gap: Number
    attacks: dict[str, Achieved]
    headline: str
    lower_bound: Bound | None = None
    finding: Found
    pareto_auc: bool = False
    pareto_tpr: bool = False
    runs: tuple[str, ...] = ()

    @property
    def bare(self) -> bool:
        """Whether this is the model without defence."""
        return self.strength is None or self.defence == "none"

    @property
    def level(self) -> str:
        """The strength as a text."""
        return "" if self.bare else f"{self.strength:g}"

    @property
    def dose(self) -> str:
        """The strength, and of what."""
        return f"{self.parameter}: {self.level}" if self.parameter else self.level

    @property
    def name(self) -> str:
        """Defence and strength."""
        return self.title if self.bare else f"{self.title} ({self.dose})"

    @property
    def achieved(self) -> Achieved:
        """What the attack achieves that is told of this setting."""
        return self.attacks.get(self.headline, Achieved(status="not assessed", why="it was not run"))

    @property
    def fronts(self) -> str:
        """On which fronts it lies, in words."""
        return ", ".join(name for name, lies in (("AUC", self.pareto_auc), ("TPR", self.pareto_tpr)) if lies) or "–"

    @property
    def overspent(self) -> bool:
        """Whether more was measured than its accountants say."""
        spent = self.epsilon.value if self.epsilon else None
        measured = self.lower_bound.value if self.lower_bound else None
        return spent is not None and measured is not None and measured > spent

    def strongest_other(self) -> tuple[str, Achieved] | None:
        """Return the attack with the greatest AUC of those that are not told, by name."""
        able = [
            (name, achieved) for name, achieved in self.attacks.items() if name != self.headline and achieved.assessed
        ]
        return max(able, key=lambda pair: pair[1].auc.ends()[0], default=None)


def leakage(setting: Setting, front: Front) -> Number:
    """Return the number that goes with a front: an AUC, or the true-positive rate at 1 % false positives."""
    if front == "pareto_auc":
        return setting.achieved.auc if setting.achieved.assessed else Number(why=setting.achieved.why)
    return setting.achieved.rate("0.01")


def on_front(settings: Sequence[Setting], front: Front) -> list[tuple[float, float, Setting]]:
    """Return error and leakage of the settings on a front, the least error first."""
    able = [
        (setting.mae.ends()[0], leakage(setting, front).ends()[0], setting)
        for setting in settings
        if getattr(setting, front) and setting.mae.known and leakage(setting, front).known
    ]
    return sorted(able, key=lambda point: point[:2])


def beaten(settings: Sequence[Setting], front: Front) -> str:
    """Return the name of a setting on a front that another one on it beats."""
    for (error, leak, _), (later, lower, setting) in pairwise(on_front(settings, front)):
        if (later, lower) != (error, leak) and lower >= leak:
            return setting.name
    return ""
