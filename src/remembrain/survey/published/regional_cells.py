"""From a table of a row a region to cells of a release: means, spreads, quantiles and people, p-values, contrasts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from remembrain._text import few, shown
from remembrain.record.table_settings import Blur
from remembrain.survey.columns import Question
from remembrain.survey.layout import Layout
from remembrain.survey.published.cells import TOTAL, Cells, Numbers
from remembrain.survey.published.grid import MOST_HEADINGS, Grid
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.p_values import OTHER_TESTS
from remembrain.survey.published.regional import Sheet, is_regional, says_statistics, sheet_of
from remembrain.survey.published.regional_effects import add_effects
from remembrain.survey.published.regional_headings import CONTRASTS, Kind, Levels, read_heading
from remembrain.survey.published.regional_keys import names_of_nothing
from remembrain.survey.published.regional_numbers import Fact, Key, facts_of
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.published.words import Measure, measure_of

_MEASURES: Mapping[Kind, Measure] = {
    "mean": "mean", "sd": "sd", "n": "count",
    "q5": "q5", "q10": "q10", "q25": "q25", "q50": "q50", "q75": "q75", "q90": "q90", "q95": "q95",
}  # fmt: skip


def understand_regions(
    grid: Grid, vocabulary: Vocabulary, layout: Layout, blur: Blur, understood: Understood, *, elsewhere: bool = False
) -> bool:
    """Add the cells of a table of regions, and tell whether a sheet is one.

    Parameters
    ----------
    grid
        The sheet.
    vocabulary
        What questions and levels are called.
    layout
        Of the release.
    blur
        What is declared of the tables.
    understood
        Gets cells and problems.
    elsewhere
        Whether it could be a table of another kind, too.
    """
    questions, between, _ = _compared(layout)
    if not is_regional(grid, vocabulary, questions, between, elsewhere=elsewhere):
        alone = not elsewhere and says_statistics(grid, questions, between)
        strange = names_of_nothing(grid, vocabulary) if alone else ""
        if strange:
            known = few((one.name for one in vocabulary.questions if one.kind == "numeric"), 3)
            what = f"no region of it ({strange}) is a column of numbers in DATA ({known}): name both alike"
            understood.ask(grid.where, what)
        return bool(strange)
    sheet = sheet_of(grid, vocabulary, questions, between, understood, adjusted=blur.adjusted)
    facts = facts_of(sheet, between, understood)
    by = between or (questions[0] if len(questions) == 1 else None)
    if OTHER_TESTS.search(sheet.context) or blur.adjusted:
        understood.other_tests.add(grid.where)
    asked = _asked(layout)
    for kind, measure in _MEASURES.items():
        names = {_names(levels) for _, levels, told in facts if told == kind}
        _add_groups(sheet, {key: fact for key, fact in facts.items() if (kind, _names(key[1])) in asked}, kind, measure,
                    understood)  # fmt: skip
        for none in sorted(names - {one for of, one in asked if of == kind} if kind != "n" else ()):
            of = f" by {few(none)}" if none else ""
            understood.note(grid.where, f"its {measure}s{of} are of no table of [release], and not used")
    for (region, levels, kind), fact in facts.items():
        if kind == "p" and not levels and by is not None:
            understood.cells.append(_p_cells(grid.where, region, by, fact))
    add_effects(sheet, facts, layout, blur, understood)
    return True


@lru_cache(8)
def _compared(layout: Layout) -> tuple[tuple[Question, ...], Question | None, frozenset[str]]:
    """Return the questions of whose levels numbers may be, the one whose levels are compared, and as what."""
    between = next((table.between for table in layout.tables if table.between is not None), None)
    within = [one for table in layout.tables for one in table.within]
    questions = {one.name: one for one in (*within, *([between] if between else []))}
    told_as = frozenset(table.told_as for table in layout.tables if table.kind == "contrast")
    return tuple(questions.values()), between, told_as


def ask_other_statistics(grid: Grid, layout: Layout, understood: Understood) -> None:
    """Ask where the heading of a table of any other kind says another contrast than the release tells."""
    _, _, told_as = _compared(layout)
    for text in {text for row in range(min(MOST_HEADINGS, len(grid.line))) for text in grid.row(row)}:
        kinds = read_heading(text, (), None).kinds if measure_of(text) == "contrast" else ()
        if told_as and len(kinds) == 1 and kinds[0] in CONTRASTS and kinds[0] not in told_as:
            what = f"{shown(text)!r} is {kinds[0]}, and [release] tells contrasts as {few(sorted(told_as))}"
            understood.ask(grid.where, f'{what}: say contrast_as = "{kinds[0]}" there' if kinds[0] != "g" else what)


def _asked(layout: Layout) -> set[tuple[str, tuple[str, ...]]]:
    """Return which statistics tables are of, and by which questions; of how many people with every one of them."""
    found = set()
    for table in layout.tables:
        names = tuple(sorted(one.name for one in table.within))
        if table.kind != "contrast" and not table.counted:
            told = table.kind if table.level is None else f"q{100 * table.level:g}"
            found |= {(told, names), ("n", names)}
        elif table.between is not None and table.told_as == "p":
            found.add(("n", (table.between.name,)))
    return found


def _add_groups(sheet: Sheet, facts: Mapping[Key, Fact], kind: Kind, measure: Measure, understood: Understood) -> None:
    """Add what is of groups or of everybody; what is adjusted is named and not used."""
    found: dict[tuple[str, tuple[str, ...]], list[tuple[Levels, Fact]]] = {}
    adjusted = []
    for (region, levels, told), fact in facts.items():
        if told == kind and fact.heading.adjusted:
            adjusted.append(fact.heading.name)
        elif told == kind:
            found.setdefault((region, _names(levels)), []).append((levels, fact))
    if adjusted:
        understood.note(sheet.grid.where, f"adjusted numbers are not used: {few(dict.fromkeys(adjusted))}")
    marks = Counter[str]()
    for (region, names), entries in found.items():
        place = {name: np.array([dict(levels)[name] for levels, _ in entries], dtype=np.int32) for name in names}
        beside = [fact for _, fact in entries]
        marks += Counter(fact.mark or "nothing" for fact in beside if np.isnan(fact.value))
        line = np.array([fact.line for fact in beside])
        understood.cells.append(Cells(sheet.grid.where, measure, region, place, _numbers(beside), line))
    if marks:
        listed = few(f"{mark} in {times}" for mark, times in marks.most_common())
        understood.note(sheet.grid.where, f"cells without a number ({listed})")


def _names(levels: Levels) -> tuple[str, ...]:
    """Return the questions of levels."""
    return tuple(name for name, _ in levels)


def _numbers(told: Sequence[Fact]) -> Numbers:
    """Return numbers as others read them."""
    value, own = np.array([fact.value for fact in told]), np.array([fact.own for fact in told])
    return Numbers(value, max(fact.places for fact in told), own=own)


def _p_cells(where: str, region: str, by: Question, fact: Fact) -> Cells:
    """Return a p-value of two groups, one below a bound as a mark."""
    there = bool(np.isfinite(fact.value))
    numbers = Numbers(np.array([fact.value]), fact.own if there else 0, marks=Counter([] if there else [fact.mark]))
    return Cells(where, "p", region, {by.name: np.array([TOTAL], dtype=np.int32)}, numbers, np.array([fact.line]))
