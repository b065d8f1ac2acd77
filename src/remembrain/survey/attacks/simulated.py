"""Releases that an adversary makes for itself out of its reference population, with and without a person in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float

from remembrain.survey.answers import UNKNOWN
from remembrain.survey.counting import Tally, tally, without_each
from remembrain.survey.protection import deducible, protect
from remembrain.survey.view import Reference, View, reference_of

MOST_DRAWN = 50
"""Larger groups than so many times the people they are drawn from tell the same."""


def simulated(
    view: View, rng: np.random.Generator, *, releases: int, people: int
) -> Iterator[tuple[View, Bool[np.ndarray, "person"]]]:
    """Yield views of simulated releases, and which of the people in each was added to the group.

    A third of the reference population is asked about; half of the rest is what groups of the real size are drawn
    from, with replacement; the other half stands for the population. The same people are shown twice: held against
    tables that they are part of, and against those of the same group without them. What the adversary does not know of
    people in question is hidden of these too.

    Parameters
    ----------
    view
        The real view: size of the group, rules of protection, what is unknown.
    rng
        Of the draws.
    releases, people
        How many releases, and how many people are asked about in each.
    """
    whole = view.reference
    for _ in range(releases):
        order = rng.permutation(len(whole))
        third = max(1, len(order) // 3)
        asked, pool, known = order[: min(people, third)], order[third : 2 * third], order[2 * third :]
        size = min(max(1, round(view.n) - 1), MOST_DRAWN * len(pool))
        group = rng.choice(pool, size=size)
        yield _release(view, whole, asked, group, known, rng)


def _release(
    view: View,
    whole: Reference,
    asked: np.ndarray,
    group: np.ndarray,
    known: np.ndarray,
    rng: np.random.Generator,
) -> tuple[View, Bool[np.ndarray, "person"]]:
    """Return one simulated release."""
    layout = view.layout
    of_group = tally(layout, whole.cells[group], whole.values[group], whole.weight[group])
    cells, values, weight = whole.cells[asked], whole.values[asked], whole.weight[asked]
    less = without_each(of_group, cells, values, weight)
    more = Tally(*(2 * getattr(of_group, name) - getattr(less, name) for name in ("people", "weight", "total")))
    alone = Tally(*(np.tile(getattr(of_group, name), (len(asked), 1)) for name in ("people", "weight", "total")))
    both = Tally(*(np.vstack([getattr(more, n), getattr(alone, n)]) for n in ("people", "weight", "total")))
    published = protect(layout, both, view.rules, rng, largest_weight=view.largest_weight)
    share = published.share
    if view.blur.any() and not published.blur.any():  # of tables of somebody else, by what is no rule of protection
        share = share + np.sqrt(view.blur) * rng.standard_normal(share.shape)
    elif (off := np.where(published.blur == 0, np.sqrt(view.blur), 0.0)[..., layout.n_counts :]).any():
        share[..., layout.n_counts :] += off * rng.standard_normal(off.shape)  # of quantiles, beside these rules
    cells = _hide(view, cells, rng)
    shown = replace(
        view,
        cells=np.vstack([cells, cells]),
        values=np.vstack([values, values]),
        published=deducible(layout, share),
        reference=reference_of(layout, whole.cells[known], whole.values[known], whole.weight[known]),
        counts=np.ones(2 * len(asked)),
        coincidence=None,
    )
    return shown, np.repeat([True, False], len(asked))


def _hide(view: View, cells: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hide of simulated people what is unknown of people in question, each as one of those drawn at random."""
    unknown = view.cells == UNKNOWN
    if not unknown.any():
        return cells
    return np.where(unknown[rng.integers(len(view), size=len(cells))], UNKNOWN, cells)


def middle(score: Float[np.ndarray, "person"], member: Bool[np.ndarray, "person"]) -> float:
    """Return the middle between the mean scores of the two, above which an attack says *took part*."""
    return float((score[member].mean() + score[~member].mean()) / 2)
