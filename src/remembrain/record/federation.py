"""A federated training, and what its insiders learn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from remembrain.record.attacks import Attack, Controls, Finding
from remembrain.record.numbers import Count, NamedNumber, Number


@dataclass(frozen=True, kw_only=True)
class PairCell(Number):
    """What an attack achieves of one learner's people when another learner (or the server) uses it."""

    attacker: int
    victim: int
    n: Count


@dataclass(frozen=True, kw_only=True)
class Successful:
    """The pairs whose accuracy is above one half, and their mean: how the literature counted, for comparison alone."""

    n: int
    of: int
    accuracy: float | None = None


@dataclass(frozen=True, kw_only=True)
class PairsAttack(Attack):
    """An attack over all pairs of an attacker and a victim, and of each."""

    pairs: tuple[PairCell, ...]
    successful: Successful


@dataclass(frozen=True, kw_only=True)
class Threat:
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


@dataclass(frozen=True, kw_only=True)
class Learner:
    """One learner: how many people it has, and their ages."""

    number: int
    name: str
    people: int
    scans: int
    age_mean: float | None = None
    age_sd: float | None = None
    p5: float | None = None
    p95: float | None = None


@dataclass(frozen=True, kw_only=True)
class RoundError:
    """The community model's error on people whom no learner has."""

    round: int
    mae_unseen: float | None = None


@dataclass(frozen=True, kw_only=True)
class Looked(RoundError):
    """What a few attacks find in the community model of one round, mean over all pairs."""

    auc: tuple[NamedNumber, ...]


@dataclass(frozen=True, kw_only=True)
class Started(RoundError):
    """From which round on an attack stays above chance, and the last round before that was looked at."""

    attack: str
    stop_at: int | None = None
    mae_at_stop: float | None = None


@dataclass(frozen=True, kw_only=True)
class ErrorsBeside:
    """Mean absolute errors of the community's model and of learners' own reference models, mean over learners."""

    target: float
    references: float


@dataclass(frozen=True, kw_only=True)
class OwnReferences:
    """The reference models that learners trained on their own people."""

    models: int
    attackers: int
    core_minutes: float
    errors: dict[str, ErrorsBeside]


@dataclass(frozen=True, kw_only=True)
class Federation:
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
