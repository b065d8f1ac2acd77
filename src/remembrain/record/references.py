"""Reference models: whether they are like the target, and what each further one adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remembrain.record.numbers import Count, Number


@dataclass(frozen=True, kw_only=True)
class PowerOf:
    """What one attack achieves: AUC, and the true-positive rate at 1 % false positives."""

    name: str
    auc: Number
    tpr: Number


@dataclass(frozen=True, kw_only=True)
class Power:
    """What attacks achieve with so many reference models."""

    models: int
    attacks: tuple[PowerOf, ...]


@dataclass(frozen=True, kw_only=True)
class Beside(PowerOf):
    """An attack without reference models beside the best one with them, on the same people.

    ``behind`` is what the AUC of that one is greater by, and ``seconds`` what learning and scoring took a repeat.
    """

    behind: Number
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class ErrorBeside:
    """The target's mean absolute error beside that of reference models on the same people."""

    target: Number
    references: float
    difference: float
    low: float | None = None
    high: float | None = None
    p_value: float | None = None


@dataclass(frozen=True, kw_only=True)
class References:
    """The reference models of an audit, whether they are like the target, and what each further one adds.

    Each was trained on a ``share`` of the people, drawn by lot; of none where somebody else trained them.
    """

    models: int
    share: float | None = None
    queries: tuple[str, ...]
    epochs: int | None = None
    people: Count
    core_minutes: float | None = None
    errors: Mapping[str, ErrorBeside]
    resembles: bool | None = None
    power: tuple[Power, ...] = ()
    best: str | None = None
    enough: int | None = None
    seconds: float | None = None
    beside: tuple[Beside, ...] = ()
