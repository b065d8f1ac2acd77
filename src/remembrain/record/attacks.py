"""What attacks achieved, the controls, the findings, and what being named by an attack means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Self, TypeAlias

from remembrain.record.numbers import Accuracy, Beyond, Count, Number, Numbers
from remembrain.types import FindingStatus, Joined

Status: TypeAlias = FindingStatus
Held: TypeAlias = Literal["holds", "failed", "not assessed"]
OVERALL = "overall"
_JOINT = ("auc", "tpr_at_fpr", "quoted_fpr")
"""What of an attack has intervals that hold for all attacks at once."""


@dataclass(frozen=True, kw_only=True)
class Roc:
    """ROC curve, and the band that an attack without information keeps to."""

    fpr: Numbers
    tpr: Numbers
    band_low: Numbers
    band_high: Numbers


@dataclass(frozen=True, kw_only=True)
class OfSeveral:
    """AUC and true-positive rates of an attack with intervals that hold for all attacks at once."""

    confidence: float
    auc: Number
    tpr_at_fpr: Mapping[str, Number]
    quoted_fpr: float | None = None


@dataclass(frozen=True, kw_only=True)
class OfScans:
    """What an attack achieved by one scan of a person, where people have several."""

    auc: Number
    accuracy: Accuracy
    tpr_at_fpr: Mapping[str, Number]


@dataclass(frozen=True, kw_only=True)
class Achieved:
    """What an attack achieved, or why that is not known.

    ``quoted_fpr`` is the false-positive rate at which a true-positive rate is quoted, wherever one is: the evidence
    says which one people are enough for. P-values are against chance and not adjusted.
    """

    name: str
    n_members: Count
    n_nonmembers: Count
    repeats: int
    accuracy: Accuracy
    auc: Number
    tpr_at_fpr: Mapping[str, Number]
    quoted_fpr: float | None = None
    p_value: float | None = None
    p_value_two_sided: float | None = None
    status: Literal["assessed", "not assessed"]
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Attack(Achieved):
    """One attack: what it needs, and what it achieved. The blind baseline is the one with access to ``nothing``.

    Where people have several scans, figures are of people, ``joined`` says how a person's scans were put together, and
    ``per_scan`` what one scan alone gives.
    """

    title: str
    access: str
    knows: str
    needs: tuple[str, ...]
    paper: str
    p_holm: float | None = None
    difference_from_blind: Number | None = None
    difference_from_best_black_box: Beyond | None = None
    of_several: OfSeveral | None = None
    null_auc: Number | None = None
    roc: Roc | None = None
    joined: Joined | None = None
    per_scan: OfScans | None = None

    @property
    def blind(self) -> bool:
        """Whether this is the blind baseline."""
        return self.access == "nothing"

    @property
    def assessed(self) -> bool:
        """Whether it has an AUC with an interval."""
        return self.status == "assessed" and self.auc.known

    def chosen(self) -> Self:
        """Return it as the best of several, chosen after the fact: its intervals hold for all attacks at once."""
        if self.of_several is None:
            return self
        return replace(self, **{name: getattr(self.of_several, name) for name in _JOINT})

    def rate(self, fpr: float | None) -> Number:
        """Return the true-positive rate at a false-positive rate, where it is known."""
        return self.tpr_at_fpr.get(f"{fpr:g}", Number()) if fpr is not None else Number()


@dataclass(frozen=True, kw_only=True)
class UnderControl(Achieved):
    """What an attack did under a control; its two-sided p-value is adjusted for the number of attacks (Holm)."""

    p_value_adjusted: float | None = None


@dataclass(frozen=True, kw_only=True)
class Control:
    """Whether a control holds, why that is said, and what each attack did under it.

    ``level`` is the probability of failing a sound audit.
    """

    status: Held
    why: str = ""
    level: float | None = None
    attacks: tuple[UnderControl, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BlindControl(Control):
    """The blind baseline, with its AUC."""

    auc: Number | None = None


@dataclass(frozen=True, kw_only=True)
class Controls:
    """Both controls."""

    null: Control
    blind: BlindControl


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What can be said of one attack, or of all of them (``overall``, or no name), in a sentence, and on what ground.

    ``p_value_adjusted`` is against chance, adjusted for the number of attacks (Holm), ``p_value_blind_adjusted``
    against what people's facts and the blind baseline explain, of all attacks together; both are one-sided.
    ``people_needed`` are the members, and as many non-members, to decide about by whom an attack that was not shown
    beyond the blind baseline would be told from it; ``None`` where no number can be given.
    """

    attack: str | None
    status: Status
    text: str
    why: str = ""
    p_value_adjusted: float | None = None
    p_value_blind_adjusted: float | None = None
    people_needed: int | None = None


@dataclass(frozen=True, kw_only=True)
class PosteriorRow:
    """What being named at a false-positive rate means for a prior."""

    prior: float
    fpr: float
    tpr: Number
    posterior: Number


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """Posteriors of one attack."""

    attack: str
    rows: tuple[PosteriorRow, ...]


@dataclass(frozen=True, kw_only=True)
class Bin:
    """People of about one predicted probability."""

    predicted: float
    observed: Number
    n: int


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Predicted against observed membership."""

    attack: str
    prior: float = 0.5
    brier: float
    bins: tuple[Bin, ...]
