"""P-values of a paper's table beside the means, spreads and people that they are of: held against them, and taken.

A p-value of people that none of their tests can have contradicts them. Of means there are other tests of the very
people (Mann-Whitney's is an everyday one), so that one that no t test of the means can have is said and not used. Where
the release tells contrasts as p, those of Student's t test are taken for them, and no other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from remembrain._text import shown
from remembrain.survey.layout import Layout, Table
from remembrain.survey.published.cells import Cells, Numbers, half_places
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.p_values import Ends, can_be, ends_of_p, p_of_means, p_of_questions
from remembrain.survey.published.words import QUANTILES, Measure


def p_values_fit(layout: Layout, understood: Understood) -> None:
    """Say which p-values are those of no comparison of the two groups beside them.

    Of means they are held against Student's t test and Welch's, of people against chi-square with or without Yates's
    correction and Fisher's exact test. How many answered is at most how many there are, and at least half, unless it is
    told. Where the words around a table name other tests, nothing is said but of those that are attacked.
    """
    asked = {(table.questions[0].name, table.between.name) for table in _told_as_p(layout) if table.between}
    every = [cells for cells in understood.cells if cells.measure == "p" and len(cells.place) == 1]
    for cells in every:
        (by,), p = cells.place, _ends(cells)
        attacked, others = (cells.about, by) in asked, cells.where in understood.other_tests
        if sum((one.where, one.about) == (cells.where, cells.about) for one in every) > 1:
            continue  # each is of a level, or of a test of its own
        if p is None or (others and not attacked):
            continue
        numbers, people = _of_numbers(understood.cells, cells, by), _of_levels(understood.cells, cells, by)
        title = f"{cells.about}: p = {_as_written(cells)} is that of no"
        if numbers is None and people is not None and not can_be(p, list(p_of_questions(people))):
            what = f"{title} chi-square test nor Fisher's of the people beside it"
            understood.ask(cells.at(0), f"{what} (take it out of the table if it is of another test)")
        elif numbers is not None and not can_be(p, p_of_means(*numbers)):
            what = f"{title} t test, Student's or Welch's, of the means and standard deviations beside it"
            if attacked:
                understood.ask(cells.at(0), f'{what}, and contrast_as = "p" is of Student\'s: take out either')
            else:
                understood.note(cells.at(0), f"{what}: of another test or misprinted (look at the row), and not used")
        elif numbers is None and others:
            what = f"whether p of {cells.about} is of Student's t test cannot be told, as other tests are named"
            understood.ask(cells.at(0), f'{what}: take it out of the table, or contrast_as = "p" out of the release')


def _told_as_p(layout: Layout) -> list[Table]:
    """Return the contrasts of two groups of everybody that are published as p-values."""
    return [table for table in layout.tables if table.kind == "contrast" and table.told_as == "p" and not table.within]


def take_p_values(layout: Layout, understood: Understood) -> None:
    """Take p-values for contrasts that the release tells so, with how many people are compared."""
    taken: list[Cells] = []
    for table in _told_as_p(layout):
        if table.between is None:
            continue
        by, name = table.between.name, table.questions[0].name
        found = [one for one in understood.cells if (one.measure, one.about, *one.place) == ("p", name, by)]
        if len(found) == 1:
            taken += found
            understood.cells += _contrast(table, found[0], _people(understood.cells, found[0], by))
    understood.cells[:] = [cells for cells in understood.cells if not any(cells is one for one in taken)]


def _contrast(table: Table, cells: Cells, people: Sequence[Ends] | None) -> list[Cells]:
    """Return a p-value as the cells of a table: what is told, how many are of the first group, and of both."""
    told: list[tuple[Measure, Numbers]] = [("contrast", cells.numbers)]
    if people is not None:
        (_, first), (_, second) = people
        told += [("count", Numbers(np.array([first]))), ("of", Numbers(np.array([first + second])))]
    return [Cells(cells.where, measure, cells.about, {}, numbers, cells.line, table.name) for measure, numbers in told]


def _ends(cells: Cells) -> Ends | None:
    """Return between which ends a p-value lies."""
    numbers = cells.numbers
    return ends_of_p(float(numbers.value[0]), numbers.places, next(iter(numbers.marks), ""))


def _as_written(cells: Cells) -> str:
    """Return a p-value as it stands."""
    numbers = cells.numbers
    told = float(numbers.value[0])
    return f"{told:.{numbers.places}f}" if np.isfinite(told) else shown(next(iter(numbers.marks), ""))


def _of_groups(
    every: Sequence[Cells], beside: Cells, by: str, measure: Measure
) -> tuple[Float[np.ndarray, "2"], Float[np.ndarray, "2"]] | None:
    """Return a number of each of two groups, and half of its last place; nothing unless both are told, once."""
    found = [
        one
        for one in every
        if (one.where, one.measure, one.about) == (beside.where, measure, beside.about) and tuple(one.place) == (by,)
    ]
    if len(found) != 1:
        return None
    place, value = found[0].place[by], found[0].numbers.value
    levels = np.unique(place[place >= 0])
    if len(levels) != 2 or (place >= 0).sum() != 2:
        return None
    both = value[[int(np.flatnonzero(place == level)[0]) for level in levels]]
    half = np.maximum(0.5 * 10.0 ** -found[0].numbers.places, half_places(both))
    return (both, half) if np.isfinite(both).all() else None


def _people(every: Sequence[Cells], beside: Cells, by: str) -> Sequence[Ends] | None:
    """Return how many of two groups answered: exactly, or between half and all of them."""
    answered = _of_groups(every, beside, by, "count")
    if answered is not None:
        return [(float(one), float(one)) for one in answered[0]]
    there = _of_groups(every, beside, by, "of")
    return None if there is None else [(float(np.ceil(one / 2)), float(one)) for one in there[0]]


def _of_numbers(
    every: Sequence[Cells], beside: Cells, by: str
) -> tuple[Sequence[Ends], Sequence[Ends], Sequence[Ends]] | None:
    """Return means, spreads and people of the two groups that a p-value compares, where nothing else is beside."""
    if any(one.about == beside.about and one.measure in ("quantile", *QUANTILES) for one in every):
        return None
    mean, sd = (_of_groups(every, beside, by, measure) for measure in ("mean", "sd"))
    people = _people(every, beside, by)
    if mean is None or sd is None or people is None or min(high for _, high in people) < 2:
        return None
    means = [(float(one - half), float(one + half)) for one, half in zip(*mean, strict=True)]
    by_n = [
        np.sqrt(low / (low - 1)) if low > 1 else np.inf for low, _ in people
    ]  # it may be n that they are divided by
    spreads = [
        (float(max(one - half, 0.0)), float((one + half) * more)) for one, half, more in zip(*sd, by_n, strict=True)
    ]
    return means, spreads, people


def _of_levels(every: Sequence[Cells], beside: Cells, by: str) -> np.ndarray | None:
    """Return people by level in two groups, where all of them are told."""
    found = [
        one
        for one in every
        if (one.where, one.measure, one.about) == (beside.where, "count", "") and set(one.place) == {by, beside.about}
    ]
    if len(found) != 1:
        return None
    group, level, value = found[0].place[by], found[0].place[beside.about], found[0].numbers.value
    rows = (group >= 0) & (level >= 0)
    groups, levels = np.unique(group[rows]), np.unique(level[rows])
    if len(groups) != 2 or len(levels) < 2 or rows.sum() != 2 * len(levels):
        return None
    counts = np.full((2, len(levels)), np.nan)
    counts[np.searchsorted(groups, group[rows]), np.searchsorted(levels, level[rows])] = value[rows]
    return counts.astype(int) if np.isfinite(counts).all() and (counts == np.round(counts)).all() else None
