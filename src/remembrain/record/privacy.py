"""What is formally guaranteed, what is claimed, and what was measured against it, as ``evidence.json`` has it.

Knows no file and no wording. ``None`` is what is not known; an epsilon of ``None`` is a training without noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from remembrain.record.numbers import Count

Verdict: TypeAlias = Literal["contradicted", "not contradicted", "not assessed"]

_ROUNDING = 1e-3
"""By which share a norm may exceed its bound through single precision, as the check itself allows."""
_CANARIES = "canaries"


@dataclass(frozen=True, kw_only=True)
class MeanAge:
    """How the mean age that training starts from was released: noise, and the ends to which ages were cut."""

    noise_multiplier: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class ClipCheck:
    """The largest share that any of some people had in a step, against what nobody's may exceed."""

    people: int
    largest: float | None = None
    bound: float
    kept: bool | None = None

    @property
    def holds(self) -> bool:
        """Whether nobody's share was larger than it may be; learners say that alone, and not how large it was."""
        if self.people < 1:
            return False
        return bool(self.kept) if self.largest is None else self.largest <= self.bound * (1 + _ROUNDING)


@dataclass(frozen=True, kw_only=True)
class Spent:
    """Epsilon up to an epoch."""

    epoch: int
    epsilon: float | None = None


@dataclass(frozen=True, kw_only=True)
class PrivateTraining:
    """A training with bounded shares and noise, and what two accountants say of it.

    Of a federation it is that of the learner who spends most, by ``name``, and ``learners`` are those of each of them.
    ``spent`` are noise multiplier, sampling rate and number of steps, in the order in which they were taken;
    ``weights`` is the hash of the model that was promised.
    """

    epsilon: float | None = None
    delta: float
    accountant: str = ""
    second_epsilon: float | None = None
    second_accountant: str = ""
    unit: str
    people: int
    most_scans: int | None = None
    neighbours: str
    sampling: str
    noise_multiplier: float | None = None
    clip: float | None = None
    sample_rate: float | None = None
    steps: int | None = None
    secure_noise: bool = False
    mean_age: MeanAge | None = None
    not_covered: tuple[str, ...] = ()
    spent: tuple[tuple[float, float, int], ...] = ()
    clip_check: ClipCheck | None = None
    learners: tuple[PrivateTraining, ...] = ()
    by_epoch: tuple[Spent, ...] = ()
    name: str = ""
    weights: str = ""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What is claimed of the model, and by whom."""

    by: Literal["training", "owner"]
    epsilon: float
    delta: float


@dataclass(frozen=True, kw_only=True)
class LowerBound:
    """What epsilon is at least, by one way of measuring it from one source of scores."""

    estimator: str
    title: str
    source: str
    source_title: str = ""
    value: float | None = None
    delta: float
    confidence: float
    n_members: int
    n_nonmembers: int
    tried: int
    assumption: str
    paper: str
    decides: bool = True

    def exceeds(self, claim: Claim) -> bool:
        """Whether it contradicts a claim. What holds at the claim's delta holds at any larger one, not at a smaller."""
        return self.value is not None and self.value > claim.epsilon and self.delta >= claim.delta


@dataclass(frozen=True, kw_only=True)
class Canaries:
    """People whose ages were shifted by so many years, of whom some, drawn by lot, were trained on."""

    people: Count
    included: Count
    shift: float
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the measured bounds say of the claim."""

    status: Verdict
    text: str
    why: str = ""
    claimed: float | None = None
    delta: float | None = None
    confidence: float | None = None
    value: float | None = None
    estimator: str | None = None


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """All that an audit knows of formal guarantees."""

    training: PrivateTraining | None = None
    claim: Claim | None = None
    bounds: tuple[LowerBound, ...] = ()
    canaries: Canaries | None = None
    verdict: Judgement

    @property
    def contradicted(self) -> bool:
        """Whether the claim was contradicted."""
        return self.verdict.status == "contradicted"

    @property
    def noise(self) -> bool:
        """Whether the training here was under noise, so that a formal guarantee exists at all."""
        return self.training is not None and self.training.epsilon is not None

    @property
    def repeatable(self) -> bool:
        """Whether the noise of the training came from the audit's seed, which the report prints."""
        return self.noise and self.training is not None and not self.training.secure_noise

    @property
    def unclipped(self) -> bool:
        """Whether somebody's share was larger than any may be."""
        check = self.training.clip_check if self.training else None
        return check is not None and not check.holds

    @property
    def deciding(self) -> tuple[LowerBound, ...]:
        """The bounds that may contradict the claim."""
        return tuple(bound for bound in self.bounds if bound.decides)

    @property
    def highest(self) -> LowerBound | None:
        """The greatest of the measured bounds that decide."""
        able = (bound for bound in self.deciding if bound.value is not None)
        return max(able, key=lambda bound: bound.value or 0.0, default=None)

    @property
    def from_groups(self) -> bool:
        """Whether a bound compares members with other people, who may differ by themselves."""
        return any(bound.source != _CANARIES for bound in self.bounds)

    def contradiction(self) -> str:
        """Return how the verdict says other than what stands beside it; nothing where it does not."""
        status, claim = self.verdict.status, self.claim
        if status != "not assessed" and claim is None:
            return f"a claim is {status}, but there is no claim"
        if claim is None:
            return ""
        if claim.by == "training" and not self.noise:
            return f"training claims epsilon {claim.epsilon:g}, but no epsilon of it is known"
        above = next((bound for bound in self.deciding if bound.exceeds(claim)), None)
        if status == "not contradicted" and above:
            return f"epsilon {claim.epsilon:g} is not contradicted, but {above.estimator} is at least {above.value:g}"
        if status == "not contradicted" and self.highest is None:
            return f"epsilon {claim.epsilon:g} is not contradicted, but no bound was measured"
        if status == "contradicted" and not above and not self.unclipped:
            return f"epsilon {claim.epsilon:g} is contradicted, but no bound exceeds it"
        return ""
