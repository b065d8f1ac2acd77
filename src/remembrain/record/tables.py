"""What stands in ``evidence.json`` of an audit of published tables. Knows no file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from remembrain.record.document import Judged
from remembrain.record.numbers import UNKNOWN, Number
from remembrain.record.table_settings import Adversary, Protection


@dataclass(frozen=True, kw_only=True)
class PublishedTable:
    """One table, and how many of its cells are not told."""

    name: str
    kind: str
    cells: int
    suppressed: int


@dataclass(frozen=True, kw_only=True)
class Tables:
    """What was published, of whom, and what the adversary knows."""

    name: str
    people: int
    group: int
    audited_group: int
    given: bool
    tables: tuple[PublishedTable, ...]
    cells: int
    suppressed: int
    weights: str | None = None
    effective: float
    protection: Protection
    adversary: Adversary
    reference: int
    reference_file: bool
    n_taken: float
    tested_members: int
    tested_others: int


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """One table alone, and what it adds to the others."""

    part: str
    alone: Number
    added: Number


@dataclass(frozen=True, kw_only=True)
class Contributions:
    """Every table, the greatest first, by one attack."""

    attack: str
    rows: tuple[Contribution, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What one setting comes to: AUC by attack with its own interval, and with one that holds for all points together.

    ``ahead`` is the AUC of the correlation-aware attack less that of the inner product; ``closed_form`` is what theory
    says of the inner product, and ``whitened`` of the correlation-aware attack; ``loss`` is by how much shares that are
    told are off. Nothing is known of a setting that could not be tried.
    """

    auc: Mapping[str, Number] = field(default_factory=dict)
    joint: Mapping[str, Number] = field(default_factory=dict)
    ahead: Number = UNKNOWN
    closed_form: float | None = None
    whitened: float | None = None
    n: float | None = None
    n_members: int | None = None
    n_nonmembers: int | None = None
    loss: float | None = None
    suppressed: float | None = None
    cells: float | None = None


@dataclass(frozen=True, kw_only=True)
class SweptPoint(Setting):
    """One value of a knob, and why it could not be tried, where it could not."""

    value: float
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Swept:
    """One knob."""

    name: str
    title: str
    unit: str
    protects: bool
    points: tuple[SweptPoint, ...]


@dataclass(frozen=True, kw_only=True)
class Step(Setting):
    """One step from full to realistic knowledge."""

    words: str


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level of protection: what it leaves, and what it costs."""

    value: float
    attack: str
    auc: Number
    loss: float | None = None
    suppressed: float | None = None
    n: float | None = None
    n_members: int | None = None
    n_nonmembers: int | None = None


@dataclass(frozen=True, kw_only=True)
class AdviceRow:
    """One kind of protection: the levels tried, the weakest that holds, none, and the strongest."""

    name: str
    title: str
    tried: tuple[float, ...]
    enough: Level | None = None
    strongest: Level | None = None


@dataclass(frozen=True, kw_only=True)
class Advice:
    """Which protection keeps the AUC below a limit."""

    auc_below: float
    rows: tuple[AdviceRow, ...]


@dataclass(frozen=True, kw_only=True)
class SurveyEvidence(Judged):
    """All of one ``evidence.json`` of published tables."""

    subject: ClassVar[Literal["model", "tables"]] = "tables"
    kind: Literal["survey"]
    target: Tables
    contributions: Contributions | None = None
    sweeps: tuple[Swept, ...] = ()
    realism: tuple[Step, ...] = ()
    worlds: int = 0
    advice: Advice | None = None

    @property
    def private(self) -> bool:
        """Whether anything is said of differential privacy."""
        return self.target.protection.noise_epsilon is not None
