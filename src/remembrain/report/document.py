"""What stands in ``evidence.json``, as the page reads it: checked once, on the way in.

A number that is not known is ``None`` here, and the page says *not assessed* of it. Knows no file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from jaxtyping import Float
from pydantic import BaseModel, ConfigDict, Field

from remembrain.errors import DataError
from remembrain.types import Role

Status: TypeAlias = Literal["members recognised", "confounded", "not detected", "not assessed"]
Held: TypeAlias = Literal["holds", "failed", "not assessed"]
Count: TypeAlias = int | str
Numbers: TypeAlias = tuple[float | None, ...]

OVERALL = "overall"


class _Part(BaseModel):
    """Read-only; what this version does not know is left aside."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Number(_Part):
    """A number with its confidence interval, or none and the reason."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    why: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a number with both ends of its interval."""
        return self.value is not None and self.low is not None and self.high is not None

    def ends(self) -> tuple[float, float, float]:
        """Return value and interval of a number that is known."""
        if self.value is None or self.low is None or self.high is None:
            raise DataError("a number that was not assessed was asked for")
        return self.value, self.low, self.high


class Accuracy(Number):
    """Balanced accuracy, and the standard deviation over repeats."""

    sd: float | None = None


class MeanError(Number):
    """Mean absolute error of one group of ``n`` people."""

    n: int | None = None


class Roc(_Part):
    """ROC curve, and the band that an attack without information keeps to."""

    fpr: Numbers
    tpr: Numbers
    band_low: Numbers
    band_high: Numbers


class Attack(_Part):
    """One attack: what it needs, and what it achieved. The blind baseline is the one with access to ``nothing``."""

    name: str
    title: str
    access: str
    knows: str
    needs: tuple[str, ...]
    paper: str
    n_members: int
    n_nonmembers: int
    repeats: int
    accuracy: Accuracy
    auc: Number
    tpr_at_fpr: dict[str, Number]
    p_holm: float | None = None
    difference_from_blind: Number | None = None
    null_auc: Number | None = None
    status: Literal["assessed", "not assessed"]
    why: str = ""
    roc: Roc | None = None

    @property
    def blind(self) -> bool:
        """Whether this is the blind baseline."""
        return self.access == "nothing"

    @property
    def assessed(self) -> bool:
        """Whether it has an AUC with an interval."""
        return self.status == "assessed" and self.auc.known


class Control(_Part):
    """Whether a control holds, and why that is said."""

    status: Held
    why: str = ""


class BlindControl(Control):
    """The blind baseline, with its AUC."""

    auc: Number | None = None


class Controls(_Part):
    """Both controls."""

    null: Control
    blind: BlindControl


class Finding(_Part):
    """What can be said of one attack, or of all of them (``overall``)."""

    attack: str
    status: Status
    text: str
    why: str = ""


class Ages(_Part):
    """Mean, standard deviation and quantiles of the label in one group."""

    mean: float | None = None
    sd: float | None = None
    p5: float | None = None
    p95: float | None = None


class Histogram(_Part):
    """Counts of people between edges; a cell of 1 to 9 people is a text."""

    edges: tuple[float, ...]
    counts: tuple[Count, ...]


class Group(_Part):
    """The people of one role."""

    role: Role
    people: int
    scans: int
    age: Ages
    sex: dict[str, Count]
    site: dict[str, Count]
    age_histogram: Histogram


class People(_Part):
    """Who was audited."""

    source: str
    n_people: int
    n_scans: int
    groups: tuple[Group, ...]

    def group(self, role: Role) -> Group | None:
        """Return the people of a role, where there are any."""
        return next((group for group in self.groups if group.role == role), None)


class Epoch(_Part):
    """Errors and recognisability after one epoch."""

    epoch: int
    mae_members: float | None = None
    mae_nonmembers: float | None = None
    auc: Number = Number()


class MeanErrors(_Part):
    """Mean absolute errors by group."""

    members: MeanError | None = None
    nonmembers: MeanError | None = None
    validation: MeanError | None = None
    mean_predictor: MeanError | None = None


class Target(_Part):
    """The model under audit."""

    name: str
    form: str = ""
    origin: str
    parameters: int
    input: str
    label: str
    unit: str
    preprocess: str
    age: str
    loss: str
    notes: tuple[str, ...] = ()
    layers: dict[str, str] = {}
    recipe: dict[str, Any] | None = None
    mae: MeanErrors
    gap: Number
    epochs: tuple[Epoch, ...] = ()


class Audit(_Part):
    """How the evidence came about."""

    command: str
    created: str
    version: str
    seed: int
    confidence: float
    alpha: float
    repeats: int
    draws: int | None = None
    known_members: int
    known_nonmembers: int
    versions: dict[str, str]
    hashes: dict[str, str | None]


class ErrorCurves(_Part):
    """Densities of the errors of members and non-members over a grid."""

    grid: tuple[float, ...]
    members: Numbers
    nonmembers: Numbers


class Curves(_Part):
    """What is drawn that belongs to no single attack."""

    errors: ErrorCurves | None = None


class Evidence(_Part):
    """All of one ``evidence.json``."""

    audit: Audit
    target: Target
    people: People
    attacks: tuple[Attack, ...]
    controls: Controls
    findings: tuple[Finding, ...]
    curves: Curves = Curves()
    not_tested: tuple[str, ...] = ()
    file_schema: Literal[1] = Field(alias="schema")

    @property
    def overall(self) -> Finding:
        """The finding of the whole audit."""
        return next(finding for finding in self.findings if finding.attack == OVERALL)

    @property
    def tried(self) -> tuple[Attack, ...]:
        """The attacks on the model: all but the blind baseline."""
        return tuple(attack for attack in self.attacks if not attack.blind)

    @property
    def baseline(self) -> Attack | None:
        """The blind baseline."""
        return next((attack for attack in self.attacks if attack.blind), None)

    def finding(self, attack: Attack) -> Finding | None:
        """Return what was found of an attack."""
        return next((finding for finding in self.findings if finding.attack == attack.name), None)

    def in_words(self, text: str) -> str:
        """Return a text with every attack called by its title."""
        titles = {one.name: f"“{one.title}”" for one in self.attacks}
        names = "|".join(re.escape(name) for name in sorted(titles, key=len, reverse=True))
        return re.sub(rf"(?<![\w:+-])({names})(?![\w:+-])", lambda found: titles[found[1]], text) if names else text


def array(numbers: Sequence[float | None]) -> Float[np.ndarray, "point"]:
    """Return numbers as an array, with NaN for those that are not known."""
    return np.array([math.nan if number is None else number for number in numbers], dtype=float)
