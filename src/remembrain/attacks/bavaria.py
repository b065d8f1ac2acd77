"""The likelihood ratio with everybody as a prior for each person: Student-t scores, stable with few models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.attacks._pairs import ENOUGH, Pairs
from remembrain.attacks._references import NEEDS, Seen, over_queries
from remembrain.attacks._sides import Side, with_target
from remembrain.attacks.levels import powers
from remembrain.types import Access, Known, Knows, Signals

KINDS = (0, 1)
"""Models without the person, and with."""


@dataclass(frozen=True, eq=False)
class Prior:
    """Normal-inverse-gamma: mean ~ N(m, variance / kappa), variance ~ InvGamma(alpha, beta); m is given a person."""

    kappa: float | Float[np.ndarray, "scan query"]
    alpha: float
    beta: float | Float[np.ndarray, "scan query"]

    def predictive(
        self, side: Side, centre: Float[np.ndarray, "scan query"], value: Float[np.ndarray, "scan query"]
    ) -> Float[np.ndarray, "scan query"]:
        """Return the log-density of a new error given those seen: Student's t (Murphy 2007, section 3.3)."""
        from scipy import stats

        kappa, alpha, mean, beta = self._posterior(side, centre)
        scale = np.sqrt(beta * (kappa + 1) / (alpha * kappa))
        return np.asarray(stats.t.logpdf(value, 2 * alpha, mean, scale))

    def evidence(self, side: Side, centre: Float[np.ndarray, "scan query"]) -> float:
        """Return the log of the marginal likelihood of all errors seen (the same, equation 95)."""
        from scipy import special

        kappa, alpha, _, beta = self._posterior(side, centre)
        found = (
            special.gammaln(alpha)
            - special.gammaln(self.alpha)
            + self.alpha * np.log(self.beta)
            - alpha * np.log(beta)
            + 0.5 * (np.log(self.kappa) - np.log(kappa))
        )
        return float(np.broadcast_to(found, side.mean.shape).sum())

    def variance(self, side: Side, centre: Float[np.ndarray, "scan query"]) -> Float[np.ndarray, "scan query"]:
        """Return the variance that is expected of each person after the errors seen."""
        _, alpha, _, beta = self._posterior(side, centre)
        return np.asarray(np.broadcast_to(beta / alpha, side.mean.shape))

    def _posterior(
        self, side: Side, centre: Float[np.ndarray, "scan query"]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return kappa, alpha, mean and beta after the errors seen."""
        n = side.count
        kappa, alpha = self.kappa + n, self.alpha + n / 2
        mean = (self.kappa * centre + n * side.mean) / kappa
        beta = self.beta + 0.5 * side.squares + self.kappa * n * (side.mean - centre) ** 2 / (2 * kappa)
        return kappa, alpha, mean, beta


@dataclass(frozen=True)
class Spread:
    """How variances differ between people: InvGamma(alpha, beta o^share), o the person's with the other kind of models.

    A share of 0 takes the two kinds for independent; with 1 who is unsteady without them is as unsteady with them.
    """

    alpha: float
    beta: float
    share: float = 0.0

    def prior(
        self, kappa: float | Float[np.ndarray, "scan 1"], other: Float[np.ndarray, "scan query"] | None = None
    ) -> Prior:
        """Return the prior of each person, whose mean is known as from ``kappa`` models."""
        return Prior(kappa, self.alpha, self.beta if other is None else self.beta * other**self.share)


def fit_spread(
    side: Side,
    centre: Float[np.ndarray, "scan query"],
    kappa: float | Float[np.ndarray, "scan 1"],
    other: Float[np.ndarray, "scan query"] | None = None,
) -> Spread:
    """Return what makes the errors seen most likely (empirical Bayes), within wide bounds."""
    from scipy import optimize

    variance = float(np.mean((side.mean - centre) ** 2)) + float(np.mean(side.pooled_variance()))
    start = [np.log(3.0), np.log(2.0 * max(variance, 1e-12)), *([] if other is None else [0.5])]

    def loss(numbers: Float[np.ndarray, "some"]) -> float:
        spread = Spread(*np.exp(numbers[:2]), *numbers[2:])
        return -spread.prior(kappa, other).evidence(side, centre) / side.mean.size

    bounds = [(np.log(1.1), 6.0), (start[1] - 10, start[1] + 10), (0.0, 1.0)]
    found = optimize.minimize(loss, start, method="L-BFGS-B", bounds=bounds[: len(start)], tol=ENOUGH)
    return Spread(*(float(value) for value in np.exp(found.x[:2])), *(float(value) for value in found.x[2:]))


@dataclass(frozen=True)
class Bavaria:
    """Score = log t_in(e) - log t_out(e), t the posterior predictive of the person's error with and without them.

    The means of a person's errors without and with them are drawn from one bivariate normal distribution, so that
    models of either kind tell about both, and of known people the target is one more model of the kind that is known.
    Variances differ between people, by an inverse gamma distribution that leans on the person's variance with the other
    kind of models. All of it is fitted on everybody (empirical Bayes), so that two models a person suffice.
    """

    name: str = "bavaria"
    title: str = "Student-t likelihood ratio, priors fitted on everybody (BaVarIA)"
    access: Access = "outputs"
    knows: Knows = "population"
    needs: tuple[str, ...] = ("label", NEEDS)
    paper: str = "BaVarIA 2026 (arXiv 2603.11799)"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return the log-ratio of the unknown scans."""
        seen = Seen.of(known, unknown)
        return np.asarray(over_queries(log_ratio(seen))[seen.asked])


def log_ratio(seen: Seen) -> Float[np.ndarray, "scan query"]:
    """Return the log-ratio of every scan and query; nobody's takes the target for a model whose kind is known."""
    sides = seen.side(inside=False), seen.side(inside=True)
    told = with_target(sides, seen.target, seen.member)
    pairs = Pairs.fit(told, powers(seen.label))
    alone = [fit_spread(told[kind], *pairs.from_other(told, kind)) for kind in KINDS]
    logs = []
    for kind in KINDS:
        other = 1 - kind
        theirs, ours = (
            alone[other].prior(kappa).variance(some[other], centre)
            for some in (told, sides)
            for centre, kappa in [pairs.from_other(some, other)]
        )
        spread = fit_spread(told[kind], *pairs.from_other(told, kind), theirs)
        centre, kappa = pairs.from_other(sides, kind)
        logs.append(spread.prior(kappa, ours).predictive(sides[kind], centre, seen.target))
    return np.asarray(logs[1] - logs[0])
