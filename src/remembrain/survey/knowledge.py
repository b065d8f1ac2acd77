"""What an adversary knows: which of a person's answers, how many of them wrongly, and which other people.

This module must not know any table, nor who took part.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain._text import few, shown
from remembrain.errors import DataError
from remembrain.record.table_settings import Adversary
from remembrain.run.streams import stream
from remembrain.survey.another_scan import Scan
from remembrain.survey.answers import MISSING, UNKNOWN, Answers

LARGEST_DEFAULT = 1000


def reference_size(adversary: Adversary, people: int) -> int:
    """Return how many people are the reference, where so many could be."""
    return adversary.reference_size or min(LARGEST_DEFAULT, people // 5)


def as_known(answers: Answers, adversary: Adversary, rng: np.random.Generator, scan: Scan | None = None) -> Answers:
    """Return people's answers as the adversary has them: some unknown (infinite, of numbers), some wrong.

    A wrong answer is one of the question's other levels, each as often as these people give it; a wrong number is
    somebody else's. Numbers are those of another ``scan``, where there is one.

    Raises
    ------
    DataError
        Where a known column is not among the questions.
    """
    names = [one.name for one in (*answers.categorical, *answers.numeric)]
    for column in adversary.known_columns:
        if column not in names:
            raise DataError(f"known_columns: no column {shown(column)!r}", expected=f"one of {few(names)}")
    code, value = answers.code.copy(), answers.value.copy()
    wrong = rng.random((len(answers), len(names))) < adversary.answer_error
    for place, question in enumerate(answers.categorical):
        code[:, place] = _mistaken(code[:, place], wrong[:, place], len(question.levels), rng)
    for place in range(value.shape[1]):
        given = np.flatnonzero(np.isfinite(value[:, place]))
        if len(given) > 1:
            swapped = np.flatnonzero(wrong[given, code.shape[1] + place])
            others = (swapped + rng.integers(1, len(given), size=len(swapped))) % len(given)
            value[given[swapped], place] = answers.value[given[others], place]
    value = value if scan is None else scan.of(value, rng)
    hidden = ~_known(names, len(answers), adversary, rng)
    code[hidden[:, : code.shape[1]]] = UNKNOWN
    value[hidden[:, code.shape[1] :]] = np.inf
    return replace(answers, code=code, value=value)


def draw_reference(
    pool: Answers, size: int, adversary: Adversary, rng: np.random.Generator
) -> Int[np.ndarray, "reference"]:
    """Return the places of the people who are the reference, in the order in which they were drawn.

    Under a tilt of t, people are drawn without replacement with weights exp(t z), z their standardised place along the
    column: of a Gaussian column the mean then shifts by t standard deviations (as long as few of the pool are drawn).
    """
    score = np.zeros(len(pool)) if not adversary.reference_tilt else _along(pool, adversary.tilt_column)
    keys = adversary.reference_tilt * score + rng.gumbel(size=len(pool))  # Gumbel's top k: Yellott 1977
    return np.argsort(-keys, kind="stable")[:size]


def estimated_n(
    published: Float[np.ndarray, "cell"],
    share: Float[np.ndarray, "cell"],
    variance: Float[np.ndarray, "cell"],
    r: float,
    blur: Float[np.ndarray, "cell"] | float = 0.0,
) -> float:
    """Return the size of the group as tables show it.

    1/n + 1/r, and the public blur, are how far they are from the population, squared, in units of one person's
    variance.
    """
    told = np.isfinite(published)
    if not told.any():
        return 1.0
    away = (published - share) ** 2 - blur
    spread = float(np.mean(away[told] / variance[told]))
    return float(1 / np.clip(spread - 1 / r, 1e-6, 1.0))


def _known(
    names: list[str], people: int, adversary: Adversary, rng: np.random.Generator
) -> Bool[np.ndarray, "person question"]:
    """Return which answers the adversary has."""
    if adversary.known_columns:
        return np.tile([name in adversary.known_columns for name in names], (people, 1))
    count = max(1, round(adversary.known * len(names)))
    order = np.argsort(rng.random((people, len(names))), axis=1)
    return np.asarray(np.argsort(order, axis=1) < count)


def _mistaken(
    code: Int[np.ndarray, "person"], wrong: Bool[np.ndarray, "person"], levels: int, rng: np.random.Generator
) -> Int[np.ndarray, "person"]:
    """Return one question's answers with those that are wrong exchanged for other levels."""
    found = code.copy()
    share = np.bincount(code[code >= 0], minlength=levels) + 1e-9
    for level in range(levels):
        mine = np.flatnonzero(wrong & (code == level))
        others = np.where(np.arange(levels) == level, 0.0, share)
        if len(mine) and levels > 1:
            found[mine] = rng.choice(levels, size=len(mine), p=others / others.sum())
    return found


def _along(pool: Answers, column: str | None) -> Float[np.ndarray, "person"]:
    """Return where each person stands along a column, or along the main way in which answers differ."""
    if column is None:
        found = _main_axis(pool)
    elif column in [one.name for one in pool.numeric]:
        found = pool.numbers(column)
    elif column in [one.name for one in pool.categorical]:
        code = pool.code[:, pool.place(column)].astype(float)
        found = np.where(code == MISSING, np.nan, code)
    else:
        raise DataError(f"tilt_column: no column {shown(column)!r}", expected="a question")
    centre, spread = np.nanmean(found), np.nanstd(found)
    return np.asarray(np.nan_to_num((found - centre) / (spread or 1.0)))


def _main_axis(pool: Answers) -> Float[np.ndarray, "person"]:
    """Return the first principal component of standardised one-hot answers, by power iteration from a fixed start."""
    if not pool.categorical:
        return np.asarray(np.nan_to_num(pool.value[:, 0]))
    levels = [len(one.levels) + 1 for one in pool.categorical]  # the last is no answer
    ends = np.cumsum([0, *levels])
    code = np.where(pool.code >= 0, pool.code, np.array(levels) - 1).T
    answered = np.ones(ends[-1], dtype=bool)
    answered[ends[1:] - 1] = False

    def by_level(weight: Float[np.ndarray, "person"] | None) -> Float[np.ndarray, "level"]:
        counted = [np.bincount(one, weight, size) for one, size in zip(code, levels, strict=True)]
        return np.where(answered, np.concatenate(counted), 0.0)

    share = by_level(None) / len(pool)
    spread = np.sqrt(share * (1 - share)) + 1e-9

    def along(axis: Float[np.ndarray, "level"]) -> Float[np.ndarray, "person"]:
        step = np.where(answered, axis / spread, 0.0)
        found = np.full(len(pool), -float(share @ step))
        for start, one in zip(ends, code, strict=False):
            found += step[start + one]
        return found

    axis = np.zeros(ends[-1])
    axis[answered] = stream(0, "start of an axis").normal(size=int(answered.sum()))  # ones would cancel of two levels
    for _ in range(50):
        person = along(axis)
        axis = (by_level(person) - share * person.sum()) / spread
        axis /= np.linalg.norm(axis)
    return along(axis)
