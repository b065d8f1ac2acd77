"""Do lower bounds on epsilon stay below it? Simulated mechanisms without a leak, and Gaussian ones of known epsilon.

Without a leak the scores say nothing: a bound above 0 is a false alarm. With Gaussian noise a member's score is
N(mu, 1) and another's N(0, 1), and epsilon follows from mu in closed form (Balle & Wang 2018, theorem 8): a bound above
it is wrong. Either may happen to 5 % of bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.evidence.epsilon_bounds import ESTIMATORS
from remembrain.evidence.gaussian_privacy import mu_of
from remembrain.run.streams import stream
from remembrain.study.selftest.figures import Line, median_line, share_line

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
class EpsilonChunk:
    """The places of some simulated audits, for one worker."""

    seed: int
    places: tuple[int, ...]


def simulate_epsilon(chunk: EpsilonChunk) -> list[dict[str, Any]]:
    """Simulate some audits without a leak and as many with one, and return what every estimator said of each."""
    return [_audit(chunk.seed, place) for place in chunk.places]


def epsilon_lines(audits: Sequence[dict[str, Any]]) -> list[Line]:
    """Return every figure with its bounds."""
    names = [estimator.name for estimator in ESTIMATORS]
    lines = [
        share_line(
            f"bounds on epsilon above 0 without a leak ({name})", [audit["alarm"][name] for audit in audits], None, MOST
        )
        for name in names
    ]
    lines += [
        share_line(
            f"bounds on epsilon above the truth ({name})", [audit["share"][name] > 1 for audit in audits], None, MOST
        )
        for name in names
    ]
    for epsilon in EPSILONS:
        shares = [audit["share"] for audit in audits if audit["epsilon"] == epsilon]
        if epsilon >= FROM and shares:
            best = max(names, key=lambda name: np.median([share[name] for share in shares]))
            title = f"share of an epsilon of {epsilon:g} that is found, median ({best})"
            lines.append(median_line(title, [share[best] for share in shares], LEAST, None))
    return lines


def _audit(seed: int, place: int) -> dict[str, Any]:
    """Simulate one audit of each kind: members a random half without a leak, and by fair coins with one."""
    rng = stream(seed, "simulated bounds on epsilon", place)
    size, form = SIZES[place % len(SIZES)], FORMS[place // len(SIZES) % len(FORMS)]
    half = rng.permutation(size) < size // 2
    nothing = _scores(rng, form, size)
    epsilon = EPSILONS[place % len(EPSILONS)]
    member = rng.random(CANARIES) < 0.5
    score = rng.normal(size=CANARIES) + mu_of(epsilon, DELTA) * member
    return {
        "epsilon": epsilon,
        "alarm": {estimator.name: estimator(nothing, half, DELTA).value > 0 for estimator in ESTIMATORS},
        "share": {estimator.name: estimator(score, member, DELTA).value / epsilon for estimator in ESTIMATORS},
    }


def _scores(rng: np.random.Generator, form: str, size: int) -> Float[np.ndarray, "person"]:
    """Draw scores that say nothing: smooth, of five values, or a few of them enormous."""
    score = rng.normal(size=size)
    if form == "tied":
        return np.clip(np.round(score), -2, 2)
    return score * np.where(rng.random(size) < 0.02, 1e6, 1.0) if form == "outliers" else score
