r"""Who can be sure: whose answers are in no data set that makes the tables, and whose are in every one.

A data set is how many people gave each combination of answers, x >= 0 and whole; every published count is a sum of some
of them. An adversary who knows a person's answers asks the integer program for the most and for the fewest people with
these answers that all counts allow. If the most is 0, the person *cannot* have taken part. If the fewest is 1 or more,
somebody with just these answers *did*, and it is that person where nobody else has the same answers, which is known of
the file that the tables are of and never of tables that somebody else published. Means and standard deviations say the
same of numbers (:mod:`~remembrain.survey.certain_numbers`). Nothing here is probable: a claim holds in every data set
that makes these tables, as long as they are exact.

Claims are made and checked as in generate-then-verify attacks on few published statistics (integer programs solved by
HiGHS: Huangfu & Hall 2018, Math. Program. Comput. 10:119). Questions that no table joins are programs of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import optimize, sparse

from remembrain.evidence import disclosure
from remembrain.record.numbers import Count
from remembrain.record.tables import Certain
from remembrain.survey.answers import Answers
from remembrain.survey.certain_numbers import certain_of_numbers, means_told
from remembrain.survey.columns import Question
from remembrain.survey.layout import Layout, Table
from remembrain.survey.release import Look, Release

MOST_COMBINATIONS = 20_000
"""Combinations of answers of one program; with more, an empty cell alone excludes."""
MOST_WHOLE = 1_000
"""Combinations up to which people are whole numbers; with more they may be parts, which proves less and never more."""
MOST_ASKED, MOST_WORK = 400, 400_000
"""Different answers that are asked about in one program, the rarest first, and times its combinations; of others
nothing is claimed."""
NODES = 500
"""Of a search, for one question to the solver, however long it takes; what is not proven by then is not claimed."""
_NEARLY = 1e-4
_NOT_KNOWN = -1


@dataclass(frozen=True, eq=False)
class Claims:
    """Of each person: whether no data set has these answers, and whether every one has, and nobody else gave them."""

    excluded: Bool[np.ndarray, "person"]
    proven: Bool[np.ndarray, "person"]


def why_not(release: Release) -> str:
    """Return why nothing can be certain; nothing where counts, or means, and answers are exact."""
    rules, adversary = release.case.rules, release.case.adversary
    if rules.noise_epsilon is not None or rules.round_to > 1:
        return "counts are rounded or noised"
    if rules.sample < 1:
        return "a random part of people is counted"
    if np.ptp(release.survey.answers.weight) > 0:
        return "counts are of weighted people"
    if adversary.answer_error > 0:
        return "the adversary may be wrong of an answer"
    why = {_counts_in_doubt(release), _means_in_doubt(release)}
    return "" if "" in why else "; ".join(sorted(why))


def _counts_in_doubt(release: Release) -> str:
    """Return why counts tell nothing that is certain."""
    layout, published = release.survey.layout, release.published
    if not layout.n_counts:
        return "no table is of counts"
    if published.step or np.any(published.blur[: layout.n_counts] > 0):
        return "counts are blurred, or not told"
    return ""


def _means_in_doubt(release: Release) -> str:
    """Return why means tell nothing that is certain."""
    layout = release.survey.layout
    if not any(table.kind == "mean" for table in layout.tables):
        return "no mean is published"
    if release.case.adversary.reliability != 1:
        return "the adversary has other measurements than those of the means"
    return (
        ""
        if means_told(layout, release.published, given=release.given)
        else "of how many people means are is not told exactly"
    )


def describe_certain(release: Release, seen: Look) -> Certain:
    """Return of how many people, among those tested in one look, an adversary can be certain."""
    if why := why_not(release):
        return Certain(why=why)
    claims = certain_of(release, seen)
    on: tuple[Literal["counts", "means"], ...] = () if _counts_in_doubt(release) else ("counts",)
    if ((claims.excluded & seen.member) | (claims.proven & ~seen.member)).any():
        why = "something that would be certain is not true: the tables are not exactly those of these people"
        return Certain(why=why)
    return Certain(
        on=on if _means_in_doubt(release) else (*on, "means"),
        tested_members=int(seen.member.sum()),
        tested_others=int((~seen.member).sum()),
        proven=_told(claims.proven),
        excluded=_told(claims.excluded),
    )


def _told(people: Bool[np.ndarray, "person"]) -> Count:
    """Return a number of people as it may leave; that there is nobody may."""
    return disclosure.count(int(people.sum())) if people.any() else 0


def certain_of(release: Release, seen: Look) -> Claims:
    """Return what is certain of the people who are asked about.

    Parameters
    ----------
    release
        Of exact counts or means (:func:`why_not`).
    seen
        What the adversary sees: the tables, and the answers that it knows.
    """
    everybody = _everybody(release)
    nobody = np.zeros(len(seen.view.cells), dtype=bool)
    claims = Claims(nobody, nobody) if _counts_in_doubt(release) else _certain_of_counts(release, seen, everybody)
    if _means_in_doubt(release):
        return claims
    excluded, proven = certain_of_numbers(release, seen, everybody)
    return Claims(claims.excluded | excluded, claims.proven | proven)


def _certain_of_counts(release: Release, seen: Look, everybody: Answers) -> Claims:
    """Return what counts prove."""
    layout, cells = seen.view.layout, seen.view.cells
    excluded, proven = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    counts = seen.published.count
    n = seen.view.n if release.case.adversary.knows_n else None
    known = {question.name: _answers_known(layout, cells, question) for question in _questions(layout)}
    for tables in _programs(layout):
        questions = list({question.name: question for table in tables for question in table.making}.values())
        codes = np.stack([known[question.name] for question in questions], axis=1)
        for table in tables:
            excluded |= _in_an_empty_cell(table, layout.tables.index(table), cells, counts)
        if np.prod([len(question.levels) + 1.0 for question in questions]) > MOST_COMBINATIONS:
            continue
        if not any(np.isfinite(counts[table.start : table.stop]).any() for table in tables):
            continue
        program = _Program.of(questions, tables, counts, n)
        different, first, which = np.unique(codes, axis=0, return_index=True, return_inverse=True)
        doubtful = np.flatnonzero((different != _NOT_KNOWN).any(axis=1) & ~excluded[first])
        fewest = _fewest_beside(layout, tables, cells[first[doubtful]], counts)
        asked = min(MOST_ASKED, MOST_WORK // len(program.combination))
        for place in doubtful[np.argsort(fewest, kind="stable")][:asked].tolist():
            answers, of_these = different[place], which.ravel() == place
            matching = program.matching(answers)
            if program.bound(matching, most=True) == 0:
                excluded |= of_these
            elif not release.given and _times(everybody, questions, answers) == 1 and program.bound(matching) >= 1:
                proven |= of_these
    return Claims(excluded, proven & ~excluded)


@dataclass(frozen=True, eq=False)
class _Program:
    """All combinations of answers to some questions, ``NOT_KNOWN`` as the last level, and what counts say of them."""

    combination: Int[np.ndarray, "combination question"]
    sums: sparse.csr_array
    count: Float[np.ndarray, "row"]
    most: float

    @classmethod
    def of(
        cls, questions: Sequence[Question], tables: Sequence[Table], counts: Float[np.ndarray, "cell"], n: float | None
    ) -> _Program:
        """Return the program of some tables."""
        sizes = [len(question.levels) + 1 for question in questions]
        combination = np.stack(np.unravel_index(np.arange(int(np.prod(sizes))), sizes), axis=1)
        names, blocks, told = [question.name for question in questions], [], []
        for table in tables:
            columns = [names.index(question.name) for question in table.making]
            levels = combination[:, columns]
            answered = np.all(levels < np.array(table.sizes), axis=1)
            cell = np.ravel_multi_index(tuple(np.minimum(levels, np.array(table.sizes) - 1).T), table.sizes)
            row, column = cell[answered], np.flatnonzero(answered)
            blocks.append(sparse.coo_array((np.ones(len(row)), (row, column)), shape=(table.cells, len(combination))))
            told.append(counts[table.start : table.stop])
        if n is not None:
            blocks.append(sparse.coo_array(np.ones((1, len(combination)))))
            told.append(np.array([n]))
        count = np.concatenate(told)
        there = np.isfinite(count)
        most = float(n) if n is not None else np.inf
        return cls(combination, sparse.csr_array(sparse.vstack(blocks))[there], count[there], most)

    def matching(self, answers: Int[np.ndarray, "question"]) -> Bool[np.ndarray, "combination"]:
        """Return the combinations in which these answers stand, whatever those are that are not known."""
        return np.asarray(np.all((answers == _NOT_KNOWN) | (self.combination == answers), axis=1))

    def bound(self, matching: Bool[np.ndarray, "combination"], *, most: bool = False) -> float:
        """Return the most, or the fewest, people of these combinations; what says nothing where that is not proven."""
        whole = len(matching) <= MOST_WHOLE
        found = optimize.milp(
            np.where(matching, -1.0 if most else 1.0, 0.0),
            integrality=np.full(len(matching), int(whole)),
            bounds=optimize.Bounds(0, self.most),
            constraints=optimize.LinearConstraint(self.sums, self.count, self.count),
            options={"node_limit": NODES},
        )
        if found.status != 0:
            return np.inf if most else 0.0
        people = abs(found.fun)
        return float(np.floor(people + _NEARLY) if most else np.ceil(people - _NEARLY))


def _programs(layout: Layout) -> list[list[Table]]:
    """Return the tables of counts in groups that share no question."""
    groups: list[tuple[set[str], list[Table]]] = []
    for table in (table for table in layout.tables if table.counted):
        names = {question.name for question in table.making}
        joined = [group for group in groups if group[0] & names]
        groups = [group for group in groups if not group[0] & names]
        merged = (names.union(*(group[0] for group in joined)), [*(t for group in joined for t in group[1]), table])
        groups.append(merged)
    return [tables for _, tables in groups]


def _questions(layout: Layout) -> list[Question]:
    """Return all questions whose levels make cells of counts."""
    every = (question for table in layout.tables if table.counted for question in table.making)
    return list({question.name: question for question in every}.values())


def _answers_known(
    layout: Layout, cells: Int[np.ndarray, "person table"], question: Question
) -> Int[np.ndarray, "person"]:
    """Return what is known of each person's answer to a question, from the cells in which they are known to stand."""
    known = np.full(len(cells), _NOT_KNOWN)
    for column, table in enumerate(layout.tables):
        names = [asked.name for asked in table.making]
        if not table.counted or question.name not in names:
            continue
        there = cells[:, column] >= 0
        levels = np.unravel_index(np.where(there, cells[:, column] - table.start, 0), table.sizes)
        known = np.where(there, levels[names.index(question.name)], known)
    return known


def _fewest_beside(
    layout: Layout,
    tables: Sequence[Table],
    cells: Int[np.ndarray, "person table"],
    counts: Float[np.ndarray, "cell"],
) -> Float[np.ndarray, "person"]:
    """Return how many people are in the smallest cell of these tables that each person stands in and that is told."""
    there = cells[:, [layout.tables.index(table) for table in tables]]
    told = np.where(there >= 0, counts[np.maximum(there, 0)], np.inf)
    return np.asarray(np.where(np.isnan(told), np.inf, told).min(axis=1))


def _in_an_empty_cell(
    table: Table, column: int, cells: Int[np.ndarray, "person table"], counts: Float[np.ndarray, "cell"]
) -> Bool[np.ndarray, "person"]:
    """Return who stands in a cell of the table that nobody is in."""
    there = cells[:, column] >= 0
    return np.asarray(there & (counts[np.where(there, cells[:, column], table.start)] == 0))


def _everybody(release: Release) -> Answers:
    """Return everybody who is known of, in whatever file."""
    survey, everybody = release.survey, release.survey.answers
    for others in (survey.outsiders, survey.reference):
        everybody = everybody if others is None else everybody.joined(others)
    return everybody


def _times(everybody: Answers, questions: Sequence[Question], answers: Int[np.ndarray, "question"]) -> int:
    """Return how many people of the file gave these answers."""
    codes = everybody.code[:, [everybody.place(question.name) for question in questions]]
    return int(np.all((answers == _NOT_KNOWN) | (codes == answers), axis=1).sum())
