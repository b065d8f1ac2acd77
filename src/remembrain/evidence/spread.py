"""Mean, standard deviation and percentiles of people's values, as far as they may be told (see ``disclosure``).

This module must not know roles, attacks or files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor

import numpy as np
from jaxtyping import Float, Int

from remembrain.evidence import disclosure

_WIDER = 5
"""How much wider steps are where a mean is of ages, of which more is told than their mean."""

_COARSER = (1, 2, 5, 10)


def spread_of(values: Float[np.ndarray, "person"], edges: Sequence[float] = ()) -> dict[str, float | None]:
    """Return mean, standard deviation, 5th and 95th percentile of people's values, as far as they may be told.

    Each is told on a lattice, so wide that one person moves the mean by a fifth of a step where they are one standard
    deviation older. It is then tried for every single person whether another value, at least a fortieth of a standard
    deviation away and in the same band, gives the same figures; where for somebody none does, steps are made coarser,
    and at last figures left out. That is seldom: steps that hang on single people would tell of them.

    Parameters
    ----------
    values
        One a person.
    edges
        Between which the same people are counted elsewhere.
    """
    nothing: dict[str, float | None] = dict.fromkeys(("mean", "sd", "p5", "p95"))
    if len(values) < disclosure.FEWEST:
        return nothing
    spread = float(np.std(values, ddof=1))
    if not spread > 0:
        return nothing
    lattice = disclosure.round_up(spread / 10)
    wide = len(values) * 0.05 >= disclosure.FEWEST
    for shown in (("mean", "sd", "p5", "p95"), ("mean", "sd"), ("mean",)):
        for coarser in _COARSER:
            steps = {
                "mean": coarser * disclosure.step_of(_WIDER * spread, len(values)),
                "sd": coarser * disclosure.step_of(3 * _WIDER * spread, len(values)),
                "p5": lattice,
                "p95": lattice,
            }
            fit = {"mean": True, "sd": steps["sd"] <= spread, "p5": wide, "p95": wide}  # a step of it may be all of it
            wanted = {key: steps[key] for key in shown if fit[key]}
            if _leaves_open(values, wanted, edges, lattice):
                exact = _figures(values[None], wanted)
                return nothing | {key: disclosure.on_lattice(float(of[0]), wanted[key]) for key, of in exact.items()}
    return nothing


def blur_of(spread: float, people: int) -> float:
    """Return how far a mean of ages is told from where it is, at most and where steps are as narrow as they come."""
    return disclosure.step_of(_WIDER * spread, people) / 2


def _leaves_open(
    values: Float[np.ndarray, "person"], steps: Mapping[str, float], edges: Sequence[float], lattice: float
) -> bool:
    """Tell whether everybody's value could be another one under the figures that are told and the bands."""
    ordered = np.sort(values)
    true = _figures(ordered[None], steps)
    band = np.digitize(ordered, edges)
    open_ = np.zeros(len(ordered), dtype=bool)
    for away in (lattice * side * times for times in (1, 0.25, 2, 4, 7) for side in (-1, 1)):
        left = np.flatnonzero(~open_)
        if not len(left):
            return True
        moved = ordered[left] + away
        same = np.digitize(moved, edges) == band[left]
        figures = _moved(ordered, left, moved, steps)
        for key, step in steps.items():
            same &= np.abs(figures[key] - true[key][0]) < step / 2
        open_[left[same]] = True
    return bool(open_.all())


def _moved(
    ordered: Float[np.ndarray, "person"],
    left: Int[np.ndarray, "some"],
    moved: Float[np.ndarray, "some"],
    steps: Mapping[str, float],
) -> dict[str, Float[np.ndarray, "some"]]:
    """Return the figures as they are told where one person's value is another, for each such person."""
    n, mean = len(ordered), ordered.mean()
    away = moved - ordered[left]
    means = mean + away / n
    squares = float(np.square(ordered - mean).sum()) - (ordered[left] - mean) ** 2 + (moved - mean) ** 2
    squares -= n * (means - mean) ** 2
    figures = {"mean": means, "sd": np.sqrt(np.maximum(squares, 0) / (n - 1))}
    for key, share in (("p5", 0.05), ("p95", 0.95)):
        if key in steps:
            low = floor(share * (n - 1))
            part = share * (n - 1) - low
            figures[key] = (1 - part) * _at(ordered, left, moved, low) + part * _at(ordered, left, moved, low + 1)
    return {key: np.round(figures[key] / step) * step for key, step in steps.items()}


def _at(
    ordered: Float[np.ndarray, "person"], left: Int[np.ndarray, "some"], moved: Float[np.ndarray, "some"], rank: int
) -> Float[np.ndarray, "some"]:
    """Return the value of this rank where one person, at ``left`` in the order, has another value."""
    last = len(ordered) - 1
    without = [
        np.where(place < left, ordered[place], ordered[min(place + 1, last)]) for place in (max(rank - 1, 0), rank)
    ]
    below = np.searchsorted(ordered, moved) - (ordered[left] < moved)
    return np.where(rank < below, without[1], np.where(rank == below, moved, without[0]))


def _figures(
    values: Float[np.ndarray, "one person"], steps: Mapping[str, float]
) -> dict[str, Float[np.ndarray, "one"]]:
    """Return the figures as they are told."""
    exact = {
        "mean": values.mean(axis=1),
        "sd": values.std(axis=1, ddof=1),
        "p5": np.quantile(values, 0.05, axis=1),
        "p95": np.quantile(values, 0.95, axis=1),
    }
    return {key: np.round(exact[key] / step) * step for key, step in steps.items()}
