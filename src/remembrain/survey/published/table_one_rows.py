"""The rows of a paper's table: which question each is of, which level, what it tells, and which are of nobody's answer.

A row is understood by its label, the section it stands in, and nothing that its numbers say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from remembrain._text import few, shown
from remembrain.survey.columns import Question
from remembrain.survey.published.groups import level_of
from remembrain.survey.published.specs import ALONE, PEOPLE, Label, Spec, is_beside, label_of, spec_in, tidied
from remembrain.survey.published.table_one_levels import (
    Named,
    both_levels,
    is_of_others,
    level_beside,
    level_said,
    named,
    of_its_kind,
)
from remembrain.survey.published.table_one_lines import Fact, Line
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.published.words import form, is_no_answer, is_total, measure_of

_PEOPLE = ("patients", "participants", "subjects", "people", "persons", "individuals", "respondents")
_COUNTED = frozenset(("n", "no", "number", "numbers", "count", "total", "sample", "size", "of", "all", *_PEOPLE))
_PAIR = re.compile(r"(?P<first>[0-9]+)\s*[/:]\s*(?P<second>[0-9]+)")
_ANSWERED = re.compile(
    r"(?:(?:no|number|n)(?: of)? )?(?:valid |available )?"
    r"(?:n|count|obs|observations|values|measurements|non ?missing|answered)"
    r"(?: (?:obs|valid|available|non ?missing|answered|listwise))*"
)
"""How many people of a group answered what stands above."""


@dataclass
class Rows:
    """The rows of a table in order, what they are taken for, and what is to be said of them."""

    vocabulary: Vocabulary
    used: frozenset[str]
    facts: list[Fact] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    others: dict[str, list[str]] = field(default_factory=dict)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    exact: set[tuple[str, str]] = field(default_factory=set)
    _section: Question | None = None
    _spec: Spec | None = None
    _strange: bool = False
    _last: Question | None = None
    _lost: bool = False
    _others: str = ""

    def know(self, lines: Iterable[Line]) -> None:
        """Look which questions have rows of their very names: others that may be of these are of something else."""
        for label in (label_of(line.label) for line in lines):
            found = named(self.vocabulary, label)
            if found.own is not None and self._is_exact(found):
                self.exact.add(_told_of(found.own, label))

    def take(self, line: Line) -> None:
        """Understand the next row."""
        label = label_of(line.label)
        spec = label_of(line.told).spec if line.told else label.spec
        if line.filled and self._others and not (line.level and line.label):
            self._below_others(line)
        elif line.level:
            self._of_level_column(line, label, spec)
        elif not line.filled:
            self._begin(label, spec)
        elif line.told and line.label and is_no_answer(line.told):
            self._begin(label, label.spec)
            self.facts += [Fact("no answer", line, self._section)] if self._section else []
        elif not (self._of_both(line, spec) or self._of_section(line, label, spec) or self._counted(line, label)):
            self._alone(line, label, spec)

    def _below_others(self, line: Line) -> None:
        """Remember a row that is of others than the table."""
        self._last, self._lost = None, True
        self.others.setdefault(self._others, []).append(line.label or line.level)

    def finish(self) -> None:
        """Say which rows are of no question."""
        for over, labels in self.others.items():
            self.notes.append(f"rows below {shown(over)} are of others or of a part, and not used: {few(labels)}")
        if self.unknown:
            self.notes.append(f"rows of what is no question of DATA are not used: {few(self.unknown)}")

    def _begin(self, label: Label, spec: Spec | None) -> None:
        """Begin a section."""
        before, self._section = self._section, self._named(label)
        others = self._section is None and is_of_others(self.vocabulary, label, before)
        self._others = label.names[0][0] if others else ""
        self._spec, self._strange, self._last = spec, self._section is None, self._section
        self._lost = self._strange

    def _of_level_column(self, line: Line, label: Label, spec: Spec | None) -> None:
        """Take a row whose level stands in a column of its own."""
        if line.label:
            self._begin(label, spec)
        if self._section is None:
            self._unused(line)
            return
        if self._section.kind == "numeric":
            self._of_number(line, self._section)
            return
        level = level_of(self._section, line.level)
        if level is None and is_no_answer(line.level):
            self._add(Fact("no answer", line, self._section, spec=self._spec))
        elif level is None:
            self._no_level(line, line.level, self._section)
        else:
            self._add(Fact("level", line, self._section, level, self._spec))

    def _of_number(self, line: Line, section: Question) -> None:
        """Take a row of a number where what it tells stands in place of a level."""
        spec = label_of(line.level).spec
        if is_no_answer(line.level):
            self._add(Fact("no answer", line, section))
        elif spec is None or _is_name(line.level):
            self._ask(section, line, f"{shown(line.level)} beside {shown(section.name)}, a number, is no level of it")
        else:
            self._add(Fact("number", line, section, spec=spec))

    def _of_both(self, line: Line, spec: Spec | None) -> bool:
        """Take a row of the people at both levels of a question of two: *Sex, male/female*, 103/97."""
        if spec not in (None, Spec("count")):
            return False  # 52/48 may be percentages
        pairs = [_PAIR.fullmatch(cell) for cell in line.cells if cell]
        found = both_levels(self.vocabulary, line.label) if all(pairs) else None
        if found is None:
            return False
        question, *levels = found
        listed = " and ".join(question.titles[level] for level in levels)
        self.notes.append(f"{shown(line.label)} is taken for people of {question.name}: {listed}")
        self._section, self._spec, self._strange = None, None, False
        for name, level in zip(("first", "second"), levels, strict=True):
            cells = tuple(_PAIR.sub(rf"\g<{name}>", cell) for cell in line.cells)
            self._add(Fact("level", replace(line, cells=cells), question, level, PEOPLE, said=spec is not None))
        return True

    def _counted(self, line: Line, label: Label) -> bool:
        """Take a row of how many people others are."""
        words = [word for word in form(line.label).split() if word != "%"]
        if label.spec not in (None, Spec("count"), PEOPLE) or not set(words) <= _COUNTED or line.told:
            return False
        if any(level_of(one, line.label) is not None for one in self.vocabulary.questions):
            return False
        if self._lost and _ANSWERED.fullmatch(form(line.label)):
            return False  # of who answered what is not known
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
        if section is not None and _ANSWERED.fullmatch(form(line.label or line.told)):
            self._add(Fact("answered" if section.kind == "numeric" else "everybody", line, section))
            return True
        only_told = spec is not None and not _is_name(line.label)
        if section is not None and section.kind == "numeric" and only_told:
            self._add(Fact("number", line, section, spec=spec))
            return True
        return False

    def _alone(self, line: Line, label: Label, spec: Spec | None) -> None:
        """Take a row that is of a question, or of one level of it, by itself."""
        own = named(self.vocabulary, label).own
        if own is not None and own.kind == "categorical" and spec is not None and spec.first in ("mean", "median"):
            self.notes.append(f"{shown(line.label)} tells a number, and {shown(own.name)} is none: it is not used")
            self._section, self._spec, self._last, self._lost = None, None, None, True
            return
        question = self._named(label)
        if question is not None and question.kind == "numeric":
            self._section, self._spec, self._strange = question, spec, False
            self._add(Fact("number", line, question, spec=spec))
            return
        found = (question, level_said(question, label)) if question is not None else self._level_alone(label, spec)
        self._section, self._spec = None, None
        if found is None:
            self._unused(line, of_its_kind(self.vocabulary, label))
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
                if question.kind == "categorical" and (level := level_beside(question, name)) is not None
            ]
            meant = [entry for entry in able if entry[0].name in self.used] or able
            if len(meant) == 1 and is_beside(rest):
                return meant[0]
        return None

    def _named(self, label: Label) -> Question | None:
        """Return the question that a label names, and say where it has other words, or is of something else."""
        found = named(self.vocabulary, label)
        if found.question is None:
            return None
        exact = self._is_exact(found)
        beside_it = not exact and _told_of(found.question, label) in self.exact
        if found.other or beside_it:
            what = f"{shown(label.names[0][0])} is another variable than {shown(found.question.name)}"
            why = "which has a row of its own" if beside_it else "of another time, of others, or on another scale"
            self.notes.append(f"{what} ({why}), and not used")
            return None
        if not exact:
            self.notes.append(f"{shown(label.names[0][0])} is taken for {shown(found.question.name)}")
        return found.question

    def _is_exact(self, found: Named) -> bool:
        """Tell whether a label has a question's very name, and nothing beside it but what is told and a unit."""
        own = found.question is not None and form(found.name) == form(found.question.name)
        return own and is_beside(found.rest)

    def _add(self, fact: Fact) -> None:
        """Keep a row."""
        self._last, self._lost = fact.question, False
        spec = fact.spec
        if fact.kind == "number" and spec == Spec("count", "percent", unsure=True) and not fact.line.told:
            spec = None  # a number in percent
        if fact.kind == "number" and spec == Spec("count"):
            fact = replace(fact, kind="answered")
        own = label_of(fact.line.label).spec if fact.line.told and spec is not None else None
        if own is not None and spec is not None and {own.first, spec.first} == {"mean", "median"}:
            self._ask(fact.question, fact.line, f"{shown(fact.line.label)} and {shown(fact.line.told)} contradict")
            return
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
            self.problems.append((line.line, what, question.name))

    def _unused(self, line: Line, of: Question | None = None) -> None:
        """Remember a row of what is no question; the rows of no answer below are none of ours either."""
        said = line.label or line.level
        if of is not None and of.name in self.used:
            self.notes.append(f"{shown(said)} is no level of {shown(of.name)} ({few(of.titles)}), and not used")
        else:
            self.unknown.append(said)
        self._last, self._lost = None, True


def _told_of(question: Question, label: Label) -> tuple[str, str]:
    """Return what a label tells of a question."""
    return question.name, "" if label.spec is None else label.spec.first


def _is_name(text: str) -> bool:
    """Tell whether a label says more than what is told."""
    left = label_of(text).names[-1][0] if text and form(text) not in ALONE else ""
    return bool(tidied(spec_in(left)[1])) and measure_of(left) is None
