"""The curves of the report, ready for JSON: the ROC with its null band, and densities of errors.

No point of a curve may show a single person. This module must not know how anything is drawn.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy import stats

from remembrain._validate import one_number_a_scan, same_length
from remembrain.errors import DataError
from remembrain.evidence import disclosure
from remembrain.evidence.metrics import at_rank, members_above
from remembrain.evidence.people import People
from remembrain.record.attacks import Roc
from remembrain.types import Texts

_ROUNDING = 1e-9


RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, *(step / 20 for step in range(2, 20)))
"""False-positive rates of a curve, as far as people stand for them."""


def roc_curve(people: People, *, confidence: float = 0.95) -> Roc:
    """Return the ROC curve, mean over repeats, at those of ``RATES`` that show no single person, and at 1.

    Ten non-members lie above the first threshold, ten below the last and ten between any two; true-positive rates are
    told in steps that one member does not fill. At each, that of a repeat is
    :func:`~remembrain.evidence.metrics.tpr_at_fpr`.

    Parameters
    ----------
    people
        The repeats of one attack (:func:`~remembrain.evidence.people.join`).
    confidence
        Of the null band, at each point by itself. See :func:`null_band`.
    """
    n_members, n_nonmembers = people.count(member=True), people.count(member=False)
    grid = np.array([*disclosure.points(RATES, n_nonmembers), 1.0])
    by_repeat = []
    for repeat in people.repeats:
        above = members_above(repeat.member, repeat.score)
        by_repeat.append(at_rank(above, grid * (len(above) - 1)))
    step = disclosure.round_up(1 / n_members)
    tpr = np.minimum(1.0, np.round(np.mean(by_repeat, axis=0) / step) * step)
    low, high = null_band(grid, n_members, n_nonmembers, confidence)
    fpr, caught, band_low, band_high = (tuple(points.tolist()) for points in (grid, tpr, low, high))
    return Roc(fpr=fpr, tpr=caught, band_low=band_low, band_high=band_high)


def null_band(
    fpr: Float[np.ndarray, "point"], n_members: int, n_nonmembers: int, confidence: float
) -> tuple[Float[np.ndarray, "point"], Float[np.ndarray, "point"]]:
    """Return where the true-positive rate of an attack without information lies, at each point by itself.

    The threshold is the k-th largest of n non-members' scores, k = f (n + 1), or between two of them. Without
    information all orders of members and non-members are equally likely, so the true rate above it is
    Beta(k, n + 1 - k) and the members above it are beta-binomial (David & Nagaraja 2003, section 7.1; ties aside).
    The band is for one repeat with one scan a person; a mean over repeats stays within it more often.
    """
    rank = fpr * (n_nonmembers + 1)
    everyone = rank > n_nonmembers
    inside = np.minimum(rank, n_nonmembers)
    caught = np.arange(n_members + 1)
    chance = stats.betabinom.pmf(caught[:, None], n_members, inside, n_nonmembers + 1 - inside)
    at_most = np.cumsum(chance, axis=0)
    tails = (1 - confidence) / 2, (1 + confidence) / 2
    low, high = (np.argmax(at_most >= tail - _ROUNDING, axis=0) / n_members for tail in tails)
    return np.where(everyone, 1.0, low), np.where(everyone, 1.0, high)


def density(
    values: Float[np.ndarray, "scan"],
    participant_id: Texts,
    grid: Float[np.ndarray, "point"],
    *,
    at_least: int = disclosure.FEWEST,
) -> Float[np.ndarray, "point"]:
    """Return a smooth density of people's values, made of groups of people and never of one.

    People are sorted by value and taken together in groups of at least ``at_least`` neighbours; a Gaussian kernel
    stands at the mean of each group, its variance that of the group plus the square of Silverman's width (1986,
    *Density Estimation*, eq. 3.31). So an outlier widens and shifts a group and makes no bump of their own. This is
    microaggregation (Domingo-Ferrer & Mateo-Sanz 2002, IEEE TKDE 14:189), not a formal guarantee of privacy. Means and
    widths are those that may be told of so many people, so that no more can be had from the curve.

    Parameters
    ----------
    values
        One number a scan, such as the error in years; a person counts once, with the mean of their scans.
    participant_id
        Whose scan it is.
    grid
        Where to evaluate the density.
    at_least
        People in each group.

    Raises
    ------
    DataError
        Where shapes differ, values are not finite or all the same, or people are fewer than ``at_least``.
    """
    one_number_a_scan(values, "values")
    same_length(values=values, participant_id=participant_id)
    _, place, scans = np.unique(np.asarray(participant_id, dtype=str), return_inverse=True, return_counts=True)
    if len(scans) < at_least:
        raise DataError(f"a density of {len(scans)} people", expected=f"at least {at_least}, so that nobody stands out")
    people = np.sort(np.bincount(place, weights=values) / scans)
    if people[0] == people[-1]:
        raise DataError("all values are the same and have no density", expected="values that differ")
    spread, iqr = float(np.std(people)), float(stats.iqr(people)) / 1.349
    silverman = 0.9 * (min(spread, iqr) if iqr > 0 else spread) * len(people) ** -0.2
    groups = np.array_split(people, len(people) // at_least)
    share = np.array([len(group) for group in groups])
    step = disclosure.step_of(spread, at_least)
    centre = np.round(np.array([group.mean() for group in groups]) / step) * step
    width = np.maximum(np.round(np.sqrt([np.var(group) + silverman**2 for group in groups]) / step), 1) * step
    height: Float[np.ndarray, "point"] = stats.norm.pdf((grid[:, None] - centre) / width) @ (share / width)
    return height / len(people)
