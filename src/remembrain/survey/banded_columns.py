"""Columns that are made of another: bands of its numbers, as a dictionary declares them or another file has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.survey.columns import Question


@dataclass(frozen=True)
class Cut:
    """Bands of a column: of which one, where each begins, and codes for no answer."""

    of: str
    cuts: tuple[float, ...]
    missing: tuple[str, ...]


def columns_cut(said: Mapping[str, Mapping[str, Any]], known: Sequence[Question]) -> dict[str, Cut]:
    """Return the bands that a dictionary declares, or that the questions of another file are, by name."""
    found = {name: (entry.get("of", name), entry["bands"]) for name, entry in said.items() if "bands" in entry}
    found |= {question.name: (question.of, question.cuts) for question in known if question.cuts}
    codes = {name: tuple(entry.get("missing", ())) for name, entry in said.items()}
    codes |= {question.name: question.missing for question in known}
    return {name: Cut(of, cuts, codes[name] + codes.get(of, ())) for name, (of, cuts) in found.items()}


def with_ends(
    questions: Sequence[Question], numbers: Mapping[str, Float[np.ndarray, "person"]]
) -> tuple[Question, ...]:
    """Return the questions, bands with the least and the greatest of the numbers that they were cut from."""
    return tuple(_with_ends(one, numbers[one.name]) if one.cuts else one for one in questions)


def _with_ends(question: Question, values: Float[np.ndarray, "person"]) -> Question:
    """Return bands with the ends of these numbers, as they are where there is none."""
    known = values[np.isfinite(values)]
    return replace(question, low=float(known.min()), high=float(known.max())) if len(known) else question
