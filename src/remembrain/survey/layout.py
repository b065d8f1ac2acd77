"""Which tables are published, cell by cell: margins, cross-tabs, numbers of people's measures, whole or by subgroup.

A *cell* is one number of one table. Cells whose shares add up to one form a *block*: a margin is one block, a margin by
sex one block a sex, and a number of people's measures (mean, standard deviation, quantile, contrast of two groups) a
block of its own. In every table a person stands in one cell at most. This module must
not know what the answers are, only what they could be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain._text import few, shown
from remembrain.errors import DataError
from remembrain.survey.answers import MISSING, UNKNOWN, Answers
from remembrain.survey.columns import Question
from remembrain.survey.named_columns import column_named, columns_named

TableKind: TypeAlias = Literal["margin", "crosstab", "mean", "sd", "quantile", "contrast"]
Statistic: TypeAlias = Literal["d", "t", "z", "p"]
"""How a contrast is told: Cohen's d, Student's t of two independent samples, or that as a normal deviate or a two-sided
p-value."""

COUNTED: tuple[TableKind, ...] = ("margin", "crosstab")
"""Tables of shares of people; the others are of their numbers."""

QUARTILES = (0.25, 0.5, 0.75)
_MOST_CELLS = 100_000


@dataclass(frozen=True)
class Plan:
    """What is published: columns of each kind of table, or all that could be (``"all"``).

    ``quantiles_at`` are the shares of people below a quantile, ``most_missing`` that of no answers up to which all
    includes a column. ``contrast`` is the column of two levels between which the columns of ``contrasts`` are compared,
    told as ``contrast_as``.
    """

    margins: tuple[str, ...] | Literal["all"] = ()
    crosstabs: tuple[tuple[str, ...], ...] = ()
    means: tuple[str, ...] | Literal["all"] = ()
    by: tuple[str, ...] = ()
    most_missing: float = 1.0
    sds: tuple[str, ...] | Literal["all"] = ()
    contrasts: tuple[str, ...] | Literal["all"] = ()
    contrast: str | None = None
    contrast_as: Statistic = "d"
    quantiles: tuple[str, ...] | Literal["all"] = ()
    quantiles_at: tuple[float, ...] = QUARTILES


@dataclass(frozen=True)
class Table:
    """One table: the questions that make its cells, those within whose levels shares add up, and its first cell.

    Of a contrast, ``between`` is the question of two levels that are compared, and ``told_as`` how that is told; of a
    quantile, ``level`` is the share of people below it.
    """

    kind: TableKind
    questions: tuple[Question, ...]
    within: tuple[Question, ...]
    start: int
    between: Question | None = None
    told_as: Statistic = "d"
    level: float | None = None

    @property
    def name(self) -> str:
        """Name of the table, and of its file."""
        parts = "-".join(question.name for question in (*self.questions, *([self.between] if self.between else [])))
        at = "" if self.level is None else f"-{self.level:g}"
        return f"{self.kind}-{parts}{at}" + "".join(f"-by-{question.name}" for question in self.within)

    @property
    def counted(self) -> bool:
        """Whether its cells are shares of people, and not of their numbers."""
        return self.kind in COUNTED

    @property
    def making(self) -> tuple[Question, ...]:
        """The questions whose levels make cells, ``within`` first."""
        return (*self.within, *(self.questions if self.counted else ()))

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions of levels that a person has to have answered to stand in the table."""
        return (*self.making, *([self.between] if self.between else []))

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Levels of each question whose levels make cells."""
        return tuple(len(question.levels) for question in self.making)

    @cached_property
    def block_size(self) -> int:
        """Cells of a block."""
        return math.prod(self.shape)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Levels of the questions that are not ``within``: the shape of one block."""
        return self.sizes[len(self.within) :]

    @cached_property
    def cells(self) -> int:
        """How many cells there are."""
        return math.prod(self.sizes)

    @property
    def stop(self) -> int:
        """The cell after the last."""
        return self.start + self.cells

    def rows(self) -> list[tuple[str, ...]]:
        """Return the titles of the levels of every cell, in order."""
        return list(product(*(question.titles for question in self.making)))


@dataclass(frozen=True, eq=False)
class Layout:
    """All tables; counts first, then those of numbers, so that cells below ``n_counts`` are shares."""

    tables: tuple[Table, ...]

    @cached_property
    def n_cells(self) -> int:
        """How many cells there are."""
        return sum(table.cells for table in self.tables)

    @cached_property
    def n_counts(self) -> int:
        """How many of them are shares of people."""
        return sum(table.cells for table in self.tables if table.counted)

    @cached_property
    def of_means(self) -> Layout:
        """The same cells, where every number is taken for the mean of something that each person adds."""
        if all(table.counted or table.kind == "mean" for table in self.tables):
            return self
        return Layout(tuple(table if table.counted else replace(table, kind="mean") for table in self.tables))

    def cells_of_kind(self, kind: TableKind) -> Bool[np.ndarray, "cell"]:
        """Return which cells are of tables of this kind."""
        return np.asarray(np.array([table.kind == kind for table in self.tables], dtype=bool)[self.table_of])

    @property
    def means(self) -> frozenset[str]:
        """The questions of whose numbers something is published."""
        return frozenset(table.questions[0].name for table in self.tables if not table.counted)

    @cached_property
    def table_of(self) -> Int[np.ndarray, "cell"]:
        """Which table each cell is of."""
        return np.repeat(np.arange(len(self.tables)), [table.cells for table in self.tables])

    @cached_property
    def block_of(self) -> Int[np.ndarray, "cell"]:
        """Which block each cell is of."""
        sizes = [table.block_size for table in self.tables for _ in range(table.cells // table.block_size)]
        return np.repeat(np.arange(len(sizes)), sizes)

    @cached_property
    def _first(self) -> Int[np.ndarray, "block"]:
        """The first cell of every block."""
        return np.flatnonzero(np.r_[True, np.diff(self.block_of) > 0])

    @cached_property
    def block_start(self) -> Int[np.ndarray, "cell"]:
        """The first cell of the block of each cell."""
        return np.asarray(self._first[self.block_of])

    def add_up(self, cells: Float[np.ndarray, "*batch cell"]) -> Float[np.ndarray, "*batch cell"]:
        """Return for each cell the sum over its block."""
        return np.asarray(np.add.reduceat(cells, self._first, axis=-1)[..., self.block_of])

    def cells_of(self, answers: Answers) -> Int[np.ndarray, "person table"]:
        """Return in which cell of each table each person stands; MISSING or UNKNOWN where an answer is."""
        cells = np.empty((len(answers), len(self.tables)), dtype=np.int32, order="F")
        code_of = dict(zip((one.name for one in answers.categorical), answers.code.T.astype(np.int32), strict=True))
        for column, table in enumerate(self.tables):
            codes = [code_of[question.name] for question in table.asked]
            cell = np.full(len(answers), table.start, dtype=np.int32)
            for code, step in zip(codes, _steps(table.sizes), strict=False):  # what is compared makes no cell
                cell += code * step
            lowest = np.minimum.reduce([np.zeros_like(cell), *codes])  # UNKNOWN is below MISSING
            cell = np.where(lowest < 0, lowest, cell)
            if not table.counted:
                value = answers.numbers(table.questions[0].name)
                cell[np.isnan(value) & (cell >= 0)] = MISSING
                cell[np.isinf(value)] = UNKNOWN
            cells[:, column] = cell
        return cells

    def values_of(self, answers: Answers) -> Float[np.ndarray, "person table"]:
        """Return what each person adds to their cell of each table: 1, or their number where it is of numbers."""
        values = np.broadcast_to(1.0, (len(answers), len(self.tables)))
        if self.n_counts < self.n_cells:
            values = values.copy(order="F")
        for column, table in enumerate(self.tables):
            if not table.counted:
                value = answers.numbers(table.questions[0].name)
                values[:, column] = np.where(np.isfinite(value), value, 0.0)
        return values


def lay_out(plan: Plan, answers: Answers, where: str) -> Layout:
    """Return the tables of a plan.

    Raises
    ------
    DataError
        Where a column is unknown or of the wrong kind, a table stands twice, or there is no cell or far too many.
    """
    kinds = {question.name: question for question in (*answers.categorical, *answers.numeric)}
    by = [column_named(name, "categorical", kinds, where, "by") for name in plan.by]
    if len(set(plan.by)) < len(plan.by):
        raise DataError(f"by: {list(plan.by)} names a column twice", where=where, expected="each column once")
    between = _compared(plan, kinds, where)
    tables: list[Table] = []
    for table in _wanted(plan, answers, kinds, where):
        compared = between if table.kind == "contrast" else None
        for within in ((), *((level,) for level in by if level not in (*table.questions, compared))):
            start = tables[-1].stop if tables else 0
            tables.append(replace(table, within=within, start=start, between=compared, told_as=plan.contrast_as))
    layout = Layout(tuple(tables))
    if not layout.n_cells:
        raise DataError("publishes no cell", where=where, expected='margins = "all", or columns, crosstabs or means')
    if layout.n_cells > _MOST_CELLS:
        raise DataError(f"publishes {layout.n_cells:,} cells", where=where, expected=f"at most {_MOST_CELLS:,}")
    return layout


def _wanted(plan: Plan, answers: Answers, kinds: dict[str, Question], where: str) -> list[Table]:
    """Return the tables of a plan of everybody, without their places.

    Raises
    ------
    DataError
        As in :func:`lay_out`.
    """
    margins = columns_named(plan.margins, answers.categorical, plan.most_missing)
    wanted = [Table("margin", (column_named(name, "categorical", kinds, where, "margins"),), (), 0) for name in margins]
    for pair in plan.crosstabs:
        if len(pair) < 2 or len(set(pair)) < len(pair):
            raise DataError(f"crosstab {list(pair)}", where=where, expected="two or more different columns")
        questions = tuple(column_named(name, "categorical", kinds, where, "crosstabs") for name in pair)
        wanted.append(Table("crosstab", questions, (), 0))
    of_numbers: tuple[tuple[TableKind, str, tuple[str, ...] | Literal["all"], tuple[float | None, ...]], ...] = (
        ("mean", "means", plan.means, (None,)), ("sd", "sds", plan.sds, (None,)),
        ("quantile", "quantiles", plan.quantiles, plan.quantiles_at),
        ("contrast", "contrasts", plan.contrasts, (None,)),
    )  # fmt: skip
    for kind, key, columns, levels in of_numbers:
        for name in columns_named(columns, answers.numeric, plan.most_missing):
            question = column_named(name, "numeric", kinds, where, key)
            wanted += [Table(kind, (question,), (), 0, level=level) for level in levels]
    if len(set(wanted)) < len(wanted):
        twice = next(table for table in wanted if wanted.count(table) > 1)
        raise DataError(
            f"the {twice.kind} of {twice.questions[0].name} stands twice", where=where, expected="each table once"
        )
    return wanted


def _compared(plan: Plan, kinds: dict[str, Question], where: str) -> Question | None:
    """Return the column of the two groups that are compared, where any are.

    Raises
    ------
    DataError
        Where columns are to be compared and no groups are said, or the other way round, or these are not two.
    """
    if bool(plan.contrasts) != bool(plan.contrast):
        missing, there = ("contrast", "contrasts") if plan.contrasts else ("contrasts", "contrast")
        raise DataError(f"{there} without {missing}", where=where, expected='contrast = "group", contrasts = "all"')
    if plan.contrast is None:
        return None
    groups = column_named(plan.contrast, "categorical", kinds, where, "contrast")
    if len(groups.levels) != 2:
        what = f"contrast: the column {shown(groups.name)!r} has {len(groups.levels)} levels: {few(groups.titles)}"
        raise DataError(what, where=where, expected="two groups", try_next=f"[columns.{groups.name}] with two levels")
    return groups


def _steps(sizes: Sequence[int]) -> list[int]:
    """Return how far apart neighbouring levels of each question stand."""
    return [int(np.prod(sizes[place + 1 :], dtype=int)) for place in range(len(sizes))]
