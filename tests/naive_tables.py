"""What attacks on tables that add up should say, person by person, table by table and cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from made_survey import VIEWS, blocks, made, places_of, seen
from remembrain.survey.answers import MISSING
from remembrain.survey.attacks._attack import Additive
from remembrain.survey.layout import Plan
from remembrain.survey.view import View

OfShare: TypeAlias = Callable[[int, float, float, float], float]
"""What a share adds: of an answer, the share told, that of the population, and the least that is taken for one."""

OfMean: TypeAlias = Callable[[float, float, float, float], float]
"""What a mean adds: of a number, the mean told, that of the population, and its variance."""


def naive_parts(view: View, of_share: OfShare, of_mean: OfMean) -> np.ndarray:
    """What each table adds to each score."""
    reference, layout, places = view.reference, view.layout, places_of(view)
    parts = np.zeros((len(places), len(layout.tables)))
    block_of = {cell: block for block in blocks(layout) for cell in block}
    for person, cells in enumerate(places):
        told = view.published if view.published.ndim == 1 else view.published[person]
        for column, cell in enumerate(cells):
            for other in [] if cell is None else block_of[cell]:
                f, q = told[other], reference.share[other]
                if np.isnan(f):
                    continue
                if layout.tables[column].kind == "mean":
                    parts[person, column] += of_mean(view.values[person, column], f, q, reference.variance[other])
                else:
                    edge = min(0.5 / max(view.n * reference.answered[other], 1), 0.5)
                    parts[person, column] += of_share(int(other == cell), f, q, edge)
    return parts


def stands_in_an_empty_cell(view: View, cells: list[int | None]) -> bool:
    shares = [cell for cell in cells if cell is not None and cell < view.layout.n_counts]
    blurred = bool(view.rules.round_to or view.rules.noise_epsilon)
    return not blurred and any(view.published[cell] == 0 for cell in shares)


def insist_on_parts(attack: Additive, view: View, of_share: OfShare, of_mean: OfMean) -> None:
    """Whatever each person is held against: the same tables, or tables of their own."""
    np.testing.assert_allclose(attack.parts(view), naive_parts(view, of_share, of_mean), rtol=1e-9, atol=1e-9)


def tables_of_each() -> View:
    """A view in which every person is held against tables of their own."""
    view = VIEWS["some missing, some unknown"]()
    rows = [VIEWS["suppressed and rounded"]().published if person % 2 else view.published for person in range(25)]
    return replace(view, published=np.array(rows))


def like_the_population() -> View:
    """Tables that are those of the population, of so many people that no share is kept away from 0 and 1."""
    view = VIEWS["some missing, some unknown"]()
    return replace(view, published=view.reference.share, n=1e6)


def two_levels() -> tuple[View, float, float]:
    """Who says no, who says yes and who says nothing; of the tables 7 of 10 say yes, of the reference 60 of 100."""
    code = np.repeat([0, 1], [40, 60])[:, None].astype(np.int16)
    known = replace(made(100, (2,)), code=code)
    group = replace(made(10, (2,)), code=np.repeat([0, 1], [3, 7])[:, None].astype(np.int16))
    asked = replace(made(3, (2,)), code=np.array([[0], [1], [MISSING]], dtype=np.int16))
    return seen(asked, group, known, Plan("all")), 0.7, 60.5 / 101
