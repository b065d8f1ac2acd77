"""What every ``evidence.json`` has, whatever was attacked: how it came about, attacks, controls, findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from remembrain.record.attacks import OVERALL, Attack, Controls, Finding, Posterior, Reliability
from remembrain.record.naming import with_titles
from remembrain.record.people import Exposure


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The command that made something, and when."""

    command: str
    created: str


@dataclass(frozen=True, kw_only=True)
class Command(Origin):
    """A command by which attacks came into the evidence: which they are, which of them it named, and its options."""

    version: str
    attacks: tuple[str, ...]
    named: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MadeBy(Origin):
    """By which commands evidence came about, and by which its model did.

    ``dropped`` says why attacks of earlier evidence are in it no more.
    """

    version: str
    versions: Mapping[str, str]
    model: Origin | None = None
    commands: tuple[Command, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Made(MadeBy):
    """How the evidence of any audit came about."""

    seed: int
    confidence: float
    alpha: float
    repeats: int
    hashes: Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True)
class SelfTestLine:
    """One figure of the self-test, and its bounds."""

    name: str
    value: float
    low: float
    high: float
    n: int
    least: float | None = None
    most: float | None = None
    passed: bool


@dataclass(frozen=True, kw_only=True)
class SelfTest:
    """The last self-test of this program on the machine of the audit."""

    created: str
    version: str
    seed: int = 0
    audits: int
    passed: bool
    same_version: bool = True
    lines: tuple[SelfTestLine, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Judged:
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
    schema: Literal[2]

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
