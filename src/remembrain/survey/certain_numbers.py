"""Who can be sure by means and standard deviations: whose numbers no data set holds that has them, and whose every one.

Of any numbers, whoever lies further from a mean than its standard deviation lets anybody be *cannot* have taken part.
Where no answer lies between two whole numbers, integer programs ask whether anybody can have given a person's number,
and whether somebody must have (:mod:`~remembrain.survey.whole_numbers`): groups and everybody together where that is no
large program, and otherwise each alone. Means are taken for rounded to the nearest, either way at the middle; nothing
is claimed of a number of whom it is not told of how many it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain.survey.answers import Answers
from remembrain.survey.columns import Question
from remembrain.survey.layout import Layout, Table
from remembrain.survey.protection import Published
from remembrain.survey.release import Look, Release
from remembrain.survey.whole_numbers import Quantile, Summary, WholeNumbers

MOST_ENTRIES = 1000
"""Of programs that are solved, those of the fewest people first; nothing is claimed that others could tell."""
MOST_IN_VAIN = 3
"""Numbers that turn out possible, the furthest from the mean first, until no more are asked about in a program."""
MOST_AT_ONCE = 12
"""Of so many numbers it is first asked which can be there together; of more, one after the other."""
_WHOLE = 1e-6

Told: TypeAlias = Mapping[int, Summary]
"""What is told of the numbers in each cell of means, where it is told of how many people."""
Sure: TypeAlias = tuple[Bool[np.ndarray, "person"], Bool[np.ndarray, "person"]]
"""Who cannot have taken part, and who must have."""


def means_told(layout: Layout, published: Published, *, given: bool) -> Told:
    """Return what is told of numbers in each cell of a mean, with the spread and quantiles that stand beside.

    How many people a mean is of is how many answered; a paper's number of people in a group is not always that.
    """
    spreads = {(table.questions, table.within): table.start for table in layout.tables if table.kind == "sd"}
    quantiles = [table for table in layout.tables if table.kind == "quantile"]
    half = np.broadcast_to(published.half, published.share.shape)
    told = {}
    for table in (table for table in layout.tables if table.kind == "mean"):
        question = table.questions[0]
        ends = (question.low, question.high) if question.ranged else (None, None)
        low, high = (other if end is None else end for end, other in zip(ends, (-np.inf, np.inf), strict=True))
        beside = spreads.get((table.questions, table.within))
        for place, cell in enumerate(range(table.start, table.stop)):
            n, mean = published.count[cell], (float(published.share[cell]), float(half[cell]))
            if not np.isfinite([n, *mean]).all() or n < 1 or n != np.round(n):
                continue
            sd = (np.nan, 0.0)
            if beside is not None and np.isfinite(half[beside + place]):
                sd = _spread(float(published.share[beside + place]), float(half[beside + place]), n, given=given)
            ordered = tuple(
                Quantile.of(int(n), other.level or 0.5, float(published.share[at]), float(half[at]), own=not given)
                for other in quantiles
                if (other.questions, other.within) == (table.questions, table.within)
                and np.isfinite([published.share[at := other.start + place], half[at]]).all()
            )
            told[cell] = Summary.of(int(n), mean, sd, (low, high), ordered)
    return told


def _spread(sd: float, half: float, n: float, *, given: bool) -> tuple[float, float]:
    """Return a standard deviation with half of its last place; of somebody else's it may be n that it is divided by."""
    low, high = sd - half, (sd + half) * (np.sqrt(n / (n - 1)) if given and n > 1 else 1.0)
    return (low + high) / 2, (high - low) / 2


def certain_of_numbers(release: Release, seen: Look, everybody: Answers) -> Sure:
    """Return who of those asked about has a number that nobody can have given, and whose number somebody must have.

    Parameters
    ----------
    release
        Of exact numbers of people.
    seen
        What the adversary sees, and the very numbers that it knows.
    everybody
        All people who are known of: who is not the only one among them with a number is not proven.
    """
    layout, told = release.survey.layout, means_told(release.survey.layout, seen.published, given=release.given)
    excluded = _out_of_reach(layout, told, seen)
    proven = np.zeros_like(excluded)
    whole = [one for one in _questions(layout) if _is_whole(one, everybody, given=release.given)]
    theirs = layout.cells_of(everybody) if whole else np.zeros((0, 0), dtype=np.int32)
    programs = [(one.name, program) for one in whole for program in _programs(layout, one, told)]
    programs.sort(key=lambda named: named[1].numbers.fewest_people)
    able = np.cumsum([program.numbers.size for _, program in programs]) <= MOST_ENTRIES
    for name, program in (named for named, small in zip(programs, able, strict=True) if small):
        known = None if release.given else (theirs, everybody.numbers(name))
        gone, sure = program.claims(seen, excluded, known)
        excluded |= gone
        proven |= sure
    return excluded, proven & ~excluded


def _out_of_reach(layout: Layout, told: Told, seen: Look) -> Bool[np.ndarray, "person"]:
    """Return who has a number that lies further from a mean than anybody of its cell can."""
    least, most = np.full(layout.n_cells, -np.inf), np.full(layout.n_cells, np.inf)
    for cell, summary in told.items():
        least[cell], most[cell] = summary.ends
    columns = [column for column, table in enumerate(layout.tables) if table.kind == "mean"]
    cells, numbers = seen.view.cells[:, columns], seen.view.values[:, columns]
    own = np.maximum(cells, 0)
    return np.asarray(((cells >= 0) & ((numbers < least[own]) | (numbers > most[own]))).any(axis=1))


def _questions(layout: Layout) -> list[Question]:
    """Return the questions of which a mean is published."""
    return list(dict.fromkeys(table.questions[0] for table in layout.tables if table.kind == "mean"))


def _is_whole(question: Question, everybody: Answers, *, given: bool) -> bool:
    """Tell whether no answer lies between two whole numbers; of tables of somebody else only where that is declared."""
    numbers = everybody.numbers(question.name)
    numbers = numbers[np.isfinite(numbers)]
    return bool((question.whole or not given) and (numbers == np.round(numbers)).all())


@dataclass(frozen=True, eq=False)
class _Program:
    """A program over cells of means of one question: which parts of people each is of, the smaller cells first."""

    numbers: WholeNumbers
    columns: tuple[int, ...]
    parts: Mapping[int, Bool[np.ndarray, "part"]]

    def claims(
        self,
        seen: Look,
        decided: Bool[np.ndarray, "person"],
        everybody: tuple[Int[np.ndarray, "other table"], Float[np.ndarray, "other"]] | None,
    ) -> Sure:
        """Return who is excluded and who is proven, of those of whom it is not ``decided``.

        Nobody is proven where it is not known in which cells ``everybody`` stands, with which number.
        """
        excluded, proven = np.zeros_like(decided), np.zeros_like(decided)
        column, cell, number = self._asked(seen)
        there = np.flatnonzero((column >= 0) & ~decided)
        asked = np.stack([column, cell, number], axis=1)[there]
        different, which = np.unique(asked, axis=0, return_inverse=True)
        different = different.astype(int)
        entries = [self.numbers.entries(self.parts[cell], number) for _, cell, number in different.tolist()]
        first = self.numbers.together(entries) if 0 < len(entries) <= MOST_AT_ONCE else None
        ways, vain = [] if first is None else [first], 0
        for place in np.argsort(-np.abs(different[:, 2] - self.numbers.centre), kind="stable").tolist():
            (column_, cell_, number_), own = different[place].tolist(), entries[place]
            of_these = there[which.ravel() == place]
            if not any(way[own].any() for way in ways):
                if vain == MOST_IN_VAIN:
                    continue
                bound, way = self.numbers.most(own)
                excluded[of_these] = bound < 1
                vain += bound >= 1
                ways += [] if way is None else [way]
            if everybody is None or excluded[of_these].any() or not all(way[own].any() for way in ways):
                continue
            if ((everybody[0][:, column_] == cell_) & (everybody[1] == number_)).sum() == 1:
                bound, way = self.numbers.fewest(own)
                proven[of_these] = bound >= 1
                ways += [] if way is None else [way]
        return excluded, proven

    def _asked(
        self, seen: Look
    ) -> tuple[Int[np.ndarray, "person"], Int[np.ndarray, "person"], Float[np.ndarray, "person"]]:
        """Return the smallest cell in which each person is known to stand, its column, and their number; -1 if none."""
        cells, values = seen.view.cells, seen.view.values
        column, cell, number = np.full(len(cells), -1), np.full(len(cells), -1), np.zeros(len(cells))
        for place in self.columns:
            of_whole = np.abs(values[:, place] - np.round(values[:, place])) < _WHOLE
            known = (column < 0) & of_whole & np.isin(cells[:, place], list(self.parts))
            number = np.where(known, np.round(values[:, place]), number)
            column, cell = np.where(known, place, column), np.where(known, cells[:, place], cell)
        return column, cell, number


def _programs(layout: Layout, question: Question, told: Told) -> Iterator[_Program]:
    """Yield programs of a question: of groups and everybody together, and each alone where that is too large."""
    tables = layout.tables
    columns = [column for column, one in enumerate(tables) if one.kind == "mean" and one.questions == (question,)]
    whole = next((column for column in columns if not tables[column].within), None)
    groups = [column for column in columns if column != whole]
    alone = set[int]() if groups or whole is None else {whole}
    for column in groups:
        together = _together(tables, column, whole, told)
        if together is not None:
            yield together
        else:
            alone |= {column} if whole is None else {column, whole}
    for column in sorted(alone):
        table = tables[column]
        for cell in (cell for cell in range(table.start, table.stop) if cell in told):
            part = np.ones(1, dtype=bool)
            numbers = WholeNumbers.of(1, [(told[cell], part)])
            if numbers is not None:
                yield _Program(numbers, (column,), {cell: part})


def _together(tables: tuple[Table, ...], column: int, whole: int | None, told: Told) -> _Program | None:
    """Return the program of everybody and their groups in a table; nothing where there are none or it is too large.

    The part after the groups is everybody else: those whose group is not told, and those who are of none.
    """
    if whole is None:
        return None
    everybody = tables[whole].start
    groups = [cell for cell in range(tables[column].start, tables[column].stop) if cell in told]
    if everybody not in told or not groups:
        return None
    rest = told[everybody].n - sum(told[cell].n for cell in groups)
    if rest < 0:
        return None
    parts = {cell: np.arange(len(groups) + (rest > 0)) == place for place, cell in enumerate(groups)}
    parts[everybody] = np.ones(len(groups) + (rest > 0), dtype=bool)
    numbers = WholeNumbers.of(len(parts[everybody]), [(told[cell], of_parts) for cell, of_parts in parts.items()])
    return None if numbers is None else _Program(numbers, (column, whole), parts)
