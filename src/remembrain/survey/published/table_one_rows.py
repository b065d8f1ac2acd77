"""The rows of a paper's table: which question each is of, which level, what it tells, and which are of nobody's answer.

A row is understood by its label, the section it stands in, and nothing that its numbers say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from remembrain._text import few, shown
from remembrain.survey.columns import Question
from remembrain.survey.published.groups import level_of
from remembrain.survey.published.specs import Label, Spec, is_beside, label_of, spec_in
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.published.words import form, is_no_answer, is_total, measure_of

RowKind: TypeAlias = Literal["number", "level", "no answer", "everybody", "people"]
_YES = ("yes", "1", "true", "present", "positive", "y", "ja", "oui", "sí", "si")
_PEOPLE = ("patients", "participants", "subjects", "people", "persons", "individuals", "respondents")
_NUMBER = re.compile(r"(?<!=)(?<!= )\bno(?:\.|(?=\s*[(\[/,]?\s*(?:%|/|total\b|of\b)))", re.IGNORECASE)
_PARTS = re.compile(r"[(),;:=\[\]|/%–—]|\s-\s")
_NOT = re.compile(
    r"\b(?:no|non|not|never|none|former|formerly|ex|past|previous|previously|without|absent|negative|false|quit)\b",
    re.IGNORECASE,
)
_COUNTED = frozenset(("n", "no", "number", "numbers", "count", "total", "sample", "size", "of", "all", *_PEOPLE))


@dataclass(frozen=True)
class Line:
    """A row as it stands: its label, the level and what is told where these have columns, and its cells."""

    line: int
    label: str
    level: str
    told: str
    cells: tuple[str, ...]

    @property
    def filled(self) -> bool:
        """Whether anything is told in it."""
        return any(self.cells)


@dataclass(frozen=True)
class Fact:
    """A row that is understood: of how many people others are (``people``), or of which question and level it is."""

    kind: RowKind
    line: Line
    question: Question | None = None
    level: int = -1
    spec: Spec | None = None


@dataclass
class Rows:
    """The rows of a table in order, what they are taken for, and what is to be said of them."""

    vocabulary: Vocabulary
    used: frozenset[str]
    facts: list[Fact] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    _section: Question | None = None
    _spec: Spec | None = None
    _strange: bool = False
    _last: Question | None = None

    def take(self, line: Line) -> None:
        """Understand the next row."""
        label = label_of(line.label)
        spec = label_of(line.told).spec if line.told else label.spec
        if line.level:
            self._of_level_column(line, label, spec)
        elif not line.filled:
            self._begin(label, spec)
        elif not self._counted(line, label) and not self._of_section(line, label, spec):
            self._alone(line, label, spec)

    def finish(self) -> None:
        """Say which rows are of no question."""
        if self.unknown:
            self.notes.append(f"rows of what is no question of DATA are not used: {few(self.unknown)}")

    def _begin(self, label: Label, spec: Spec | None) -> None:
        """Begin a section."""
        self._section, rest = self._named(label)
        self._say_rest(self._section, label, rest)
        self._spec, self._strange, self._last = spec, self._section is None, self._section

    def _of_level_column(self, line: Line, label: Label, spec: Spec | None) -> None:
        """Take a row whose level stands in a column of its own."""
        if line.label:
            self._begin(label, spec)
        if self._section is None:
            self._unused(line)
            return
        level = level_of(self._section, line.level)
        if level is None and is_no_answer(line.level):
            self._add(Fact("no answer", line, self._section, spec=self._spec))
        elif level is None:
            self._no_level(line, line.level, self._section)
        else:
            self._add(Fact("level", line, self._section, level, self._spec))

    def _counted(self, line: Line, label: Label) -> bool:
        """Take a row of how many people others are."""
        words = form(line.label).split()
        if label.spec not in (None, Spec("count")) or not set(words) <= _COUNTED or line.told:
            return False
        if any(level_of(one, line.label) is not None for one in self.vocabulary.questions):
            return False
        if self._section is not None and is_total(line.label):
            return False
        if not words and not all(re.search(r"\bn\s*=", cell, re.IGNORECASE) for cell in line.cells if cell):
            return False
        self.facts.append(Fact("people", line))
        return True

    def _of_section(self, line: Line, label: Label, spec: Spec | None) -> bool:
        """Take a row that says more of the section, or of the question before."""
        names = [name for name, _ in label.names]
        section = self._section
        if section is not None and section.kind == "categorical":
            for name in names:
                level = level_of(section, name)
                if level is not None:
                    self._add(Fact("level", line, section, level, spec or self._spec))
                    return True
            if any(is_total(name) for name in names):
                self._add(Fact("everybody", line, section, spec=spec or self._spec))
                return True
        if any(is_no_answer(name) for name in names):
            if self._last is None:
                self._unused(line)
            else:
                self._add(Fact("no answer", line, self._last))
            return True
        only_told = spec is not None and (not line.label or not any(_is_name(name) for name in names[-1:]))
        if section is not None and section.kind == "numeric" and only_told:
            self._add(Fact("number", line, section, spec=spec))
            return True
        return False

    def _alone(self, line: Line, label: Label, spec: Spec | None) -> None:
        """Take a row that is of a question, or of one level of it, by itself."""
        question, rest = self._named(label)
        if question is not None and question.kind == "numeric":
            self._say_rest(question, label, rest)
            self._section, self._spec, self._strange = question, spec, False
            self._add(Fact("number", line, question, spec=spec))
            return
        found = (question, _level_said(question, label)) if question is not None else self._level_alone(label, spec)
        self._section, self._spec = None, None
        if found is None:
            self._unused(line)
            return
        question, level = found
        if level is None:
            what = (
                f"of which level of {shown(question.name)} ({few(question.titles)}) {shown(line.label)} is, is not said"
            )
            self._ask(question, line, what)
            return
        self.notes.append(f"{shown(line.label)} is taken for {question.name}: {question.titles[level]}")
        self._add(Fact("level", line, question, level, spec))

    def _level_alone(self, label: Label, spec: Spec | None) -> tuple[Question, int | None] | None:
        """Return the one question and level that a label names: *Female*, *Male sex*, *sex = M*."""
        if self._strange and spec is None:
            return None  # whose level it is hangs on a section that is not known
        for name, rest in label.names:
            able = [
                (question, level)
                for question in self.vocabulary.questions
                if question.kind == "categorical" and (level := _level_beside(question, name)) is not None
            ]
            meant = [entry for entry in able if entry[0].name in self.used] or able
            if len(meant) == 1 and is_beside(rest):
                return meant[0]
        return None

    def _named(self, label: Label) -> tuple[Question | None, str]:
        """Return the question that a label names, and what else it says."""
        for name, rest in label.names:
            question = self.vocabulary.question(name)
            if question is not None:
                return question, rest
        return None, ""

    def _say_rest(self, question: Question | None, label: Label, rest: str) -> None:
        """Say that a label with more words is taken for a question."""
        if question is not None and not is_beside(rest):
            self.notes.append(f"{shown(label.names[0][0])} is taken for {shown(question.name)}")

    def _add(self, fact: Fact) -> None:
        """Keep a row."""
        self._last = fact.question
        spec = fact.spec
        if fact.kind == "number" and spec == Spec("count", "percent", unsure=True):
            spec = None  # a number in percent
        if fact.kind == "level" and spec is not None and spec.first in ("mean", "median"):
            self._ask(fact.question, fact.line, f"{shown(fact.line.label)} is no number whose mean could be told")
        elif fact.kind == "number" and spec is not None and spec.first in ("percent", "count"):
            self._ask(fact.question, fact.line, f"{shown(fact.line.label)} is a number, and its row tells people")
        else:
            self.facts.append(replace(fact, spec=spec))

    def _no_level(self, line: Line, text: str, question: Question) -> None:
        """Say that a text is no level of a question."""
        self._ask(question, line, f"{shown(text)} is no level of {shown(question.name)} ({few(question.titles)})")

    def _ask(self, question: Question | None, line: Line, what: str) -> None:
        """Say what cannot be used of a question that the release is of."""
        if question is not None and question.name in self.used:
            self.problems.append((line.line, what))

    def _unused(self, line: Line) -> None:
        """Remember a row of what is no question; the rows of no answer below are none of ours either."""
        self.unknown.append(line.label or line.level)
        self._last = None


def _is_name(text: str) -> bool:
    """Tell whether a text says more than what is told."""
    left = label_of(text).names[-1][0] if text else ""
    return bool(left) and measure_of(left) is None and form(left) not in ("min max", "min", "max")


def _level_said(question: Question, label: Label) -> int | None:
    """Return the level that the label of a question names beside it, and otherwise yes where nothing denies it.

    *No* is a level behind ``=`` and beside another word for people, and a number of people in *No. (%)*.
    """
    text = _NUMBER.sub(" ", label.names[0][0])
    parts = [part.strip() for part in _PARTS.split(text)][1:]
    named = {part: level_of(question, part) for part in parts if form(part) == "no" or spec_in(part)[1].strip()}
    levels = {level for level in named.values() if level is not None}
    if len(levels) == 1:
        clear = any(form(part) != "no" for part, level in named.items() if level is not None)
        return levels.pop() if clear or "=" in text or spec_in(_NOT.sub(" ", text))[0] is not None else None
    if levels or (_NOT.search(text) and not _NOT.search(" ".join((question.name, form(question.name))))):
        return None
    return _positive(question)


def _positive(question: Question) -> int | None:
    """Return the level that says yes, of a question of two."""
    places = [place for place, title in enumerate(question.titles) if form(title) in _YES]
    return places[0] if len(question.levels) == 2 and len(places) == 1 else None


def _level_beside(question: Question, text: str) -> int | None:
    """Return the level that a text names, alone or beside the name of its question."""
    level = level_of(question, text)
    if level is not None:
        return level if form(text) not in _YES and not text.isdigit() else None
    before, equals, after = text.partition("=")
    if equals:
        return level_of(question, after.strip()) if form(before) == form(question.name) else None
    words, name = form(text), form(question.name)
    for rest in (words.removeprefix(f"{name} "), words.removesuffix(f" {name}")):
        if rest != words:
            return level_of(question, rest)
    return None


def lines_of(
    rows: Sequence[tuple[int, Sequence[str]]], told: int | None, level: int | None, numbers: Sequence[int]
) -> list[Line]:
    """Return rows by what each of their columns is."""
    return [
        Line(
            number,
            row[0],
            row[level] if level is not None else "",
            row[told] if told is not None else "",
            tuple(row[place] for place in numbers),
        )
        for number, row in rows
    ]
