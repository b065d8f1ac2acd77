"""Columns of numbers that are none to publish a mean of: names of people, and codes for *missing* among measures.

The rules are those of all tables (:mod:`remembrain.cohort.identifiers`, :mod:`remembrain.cohort.sentinels`). What
names people is left out and told; codes are asked about where a mean of the column is published.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.cohort.identifiers import identifiers
from remembrain.cohort.sentinels import doubtful_codes
from remembrain.errors import Problem, ProblemsError
from remembrain.survey.columns import Question

_MAY_NAME = 'holds whole numbers that differ for everybody, as names do (kind = "numeric" says that it measures)'


def without_names(
    questions: Sequence[Question],
    values: Mapping[str, Float[np.ndarray, "person"]],
    people: Sequence[str],
    said: Mapping[str, Mapping[str, Any]],
) -> tuple[Question, ...]:
    """Return the questions, those that count or name people left out with the reason, unless they are declared.

    Parameters
    ----------
    questions
        What every column was taken for.
    values
        The numbers of those that are numeric.
    people
        Whose each row is.
    said
        What is declared, by column.
    """
    free = {name: value for name, value in values.items() if not {"kind", "range", "bands"} & said.get(name, {}).keys()}
    found = identifiers(free, people)
    why = {**dict.fromkeys(found.doubtful, _MAY_NAME), **found.left_out}
    return tuple(
        replace(one, kind="left out", why=why[one.name], low=None, high=None) if one.name in why else one
        for one in questions
    )


def with_doubts(
    questions: Sequence[Question], values: Mapping[str, Float[np.ndarray, "person"]]
) -> tuple[Question, ...]:
    """Return the questions, with the numbers of each that may say *missing* and are in no declared range."""
    return tuple(
        replace(one, doubt="" if one.ranged else _doubt(values[one.name])) if one.name in values else one
        for one in questions
    )


def refuse_doubts(published: Collection[str], questions: Sequence[Question], where: Path) -> None:
    """Raise where some numbers of a column whose mean is published may be codes.

    Raises
    ------
    ProblemsError
        With every such column, and what to declare.
    """
    doubted = [one for one in questions if one.doubt and one.name in published]
    if doubted:
        problems = [
            Problem(f"{where.name}: {one.name}", f"{one.doubt}: does it say missing?", summary="codes among numbers")
            for one in doubted
        ]
        name = doubted[0].name
        declare = f'[columns.{name}] missing = ["CODE"], or range = [LOW, HIGH] around everything where it is a number'
        raise ProblemsError(problems, where=where, try_next=declare)


def _doubt(values: Float[np.ndarray, "person"]) -> str:
    """Return which numbers may be codes, and what all others are."""
    codes = doubtful_codes(values)
    if not codes:
        return ""
    is_code = np.isin(values, codes)
    rest = values[np.isfinite(values) & ~is_code]
    listed = ", ".join(f"{code:.10g}" for code in codes)
    return f"{listed} in {int(is_code.sum())} cells, and all others are {rest.min():g} to {rest.max():g}"
