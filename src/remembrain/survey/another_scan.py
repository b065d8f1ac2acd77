"""Another measurement of people than the one that is published: how reliable it is, and what it says of each.

Of a measurement x' that has the spread of the published one, x, and a correlation of rho with it over people, rho times
its distance from the mean is what can be expected of x. rho is stated, or measured of people in two sessions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from scipy import special

from remembrain._text import few, shown
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.record.numbers import Number
from remembrain.record.tables import Measured, MeasuredColumn
from remembrain.survey.answers import Answers

FEWEST = 10
"""People in two sessions, below whom nothing can be said of reliability."""


@dataclass(frozen=True, eq=False)
class Again:
    """Numbers of people as they were measured again, on the scale of the first time; NaN where they were not.

    ``reliability`` is the correlation over the ``people`` with both, by number; of numbers that nothing is published of
    nobody has both.
    """

    value: Float[np.ndarray, "person number"]
    reliability: Float[np.ndarray, "number"]
    people: Int[np.ndarray, "number"]


@dataclass(frozen=True, eq=False)
class Scan:
    """What an adversary measured of the people asked about: how reliably, and what truly (NaN where nobody did).

    Those from the place ``outside`` on took no part.
    """

    reliability: Float[np.ndarray, "number"]
    truly: Float[np.ndarray, "person number"] | None = None
    outside: int = 0

    def of(self, value: Float[np.ndarray, "person number"], rng: np.random.Generator) -> Float[np.ndarray, "..."]:
        """Return the numbers measured again of people whose published ones these are.

        Where nobody was, it is rho times the person's own distance from the mean and the root of 1 - rho^2 times that
        of somebody else, the same one for all numbers, so that they go with one another as those of one measurement do.
        That other took no part: of somebody in the tables they would tell, and hide what they tell of the person.
        """
        others, rho = value[self.outside :], self.reliability
        if (rho >= 1).all() or len(others) < 2:
            return value
        itself = np.arange(len(value)) - self.outside
        other = rng.integers(0, len(others), size=len(value))
        turned = (itself + rng.integers(1, len(others), size=len(value))) % len(others)
        other = np.where(itself >= 0, turned, other)
        middle = np.nanmean(others, axis=0)
        noise = np.where(np.isnan(others[other]), 0.0, others[other] - middle)
        again = middle + rho * (value - middle) + np.sqrt(1 - rho**2) * noise
        if self.truly is None:
            return np.asarray(again)
        return np.where(np.isfinite(self.truly) & np.isfinite(value), self.truly, again)


def measured_again(answers: Answers, second: Answers, where: Path) -> Again:
    """Return what a second session says of the first.

    Numbers of the second are brought to mean and spread of the first, over people with both: a scanner that measures
    all higher, or two years that pass, hide nobody.

    Parameters
    ----------
    answers, second
        Of the first session, and of another of some of the same people: the numbers that something is published of, and
        what does not change.
    where
        The file of the second.

    Raises
    ------
    DataError
        Where fewer than 10 people have both, or a number does not vary in one of the two.
    ProblemsError
        With everybody who has another sex in the second, or the very numbers of the first.
    """
    _, ours, theirs = np.intersect1d(answers.participant_id, second.participant_id, return_indices=True)
    if len(ours) < FEWEST:
        what = f"{len(ours)} of {len(answers)} people have a second session"
        raise DataError(what, where=where, expected=f"at least {FEWEST}, to measure reliability")
    names = [question.name for question in answers.numeric]
    columns = np.array([names.index(question.name) for question in second.numeric])
    first, again = answers.value[ours][:, columns], second.value[theirs]
    _insist_on_one_person(answers.take(ours), second.take(theirs), first, again, where)
    both = np.isfinite(first) & np.isfinite(again)
    x, y = np.where(both, first, np.nan), np.where(both, again, np.nan)
    _insist_on_variety([names[column] for column in columns], x, y, where)
    middle, spread = (np.array([some(part, axis=0) for part in (x, y)]) for some in (np.nanmean, np.nanstd))
    correlation = np.nanmean((x - middle[0]) * (y - middle[1]), axis=0) / spread.prod(axis=0)
    value, reliability, people = np.full_like(answers.value, np.nan), np.ones(len(names)), np.zeros(len(names), int)
    value[np.ix_(ours, columns)] = middle[0] + (again - middle[1]) * spread[0] / spread[1]
    reliability[columns], people[columns] = correlation, both.sum(axis=0)
    return Again(value, reliability, people)


def describe_again(answers: Answers, again: Again) -> Measured:
    """Return the reliability of each number with its 95 % interval (Fisher's z), and the median of all of these."""
    rows = []
    for place in np.flatnonzero(again.people):
        r, n = float(again.reliability[place]), int(again.people[place])
        z = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12)) + special.ndtri([0.025, 0.975]) / np.sqrt(n - 3)
        low, high = np.tanh(z).tolist()
        rows.append(MeasuredColumn(name=answers.numeric[place].name, n=n, value=r, low=low, high=high))
    value, low, high = np.median([row.ends() for row in rows], axis=0).tolist()
    people = int(np.isfinite(again.value).any(axis=1).sum())
    return Measured(people=people, median=Number(value=value, low=low, high=high), columns=tuple(rows))


def _insist_on_variety(
    names: Sequence[str], first: Float[np.ndarray, "person number"], again: Float[np.ndarray, "p n"], where: Path
) -> None:
    """Raise where too few have a number twice, or everybody has the same number in one of the sessions."""
    alike = [(np.isfinite(x).sum() < FEWEST) or np.nanmax(x) == np.nanmin(x) for part in (first, again) for x in part.T]
    lacking = [name for name, *one in zip(names, *np.reshape(alike, (2, -1)), strict=True) if any(one)]
    if lacking:
        raise DataError(
            f"reliability cannot be measured of {few([shown(name) for name in lacking])} ({len(lacking)} in all)",
            where=where,
            expected=f"numbers in both sessions of at least {FEWEST} people, who differ in each",
            try_next="publish the other columns alone, or state reliability as a number",
        )


def _insist_on_one_person(
    answers: Answers,
    second: Answers,
    first: Float[np.ndarray, "person number"],
    again: Float[np.ndarray, "person number"],
    where: Path,
) -> None:
    """Raise where somebody has another answer to what does not change, or has all of the same numbers twice."""
    names, problems = [shown(str(name)) for name in answers.participant_id], []
    for question in second.categorical:
        ours, theirs = answers.code[:, answers.place(question.name)], second.code[:, second.place(question.name)]
        other = np.flatnonzero((ours != theirs) & (ours >= 0) & (theirs >= 0))
        what = f"{shown(question.name)} is another in the second session"
        problems += [Problem(names[place], what) for place in other]
    twice = np.flatnonzero((np.isfinite(first) & (first == again)).all(axis=1))
    problems += [Problem(names[place], "has the same numbers in both sessions") for place in twice]
    if problems:
        raise ProblemsError(problems, where=where)
