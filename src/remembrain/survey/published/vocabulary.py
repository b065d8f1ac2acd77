"""Questions and levels by the names that tables have for them: as they stand, by code or title, in any letters.

Knows what the questions are, and no table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np
from jaxtyping import Int

from remembrain.cohort.spellings import FEMALE, MALE
from remembrain.cohort.textfile import tidy_cell
from remembrain.survey.bands import Band, band_in
from remembrain.survey.columns import Question, normal
from remembrain.survey.published.cells import NO_ANSWER, TOTAL, Column
from remembrain.survey.published.words import form, is_no_answer, is_total

STRANGE = -3
"""Place of a text that is no level."""
_LABELLED = re.compile(r"(?P<code>[^\s:]+): (?P<title>\S.*)")
_BOTH = re.compile(r"\[?(?P<code>[^\s:=\]]+)\]?\s*(?::|=|-|–|\)|\])\s*(?P<title>\S.*)")


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All questions that a table may be of."""

    questions: tuple[Question, ...]

    @cached_property
    def _exact(self) -> dict[str, Question]:
        return {" ".join(tidy_cell(question.name).split()): question for question in self.questions}

    @cached_property
    def _forms(self) -> dict[str, list[Question]]:
        forms: dict[str, list[Question]] = {}
        for question in self.questions:
            forms.setdefault(form(question.name), []).append(question)
        return forms

    def question(self, text: str) -> Question | None:
        """Return the question of this name; ``code: title`` is as good as either."""
        text = " ".join(text.split())
        if text in self._exact:
            return self._exact[text]
        alike = self._forms.get(form(text), [])
        if len(alike) == 1:
            return alike[0]
        both = _LABELLED.fullmatch(text)
        if both is not None and not alike:
            return self.question(both["code"]) or self.question(both["title"])
        return None

    def named(self, text: str) -> list[Question]:
        """Return the questions whose names are words of a title, where none is part of another's name there."""
        rest, names = f" {form(text)} ", []
        for name in sorted(self._forms, key=len, reverse=True):
            if name and f" {name} " in rest:
                rest = rest.replace(f" {name} ", " \n ")
                names += self._forms[name] if len(self._forms[name]) == 1 else []
        return [question for question in self.questions if question in names]

    def knowing(self, texts: Sequence[str]) -> list[Question]:
        """Return the questions of which all of these texts are levels, or rows of everybody or of no answer."""
        column = Column.of(list(texts))
        return [one for one in self.questions if one.kind == "categorical" and _knows(places_in(one, column))]

    def has_question(self, text: str) -> bool:
        """Tell whether a text is the name of a question."""
        return self.question(text) is not None


def _knows(places: Int[np.ndarray, "text"]) -> bool:
    """Tell whether texts are levels, at least one of them of people who answered."""
    return bool((places != STRANGE).all() and (places >= 0).any())


def places_in(question: Question, column: Column) -> Int[np.ndarray, "text"]:
    """Return which level each of the different texts of a column is; TOTAL, NO_ANSWER or STRANGE where it is none.

    All are titles, or all are codes, where either can be; otherwise each is what it is alone.
    """
    titles = {tidy_cell(title): place for place, title in enumerate(question.titles)}
    codes = {code: place for place, code in enumerate(question.levels)}
    forms = _sexes(question) | _unique({place: form(title) for place, title in enumerate(question.titles)})
    texts = column.listed
    found = np.full((2, len(texts)), STRANGE)
    for row, known in enumerate((titles, codes)):
        for place, text in enumerate(texts):
            for said in (text, *column.also[place : place + 1]):
                known_as = said if row == 0 else normal(said)
                if found[row, place] == STRANGE and known_as in known:
                    found[row, place] = known[known_as]
    if (found != STRANGE).all() and (found[0] != found[1]).any():
        return np.full(len(texts), STRANGE)  # the codes of some levels are the titles of others
    best = found[int((found[1] != STRANGE).sum() > (found[0] != STRANGE).sum())]
    for place in np.flatnonzero(best == STRANGE).tolist():
        said_as = (texts[place], *column.also[place : place + 1])
        best[place] = _alone(said_as, question, titles | codes, forms)
    return np.asarray(best)


def _alone(said_as: Sequence[str], question: Question, exact: dict[str, int], forms: dict[str, int]) -> int:
    """Return which level a text is by itself."""
    for text in said_as:
        if text in exact or form(text) in forms:
            return exact[text] if text in exact else forms[form(text)]
        both = _BOTH.fullmatch(text)
        if both is not None:
            code, title = exact.get(normal(both["code"])), forms.get(form(both["title"]))
            if code == title and code is not None:
                return code
        bare = re.sub(r"\s*(?:[*†‡§¹²³]+|[\[(](?:[a-z]|[1-9])[\])])$", "", text)
        if bare != text and (bare in exact or form(bare) in forms):
            return exact[bare] if bare in exact else forms[form(bare)]
    for text in said_as:
        if (band := band_in(text)) is not None and (place := _band_of(question, band)) is not None:
            return place
    for text in said_as:
        if is_total(text):
            return TOTAL
        if normal(text) in question.missing or is_no_answer(text):
            return NO_ANSWER
    return STRANGE


def _band_of(question: Question, band: Band) -> int | None:
    """Return which level a band of numbers is, where levels are such; of open ends, by the numbers that there are."""
    known = [band_in(title) for title in question.titles]
    least, most = (question.low, question.high) if question.cuts else (None, None)
    ends = (-inf if least is None else least, inf if most is None else most)
    found = [place for place, one in enumerate(known) if one is not None and one.holds(band, *ends)]
    return found[0] if len(found) == 1 else None


def _sexes(question: Question) -> dict[str, int]:
    """Return the level of every word for a sex, where one level is men and one is women: *Female* where it is F."""
    found: dict[str, int] = {}
    for words in (MALE, FEMALE):
        said = enumerate(zip(question.levels, question.titles, strict=True))
        places = [place for place, names in said if not words.isdisjoint(map(form, names))]
        if len(places) != 1:
            return {}
        found |= dict.fromkeys(map(form, words), places[0])
    return found


def _unique(forms: dict[int, str]) -> dict[str, int]:
    """Return places by form, without forms of several."""
    alike = list(forms.values())
    return {text: place for place, text in forms.items() if text and alike.count(text) == 1}
