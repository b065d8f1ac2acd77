"""What stands over each column of a published table: what is measured, levels of questions, names.

Headings may stand over headings; which question a level is of, its row of headings says as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from remembrain._text import few
from remembrain.errors import Problem
from remembrain.survey.published.grid import Part
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.published.words import (
    ATTRIBUTES,
    LEVEL,
    VARIABLE,
    Measure,
    form,
    is_total,
    measure_beside,
    measure_of,
)


@dataclass(frozen=True)
class Heading:
    """What stands over a column: what is measured, levels by question, the question of numbers, its own name."""

    name: str
    measure: Measure | None = None
    levels: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    total: bool = False

    @property
    def is_told(self) -> bool:
        """Whether it says what numbers below are."""
        return bool(self.measure or self.levels or self.about or self.total)


def headings_of(part: Part, vocabulary: Vocabulary, problems: list[Problem]) -> list[Heading]:
    """Return what stands over each column."""
    rows = [list(row) for row in part.headings]
    for row in rows[:-1]:  # over several columns
        for place in range(2, len(row)):
            row[place] = row[place] or row[place - 1]
    found = [Heading(next((row[place] for row in reversed(rows) if row[place]), "")) for place in range(len(rows[0]))]
    over: list[str] = []
    for row in rows:
        levels = {text for text in row[1:] if text and not is_total(text)}
        of_levels = len(levels) > 1 and bool(vocabulary.knowing(sorted(levels)))
        parsed = [
            (None, "", text) if of_levels and place else _token(text, vocabulary) for place, text in enumerate(row)
        ]
        rest = [text for _, _, text in parsed[1:] if text]
        question = _question_of(rest, [*over, *row[:1], part.context], vocabulary)
        unclear = len(set(rest)) > 1 and not question and vocabulary.knowing(rest)
        if unclear:
            names = few(one.name for one in vocabulary.knowing(rest))
            what = f"the headings {few(dict.fromkeys(rest))} may be levels of {names}: name the question above them"
            problems.append(Problem(part.grid.where, what))
        for place, (measure, about, text) in enumerate(parsed):
            before = found[place]
            known = {**before.levels, question: text} if question and text and place else before.levels
            total = before.total or is_total(text)
            found[place] = Heading(before.name, measure or before.measure, known, about or before.about, total)
        over += [text for text in row if vocabulary.has_question(text)]
    return found


def _token(text: str, vocabulary: Vocabulary) -> tuple[Measure | None, str, str]:
    """Return what is measured, the question of numbers, and the rest, as one cell of a heading says them."""
    measure = measure_of(text)
    question = vocabulary.question(text)
    if measure or not text or form(text) in VARIABLE | LEVEL | ATTRIBUTES:
        return measure, "", ""
    if question is not None:
        return None, question.name if question.kind == "numeric" else "", ""
    beside = measure_beside(text)
    if beside is None or vocabulary.knowing([text]):
        return None, "", text
    question = vocabulary.question(beside[1])
    if question is not None:
        return beside[0], question.name if question.kind == "numeric" else "", ""
    return (
        *((beside[0], "", beside[1]) if vocabulary.knowing([beside[1]]) or is_total(beside[1]) else (None, "", text)),
    )


def _question_of(texts: Sequence[str], around: Sequence[str], vocabulary: Vocabulary) -> str:
    """Return the question that headings are levels of; one that is named around them where there are several."""
    levels = list(dict.fromkeys(texts))
    able = vocabulary.knowing(levels) if levels else []
    if len(able) > 1:
        named = [one for text in around for one in (vocabulary.question(text),) if one in able]
        in_titles = [one for one in vocabulary.named(around[-1]) if one in able]
        corner = vocabulary.question(around[-2]) if len(around) > 1 else None
        able = [one for one in dict.fromkeys(named or in_titles or able) if one is not corner] or able
    return able[0].name if len(able) == 1 else ""
