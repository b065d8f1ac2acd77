"""The columns of tables that are joined: which are kept, which say the same, and what two files disagree about.

Measures are those of tables of features. Of a table of people come label, sex and site; what else it says is no
measure. Rows are aligned already: nothing here knows how people are told apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from remembrain._text import few, shown
from remembrain.cohort.columns import Reading
from remembrain.cohort.columns import columns as listed
from remembrain.cohort.dictionary import Described, read_dictionary
from remembrain.cohort.facts import Columns, code, fact_column, label_column, label_if_any, read_sex, read_sites
from remembrain.cohort.labels import read_labels
from remembrain.cohort.numbers import number
from remembrain.cohort.other_measures import MOST, differ, names_of_measure
from remembrain.cohort.text_table import Origin, TextTable
from remembrain.cohort.tsv import is_missing
from remembrain.cohort.visits import Source
from remembrain.cohort.waves import find_waves
from remembrain.errors import Problem

SAME = 1e-6
"""Two numbers are the same where they differ by less than this share: programs write them with other digits."""


@dataclass(frozen=True, eq=False)
class Aligned:
    """A further table, and its row for each row of the first, -1 where there is none."""

    path: Path
    table: TextTable
    source: Source
    rows: tuple[int, ...]
    of_people: bool

    def taken(self, stays: Sequence[int]) -> pd.DataFrame:
        """Return its rows for these of the first table, empty where there is none; without the names of people."""
        frame = self.source.frame.drop(columns=[*self.source.keys])
        places = np.array([self.rows[row] for row in stays], dtype=int)
        taken = frame.iloc[places].reset_index(drop=True)
        taken[places < 0] = ""
        return taken

    def lines(self, stays: Sequence[int]) -> tuple[int, ...]:
        """Return the line of each of these rows."""
        return tuple(self.table.lines[self.rows[row]] if self.rows[row] >= 0 else 0 for row in stays)


def differing(rows: pd.DataFrame, people: Columns | None, but: Collection[str]) -> str:
    """Return in which columns rows disagree, with what each says; "" where they do not.

    Of people, the columns of label, sex and site count; else all but these.
    """
    names = [str(name) for name in rows.columns if name not in but]
    if people is not None:
        names = [name for name in _facts_of(rows, people).values() if name]
    said = {name: list(dict.fromkeys(str(cell) for cell in rows[name] if not is_missing(str(cell)))) for name in names}
    apart = {name: texts for name, texts in said.items() if any(not same(texts[0], text) for text in texts[1:])}
    return few((f"{name} ({' and '.join(map(shown, texts[:3]))})" for name, texts in apart.items()), 3)


def same(one: str, other: str) -> bool:
    """Tell whether two cells say the same: one says nothing, or they are one text or one number."""
    if is_missing(one) or is_missing(other) or one.strip() == other.strip():
        return True
    values = [{number(text, "."), number(text, ",")} - {None} for text in (one, other)]
    return any(
        abs(a - b) <= SAME * max(abs(a), abs(b))
        for a in values[0]
        for b in values[1]
        if a is not None and b is not None
    )


def _facts_of(frame: pd.DataFrame, named: Columns) -> dict[str, str]:
    """Return the columns of label, sex and site of one table, "" where there is none."""
    found = {"label": label_if_any(frame, named.label, where="").name}
    for fact, asked in (("sex", named.sex), ("site", named.site)):
        there = asked if asked in frame.columns else None
        found[fact] = fact_column(frame, fact, there, where="").name  # type: ignore[arg-type]  # names of facts
    return found


@dataclass
class Joined:
    """A first table that gets columns of others, for the rows that stay."""

    path: Path
    first: TextTable
    named: Columns
    reading: Reading
    stays: Sequence[int]
    sessions: Sequence[str]
    columns: dict[str, list[str]] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    facts: set[str] = field(default_factory=set)
    passed_over: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        frame = self.first.frame.iloc[list(self.stays)]
        self.columns = {str(name): [str(cell) for cell in frame[name]] for name in frame.columns}

    def table(self, problems: Sequence[Problem]) -> TextTable:
        """Return the joined table."""
        return replace(
            self.first,
            frame=self._frame(),
            lines=tuple(self.first.lines[row] for row in self.stays),
            origins=self.origins,
            facts=frozenset(self.facts),
            passed_over=frozenset(self.passed_over - self.columns.keys()),
            problems=tuple(problems),
        )

    def add(self, other: Aligned) -> None:
        """Take the columns of a further table."""
        if other.of_people:
            self._add_facts(other)
        else:
            self._add_measures(other)

    def _add_measures(self, other: Aligned) -> None:
        """Take all columns of a table of features; those of a name that is there have to say the same."""
        lines = other.lines(self.stays)
        taken = self._by_measure(other, other.taken(self.stays))
        apart: dict[str, dict[str, str]] = defaultdict(dict)
        again: dict[str, list[str]] = defaultdict(list)
        for name in map(str, taken.columns):
            cells = [str(cell) for cell in taken[name]]
            if name not in self.columns:
                self.columns[name], self.origins[name] = cells, Origin(other.path, lines)
            elif name not in self.reading.drop:
                file, mine = self._file(name).name, self.columns[name]
                row = next((row for row, pair in enumerate(zip(mine, cells, strict=True)) if not same(*pair)), None)
                if row is None:
                    again[file].append(name)
                    self.columns[name] = [
                        there if is_missing(here) else here for here, there in zip(mine, cells, strict=True)
                    ]
                else:
                    apart[file][name] = f"line {lines[row]}: {shown(mine[row])} and {shown(cells[row])}"
        for file, names in again.items():
            self._say(other, f"{listed(names)} of {file} also here, with the same cells, counted once")
        for file, places in apart.items():
            first = next(iter(places.values()))
            what = f"{listed(places)} of {file} also here, with other cells ({first})"
            advice = "give them other names in one file, or say --drop"
            self._say(other, f"{what}: {advice}", fatal=True, summary="columns of one name differ between two tables")

    def _by_measure(self, other: Aligned, taken: pd.DataFrame) -> pd.DataFrame:
        """Return a table of features whose columns are called by its measure, where most are there with other cells."""
        facts = {*_facts_of(taken, self.named).values()}
        measures = [name for name in map(str, taken.columns) if name not in (*facts, *self.reading.drop)]
        alike = {
            name: [same(*pair) for pair in zip(self.columns[name], map(str, taken[name]), strict=True)]
            for name in measures
            if name in self.columns
        }
        apart = [name for name, cells in alike.items() if not all(cells)]
        of_others = [name for name in apart if differ(self.columns[name], [*map(str, taken[name])], alike[name])]
        if len(of_others) <= MOST * len(measures):
            return taken
        file = self._file(of_others[0])
        names = names_of_measure(apart, other.path, file, {*self.columns, *taken.columns})
        if names:
            example = f"such as {names[apart[0]]}"
            what = f"{listed(apart)} of {file.name} also here, with other numbers: another measure, called by its file"
            self._say(other, f"{what} ({example})")
        return taken.rename(columns=names)

    def _add_facts(self, other: Aligned) -> None:
        """Take label, sex and site of a table of people; nothing of it is a measure."""
        taken, lines = other.taken(self.stays), other.lines(self.stays)
        origin = Origin(other.path, lines)
        theirs = _facts_of(taken, self.named)
        mine = self._frame()
        ours = _facts_of(mine.drop(columns=[name for name in mine.columns if name in self.reading.drop]), self.named)
        waves = self._by_session(other, theirs["label"])
        if waves is not None:
            theirs["label"] = self.named.label
            taken[self.named.label] = waves
        if not theirs["label"] and not ours["label"]:
            label_column(other.source.frame, self.named.label, where=other.source.where)
        for fact in theirs:
            if theirs[fact] and ours[fact]:
                self.problems += self._disagreements(fact, ours[fact], taken[theirs[fact]], other, theirs[fact])
                self._pass_over(ours[fact])
        for name in theirs.values():  # what features call the same is dropped by the user, or no fact
            if name in self.columns:
                self._pass_over(name)
        for name in (str(name) for name in taken.columns if name not in self.columns):
            self.columns[name], self.origins[name] = [str(cell) for cell in taken[name]], origin
            self.facts.add(name)
        beside = [name for name in sorted(self.facts) if name not in (*theirs.values(), *self.reading.keep)]
        if beside:
            self._say(other, f"{listed(beside)} not used: measures are those of tables of features (--keep NAME)")

    def _by_session(self, other: Aligned, plain: str) -> list[str] | None:
        """Return the label of each row where a table of people has it in a column a session, as age_ses-1."""
        label, source = self.named.label, other.source
        if source.by_session:
            return None
        waves = find_waves([str(name) for name in source.frame.columns], label, plain, self.sessions)
        if waves.asked:
            self._say(other, waves.asked, fatal=True, summary=f"columns of {label} by session cannot be told apart")
        if not waves.columns:
            return None
        told = ", ".join(f"{column} of {session}" for session, column in waves.columns.items())
        self._say(other, f"{label} is read by session: {told}")
        taken = other.taken(self.stays)
        return [str(taken[waves.columns[session]].iloc[row]) for row, session in enumerate(self.sessions)]

    def _disagreements(self, fact: str, mine: str, theirs: pd.Series, other: Aligned, called: str) -> Iterator[Problem]:
        """Yield a problem for everybody of whom two files say different things."""
        file = self._file(mine)
        here = self._values(fact, self.columns[mine], mine, file)
        there = self._values(fact, [str(cell) for cell in theirs], called, other.path)
        known = {*here} & {*there}
        for row, (one, another) in enumerate(zip(here, there, strict=True)):
            if one is None or another is None or one == another:
                continue
            if fact == "label":
                differs = abs(float(one) - float(another)) > SAME * max(abs(float(one)), abs(float(another)))
            else:
                differs = one in known and another in known
            if differs:
                person = other.source.people[other.rows[self.stays[row]]]
                instead = f"{mine} of {file.name} is {shown(self.columns[mine][row])}"
                what = f"{called} is {shown(theirs.iloc[row])}, and {instead}"
                advice = f"mend one, or say --drop {mine}"
                summary = f"{self.named.label if fact == 'label' else fact} differs between the two files"
                where = f"{other.source.where}: {person}"
                yield Problem(where, f"{what}: {advice}", participant=person, summary=summary)

    def _values(self, fact: str, cells: list[str], name: str, path: Path) -> Sequence[float | str | None]:
        """Return what a column says of each row in a form that can be compared, None for nothing."""
        described = read_dictionary(path).get(name, Described())
        if fact == "label":
            units = self.named.label_units or described.units
            return read_labels(cells, name, where=path.name, units=units, declared=path.name).values
        read = (
            read_sex(cells, where="", levels=described.levels, heading=name)
            if fact == "sex"
            else read_sites(cells, where="")
        )
        return [None if not code(value) else value.casefold() for value in read.values]

    def _pass_over(self, name: str) -> None:
        """Take a column out that another file says as well."""
        self.columns.pop(name, None)
        self.origins.pop(name, None)
        self.passed_over.add(name)

    def _file(self, name: str) -> Path:
        """Return the file of a column."""
        return self.origins[name].path if name in self.origins else self.path

    def _frame(self) -> pd.DataFrame:
        """Return the columns so far."""
        return pd.DataFrame(self.columns, index=range(len(self.stays)), dtype=str)

    def _say(self, other: Aligned, what: str, *, fatal: bool = False, summary: str = "") -> None:
        """Say something of a further table."""
        self.problems.append(Problem(other.source.where, what, fatal=fatal, summary=summary))
