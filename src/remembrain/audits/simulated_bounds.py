"""Do lower bounds on epsilon stay below it? Simulated mechanisms without a leak, and Gaussian ones of known epsilon.

Without a leak the scores say nothing: a bound above 0 is a false alarm. With Gaussian noise a member's score is
N(mu, 1) and another's N(0, 1), and epsilon follows from mu in closed form (Balle & Wang 2018, theorem 8): a bound above
it is wrong. Either may happen to 5 % of bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from jaxtyping import Float

from remembrain.audits.simulated import Draw
from remembrain.evidence.epsilon_bounds import ESTIMATORS
from remembrain.evidence.gaussian_privacy import mu_of
from remembrain.evidence.monte_carlo import median_line, share_line
from remembrain.record.document import SelfTestLine
from remembrain.run.streams import stream

EPSILONS = (0.5, 1.0, 2.0, 4.0, 8.0)
DELTA = 1e-5
CANARIES = 2000
SIZES = (40, 200, 2000)
FORMS = ("normal", "tied", "outliers")
MOST = 0.05 + 3 * sqrt(0.05 * 0.95 / 1000)
"""5 %, and three standard errors of it in a thousand audits."""

LEAST = 0.7
FROM = 2.0
"""From this epsilon on, the best estimator has to find this share of it in half of the audits."""


@dataclass(frozen=True)
class Bounds:
    """What every estimator says of two simulated audits, by its name.

    Without a leak, whether it says that there is one (``alarm``); of one whose ``epsilon`` is known, its ``share``.
    """

    epsilon: float
    alarm: Mapping[str, bool]
    share: Mapping[str, float]


def simulate_bounds(draw: Draw) -> Bounds:
    """Simulate one audit of each kind: members a random half without a leak, and by fair coins with one."""
    place, rng = draw.place, stream(draw.seed, "simulated bounds on epsilon", draw.place)
    size, form = SIZES[place % len(SIZES)], FORMS[place // len(SIZES) % len(FORMS)]
    half = rng.permutation(size) < size // 2
    nothing = _scores(rng, form, size)
    epsilon = EPSILONS[place % len(EPSILONS)]
    member = rng.random(CANARIES) < 0.5
    score = rng.normal(size=CANARIES) + mu_of(epsilon, DELTA) * member
    return Bounds(
        epsilon=epsilon,
        alarm={estimator.name: estimator(nothing, half, DELTA).value > 0 for estimator in ESTIMATORS},
        share={estimator.name: estimator(score, member, DELTA).value / epsilon for estimator in ESTIMATORS},
    )


def lines_of(audits: Sequence[Bounds]) -> list[SelfTestLine]:
    """Return every figure with its bounds."""
    names = [estimator.name for estimator in ESTIMATORS]
    alarms = [
        share_line(
            f"bounds on epsilon above 0 without a leak ({name})", [audit.alarm[name] for audit in audits], None, MOST
        )
        for name in names
    ]
    wrong = [
        share_line(
            f"bounds on epsilon above the truth ({name})", [audit.share[name] > 1 for audit in audits], None, MOST
        )
        for name in names
    ]
    return [*alarms, *wrong, *_medians(audits, names)]


def _medians(audits: Sequence[Bounds], names: Sequence[str]) -> list[SelfTestLine]:
    """Return which share of each epsilon the best estimator finds, in half of the audits."""
    lines = []
    for epsilon in (epsilon for epsilon in EPSILONS if epsilon >= FROM):
        shares = [audit.share for audit in audits if audit.epsilon == epsilon]
        if shares:
            best = max(names, key=lambda name: np.median([share[name] for share in shares]))
            title = f"share of an epsilon of {epsilon:g} that is found, median ({best})"
            lines.append(median_line(title, [share[best] for share in shares], LEAST, None))
    return lines


def _scores(rng: np.random.Generator, form: str, size: int) -> Float[np.ndarray, "person"]:
    """Draw scores that say nothing: smooth, of five values, or a few of them enormous."""
    score = rng.normal(size=size)
    if form == "tied":
        return np.clip(np.round(score), -2, 2)
    return score * np.where(rng.random(size) < 0.02, 1e6, 1.0) if form == "outliers" else score
