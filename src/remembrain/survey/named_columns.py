"""The columns that a plan of tables names, or all of their kind. Knows questions, and no table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from remembrain._text import few, shown
from remembrain.errors import DataError, with_article
from remembrain.survey.columns import Question


def columns_named(
    names: tuple[str, ...] | Literal["all"], questions: Sequence[Question], most_missing: float
) -> tuple[str, ...]:
    """Return the names, or all of this kind that enough people answered."""
    if names != "all":
        return tuple(names)
    return tuple(question.name for question in questions if question.unanswered <= most_missing)


def column_named(name: str, kind: str, kinds: dict[str, Question], where: str, key: str) -> Question:
    """Return a column by name.

    Raises
    ------
    DataError
        Where it is unknown or of another kind, naming those that there are.
    """
    question = kinds.get(name)
    if question is None or question.kind != kind:
        what = "is unknown or left out" if question is None else f"is {question.kind}"
        able = [other.name for other in kinds.values() if other.kind == kind]
        listed = few(able)
        raise DataError(
            f"{key}: the column {shown(name)!r} {what}",
            where=where,
            expected=f"{with_article(kind)} one: {listed or 'none'}",
        )
    return question
