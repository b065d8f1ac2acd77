"""Answers of people as codes and numbers, how much each person counts, and who stands twice among them.

This module must not know what is published of the answers, nor how they are read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain.errors import DataError
from remembrain.survey.columns import Question
from remembrain.types import Texts

MISSING, UNKNOWN = -1, -2
"""Codes of no answer, and of an answer that an adversary does not know."""

_CHANCE = 1e-6
"""Rows are the same person where chance would make so few equal ones in the whole file, answers being independent."""


@dataclass(frozen=True, eq=False)
class Answers:
    """Who answered what; row i is person i everywhere.

    ``code`` has the place of the answer among the levels of each categorical question, ``value`` the numbers (NaN
    where there is no answer); ``weight`` has mean 1.
    """

    participant_id: Texts
    categorical: tuple[Question, ...]
    code: Int[np.ndarray, "person question"]
    numeric: tuple[Question, ...]
    value: Float[np.ndarray, "person number"]
    weight: Float[np.ndarray, "person"]

    def __len__(self) -> int:
        return len(self.participant_id)

    def take(self, index: Int[np.ndarray, "chosen"] | Bool[np.ndarray, "person"]) -> Answers:
        """Return these people, in this order."""
        return replace(
            self,
            participant_id=self.participant_id[index],
            code=self.code[index],
            value=self.value[index],
            weight=self.weight[index],
        )

    def joined(self, others: Answers) -> Answers:
        """Return these people and then others, of whom the same was asked."""
        return replace(
            self,
            participant_id=np.concatenate([self.participant_id, others.participant_id]),
            code=np.vstack([self.code, others.code]),
            value=np.vstack([self.value, others.value]),
            weight=np.concatenate([self.weight, others.weight]),
        )

    def without(self, name: str) -> Answers:
        """Return the answers to all categorical questions but one, which need not be there."""
        kept = [question.name != name for question in self.categorical]
        categorical = tuple(question for question in self.categorical if question.name != name)
        return replace(self, categorical=categorical, code=self.code[:, kept])

    def place(self, name: str) -> int:
        """Return which categorical question has this name."""
        return [question.name for question in self.categorical].index(name)

    def numbers(self, name: str) -> Float[np.ndarray, "person"]:
        """Return the numbers of the numeric question of this name."""
        return np.asarray(self.value[:, [question.name for question in self.numeric].index(name)])

    @property
    def effective(self) -> float:
        """Return how many people they are worth: (sum of weights)^2 / sum of squared weights (Kish 1965)."""
        return float(self.weight.sum() ** 2 / np.square(self.weight).sum())


def together(answers: Answers, others: Answers, where: Path) -> None:
    """Raise where somebody stands in both files, by name or by all of their answers.

    Raises
    ------
    DataError
        Naming the person.
    """
    if len(both := np.intersect1d(answers.participant_id, others.participant_id)):
        raise DataError(
            f"{both[0]} stands here and among those whose answers are published ({len(both)} people in all)",
            where=where,
            expected="other people: whoever is known to be in the tables is no reference",
        )
    if same := same_answers(answers.joined(others), len(answers)):
        raise DataError(
            f"the same answers as in the other file: {same[0]} ({len(same)} in all)",
            where=where,
            expected="other people",
        )


def same_answers(answers: Answers, first: int = 0) -> list[str]:
    """Return pairs of names under which the same answers stand, where chance cannot be the reason.

    The chance that two people agree is the product over questions of that of one question, as if they were
    independent. Who skips one question often skips a whole part, so that no answer is as if everybody gave none. Rows
    of few or of common answers may well be equal, and are left alone. Where ``first`` is said, only pairs of one of so
    many first people and one of the others count.
    """
    columns = np.hstack([answers.code.astype(float), np.nan_to_num(answers.value, nan=-1e300)])
    if not columns.shape[1]:
        return []
    unanswered = np.hstack([answers.code == MISSING, np.isnan(answers.value)])
    log_chance = np.zeros(len(answers))
    for column, none in zip(columns.T, unanswered.T, strict=True):
        _, place, times = np.unique(column, return_inverse=True, return_counts=True)
        log_chance += np.where(none, 0.0, np.log(times[place] / len(answers)))
    order = np.lexsort(columns.T)
    equal = np.all(columns[order[1:]] == columns[order[:-1]], axis=1)
    rare = log_chance[order[1:]] + 2 * np.log(len(answers)) < np.log(_CHANCE)
    apart = (order[1:] >= first) & (order[:-1] < first) if first else np.ones(len(equal), dtype=bool)
    pairs = np.flatnonzero(equal & rare & apart)
    return [f"{answers.participant_id[order[p]]} and {answers.participant_id[order[p + 1]]}" for p in pairs]
