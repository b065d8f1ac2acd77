"""What stands in ``defences.json``, as the page of a comparison of defences reads it: checked once, on the way in.

A number that is not known is ``None`` here, and the page says *not assessed* of it. Knows no file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeAlias

from remembrain.record.attacks import Status
from remembrain.record.naming import data_word, with_titles
from remembrain.record.numbers import UNKNOWN, Count, Number

ActsOn: TypeAlias = Literal["weights", "predictions"]


@dataclass(frozen=True, kw_only=True)
class Audit:
    """How the comparison came about."""

    command: str
    created: str
    version: str
    seeds: tuple[int, ...]
    confidence: float
    repeats: int
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Target:
    """The network that every setting trains."""

    name: str
    form: str = ""
    label: str
    unit: str
    federated: bool = False


@dataclass(frozen=True, kw_only=True)
class People:
    """Who was trained on, who was not, and how many of them are tested."""

    members: int
    nonmembers: int
    tested_members: Count
    tested_nonmembers: Count
    source: str


@dataclass(frozen=True, kw_only=True)
class KnownAttack:
    """An attack, and what it needs."""

    name: str
    title: str
    access: str
    knows: str


@dataclass(frozen=True, kw_only=True)
class Headline(KnownAttack):
    """The attack that is told of every setting that changes weights, and why that one."""

    why: str = ""


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


@dataclass(frozen=True, kw_only=True)
class Line:
    """Accuracy of one attack over the gap, over settings."""

    attack: str
    slope: Number
    intercept: float
    r: float
    n: int


@dataclass(frozen=True, kw_only=True)
class PublishedSlope:
    """A slope of the source, a share a year."""

    network: str
    slope: float


@dataclass(frozen=True, kw_only=True)
class PublishedPoint:
    """A model of the source: years, a share, years."""

    mae: float
    accuracy: float
    gap: float


@dataclass(frozen=True, kw_only=True)
class Published:
    """What the source found on other data."""

    slopes: tuple[PublishedSlope, ...] = ()
    network: str = ""
    points: tuple[PublishedPoint, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What trying many settings costs."""

    settings: int
    trainings: int
    private: int = 0
    epsilon: float | None = None
    text: str


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence at the head of the page."""

    question: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A setting that could not be trained or audited."""

    setting: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Defences:
    """All of one ``defences.json``."""

    audit: Audit
    target: Target
    people: People
    headline: Headline
    attacks: tuple[KnownAttack, ...] = ()
    mean_predictor: float | None = None
    settings: tuple[Setting, ...]
    line: Line | None = None
    published: Published | None = None
    cost_of_trying: Cost
    head: tuple[Sentence, ...] = ()
    failed: tuple[Failed, ...] = ()
    kind: Literal["defences"]
    schema: Literal[2]

    def attack(self, name: str) -> KnownAttack | None:
        """Return what an attack needs."""
        return next((attack for attack in (*self.attacks, self.headline) if attack.name == name), None)

    def title_of(self, name: str) -> str:
        """Return the title of an attack, or its name where it is not among those of this comparison."""
        attack = self.attack(name)
        return attack.title if attack else name

    def in_words(self, text: str) -> str:
        """Return a text with every attack called by its title."""
        return with_titles(text, {attack.name: attack.title for attack in (*self.attacks, self.headline)})

    @property
    def every_attack(self) -> tuple[KnownAttack, ...]:
        """Every attack once, the one that is told of most settings first."""
        others = (attack for attack in self.attacks if attack.name != self.headline.name)
        return (self.headline, *others)

    def judged_by(self, name: str) -> list[int]:
        """Return the numbers of the settings of which this attack is told."""
        return [number for number, setting in enumerate(self.settings, start=1) if setting.headline == name]

    @property
    def private(self) -> bool:
        """Whether anything is said of differential privacy."""
        return bool(self.spenders)

    @property
    def data_word(self) -> str:
        """What a person's data are called."""
        return data_word(self.people.source)

    @property
    def spenders(self) -> tuple[Setting, ...]:
        """The settings under differential privacy, by what they spend."""
        able = [setting for setting in self.settings if setting.epsilon and setting.epsilon.value is not None]
        return tuple(sorted(able, key=lambda setting: setting.epsilon.value or 0.0 if setting.epsilon else 0.0))

    def contradiction(self) -> str:
        """Return how the comparison contradicts itself; nothing where it does not."""
        for setting in self.settings:
            needs = self.attack(setting.headline)
            if setting.protects == "predictions" and setting.achieved.assessed and needs and needs.access != "outputs":
                return (
                    f"{setting.name} acts on predictions alone, but its attack {setting.headline} needs {needs.access}"
                )
            if setting.finding.status == "not detected" and not setting.achieved.assessed:
                return f"{setting.name} is not detected, but {setting.headline} was not assessed"
        for front in ("pareto_auc", "pareto_tpr"):
            if beaten := _beaten(self, front):
                return f"{beaten} is said to be beaten by no setting, but another one of which that is said beats it"
        return ""


def leakage(setting: Setting, front: str) -> Number:
    """Return the number that goes with a front: an AUC, or the true-positive rate at 1 % false positives."""
    if front == "pareto_auc":
        return setting.achieved.auc if setting.achieved.assessed else Number(why=setting.achieved.why)
    return setting.achieved.rate("0.01")


def on_front(defences: Defences, front: str) -> list[tuple[float, float, Setting]]:
    """Return error and leakage of the settings on a front, the least error first."""
    able = [
        (setting.mae.ends()[0], leakage(setting, front).ends()[0], setting)
        for setting in defences.settings
        if getattr(setting, front) and setting.mae.known and leakage(setting, front).known
    ]
    return sorted(able, key=lambda point: point[:2])


def _beaten(defences: Defences, front: str) -> str:
    """Return the name of a setting on a front that another one on it beats."""
    for (error, leak, _), (later, lower, setting) in pairwise(on_front(defences, front)):
        if (later, lower) != (error, leak) and lower >= leak:
            return setting.name
    return ""
