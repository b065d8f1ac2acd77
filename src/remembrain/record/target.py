"""The model under audit: how well it predicts, how training went, how it was fed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from remembrain.record.numbers import UNKNOWN, Count, MeanError, Number, Numbers

FeedingStatus: TypeAlias = Literal["refuted", "doubtful", "not proven", "proven"]


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Our predictions beside those of the model's owner, of the same scans."""

    people: Count
    scans: Count
    tolerance: float
    most: float | None = None
    median: float
    largest: float
    differing: str


@dataclass(frozen=True, kw_only=True)
class Feeding:
    """Whether a model that was trained elsewhere is fed what it was trained on."""

    status: FeedingStatus
    why: str
    hints: tuple[str, ...] = ()
    owner: Compared | None = None


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """Errors and recognisability after one epoch."""

    epoch: int
    mae_members: float | None = None
    mae_nonmembers: float | None = None
    auc: Number = UNKNOWN


@dataclass(frozen=True, kw_only=True)
class MeanErrors:
    """Mean absolute errors by group."""

    members: MeanError | None = None
    nonmembers: MeanError | None = None
    validation: MeanError | None = None
    population: MeanError | None = None
    mean_predictor: MeanError | None = None


@dataclass(frozen=True, kw_only=True)
class LeakagePoint:
    """Gap and accuracy of one epoch."""

    epoch: int
    gap: float
    accuracy: Number


@dataclass(frozen=True, kw_only=True)
class PublishedSlope:
    """A slope of the source."""

    network: str
    slope: float


@dataclass(frozen=True, kw_only=True)
class Leakage:
    """The line of accuracy over gap."""

    measure: str
    points: tuple[LeakagePoint, ...]
    slope: Number
    intercept: float
    r: float
    unit: str
    published: tuple[PublishedSlope, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CheckpointAttack:
    """An attack on the weights of an earlier epoch."""

    name: str
    title: str
    access: str
    auc: Number
    accuracy: Number


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """An earlier epoch whose weights were kept."""

    epoch: int
    gap: Number
    attacks: tuple[CheckpointAttack, ...]


@dataclass(frozen=True, kw_only=True)
class Target:
    """The model under audit; ``answers_alone`` says that nothing but its answers was had of it."""

    name: str
    form: str = ""
    origin: str
    parameters: int
    input: str
    answers_alone: bool = False
    label: str
    unit: str
    preprocess: str
    age: str
    loss: str
    extra: str = ""
    notes: tuple[str, ...] = ()
    feeding: Feeding | None = None
    layers: Mapping[str, str] = field(default_factory=dict)
    recipe: Mapping[str, Any] | None = None
    mae: MeanErrors
    gap: Number
    epochs: tuple[Epoch, ...] = ()
    leakage: Leakage | None = None
    checkpoints: tuple[Checkpoint, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ShadowErrors:
    """Mean absolute errors of a shadow model."""

    members: MeanError
    nonmembers: MeanError


@dataclass(frozen=True, kw_only=True)
class Shadow:
    """The model from which attackers who know no member learn; of no epochs where it is one of the models like it,
    which was trained on a ``share`` of the people.
    """

    epochs: int | None = None
    share: float = 0.5
    mae: ShadowErrors


@dataclass(frozen=True, kw_only=True)
class ErrorCurves:
    """Densities of the errors of members and non-members over a grid."""

    grid: tuple[float, ...]
    members: Numbers
    nonmembers: Numbers


@dataclass(frozen=True, kw_only=True)
class Curves:
    """What is drawn that belongs to no single attack."""

    errors: ErrorCurves | None = None
