"""What a setting of a defence comes to over its seeds: the evidence of each training, to means and what they allow.

A setting is trained with several seeds, on the same people every time. Attacks are known by name alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from jaxtyping import Float
from scipy import stats

from remembrain.errors import DataError
from remembrain.record.model import Evidence
from remembrain.record.numbers import UNKNOWN, Count, Number
from remembrain.record.privacy import PrivateTraining
from remembrain.record.settings import Achieved, Bound, Epsilon, Found
from remembrain.types import GRAVITY

_SHARE = (0.0, 1.0)
_FPRS = ("0.1", "0.01", "0.001")
_ERROR = 0.05
"""How often a lower bound of one training may be wrong."""


def achieved(name: str, audits: Sequence[Evidence]) -> Achieved:
    """Return an attack's figures, means over the seeds; not assessed where it was not with one of them."""
    attacks = [attack for audit in audits for attack in audit.attacks if attack.name == name]
    broken = next((attack for attack in attacks if attack.status != "assessed"), None)
    if broken is not None or len(attacks) < len(audits):
        why = broken.why if broken is not None else "it was not run with every seed"
        unknown = Number(why=why)
        return Achieved(
            auc=unknown,
            accuracy=unknown,
            tpr_at_fpr=dict.fromkeys(_FPRS, unknown),
            status="not assessed",
            why=why,
        )
    return Achieved(
        auc=_share([attack.auc for attack in attacks]),
        accuracy=_share([attack.accuracy for attack in attacks]),
        tpr_at_fpr={fpr: _share([attack.tpr_at_fpr.get(fpr, UNKNOWN) for attack in attacks]) for fpr in _FPRS},
        status="assessed",
        n_members=_fewest(attack.n_members for attack in attacks),
        n_nonmembers=_fewest(attack.n_nonmembers for attack in attacks),
    )


def years(numbers: Sequence[Number | None], bounds: tuple[float, float] | None = None) -> Number:
    """Return the mean over seeds of a number of years, or that it is not known."""
    known = [number for number in numbers if number is not None and number.known]
    if len(known) < len(numbers):
        return Number(why="too few people to say")
    return mean_over_seeds(known, bounds=bounds)


def private(audits: Sequence[Evidence]) -> list[PrivateTraining]:
    """Return what each private training promised."""
    trainings = [audit.privacy.training for audit in audits if audit.privacy is not None]
    return [training for training in trainings if training is not None and training.epsilon is not None]


def epsilon(audits: Sequence[Evidence]) -> Epsilon | None:
    """Return the largest epsilon that was promised over the seeds, where any was."""
    most = max(private(audits), key=lambda training: training.epsilon or 0.0, default=None)
    if most is None:
        return None
    return Epsilon(value=most.epsilon, delta=most.delta, second=most.second_epsilon)


def lower_bound(audits: Sequence[Evidence]) -> Bound | None:
    """Return the greatest lower bound on epsilon over the seeds, at a confidence that holds for all together."""
    bounds = [bound for audit in audits if audit.privacy is not None for bound in audit.privacy.bounds]
    most = max(bounds, key=lambda bound: bound.value or 0.0, default=None)
    if most is None:
        return None
    return Bound(value=most.value, estimator=most.title, confidence=max(0.0, 1 - _ERROR * len(audits)))


def finding(audits: Sequence[Evidence]) -> Found:
    """Return the gravest finding over the seeds."""
    gravest = min((audit.overall for audit in audits), key=lambda overall: GRAVITY.index(overall.status))
    return Found(status=gravest.status, text=gravest.text)


def mean_over_seeds(
    values: Sequence[Number], *, bounds: tuple[float, float] | None = None, confidence: float = 0.95
) -> Number:
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
    confidence
        Of every interval.

    Raises
    ------
    DataError
        Where there is no training, a number is not finite, or a value lies outside its interval or the bounds.
    """
    ends = np.array([number.ends() for number in values], dtype=float).reshape(-1, 3)
    _check(ends, bounds)
    value, low, high = ends.T
    between = float(np.var(value, ddof=1)) / len(value) if len(value) > 1 else 0.0
    mean = float(value.mean())
    below, above = (_reach(side, between, confidence) for side in (value - low, high - value))
    least, most = bounds or (-np.inf, np.inf)
    return Number(value=mean, low=max(least, mean - below), high=min(most, mean + above))


def _share(numbers: Sequence[Number]) -> Number:
    """Return the mean over seeds of a share, or why there is none."""
    lacking = next((number for number in numbers if not number.known), None)
    if lacking is not None:
        return Number(why=lacking.why or "it was not assessed with every seed")
    return mean_over_seeds(numbers, bounds=_SHARE)


def _fewest(counts: Iterable[Count]) -> Count:
    """Return the smallest of several numbers of people; one that is too small to be told is a text."""
    return min(counts, key=lambda count: count if isinstance(count, int) else 0)


def _check(ends: Float[np.ndarray, "training end"], bounds: tuple[float, float] | None) -> None:
    """Raise on trainings that have no mean."""
    if not len(ends):
        raise DataError("no training to take the mean over", expected="at least one")
    least, most = bounds or (-np.inf, np.inf)
    for value, low, high in ends.tolist():
        if not np.isfinite([value, low, high]).all() or not low <= value <= high:
            raise DataError(f"{value} in the interval {low} to {high}", expected="finite, low to high")
        if not least <= value <= most:
            raise DataError(f"{value} is outside its bounds", expected=f"{least} to {most}")


def _reach(half: Float[np.ndarray, "training"], between: float, confidence: float) -> float:
    """Return how far the interval of the mean reaches to one side."""
    tail = (1 + confidence) / 2
    within = float(np.mean((half / stats.norm.ppf(tail)) ** 2))
    total = within + between
    if between <= np.finfo(float).tiny:
        return float(stats.norm.ppf(tail) * np.sqrt(total))
    freedom = (len(half) - 1) * (total / between) ** 2
    return float(stats.t.ppf(tail, freedom) * np.sqrt(total))
