"""The columns of people of a paper's table, the rows of each question together, and cells of them.

Numbers of people's measures are of those who answered, exactly where it is told who did not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from remembrain._text import few, shown
from remembrain.survey.columns import Question
from remembrain.survey.published.cells import TOTAL, Cells, Numbers
from remembrain.survey.published.groups import Group
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.stated import Number, Stated
from remembrain.survey.published.table_one_lines import Fact
from remembrain.survey.published.words import NUMBERS, Measure


@dataclass(frozen=True)
class Row:
    """A row, and the numbers of its cells, a cell a group; None where one cannot be read."""

    fact: Fact
    cells: tuple[Stated | None, ...]


@dataclass
class OfQuestion:
    """All rows of one question: numbers by measure, people by level, of how many, and who gave an answer or none."""

    question: Question
    numbers: dict[Measure, tuple[int, tuple[Number | None, ...]]] = field(default_factory=dict)
    levels: dict[int, Row] = field(default_factory=dict)
    answered: tuple[int | None, ...] = ()
    no_answer: tuple[int | None, ...] = ()
    everybody: tuple[int | None, ...] = ()
    line: int = 0


@dataclass
class Columns:
    """The groups of a table, how many people each has, and where cells go."""

    groups: Sequence[Group]
    where: str
    understood: Understood

    def ask(self, line: int, what: str) -> None:
        """Say what is wrong with a row."""
        self.understood.ask(f"{self.where} line {line}" if line else self.where, what)

    def people_are(self, rows: Sequence[Row]) -> None:
        """Take how many people there are from rows that say it, where headings do not."""
        for row in rows:
            told = [whole(cell, "count") for cell in row.cells]
            for place, (group, people) in enumerate(zip(self.groups, told, strict=True)):
                if people is not None and group.people not in (None, people):
                    self.ask(row.fact.line.line, f"{people} people, and {group.people} over {shown(group.name)}")
                self.groups = [*self.groups]
                self.groups[place] = replace(group, people=group.people if people is None else people)

    def groups_fit(self) -> None:
        """Say where groups are of more people than everybody, and where one stands twice."""
        keys = [(group.role, group.question, group.level) for group in self.groups]
        if twice := [group.name for group, key in zip(self.groups, keys, strict=True) if keys.count(key) > 1]:
            self.ask(0, f"several columns are of the same people: {few(twice)}")
        everybody = self.everybody()
        whole = None if everybody is None else self.groups[everybody].people
        for question in self.questions() if whole is not None else []:
            own = [group for group in self.groups if group.question == question]
            added = sum(group.people or 0 for group in own)
            alike = [group.name for group in own if group.alike]
            every = len(own) == len(question.levels) and all(group.people is not None for group in own)
            if added > (whole or 0):
                self.ask(0, f"the groups of {question.name} are of {added} people, and everybody is {whole}")
            elif alike and every and added != whole:
                what = f"{few(alike)} may be parts of {question.name} ({few(question.titles)}) alone"
                self.ask(
                    0, f"{what}, as its groups are of {added} people and everybody is {whole}: name the very levels"
                )

    def by_question(self, rows: Iterable[Row]) -> list[OfQuestion]:
        """Return rows together by the question they are of."""
        found: dict[str, OfQuestion] = {}
        for row in rows:
            question, line = row.fact.question, row.fact.line.line
            assert question is not None  # noqa: S101  # rows of how many people there are have gone
            of = found.setdefault(question.name, OfQuestion(question, line=line))
            if row.fact.kind == "number":
                for measure in dict.fromkeys(name for cell in row.cells if cell for name in cell.numbers):
                    if measure in of.numbers:
                        self.ask(line, f"the {measure} of {question.name} stands twice")
                    numbers = tuple(cell.numbers.get(measure) if cell else None for cell in row.cells)
                    of.numbers[measure] = (line, numbers)
            elif row.fact.kind == "level":
                if row.fact.level in of.levels:
                    self.ask(line, f"{question.titles[row.fact.level]} of {question.name} stands twice")
                of.levels[row.fact.level] = row
            else:
                told = tuple(whole(cell, "count") for cell in row.cells)
                name = row.fact.kind.replace(" ", "_")
                before = getattr(of, name) or (None,) * len(told)
                both = zip(before, told, strict=True)
                setattr(of, name, tuple(_added(a, b) if name == "no_answer" else b for a, b in both))
        return list(found.values())

    def add_numbers(self, of: OfQuestion) -> None:
        """Add means, spreads and quantiles, and how many people they are of: exactly where no answers are counted."""
        for measure, (line, told) in of.numbers.items():
            places = [0 if one is None else one.places for one in told]
            value = [np.nan if one is None else one.value for one in told]
            self._add(measure, of.question.name, value, places, line)
        answered = [self._answered(of, place) for place in range(len(self.groups))]
        people = [np.nan if group.people is None else float(group.people) for group in self.groups]
        if of.numbers and (np.isfinite(people).any() or np.isfinite(answered).any()):
            if any(number is not None for number in (*of.no_answer, *of.answered)):
                self._add("count", of.question.name, answered, [0] * len(answered), of.line)
            else:
                self._add("of", of.question.name, people, [0] * len(people), of.line)

    def _answered(self, of: OfQuestion, place: int) -> float:
        """Return how many people of a group answered: as it is said, or all but those who gave no answer."""
        people = self.groups[place].people
        missing = of.no_answer[place] if of.no_answer else None
        said = of.answered[place] if of.answered else None
        left = None if people is None or missing is None else people - missing
        if left is not None and left < 0:
            self.ask(of.line, f"{missing} people gave no answer to {of.question.name}, and there are {people}")
        title = f"{of.question.name} among {shown(self.groups[place].name)}"
        if said is not None and people is not None and said > people:
            self.ask(of.line, f"{title}: {said} people answered, and there are {people}")
        elif said is not None and left is not None and said != left:
            self.ask(of.line, f"{title}: {said} people answered, and {missing} of {people} did not")
        known = said if said is not None else left
        return np.nan if known is None else float(known)

    def add_groups(self) -> None:
        """Add how many people the groups themselves have."""
        for question in self.questions():
            places = [place for place, group in enumerate(self.groups) if group.question == question]
            people = [self.groups[place].people for place in places]
            if None not in people and len(places) == len(question.levels):
                level = np.array([self.groups[place].level for place in places], dtype=np.int32)
                numbers = Numbers(np.array([float(one or 0) for one in people]))
                self.understood.cells.append(
                    Cells(self.where, "count", "", {question.name: level}, numbers, aside=True)
                )

    def _add(self, measure: Measure, about: str, value: Sequence[float], places: Sequence[int], line: int) -> None:
        """Add numbers of a question, those of everybody and those of each question's groups apart."""
        for columns in self.together():
            told = [value[place] for place in columns]
            if np.isfinite(told).any() or measure in NUMBERS:
                own = [places[place] for place in columns]
                self.add_cells(measure, about, None, [(TOTAL, place) for place in columns], told, own, line)

    def add_cells(
        self,
        measure: Measure,
        about: str,
        question: Question | None,
        rows: Sequence[tuple[int, int]],
        value: Sequence[float],
        places: int | Sequence[int],
        line: int,
    ) -> None:
        """Add cells of one table: of the levels of a question, within the groups of another where they are such."""
        place: dict[str, np.ndarray] = {}
        group = self.groups[rows[0][1]]
        if group.question is not None:
            place[group.question.name] = np.array([self.groups[column].level for _, column in rows], dtype=np.int32)
        if question is not None:
            place[question.name] = np.array([level for level, _ in rows], dtype=np.int32)
        lines = np.full(len(rows), line)
        own = np.broadcast_to(places, len(value))
        numbers = Numbers(np.array(value, dtype=float), int(own.max(initial=0)), own=own)
        table = ""
        if measure == "percent" and question is not None:
            table = f"margin-{question.name}" + (f"-by-{group.question.name}" if group.question else "")
        self.understood.cells.append(Cells(self.where, measure, about, place, numbers, lines, table))

    def together(self) -> list[list[int]]:
        """Return columns that belong together: everybody, and the groups of each question."""
        apart = dict.fromkeys(group.question for group in self.groups)
        return [[place for place, group in enumerate(self.groups) if group.question == one] for one in apart]

    def questions(self) -> list[Question]:
        """Return the questions whose levels are groups."""
        return [one for one in dict.fromkeys(group.question for group in self.groups) if one is not None]

    def everybody(self) -> int | None:
        """Return the column of everybody, where there is one."""
        return next((place for place, group in enumerate(self.groups) if group.role == "everybody"), None)


def whole(cell: Stated | None, measure: Measure) -> int | None:
    """Return a number of people of a cell."""
    number = cell.numbers.get(measure) if cell else None
    return None if number is None else round(number.value)


def _added(one: int | None, other: int | None) -> int | None:
    """Return both together, or the one that is told."""
    return other if one is None else one if other is None else one + other
