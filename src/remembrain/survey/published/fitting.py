"""Published tables to the cells of the layout: which numbers are of which cell, whichever table they stand in.

What stands for one cell in several places must be the same; everything that is wrong is collected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain._text import few
from remembrain.record.table_settings import Blur
from remembrain.survey.layout import Layout, Table
from remembrain.survey.published.blurring import Slack
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.missing import say_missing
from remembrain.survey.published.sources import Source
from remembrain.survey.published.titles import cell_title, names_of, table_title
from remembrain.survey.published.units import Measured, unit_of
from remembrain.survey.published.words import NUMBERS, QUANTILES, Measure

_ALIKE = 1e-6
_BLURRED = 0.9
"""By which part of the whole shares of blurred counts may add up to something else, as far as their unit is asked."""
_ORDER: tuple[Measure, ...] = ("count", "of", *NUMBERS, "percent", "share", "p", "value")


@dataclass(frozen=True, eq=False)
class Fitted:
    """By cell of the layout, NaN where nothing is told: people, shares (or means), and how many they are of.

    ``half`` is half the last place of a share or mean, ``own`` that of the very number, ``unanswered`` and
    ``unanswered_share`` are of who gave no answer to what is asked, ``row`` whether there is one, ``where`` its table.
    """

    count: Float[np.ndarray, "cell"]
    share: Float[np.ndarray, "cell"]
    base: Float[np.ndarray, "cell"]
    half: Float[np.ndarray, "cell"]
    unanswered: Float[np.ndarray, "cell"]
    unanswered_share: Float[np.ndarray, "cell"]
    row: Bool[np.ndarray, "cell"]
    own: Float[np.ndarray, "cell"]
    where: dict[str, str] = field(default_factory=dict)

    @classmethod
    def empty(cls, cells: int) -> Fitted:
        """Return what is known where nothing is."""
        nan, zero, row = np.full(cells, np.nan), np.zeros(cells), np.zeros(cells, dtype=bool)
        return cls(nan, nan.copy(), nan.copy(), zero, zero.copy(), zero.copy(), row, np.full(cells, np.inf))


def fit(layout: Layout, understood: Understood, slack: Slack, blur: Blur, *, weighted: bool = False) -> Fitted:
    """Return what is told of every cell, with what is wrong added to ``understood``.

    Parameters
    ----------
    layout
        The tables that are looked for.
    understood
        The cells that were read.
    slack
        By how much counts may be off.
    blur
        What is declared of unit and decimals.
    weighted
        Whether counts are of weighted people, and rounded by themselves.
    """
    fitted = Fitted.empty(layout.n_cells)
    sources = [Source(cells) for cells in understood.cells if cells.measure != "p"]
    for where in dict.fromkeys(cells.where for cells in understood.cells if cells.measure == "p"):
        understood.note(where, "its p-values are held against what stands beside them, and not used otherwise")
    fitter = _Fitter(layout, understood, slack, blur, fitted, 0.5 if weighted else 0.0)
    used: set[int] = set()
    missing: list[Table] = []
    of_about: dict[str, list[Source]] = {}
    for source in sources:
        of_about.setdefault(source.cells.about, []).append(source)
    for table in layout.tables:
        able = fitter.able(table, of_about.get("" if table.counted else table.questions[0].name, []))
        used |= {id(source) for source in able}
        before = len(understood.problems)
        told = [fitter.fill(table, source) for source in able]
        if not any(told) and len(understood.problems) == before:
            missing.append(table)
    fitter.finish()
    say_missing(missing, layout, understood)
    for source in sources:
        if id(source) not in used and source.names and not source.cells.aside:
            what = f"its {source.cells.measure}s by {few(source.names)} are of no table of [release], and not used"
            understood.note(source.cells.where, what)
    return fitted


_Unfit: TypeAlias = tuple[Source, Table, Float[np.ndarray, "block"], Float[np.ndarray, "block"]]
"""Numbers of people that a table is said to be of, which are not what its counts add up to, block by block."""


@dataclass(frozen=True, eq=False)
class _Fitter:
    """What is needed to fit one table."""

    layout: Layout
    understood: Understood
    slack: Slack
    blur: Blur
    fitted: Fitted
    loose: float = 0.0
    _units: dict[int, Measured] = field(default_factory=dict)
    _unfit: dict[int, _Unfit | None] = field(default_factory=dict)

    def able(self, table: Table, sources: Sequence[Source]) -> list[Source]:
        """Return those of some sources about it that a table has: of its very questions, or totals of larger ones."""
        names, within = names_of(table), [one.name for one in table.within]
        own = [source for source in sources if source.cells.table == table.name and table.kind == "contrast"]
        able = [
            source
            for source in own or sources  # how many people are beside means is not how many are compared
            if source.cells.table in ("", table.name)
            and set(names) <= set(source.names)
            and (len(source.rows(names)) or (source.cells.measure == "count" and len(source.rows(within))))
        ]
        able.sort(key=lambda source: _ORDER.index(source.cells.measure))
        exact = [source for source in able if len(source.names) == len(names)]
        if able and not exact:
            where = few(dict.fromkeys(source.cells.where for source in able))
            self.understood.note(where, f"the totals of a larger table are taken for the table of {table_title(table)}")
        return exact or able

    def fill(self, table: Table, source: Source) -> bool:
        """Fill in what a source tells of a table; tell whether it tells something of its cells."""
        names = names_of(table)
        rows = source.rows(names)
        cells = table.start + source.places(rows, names, table.sizes)
        measure, value = source.cells.measure, source.cells.numbers.value[rows]
        self.fitted.where.setdefault(table.name, source.cells.where)
        if measure == "of":
            self._of(table, source, cells, value, rows)
            return False
        measured = None if measure in ("count", *NUMBERS) else self._unit(table, source)
        unit = measured.unit if measured else measure
        if not (_tells(unit, table) if unit in NUMBERS else table.counted or unit == "count"):
            return False
        if unit == "count":
            self._put("count", table, cells, value, source, rows)
            self._totals(table, source)
        elif unit in NUMBERS:
            self._put("share", table, cells, value, source, rows)
            numbers, own = source.cells.numbers, self.fitted.own
            self.fitted.half[cells] = 0.5 * 10.0**-numbers.places
            own[cells] = np.where(np.isnan(value), own[cells], numbers.half[rows])
        elif measured is not None and not (measured.problem or self._shares(table, source, measured, cells, rows)):
            return False
        self.fitted.row[cells] = True
        return bool(len(rows)) and (table.counted or unit != "count")  # people alone are none of their numbers

    def _of(
        self,
        table: Table,
        source: Source,
        cells: Int[np.ndarray, "row"],
        value: Float[np.ndarray, "row"],
        rows: Int[np.ndarray, "row"],
    ) -> None:
        """Fill in how many people cells are of, if it is the same in a block and what its people add up to."""
        base = np.full(self.layout.n_cells, np.nan)
        base[cells] = value
        if table.counted:
            count, own = self.fitted.count, slice(table.start, table.stop)
            known = np.isfinite(base[own]).reshape(-1, table.block_size)
            blocks = np.where(known, base[own].reshape(known.shape), np.nan)
            with np.errstate(invalid="ignore"):
                level = np.where(known, blocks, 0.0).sum(axis=1) / known.sum(axis=1)
            added = count[own].reshape(known.shape).sum(axis=1)
            room = (table.block_size + 1) * self.slack.most + _ALIKE * np.maximum(level, 1) + self.loose
            same = np.abs(blocks - level[:, None]) > room[:, None]
            if same.any() or (np.abs(added - level) > room).any():
                self._unfit.setdefault(id(source), (source, table, added, level))
                return
        self._unfit[id(source)] = None
        self._put("base", table, cells, value, source, rows)

    def finish(self) -> None:
        """Say which numbers of people that tables are of are those of no table."""
        for entry in self._unfit.values():
            if entry is not None:
                source, table, added, level = entry
                where = int(np.nanargmax(np.abs(np.nan_to_num(added - level, nan=-1.0))))
                what = f"counts add up to {added[where]:.10g} in the table of {table_title(table)}"
                self.understood.ask(source.cells.where, f"{what}, and it says to be of {level[where]:.10g} people")

    def _unit(self, table: Table, source: Source) -> Measured:
        """Return what the numbers of a source are, and say what is to be said of it once."""
        if id(source) not in self._units:
            sizes = [max(self._size(name), source.levels(name)) for name in source.names]
            asked = frozenset(one.name for one in table.questions) if source.cells.table else None
            measured = unit_of(source, sizes, self.blur.unit, _BLURRED if self.slack.blurred else 0.0, asked)
            if measured.problem:
                self.understood.ask(source.cells.where, measured.problem)
            if measured.note:
                self.understood.note(source.cells.where, measured.note)
            self._units[id(source)] = measured
        return self._units[id(source)]

    def _size(self, name: str) -> int:
        """Return how many levels a question of the release has."""
        every = (one for table in self.layout.tables for one in (*table.within, *table.questions))
        return next((len(one.levels) for one in every if one.name == name), 1)

    def _shares(
        self,
        table: Table,
        source: Source,
        measured: Measured,
        cells: Int[np.ndarray, "row"],
        rows: Int[np.ndarray, "row"],
    ) -> bool:
        """Fill in shares where they add up over what a table asks; tell whether they do."""
        asked = frozenset(question.name for question in table.questions)
        known = bool(source.cells.table)
        if measured.over and asked not in measured.over and not known:
            return False
        if not measured.over and len(source.names) > 1 and not known:
            what = f"over which of {few(source.names)} its {source.cells.measure}s add up cannot be told"
            self.understood.ask(source.cells.where, f"{what}, as no line is whole: add totals or numbers of people")
            return False
        scale, numbers = measured.scale, source.cells.numbers
        self._put("share", table, cells, numbers.value[rows] / scale, source, rows)
        self.fitted.half[cells] = 0.5 * 10.0 ** -self._places(source, cells) / scale
        missing = source.unanswered([one.name for one in table.within], sorted(asked))
        blocks = self._blocks(table, source, missing)
        np.add.at(self.fitted.unanswered_share, blocks, np.nan_to_num(numbers.value[missing] / scale)[:, None])
        return True

    def _places(self, source: Source, cells: Int[np.ndarray, "row"]) -> int:
        """Return with how many decimals shares are told."""
        written, declared = source.cells.numbers.places, self.blur.decimals
        if declared is not None and written > declared and np.isnan(self.fitted.count[cells]).any():
            self.understood.ask(source.cells.where, f"shares have {written} decimals, and {declared} are declared")
        return written if declared is None else declared

    def _totals(self, table: Table, source: Source) -> None:
        """Fill in how many people blocks are of, and how many gave no answer."""
        if not table.counted:
            return
        within = [question.name for question in table.within]
        rows = source.rows(within)
        value = source.cells.numbers.value
        for row, block in zip(rows.tolist(), self._blocks(table, source, rows), strict=True):
            self._put("base", table, block, np.full(len(block), value[row]), source, np.full(len(block), row))
        missing = source.unanswered(within, [question.name for question in table.questions])
        blocks = self._blocks(table, source, missing)
        np.add.at(self.fitted.unanswered, blocks, np.nan_to_num(value[missing])[:, None])

    def _blocks(self, table: Table, source: Source, rows: Int[np.ndarray, "row"]) -> Int[np.ndarray, "row cell"]:
        """Return the cells of the block that each row is of."""
        within = [question.name for question in table.within]
        place = source.places(rows, within, table.sizes[: len(within)])
        return np.asarray(table.start + place[:, None] * table.block_size + np.arange(table.block_size))

    def _put(
        self,
        name: str,
        table: Table,
        cells: Int[np.ndarray, "row"],
        value: Float[np.ndarray, "row"],
        source: Source,
        rows: Int[np.ndarray, "row"],
    ) -> None:
        """Fill in numbers, and say where another stands there already."""
        array = getattr(self.fitted, name)
        times = np.bincount(cells - table.start, minlength=table.cells)
        for cell in np.flatnonzero(times > 1).tolist()[:1]:
            twice = rows[np.flatnonzero(cells == table.start + cell)]
            what = f"{cell_title(table, table.start + cell)} stands twice (again in {source.cells.at(int(twice[1]))})"
            self.understood.ask(source.cells.at(int(twice[0])), what)
        before = array[cells]
        room = _ALIKE * np.maximum(np.abs(before), 1e-3) + (self.slack.most if name != "share" else self._half(cells))
        other = np.flatnonzero(np.abs(before - value) > room)
        for place in other.tolist()[:1]:
            what = f"{cell_title(table, int(cells[place]))}: {value[place]:.10g}, and {before[place]:.10g} elsewhere"
            more = f" ({len(other)} such cells)" if len(other) > 1 else ""
            self.understood.ask(source.cells.at(int(rows[place])), f"{what}, for the same {name}{more}")
        array[cells] = np.where(np.isnan(value), before, value)

    def _half(self, cells: Int[np.ndarray, "row"]) -> Float[np.ndarray, "row"]:
        """Return by how much two shares may differ that were rounded alike."""
        return np.asarray(2 * self.fitted.half[cells])


def _tells(measure: Measure, table: Table) -> bool:
    """Tell whether numbers of people's measures are those of a table; of which quantile, a file of one table says."""
    if table.kind == "quantile":
        return measure == "quantile" or QUANTILES.get(measure) == table.level
    return measure == table.kind
