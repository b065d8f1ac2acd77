"""What a defence costs against what it still gives away: figures over seeds, the settings that nothing beats, the line.

A *setting* is a defence of one strength. It is trained with several seeds, on the same people every time, and the
settings share those people too. This module must not know what a defence is, nor which attack was run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from jaxtyping import Bool, Float
from scipy import stats

from remembrain._validate import one_number_a_scan, same_length
from remembrain.errors import DataError
from remembrain.evidence.assess import Json
from remembrain.evidence.errors_of_years import Years
from remembrain.evidence.leakage import PUBLISHED, Fit, fit_line
from remembrain.types import Interval

Figure = TypeVar("Figure", Interval, Years)
"""A share or a number of years, with its interval over people."""


@dataclass(frozen=True)
class PublishedPoint:
    """One model of the source: mean absolute error of others and gap in years, and the attack's accuracy, a share."""

    mae: float
    accuracy: float
    gap: float


PUBLISHED_NETWORK = "2D-slice-mean"
PUBLISHED_POINTS = (
    PublishedPoint(2.92, 0.804, 1.88),
    PublishedPoint(2.96, 0.757, 1.53),
    PublishedPoint(3.11, 0.638, 0.79),
    PublishedPoint(3.26, 0.563, 0.42),
    PublishedPoint(3.64, 0.526, 0.17),
    PublishedPoint(4.31, 0.511, 0.02),
)
"""Models under differential privacy of Gupta et al. 2021 (MIDL, arXiv 2105.02866), read off its figure."""


def published_json() -> Json:
    """Return the source's slopes and points as they stand in ``defences.json``; no benchmark for other data."""
    points = [{"mae": one.mae, "accuracy": one.accuracy, "gap": one.gap} for one in PUBLISHED_POINTS]
    return {
        "slopes": [{"network": name, "slope": slope} for name, slope in PUBLISHED],
        "network": PUBLISHED_NETWORK,
        "points": points,
    }


def over_seeds(values: Sequence[Figure], *, bounds: tuple[float, float] | None = None) -> Figure:
    r"""Return the mean over trainings of one setting with different seeds, with an interval for people and seeds.

    Each training's own interval tells where its figure would lie with other people. The trainings are judged on the
    same people, so a lucky choice of people is lucky for all of them and does not average out: the variance over people
    of the mean is at most the mean of theirs, and is *not* divided by the number of trainings k. What does average out
    is the luck of a seed, which the trainings show by how they differ:

    .. math:: v = \tfrac1k \sum_i (h_i / z)^2 + s^2 / k

    where h is the half-width of a training's interval, z the normal quantile of its confidence (1.96 at 95 %) and s
    the standard deviation between trainings. Taking the first part as wholly shared is an upper bound, so the interval
    errs on the wide side, the more so where a seed also redraws who of the same people is trained on and tested.

    Lower and upper half-widths are carried over apart, so that a figure near its end (an AUC of 0.99) keeps its short
    side. With few seeds, s itself is uncertain: the quantile is Student's with :math:`(k - 1) (v / (s^2 / k))^2`
    degrees of freedom (Satterthwaite 1946, Biometrics Bull. 2:110; the part over people counts as known). Simulated
    coverage at 95 %: never below 94 with three seeds or more, 92 at worst with two, where the luck of a seed outweighs
    that of people. One training keeps its own interval.

    Parameters
    ----------
    values
        The figure after each training: a share, or years.
    bounds
        What the interval may not leave, such as (0, 1) for a share.

    Returns
    -------
    figure
        Of the kind that came in; its people are those of the smallest training.

    Raises
    ------
    DataError
        Where there is no training, intervals are of different confidence, a number is not finite, or a value lies
        outside its interval or the bounds.
    """
    _check(values, bounds)
    first, n_runs = values[0], len(values)
    value, low, high = (np.array([getattr(one, name) for one in values]) for name in ("value", "low", "high"))
    between = float(np.var(value, ddof=1)) / n_runs if n_runs > 1 else 0.0
    mean = float(value.mean())
    below, above = (_reach(side, between, n_runs, first.confidence) for side in (value - low, high - value))
    least, most = bounds or (-np.inf, np.inf)
    return replace(
        first, value=mean, low=max(least, mean - below), high=min(most, mean + above), **_fewest_people(values)
    )


def pareto(error: Float[np.ndarray, "setting"], leakage: Float[np.ndarray, "setting"]) -> Bool[np.ndarray, "setting"]:
    """Return which settings no other one beats: none has at most its error and at most its leakage, and less of one.

    Settings that are equal in both beat nobody of the two. A setting that was not assessed (NaN in either) stands on
    no front and beats nothing. It goes by the figures alone: where intervals overlap, the order may be chance.

    Parameters
    ----------
    error, leakage
        Of each setting, the less the better; any unit.

    Raises
    ------
    DataError
        Where shapes differ, or a number is infinite.
    """
    same_length(error=error, leakage=leakage)
    known = ~(np.isnan(error) | np.isnan(leakage))
    one_number_a_scan(error[known], "error by setting")
    one_number_a_scan(leakage[known], "leakage by setting")
    found = np.zeros(len(error), dtype=bool)
    least, of_error = np.inf, np.inf
    for place in np.lexsort((leakage, error)):
        if not known[place]:
            continue
        equal = leakage[place] == least and error[place] == of_error
        if leakage[place] < least or equal:
            found[place] = True
            least, of_error = float(leakage[place]), float(error[place])
    return found


def line_over_settings(
    gap: Float[np.ndarray, "setting"], accuracy: Float[np.ndarray, "setting"], *, confidence: float = 0.95
) -> Fit | None:
    """Return the line of an attack's accuracy over overfitting, by least squares over settings.

    Gupta et al. 2021 (MIDL, arXiv 2105.02866) draw it over models under more and less noise, r = 0.99. The slope is a
    share a year, with Student's interval on n - 2 degrees of freedom: for other settings *judged on these people*. The
    settings share their people, whose choice moves all points together; what other people would do to the slope is not
    in the interval. Settings with NaN were not assessed and are left out.

    Parameters
    ----------
    gap
        Non-members' mean absolute error less members', in years.
    accuracy
        Balanced accuracy of one attack, the same for all settings.
    confidence
        Of the slope's interval.

    Returns
    -------
    fit
        Nothing where fewer than 3 settings are known or the gap never moves.

    Raises
    ------
    DataError
        Where shapes differ, or a number is infinite.
    """
    same_length(gap=gap, accuracy=accuracy)
    known = ~(np.isnan(gap) | np.isnan(accuracy))
    return fit_line(gap[known], accuracy[known], confidence=confidence)


def _check(values: Sequence[Interval] | Sequence[Years], bounds: tuple[float, float] | None) -> None:
    """Raise on trainings that have no mean."""
    if not values:
        raise DataError("no training to take the mean over", expected="at least one")
    confidences = {one.confidence for one in values}
    if len(confidences) > 1:
        raise DataError(f"intervals of confidence {sorted(confidences)}", expected="one confidence for all trainings")
    least, most = bounds or (-np.inf, np.inf)
    for one in values:
        if not np.isfinite([one.value, one.low, one.high]).all() or not one.low <= one.value <= one.high:
            raise DataError(f"{one.value} in the interval {one.low} to {one.high}", expected="finite, low to high")
        if not least <= one.value <= most:
            raise DataError(f"{one.value} is outside its bounds", expected=f"{least} to {most}")


def _reach(half: Float[np.ndarray, "training"], between: float, n_runs: int, confidence: float) -> float:
    """Return how far the interval of the mean reaches to one side."""
    tail = (1 + confidence) / 2
    within = float(np.mean((half / stats.norm.ppf(tail)) ** 2))
    total = within + between
    if between <= np.finfo(float).tiny:
        return float(stats.norm.ppf(tail) * np.sqrt(total))
    freedom = (n_runs - 1) * (total / between) ** 2
    return float(stats.t.ppf(tail, freedom) * np.sqrt(total))


def _fewest_people(values: Sequence[Interval] | Sequence[Years]) -> dict[str, int]:
    """Return how many people the smallest training has, by the name that the figure has for them."""
    names = ("n_members", "n_nonmembers") if isinstance(values[0], Interval) else ("n_people",)
    return {name: min(getattr(one, name) for one in values) for name in names}
