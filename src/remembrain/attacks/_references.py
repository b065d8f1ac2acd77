"""What reference models say of each scan: errors of models that were trained with the person, and without.

Every attack with reference models starts here. Errors are signed, in the unit of the label; ``query`` is a way in which
the scan was shown (as it is, flipped, shifted, brighter). This module must not know a model, nor who anybody is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from remembrain.attacks._sides import Side
from remembrain.attacks._target_level import level_of_target
from remembrain.attacks.levels import between_models, powers
from remembrain.errors import DataError
from remembrain.types import Known, Signals

NEEDS = "references"


@dataclass(frozen=True, eq=False)
class Seen:
    """Errors of the target and of every reference model, and which of these were trained with the person.

    ``member`` is 1 of members whom the attacker knows, 0 of others whom it knows, and NaN of everybody else; ``asked``
    says about whom it is asked.
    """

    target: Float[np.ndarray, "scan query"]
    error: Float[np.ndarray, "scan model query"]
    inside: Bool[np.ndarray, "scan model"]
    label: Float[np.ndarray, "scan"]
    member: Float[np.ndarray, "scan"]
    asked: Bool[np.ndarray, "scan"]

    @classmethod
    def of(cls, known: Known, asked: Signals | None = None, *, told: bool = True) -> Seen:
        """Return what the signals ``references/...`` hold of known people and then of those asked about.

        Every model, and the target, is brought to the level of all: freed of the polynomial in the label by which it
        errs otherwise than their mean does (:mod:`~remembrain.attacks.levels`).

        Parameters
        ----------
        known, asked
            People whose membership is known, and people who are asked about, if any.
        told
            Whether it may be seen who of the known is a member. An attack that is to rank people without having learned
            from anybody's membership may not, and finds the level of the target without.

        Raises
        ------
        DataError
            Where somebody is in all of the models: none says what they say without the person.
        """
        parts = [cls._read(known.signals, known.member if told else None, asked=False)]
        if asked is not None:
            parts.append(cls._read(asked, None, asked=True))
        target, error, inside, label, member, about = (
            np.concatenate([getattr(one, name) for one in parts]) for name in cls.__dataclass_fields__
        )
        error = error - between_models(error, powers(label))
        sides = Side.of(error, ~inside), Side.of(error, inside)
        level = level_of_target(target, sides, label, member)
        middle = level / (error.shape[1] + 1)  # of all models, the target being one
        return cls(target - level + middle, error + middle[:, None], inside, label, member, about)

    @classmethod
    def without_labels(cls, asked: Signals) -> Seen:
        """Return what an attacker has who lacks the labels: models are brought to one mean, the target as one of them.

        The mean over people of what membership does stays in it, which is small beside what it does to each.
        """
        seen = cls._read(asked, None, asked=True)
        together = np.concatenate([seen.target[:, None], seen.error], axis=1)
        together = together - between_models(together, np.ones((len(together), 1)))
        return replace(seen, target=together[:, 0], error=together[:, 1:])

    @classmethod
    def _read(cls, signals: Signals, member: Bool[np.ndarray, "scan"] | None, *, asked: bool) -> Seen:
        """Return what the signals hold."""
        error, target, label = (
            np.asarray(signals[name], dtype=float) for name in ("references/error", "references/target", "label")
        )
        inside = np.asarray(signals["references/inside"], dtype=bool)
        if inside.all(axis=1).any():
            raise DataError("somebody is in all of the reference models", expected="each in half of them")
        of_whom = np.full(len(label), np.nan) if member is None else member.astype(float)
        return cls(target, error, inside, label, of_whom, np.full(len(label), asked))

    def over_queries(self) -> Seen:
        """Return the mean error over queries, which are far from independent, in place of each."""
        target, error = self.target.mean(axis=1, keepdims=True), self.error.mean(axis=2, keepdims=True)
        return replace(self, target=target, error=error)

    def take(self, these: Bool[np.ndarray, "scan"]) -> Seen:
        """Return some of the scans."""
        return Seen(*(getattr(self, name)[these] for name in self.__dataclass_fields__))

    def side(self, *, inside: bool) -> Side:
        """Return the errors of the models with the person, or of those without.

        Raises
        ------
        DataError
            Where somebody is in none of the models, and those with the person are asked for.
        """
        if inside and not self.inside.any(axis=1).all():
            raise DataError("somebody is in none of the reference models", expected="each in half of them")
        return Side.of(self.error, self.inside == inside)


def over_queries(ratio: Float[np.ndarray, "scan query"]) -> Float[np.ndarray, "scan"]:
    """Return one score a scan from the log-ratio of each query: their mean, as they are far from independent."""
    return np.asarray(ratio.mean(axis=1))
