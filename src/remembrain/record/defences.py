"""What stands in ``defences.json``, as the page of a comparison of defences reads it: checked once, on the way in.

A number that is not known is ``None`` here, and the page says *not assessed* of it. Knows no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from remembrain.record.naming import data_word, with_titles
from remembrain.record.numbers import Count, Number
from remembrain.record.settings import FRONTS, Setting, beaten
from remembrain.record.target import PublishedSlope


@dataclass(frozen=True, kw_only=True)
class Audit:
    """How the comparison came about."""

    command: str
    created: str
    version: str
    seeds: tuple[int, ...]
    confidence: float
    repeats: int
    versions: Mapping[str, str] = field(default_factory=dict)


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
class Line:
    """Accuracy of one attack = intercept + slope * gap, by least squares over ``n`` settings."""

    attack: str
    slope: Number
    intercept: float
    r: float
    n: int
    unit: str = "share a year"


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
        for front in FRONTS:
            if name := beaten(self.settings, front):
                return f"{name} is said to be beaten by no setting, but another one of which that is said beats it"
        return ""
