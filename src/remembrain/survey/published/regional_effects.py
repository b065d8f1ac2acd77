"""The contrasts of a table of regions as cells of a release: turned, told as the release tells them, of how many.

An effect that was adjusted for covariates is another number than the plain one, and is taken for it only where the user
says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from remembrain._text import few, shown
from remembrain.record.table_settings import Blur
from remembrain.survey.columns import Question
from remembrain.survey.layout import Layout, Table
from remembrain.survey.published.cells import Cells, Numbers
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.regional import Sheet
from remembrain.survey.published.regional_contrasts import Told, signs_of, told_as
from remembrain.survey.published.regional_headings import CONTRASTS, Kind, Levels, direction_around, direction_in
from remembrain.survey.published.regional_numbers import Fact, Key
from remembrain.survey.published.words import Measure

_ADJUSTED = re.compile(
    r"(?<!un)adjust\w*\s+(?:for|by|with)\s+(?!multiple|fdr|fwe|false|family)|\bancova\b|covariate|"
    r"controll(?:ed|ing) for|regressed out|residuals",
    re.IGNORECASE,
)
_HOW_ADJUSTED = (
    "an attack on the plain contrast would find too little in it: publish the plain one, or, where the columns of DATA "
    "and REFERENCE are residuals after the same covariates, say [published] adjusted = true"
)


def add_effects(sheet: Sheet, facts: Mapping[Key, Fact], layout: Layout, blur: Blur, understood: Understood) -> None:
    """Add the cells of contrasts, with everything that is not clear or contradicts itself asked.

    Parameters
    ----------
    sheet
        What stands where.
    facts
        Its numbers.
    layout
        Of the release.
    blur
        What is declared.
    understood
        Gets cells and problems.
    """
    where = sheet.grid.where
    tables = [table for table in layout.tables if table.kind == "contrast"]
    found: dict[Levels, dict[Kind, dict[str, Fact]]] = {}
    for (region, levels, kind), fact in facts.items():
        if kind in CONTRASTS:
            found.setdefault(levels, {}).setdefault(kind, {})[region] = fact
    if not found:
        return
    if not tables or tables[0].between is None or tables[0].told_as == "p":
        listed = few(dict.fromkeys(kind for of in found.values() for kind in of))
        understood.note(where, f"its {listed} are of no table of [release], and not used")
        return
    of_one = [fact.heading.name for levels, of in found.items() for kind in of for fact in of[kind].values()
              if tables[0].between.name in dict(levels)]  # fmt: skip
    if of_one:
        understood.note(where, f"what compares nobody is not used: {few(dict.fromkeys(of_one))}")
    for levels, columns in found.items():
        if tables[0].between.name not in dict(levels):
            _Effects(sheet, facts, tables, tables[0].between, blur, understood, levels, columns).add()


@dataclass(frozen=True, eq=False)
class _Effects:
    """Contrasts within the same levels."""

    sheet: Sheet
    facts: Mapping[Key, Fact]
    tables: Sequence[Table]
    between: Question
    blur: Blur
    understood: Understood
    levels: Levels
    columns: Mapping[Kind, Mapping[str, Fact]]

    def add(self) -> None:
        """Add their cells."""
        where = self.sheet.grid.where
        columns = self._plain()
        if not columns:
            return
        self._freedom_fits()
        told = self._told(columns)
        declared = self._declared()
        said = {kind: next(iter(of.values())).heading.direction or self._around for kind, of in columns.items()}
        signs = signs_of(told, said, declared, self.between.titles, plain=not self.blur.adjusted)
        for what in signs.problems:
            self._ask(where, what)
        for what in signs.notes:
            self.understood.note(where, what)
        if not signs.problems:
            self._cells(told, signs.sign)

    def _ask(self, where: str, what: str) -> None:
        """Say why no contrast of any region is known."""
        self.understood.ask(where, what, lost=[("contrast", table.questions[0].name) for table in self.tables])

    def _plain(self) -> dict[Kind, Mapping[str, Fact]]:
        """Return the columns that are not adjusted, or that are taken for such; ask where there is none."""
        where = self.sheet.grid.where
        adjusted = {
            kind: of for kind, of in self.columns.items() if next(iter(of.values())).heading.adjusted or self._note
        }
        names = few(dict.fromkeys(fact.heading.name for of in adjusted.values() for fact in of.values()))
        if self.blur.adjusted:
            what = f"{names or few(self.columns)}: adjusted, and of residuals of the same covariates, as is declared"
            self.understood.note(where, what)
            return dict(self.columns)
        plain = {kind: of for kind, of in self.columns.items() if kind not in adjusted}
        if adjusted and plain:
            self.understood.note(where, f"adjusted numbers are not used: {names}")
        elif adjusted:
            note = f" ({shown(self._note)})" if self._note else ""
            self._ask(where, f"{names} is adjusted for covariates{note}, and {_HOW_ADJUSTED}")
        return plain

    @cached_property
    def _note(self) -> str:
        """What the words around the table say of covariates."""
        return next((line for line in self.sheet.context.split("\n") if _ADJUSTED.search(line)), "")

    @cached_property
    def _around(self) -> int:
        """The direction that titles and notes say."""
        said = {direction_around(line, self.between) for line in self.sheet.context.split("\n")} - {0}
        return said.pop() if len(said) == 1 else 0

    def _declared(self) -> int:
        """Return the direction that is declared."""
        if self.blur.direction is None:
            return 0
        said, _ = direction_in(self.blur.direction, self.between)
        if not said:
            names = f"{self.between.titles[1]} - {self.between.titles[0]}"
            what = f"{shown(self.blur.direction)!r} names no two groups; expected such as {shown(names)!r}"
            self.understood.ask("[published] direction", what)
        return said

    def _of(self, region: str, kind: Kind, group: int | None = None) -> Fact | None:
        """Return a number of a region, of one of the groups or of both."""
        more = () if group is None else ((self.between.name, group),)
        fact = self.facts.get((region, tuple(sorted((*self.levels, *more))), kind))
        return None if fact is None or fact.heading.adjusted else fact

    def _told(self, columns: Mapping[Kind, Mapping[str, Fact]]) -> Told:
        """Return what is told of both groups, region by region."""
        regions = list(dict.fromkeys(region for of in columns.values() for region in of))

        def two(kind: Kind) -> tuple[Float[np.ndarray, "2 region"], Float[np.ndarray, "2 region"]]:
            every = [[self._of(region, kind, group) for region in regions] for group in (0, 1)]
            return _values(every), _values(every, half=True)

        (means, means_half), (sds, sds_half), (people, _) = two("mean"), two("sd"), two("n")
        numbers = {
            kind: np.concatenate([_values([row]), _values([row], half=True)])
            for kind, of in columns.items()
            for row in [[of.get(region) for region in regions]]
        }
        return Told(regions, means, means_half, sds, sds_half, people, numbers)

    def _freedom_fits(self) -> None:
        """Ask where degrees of freedom are not those of Student's t test of two groups."""
        if self.blur.adjusted:
            return
        wrong = []
        for region in dict.fromkeys(region for of in self.columns.values() for region in of):
            df, both = self._of(region, "df"), self._both(region)
            if df is not None and (df.value % 1 > 0 or abs(df.value + 2 - both) > 0):  # neither of NaN
                wrong.append((region, df.value, both))
        if wrong:
            region, df_told, both = wrong[0]
            more = f" ({len(wrong) - 1} more)" if len(wrong) > 1 else ""
            people = f"of {both:g} people" if np.isfinite(both) else "of two groups"
            what = f"{region}: {df_told:g} degrees of freedom are not those of Student's t {people}{more}"
            self.understood.ask(
                self.sheet.grid.where, f"{what}: of Welch's test, or with covariates. If so, {_HOW_ADJUSTED}"
            )

    def _both(self, region: str) -> float:
        """Return how many people are compared: of both groups, together, or by degrees of freedom."""
        groups = [self._of(region, "n", group) for group in (0, 1)]
        if groups[0] is not None and groups[1] is not None:
            return groups[0].value + groups[1].value
        whole, df = self._of(region, "n"), self._of(region, "df")
        if whole is not None:
            return whole.value
        return np.nan if df is None else df.value + 2

    def _cells(self, told: Told, signs: Mapping[Kind, Float[np.ndarray, "region"]]) -> None:
        """Add what every table of contrasts is told."""
        by_name = {
            (table.questions[0].name, frozenset(one.name for one in table.within)): table for table in self.tables
        }
        within = frozenset(name for name, _ in self.levels)
        statistic = self.tables[0].told_as
        ordered = sorted(signs, key=lambda kind: kind != statistic)
        best = {kind: told_as(told.columns[kind][0] * signs[kind], kind, statistic, told.people) for kind in ordered}
        lacking, empty = [], 0
        for row, region in enumerate(told.regions):
            table = by_name.get((region, within))
            kind = next((one for one in ordered if np.isfinite(best[one][row])), None)
            if table is None:
                continue
            if kind is None and np.isfinite([told.columns[one][0, row] for one in ordered]).any():
                lacking.append(region)
                continue
            empty += kind is None
            self._cells_of(table, told, row, kind or ordered[0], best)
        if empty:
            self.understood.note(self.sheet.grid.where, f"contrasts without a number: {empty} of {len(told.regions)}")
        if lacking:
            what = (
                f"{few(ordered)} of {few(lacking)} cannot be told as {statistic}, as [release] does, without the people"
            )
            other = f', or say contrast_as = "{ordered[0]}"' if ordered[0] != "g" else ""
            self._ask(self.sheet.grid.where, f"{what} of both groups: add n of each{other}")
        if others := [kind for kind in ordered if kind != statistic and statistic not in ordered]:
            self.understood.note(
                self.sheet.grid.where, f"{few(others)} is made {statistic}, by how many people there are"
            )
        if np.isnan([self._both(region) for region in told.regions]).any():
            self.understood.note(self.sheet.grid.where, "of how many people a contrast is, is not told")

    def _cells_of(
        self, table: Table, told: Told, row: int, kind: Kind, best: Mapping[Kind, Float[np.ndarray, "region"]]
    ) -> None:
        """Add a contrast, with how many people are compared."""
        value, fact = best[kind][row], self.columns[kind].get(told.regions[row])
        if fact is None:
            return
        scale = 1.0 if value == 0 or np.isnan(value) else abs(value / fact.value)
        finer = 0 if kind == table.told_as else round(np.log10(scale))
        first, both = told.people[0, row], self._both(told.regions[row])
        entries: list[tuple[Measure, float, int]] = [("contrast", value, fact.own - finer), ("count", first, 0)]
        place = {name: np.array([at], dtype=np.int32) for name, at in self.levels}
        for measure, number, own in (*entries, ("of", both, 0)):
            numbers = Numbers(np.array([number]), max(own, fact.places - finer) if own else 0, own=np.array([own]))
            name, line = table.questions[0].name, np.array([fact.line])
            cells = Cells(self.sheet.grid.where, measure, name, place, numbers, line, table.name)
            self.understood.cells.append(cells)


def _values(every: Sequence[Sequence[Fact | None]], *, half: bool = False) -> Float[np.ndarray, "group region"]:
    """Return values, or half their last places, NaN where none is told."""
    return np.array([[np.nan if one is None else one.half if half else one.value for one in row] for row in every])
