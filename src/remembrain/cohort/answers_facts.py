"""Which columns beside answers are facts of people, and which say again what a model answered or who was trained on.

The blind baseline sees facts, to show what membership could be guessed from without any model. A gap between prediction
and age is an answer in another form, whatever it is called. Knows no file and no model.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float
from scipy.stats import rankdata

from remembrain._text import few
from remembrain.cohort.meant import mark_in
from remembrain.cohort.numbers import number
from remembrain.cohort.predictions import kind_by_name
from remembrain.cohort.spellings import MEASURES
from remembrain.cohort.tsv import words_of
from remembrain.errors import DataError
from remembrain.types import Scans

FEWEST_ROWS = 20
COMPUTED = 0.98
"""Correlation, beyond the label, from which on a column is computed of answers and label."""

BULK = 0.2
"""Share of what is typical of a column beyond the label that may stay unexplained where it is computed."""

ITSELF, ALONG, TOGETHER = 0.5, 0.8, 0.3
"""Correlations: with an answer, with the label, and with an answer where the label is taken out."""

MOST_LEVELS = 100
_BOUNDS = ({"lower", "ci"}, {"upper", "ci"}, {"low", "ci"}, {"high", "ci"}, {"lwr"}, {"upr"}, {"conf", "int"})


def no_facts(
    features: pd.DataFrame, label: Float[np.ndarray, "scan"], answers: Mapping[str, Float[np.ndarray, "scan"]]
) -> dict[str, str]:
    """Return the columns that say again what models answered, or who was trained on, and what each seems to be.

    Parameters
    ----------
    features
        The columns that are no answers by their place, numbers as numbers.
    label
        What is predicted.
    answers
        What models answered, by column; NaN where they did not.
    """
    told = {}
    for name in map(str, features.columns):
        kind = kind_by_name(name, features[name]) or _bound_by_name(name)
        if not kind and pd.api.types.is_numeric_dtype(features[name]):
            values = features[name].to_numpy(dtype=float)
            measure = bool(MEASURES & {*words_of(name)})
            kinds = (_kind(values, label, answer, of, measure=measure) for of, answer in answers.items())
            kind = next((kind for kind in kinds if kind), "")
        if kind:
            told[name] = kind
    return told


def _bound_by_name(name: str) -> str:
    """Return whether a name is of a bound of predictions."""
    words = {*words_of(name)}
    return "a bound of predictions" if any(bound <= words for bound in _BOUNDS) else ""


def _kind(
    values: Float[np.ndarray, "scan"],
    label: Float[np.ndarray, "scan"],
    answer: Float[np.ndarray, "scan"],
    of: str,
    *,
    measure: bool,
) -> str:
    """Return what a column of numbers is beside what a model answered; nothing where it may be a fact."""
    there = np.isfinite(values) & np.isfinite(label) & np.isfinite(answer)
    if there.sum() < FEWEST_ROWS:
        return ""
    values, label, answer = values[there], label[there], answer[there]
    if min(np.ptp(values), np.ptp(label), np.ptp(answer), np.ptp(answer - label)) == 0:
        return ""
    if _is_computed(values, label, answer):
        return f"computed of {of} and the label"
    together = abs(_along(*(_beyond(one, _of_label(label)) for one in (values, answer))))
    if measure or together < max(TOGETHER, 3 / np.sqrt(len(label))):
        return ""
    if abs(_along(values, answer)) > max(abs(_along(label, answer)), ITSELF):
        return f"goes with {of} more than the label does"
    return "predictions of another model" if abs(_along(values, label)) > ALONG else ""


def _is_computed(
    values: Float[np.ndarray, "scan"], label: Float[np.ndarray, "scan"], answer: Float[np.ndarray, "scan"]
) -> bool:
    """Tell whether a column is a difference of answer and label, its square or its size, corrected or not.

    These are, or their squares are, polynomials of second degree in both. Terms of the label alone do not count.
    """
    error = answer - label
    error = (error - error.mean()) / error.std()
    own = _of_label(label)
    both = np.column_stack([own, error, error**2, error * own[:, 1]])
    sizes = rankdata(np.abs(answer - label))
    for said, by in ((values, both), (values**2, both), (rankdata(values), np.column_stack([own, sizes]))):
        before, after = _beyond(said, own), _beyond(said, by)
        if before.std() <= 1e-6 * said.std():  # the label in another form
            return False
        explained = after.var() < (1 - COMPUTED**2) * before.var()
        if explained and np.median(np.abs(after)) < BULK * np.median(np.abs(before)):
            return True
    return False


def _of_label(label: Float[np.ndarray, "scan"]) -> Float[np.ndarray, "scan term"]:
    """Return what is taken out for the label: a constant, itself, its square."""
    standard = (label - label.mean()) / label.std()
    return np.column_stack([np.ones(len(label)), standard, standard**2])


def _beyond(values: Float[np.ndarray, "scan"], terms: Float[np.ndarray, "scan term"]) -> Float[np.ndarray, "scan"]:
    """Return what is left of values where these terms are taken out."""
    return np.asarray(values - terms @ np.linalg.lstsq(terms, values, rcond=None)[0])


def _along(one: Float[np.ndarray, "scan"], other: Float[np.ndarray, "scan"]) -> float:
    """Return how two columns go with each other, by ranks: a scan that failed in both decides nothing."""
    ranks = rankdata(one), rankdata(other)
    return 0.0 if min(map(np.ptp, ranks)) == 0 else float(np.corrcoef(*ranks)[0, 1])


def refuse_membership(
    features: pd.DataFrame, scans: Scans, member: Bool[np.ndarray, "scan"], keep: Collection[str], where: str
) -> list[str]:
    """Return the columns that divide people as membership does and may be facts: cohorts, what one side lacks.

    Parameters
    ----------
    features
        Facts of the people tested.
    scans, member
        Who they are, and who of them was trained on.
    keep
        Columns that the user calls facts.
    where
        The file, for messages.

    Raises
    ------
    DataError
        Where one does so by marks or numbers of groups: it may be membership under another name.
    """
    marks, others = [], []
    known = [scans.sex, scans.site]
    for name in map(str, features.columns):
        column = features[name].astype(object)
        present = column.notna().to_numpy()
        levels = np.where(present, column.astype(str), "").astype(str)
        if name in keep or any(_divides(fact, member) for fact in known):
            continue
        said, one_sided = {*levels[present].tolist()}, _divides(present.astype(str), member)
        if _divides(levels, member) and (len(said) == 1 or (not one_sided and all(map(_is_mark, said)))):
            marks.append(name)
        elif one_sided or _divides(levels, member):
            others.append(name)
    if marks:
        names = " ".join(map(shlex.quote, marks))
        raise DataError(
            f"{few(marks)} divide{'s' * (len(marks) == 1)} people exactly as who was trained on does",
            where=where,
            expected="facts of people, which are known without the model",
            try_next=f"--drop {names}, where they say who was trained on; --keep NAME for a fact",
        )
    return others


def _is_mark(level: str) -> bool:
    """Tell whether a level is yes, no or a number."""
    return isinstance(mark_in(level), bool) or number(level) is not None


def _divides(levels: np.ndarray, member: Bool[np.ndarray, "scan"]) -> bool:
    """Tell whether every level of a column is of members alone or of others alone."""
    ours, others = {*levels[member].tolist()}, {*levels[~member].tolist()}
    return not ours & others and len(ours | others) <= min(MOST_LEVELS, len(levels) // 5)
