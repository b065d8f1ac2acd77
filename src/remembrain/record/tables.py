"""What stands in ``evidence.json`` of an audit of published tables. Knows no file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from remembrain.record.document import Judged
from remembrain.record.numbers import UNKNOWN, Count, Number
from remembrain.record.table_settings import Adversary, Blur, Protection


@dataclass(frozen=True, kw_only=True)
class PublishedTable:
    """One table, and how many of its cells are not told."""

    name: str
    kind: str
    cells: int
    suppressed: int


@dataclass(frozen=True, kw_only=True)
class MeasuredColumn(Number):
    """How a column of numbers correlates over ``n`` people with that of a second session."""

    name: str
    n: int


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Reliability as two sessions of so many people show it: of each column, and the median of these and their ends."""

    people: int
    median: Number
    columns: tuple[MeasuredColumn, ...]


@dataclass(frozen=True, kw_only=True)
class Tables:
    """What was published, of whom, and what the adversary knows.

    ``shrinkage`` is by how much the covariance of cells in the reference was drawn towards none, between 0 and 1.
    ``drawn_anew`` says whether who took part was drawn by lot in each repeat; ``blur`` is what is public of tables that
    were given, ``reading`` how these were read, a line each, ``measured`` what a second session shows of reliability.
    """

    name: str
    people: int
    group: int
    audited_group: int
    given: bool
    drawn_anew: bool = False
    tables: tuple[PublishedTable, ...]
    cells: int
    suppressed: int
    weights: str | None = None
    effective: float
    protection: Protection
    blur: Blur | None = None
    reading: tuple[str, ...] = ()
    adversary: Adversary
    measured: Measured | None = None
    reference: int
    reference_file: bool
    n_taken: float
    shrinkage: float | None = None
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
    """What one setting comes to: by attack the AUC, and the share recognised while 1 % of others are wrongly named.

    ``ahead`` is the AUC of the correlation-aware attack less that of the inner product; ``closed_form`` is what theory
    says of the inner product, and ``whitened`` of the correlation-aware attack; ``loss`` is by how much shares that are
    told are off, ``changed`` the part of cells that are not told as they are. Nothing is known of a setting that could
    not be tried, nor a rate where too few people tell it.
    """

    auc: Mapping[str, Number] = field(default_factory=dict)
    rate: Mapping[str, Number] = field(default_factory=dict)
    ahead: Number = UNKNOWN
    closed_form: float | None = None
    whitened: float | None = None
    n: float | None = None
    n_members: int | None = None
    n_nonmembers: int | None = None
    loss: float | None = None
    suppressed: float | None = None
    changed: float | None = None
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
    """One level of protection: what it leaves to the strongest attack, and what it costs.

    ``rate`` is the share of those who took part that is recognised while 1 % of others are wrongly named, and
    ``recognised`` how many people that is.
    """

    value: float
    attack: str
    auc: Number
    rate: Number = UNKNOWN
    recognised: float | None = None
    loss: float | None = None
    suppressed: float | None = None
    n: float | None = None
    n_members: int | None = None
    n_nonmembers: int | None = None


@dataclass(frozen=True, kw_only=True)
class AdviceRow:
    """One kind of protection: levels tried, those that change no cell, the weakest that holds, and the strongest."""

    name: str
    title: str
    tried: tuple[float, ...]
    idle: tuple[float, ...] = ()
    enough: Level | None = None
    strongest: Level | None = None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What may be left to an attack: its AUC, the share that it recognises, and how many people more than by luck."""

    auc_below: float
    rate_below: float = 1.0
    people_below: int | None = None

    def rate_of(self, n: float, fpr: float) -> float:
        """Return the limit of the share recognised at a false-positive rate, of n people who took part."""
        if self.people_below is None or not n:
            return self.rate_below
        return min(self.rate_below, fpr + self.people_below / n)


Need: TypeAlias = Literal["no", "open", "yes"]


@dataclass(frozen=True, kw_only=True)
class Advice(Limits):
    """Whether protection is needed to stay below limits, what is left without more, and which protection is enough."""

    needed: Need = "yes"
    published: Level | None = None
    rows: tuple[AdviceRow, ...]


@dataclass(frozen=True, kw_only=True)
class Certain:
    """Of how many people tested in one look exact arithmetic leaves no doubt, or why nothing can be certain.

    ``on`` says whether that is arithmetic on counts, on means with their standard deviations, or both. ``proven`` took
    part in every data set that makes the tables, ``excluded`` in none. Where any of these claims is not true, nothing
    is claimed.
    """

    tested_members: int = 0
    tested_others: int = 0
    proven: Count = 0
    excluded: Count = 0
    on: tuple[Literal["counts", "means"], ...] = ("counts",)
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class SurveyEvidence(Judged):
    """All of one ``evidence.json`` of published tables."""

    subject: ClassVar[Literal["model", "tables"]] = "tables"
    kind: Literal["survey"]
    target: Tables
    contributions: Contributions | None = None
    certain: Certain | None = None
    sweeps: tuple[Swept, ...] = ()
    realism: tuple[Step, ...] = ()
    worlds: int = 0
    advice: Advice | None = None

    @property
    def private(self) -> bool:
        """Whether anything is said of differential privacy."""
        return self.target.protection.noise_epsilon is not None
