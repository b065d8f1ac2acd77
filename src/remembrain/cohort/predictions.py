"""Columns that are no measures of anybody: predictions of a model, who was trained on, folds of a cross-validation.

A network trained on them would know the answers, and the audit would report on that. Told by their names and by what
stands in them; who brings them says what they are.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from remembrain.cohort.ages import is_age
from remembrain.cohort.spellings import (
    AGE,
    AGE_GROUPS,
    AGE_GROUPS_JOINED,
    BESIDE_MEMBERSHIP,
    FOLDS,
    MEMBERSHIP,
    PREDICTIONS,
    PREDICTIONS_ALONE,
    PREDICTIONS_TOGETHER,
    SETS,
)
from remembrain.cohort.tsv import words_of

MOST_SETS = 6
MOST_FOLDS = 100
FEWEST_ROWS = 20
FOLLOWS = 0.98
AGREES, ALONG = 0.5, 0.8


def no_measures(features: pd.DataFrame, label: Float[np.ndarray, "row"], named: str = "age") -> dict[str, str]:
    """Return the columns that say what no measure of a person can, each with what it seems to be.

    Parameters
    ----------
    features
        The columns, numbers as numbers.
    label
        What the model predicts, NaN where it is not known.
    named
        What that is called.
    """
    told = {}
    for name in features.columns:
        kind = kind_by_name(str(name), features[name]) or _by_values(features[name], label, named)
        if not kind and is_age(named) and _names_age_groups(str(name)):
            kind = f"{named} in groups"
        if kind:
            told[str(name)] = kind
    return told


def kind_by_name(name: str, column: pd.Series) -> str:
    """Return what a column of no measure seems to be by its name, and by whether it has so few values as that needs."""
    words = words_of(name)
    spoken = {*words, "".join(words)}
    levels = column.dropna().unique().tolist()
    if spoken & FOLDS and "change" not in spoken and len(levels) <= MOST_FOLDS:
        return "folds"
    set_by_name = MEMBERSHIP & spoken and ({*words} <= BESIDE_MEMBERSHIP or "".join(words) in MEMBERSHIP)
    if _names_sets(levels) or (set_by_name and len(levels) <= MOST_SETS):
        return "who was trained on"
    together = any(pair <= set(words) for pair in PREDICTIONS_TOGETHER)
    alone = len(words) == 1 and words[0] in PREDICTIONS_ALONE and pd.api.types.is_numeric_dtype(column)
    return "predictions" if spoken & PREDICTIONS or together or alone else ""


def _names_sets(levels: Sequence[object]) -> bool:
    """Tell whether the levels of a column are a training set and others."""
    words = {str(level).strip().lower() for level in levels}
    return 2 <= len(words) <= MOST_SETS and words <= SETS


def _by_values(column: pd.Series, label: Float[np.ndarray, "row"], named: str) -> str:
    """Return whether a column follows the label as no measure does, or is near it in its own unit."""
    if not pd.api.types.is_numeric_dtype(column):
        return f"{named} in groups" if _explained(column, label) > FOLLOWS**2 else ""
    values = column.to_numpy(dtype=float)
    both = np.isfinite(values) & np.isfinite(label)
    spread = label[both].std() if both.any() else 0.0
    if both.sum() < FEWEST_ROWS or spread == 0 or values[both].std() == 0:
        return ""
    r = float(np.corrcoef(values[both], label[both])[0, 1])
    if abs(r) > FOLLOWS:
        return f"{named} itself in another form, or predictions of it (r = {r:.3f})"
    if r > ALONG and float(np.abs(values[both] - label[both]).mean()) < AGREES * spread:
        return f"predictions of {named}, or {named} at another time (r = {r:.2f}, and of its size)"
    return ""


def _explained(column: pd.Series, label: Float[np.ndarray, "row"]) -> float:
    """Return which share of the label's variance lies between the levels of a column; 0 where it has many levels."""
    known = pd.DataFrame({"level": column.to_numpy(), "label": label}).dropna()
    spread = float(known["label"].var(ddof=0)) if len(known) >= FEWEST_ROWS else 0.0
    if spread == 0 or not 2 <= known["level"].nunique() <= len(known) / 5:
        return 0.0
    within = known["label"] - known.groupby("level")["label"].transform("mean")
    return 1 - float(within.var(ddof=0)) / spread


def _names_age_groups(name: str) -> bool:
    """Tell whether a name says groups of age: age_group, AgeBin, Altersgruppe."""
    words = words_of(name)
    return bool(set(words) & AGE and set(words) & AGE_GROUPS) or "".join(words) in AGE_GROUPS_JOINED


def what_to_do(told: Mapping[str, str], measures: int) -> str:
    """Return the message about these columns: what they seem to be, and which command is meant.

    Parameters
    ----------
    told
        What each seems to be.
    measures
        How many columns of measures there are beside.
    """
    listed = ", ".join(f"{name} ({kind})" for name, kind in told.items())
    names = " ".join(map(shlex.quote, told))
    if measures:
        instead = (
            f"To train a network on the {measures} other columns of numbers and audit it: --drop {names}, and say "
            "who is trained on with --members-list and --nonmembers-list, or --split"
        )
    else:
        instead = "No measure is left beside them, and predictions alone are no data that a network is trained on"
    return (
        f"{listed}: no measures of a person, and a network trained on them would be audited for what they say. "
        f"{instead}. A model that was trained elsewhere is audited itself, with its weights: remembrain import DATA "
        "RUN --weights F --network module:Class, or remembrain.audit_module in Python. A column that is a measure "
        "after all: --keep NAME"
    )
