"""What stands in ``evidence.json``, as the page reads it: checked once, on the way in.

A number that is not known is ``None`` here, and the page says *not assessed* of it. Knows no file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self, TypeAlias

import numpy as np
from jaxtyping import Float
from pydantic import Field, PrivateAttr

from remembrain.report.guarantee import Privacy
from remembrain.report.parts import (
    Beyond,
    Checkpoint,
    Count,
    Exposure,
    Feeding,
    Groups,
    Leakage,
    Number,
    Part,
    Posterior,
    References,
    Reliability,
    SelfTest,
)
from remembrain.report.words import data_word, with_titles
from remembrain.types import FindingStatus, Joined, Role

Status: TypeAlias = FindingStatus
Held: TypeAlias = Literal["holds", "failed", "not assessed"]
Numbers: TypeAlias = tuple[float | None, ...]

OVERALL = "overall"
_JOINT = ("auc", "tpr_at_fpr", "quoted_fpr")
"""What of an attack has intervals that hold for all attacks at once."""


class Accuracy(Number):
    """Balanced accuracy, and the standard deviation over repeats."""

    sd: float | None = None


class MeanError(Number):
    """Mean absolute error of one group of ``n`` people."""

    n: Count | None = None


class Roc(Part):
    """ROC curve, and the band that an attack without information keeps to."""

    fpr: Numbers
    tpr: Numbers
    band_low: Numbers
    band_high: Numbers


class OfSeveral(Part):
    """AUC and true-positive rates of an attack with intervals that hold for all attacks at once."""

    confidence: float
    auc: Number
    tpr_at_fpr: dict[str, Number]
    quoted_fpr: float | None = None


class OfScans(Part):
    """What an attack achieved by one scan of a person, where people have several."""

    auc: Number
    accuracy: Accuracy
    tpr_at_fpr: dict[str, Number]


class Attack(Part):
    """One attack: what it needs, and what it achieved. The blind baseline is the one with access to ``nothing``.

    Where people have several scans, figures are of people, ``joined`` says how a person's scans were put together, and
    ``per_scan`` what one scan alone gives. ``quoted_fpr`` is the false-positive rate at which a true-positive rate is
    quoted, wherever one is: the evidence says which one people are enough for.
    """

    name: str
    title: str
    access: str
    knows: str
    needs: tuple[str, ...]
    paper: str
    n_members: Count
    n_nonmembers: Count
    repeats: int
    accuracy: Accuracy
    auc: Number
    tpr_at_fpr: dict[str, Number]
    quoted_fpr: float | None = None
    p_holm: float | None = None
    difference_from_blind: Number | None = None
    difference_from_best_black_box: Beyond | None = None
    of_several: OfSeveral | None = None
    null_auc: Number | None = None
    status: Literal["assessed", "not assessed"]
    why: str = ""
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
        return self.model_copy(update={name: getattr(self.of_several, name) for name in _JOINT})

    def rate(self, fpr: float | None) -> Number:
        """Return the true-positive rate at a false-positive rate, where it is known."""
        return self.tpr_at_fpr.get(f"{fpr:g}", Number()) if fpr is not None else Number()


class Control(Part):
    """Whether a control holds, and why that is said."""

    status: Held
    why: str = ""


class BlindControl(Control):
    """The blind baseline, with its AUC."""

    auc: Number | None = None


class Controls(Part):
    """Both controls."""

    null: Control
    blind: BlindControl


class Finding(Part):
    """What can be said of one attack, or of all of them (``overall``, or no name)."""

    attack: str | None
    status: Status
    text: str
    why: str = ""
    people_needed: int | None = None


class Ages(Part):
    """Mean, standard deviation and quantiles of the label in one group."""

    mean: float | None = None
    sd: float | None = None
    p5: float | None = None
    p95: float | None = None


class Bands(Part):
    """Counts of people below, between and above edges; none where nothing of it may be told."""

    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


class Group(Part):
    """The people of one role, in rounded numbers; what is empty is not told."""

    role: Role
    people: int
    scans: int
    age: Ages
    sex: dict[str, int]
    site: dict[str, int]
    age_bands: Bands = Bands()


class People(Part):
    """Who was audited."""

    source: str
    n_people: int
    n_scans: int
    groups: tuple[Group, ...]

    def group(self, role: Role) -> Group | None:
        """Return the people of a role, where there are any."""
        return next((group for group in self.groups if group.role == role), None)


class Note(Part):
    """What was left out of the data, filled in or guessed, and how often; names nobody."""

    text: str
    count: Count


class Data(Part):
    """How the data were read."""

    notes: tuple[Note, ...] = ()


class Epoch(Part):
    """Errors and recognisability after one epoch."""

    epoch: int
    mae_members: float | None = None
    mae_nonmembers: float | None = None
    auc: Number = Number()


class MeanErrors(Part):
    """Mean absolute errors by group."""

    members: MeanError | None = None
    nonmembers: MeanError | None = None
    validation: MeanError | None = None
    mean_predictor: MeanError | None = None


class Target(Part):
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
    extra: str = ""
    notes: tuple[str, ...] = ()
    feeding: Feeding | None = None
    layers: dict[str, str] = Field(default_factory=dict)
    recipe: dict[str, Any] | None = None
    mae: MeanErrors
    gap: Number
    epochs: tuple[Epoch, ...] = ()
    leakage: Leakage | None = None
    checkpoints: tuple[Checkpoint, ...] = ()


class ShadowErrors(Part):
    """Mean absolute errors of a shadow model."""

    members: MeanError
    nonmembers: MeanError


class Shadow(Part):
    """The model from which attackers who know no member learn."""

    epochs: int
    mae: ShadowErrors


class Origin(Part):
    """The command that made something, and when."""

    command: str
    created: str


class Command(Origin):
    """A command by which attacks came into the evidence, and which they are."""

    version: str
    attacks: tuple[str, ...]


class Made(Part):
    """How the evidence of any audit came about."""

    command: str
    created: str
    version: str
    seed: int
    confidence: float
    alpha: float
    repeats: int
    versions: dict[str, str]
    hashes: dict[str, str | None]
    model: Origin | None = None
    commands: tuple[Command, ...] = ()


class Audit(Made):
    """How the evidence of a model came about, and how many people the attacker knew."""

    known_members: Count
    known_nonmembers: Count


class ErrorCurves(Part):
    """Densities of the errors of members and non-members over a grid."""

    grid: tuple[float, ...]
    members: Numbers
    nonmembers: Numbers


class Curves(Part):
    """What is drawn that belongs to no single attack."""

    errors: ErrorCurves | None = None


class PairCell(Number):
    """What an attack achieves of one learner's people when another learner (or the server) uses it."""

    attacker: int
    victim: int
    n: Count


class Successful(Part):
    """The pairs whose accuracy is above one half, and their mean: how the literature counted, for comparison alone."""

    n: int
    of: int
    accuracy: float | None = None


class PairsAttack(Attack):
    """An attack over all pairs of an attacker and a victim, and of each."""

    pairs: tuple[PairCell, ...]
    successful: Successful


class Threat(Part):
    """What one kind of insider learns, of everybody or of those who could be matched.

    ``main`` marks the people from which findings are concluded.
    """

    by: Literal["learner", "server"]
    people: Literal["matched", "unmatched"]
    main: bool
    n_pairs: int
    why: str = ""
    attacks: tuple[PairsAttack, ...] = ()
    controls: Controls | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def tried(self) -> tuple[PairsAttack, ...]:
        """The attacks on the models: all but the blind baseline."""
        return tuple(attack for attack in self.attacks if not attack.blind)

    def attack(self, name: str) -> PairsAttack | None:
        """Return an attack by name."""
        return next((attack for attack in self.attacks if attack.name == name), None)

    def finding(self, name: str) -> Finding | None:
        """Return what was found of an attack, or over all of them."""
        return next((finding for finding in self.findings if finding.attack == name), None)


class Learner(Part):
    """One learner: how many people it has, and their ages."""

    number: int
    name: str
    people: int
    scans: int
    age_mean: float | None = None
    age_sd: float | None = None
    p5: float | None = None
    p95: float | None = None


class RoundError(Part):
    """The community model's error on people whom no learner has."""

    round: int
    mae_unseen: float | None = None


class NamedNumber(Number):
    """A number of one attack."""

    name: str


class Looked(RoundError):
    """What a few attacks find in the community model of one round, mean over all pairs."""

    auc: tuple[NamedNumber, ...]


class Started(RoundError):
    """From which round on an attack stays above chance, and the last round before that was looked at."""

    attack: str
    stop_at: int | None = None
    mae_at_stop: float | None = None


class ErrorsBeside(Part):
    """Mean absolute errors of the community's model and of learners' own reference models, mean over learners."""

    target: float
    references: float


class OwnReferences(Part):
    """The reference models that learners trained on their own people."""

    models: int
    attackers: int
    core_minutes: float
    errors: dict[str, ErrorsBeside]


class Federation(Part):
    """A federated training, and what its insiders learn."""

    environment: str
    learners: tuple[Learner, ...]
    people_known_of_nobody: Count
    people_tested_of_nobody: Count
    rounds: tuple[RoundError, ...]
    last_rounds: tuple[int, ...]
    threats: tuple[Threat, ...]
    by_round: tuple[Looked, ...] = ()
    started: Started | None = None
    references: OwnReferences | None = None
    outsider: Finding

    def threat(self, by: str, people: str = "") -> Threat | None:
        """Return a threat that was assessed; the one findings are concluded from where no people are named."""
        able = (threat for threat in self.threats if threat.by == by and threat.attacks)
        return next((threat for threat in able if (threat.people == people if people else threat.main)), None)


class Judged(Part):
    """What every audit's ``evidence.json`` has, whatever was attacked: attacks, controls, findings, who is exposed."""

    subject: ClassVar[Literal["model", "tables"]] = "model"
    audit: Made
    attacks: tuple[Attack, ...]
    controls: Controls
    findings: tuple[Finding, ...]
    exposure: Exposure | None = None
    posterior: Posterior | None = None
    reliability: Reliability | None = None
    selftest: SelfTest | None = None
    not_tested: tuple[str, ...] = ()
    file_schema: Literal[2] = Field(alias="schema")

    @property
    def overall(self) -> Finding:
        """The finding of the whole audit."""
        return next(finding for finding in self.findings if finding.attack == OVERALL)

    @property
    def tried(self) -> tuple[Attack, ...]:
        """The attacks on what is audited: all but the blind baseline."""
        return tuple(attack for attack in self.attacks if not attack.blind)

    @property
    def baseline(self) -> Attack | None:
        """The blind baseline."""
        return next((attack for attack in self.attacks if attack.blind), None)

    def finding(self, attack: Attack) -> Finding | None:
        """Return what was found of an attack."""
        return next((finding for finding in self.findings if finding.attack == attack.name), None)

    @property
    def everything(self) -> tuple[Attack, ...]:
        """The attacks on what is audited, the baseline, and those that only insiders ran."""
        return self.attacks

    def title_of(self, name: str) -> str:
        """Return the title of an attack, or its name where it is not among those of this audit."""
        return next((attack.title for attack in self.everything if attack.name == name), name)

    def in_words(self, text: str) -> str:
        """Return a text with every attack called by its title."""
        return with_titles(text, {attack.name: attack.title for attack in self.everything})


class Evidence(Judged):
    """All of one ``evidence.json`` of a model."""

    audit: Audit
    target: Target
    people: People
    data: Data = Data()
    groups: Groups | None = None
    shadow: Shadow | None = None
    references: References | None = None
    federation: Federation | None = None
    privacy: Privacy | None = None
    curves: Curves = Curves()
    _mean_brain: Float[np.ndarray, "x y z"] | None = PrivateAttr(default=None)

    @property
    def mean_brain(self) -> Float[np.ndarray, "x y z"] | None:
        """The mean of all scans, where it lies beside the evidence."""
        return self._mean_brain

    def with_mean_brain(self, volume: Float[np.ndarray, "x y z"] | None) -> Self:
        """Return the same with the mean of all scans, which stands in a file of its own."""
        whole = self.model_copy()
        whole._mean_brain = volume
        return whole

    @property
    def data_word(self) -> str:
        """What a person's data are called."""
        return data_word(self.people.source)

    @property
    def private(self) -> bool:
        """Whether anything is said of differential privacy."""
        return self.privacy is not None

    @property
    def everything(self) -> tuple[Attack, ...]:
        """All attacks; one that only insiders ran stands for the insider who achieved most with it."""
        threats = self.federation.threats if self.federation else ()
        names = {attack.name for attack in self.attacks}
        of_insiders: dict[str, Attack] = {}
        for attack in (attack for threat in threats if threat.main for attack in threat.attacks):
            best = of_insiders.get(attack.name)
            if attack.name not in names and (best is None or _value(attack) > _value(best)):
                of_insiders[attack.name] = attack
        return (*self.attacks, *of_insiders.values())

    @property
    def outsider(self) -> Finding:
        """The finding of the released model alone, where there are insiders as well."""
        return self.federation.outsider if self.federation else self.overall


def _value(attack: Attack) -> float:
    """Return an attack's AUC, less than any where it was not assessed."""
    return attack.auc.ends()[0] if attack.assessed else -1.0


def array(numbers: Sequence[float | None]) -> Float[np.ndarray, "point"]:
    """Return numbers as an array, with NaN for those that are not known."""
    return np.array([math.nan if number is None else number for number in numbers], dtype=float)
