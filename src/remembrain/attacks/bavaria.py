"""The likelihood ratio with everybody as a prior for each person: Student-t scores, stable with few models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.attacks._references import NEEDS, Seen, Side, over_queries
from remembrain.types import Access, Known, Knows, Signals


@dataclass(frozen=True)
class Prior:
    """Normal-inverse-gamma: mean ~ N(m, variance / kappa), variance ~ InvGamma(alpha, beta); m is given a person."""

    kappa: float
    alpha: float
    beta: float

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

    def _posterior(
        self, side: Side, centre: Float[np.ndarray, "scan query"]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return kappa, alpha, mean and beta after the errors seen."""
        n = side.count
        kappa, alpha = self.kappa + n, self.alpha + n / 2
        mean = (self.kappa * centre + n * side.mean) / kappa
        beta = self.beta + 0.5 * side.squares + self.kappa * n * (side.mean - centre) ** 2 / (2 * kappa)
        return kappa, alpha, mean, beta


def fit_prior(side: Side, centre: Float[np.ndarray, "scan query"]) -> Prior:
    """Return the prior that makes the errors seen most likely (empirical Bayes), within wide bounds."""
    from scipy import optimize

    variance = float(np.mean((side.mean - centre) ** 2)) + float(np.mean(side.pooled_variance()))
    start = np.log([1.0, 3.0, 2.0 * max(variance, 1e-12)])

    def loss(logs: Float[np.ndarray, "3"]) -> float:
        return -Prior(*np.exp(logs)).evidence(side, centre)

    bounds = [(-5.0, 5.0), (np.log(1.1), 6.0), (start[2] - 10, start[2] + 10)]
    found = optimize.minimize(loss, start, method="L-BFGS-B", bounds=bounds)
    return Prior(*(float(value) for value in np.exp(found.x)))


@dataclass(frozen=True)
class Bavaria:
    """Score = log t_in(e) - log t_out(e), t the posterior predictive of the person's error with and without them.

    Means without the person are drawn towards what the label says (errors lean towards the mean age), means with the
    person towards a share of what they are without; how strongly, and how variances differ between people, is fitted
    on everybody (empirical Bayes), so that two models a person suffice to say something.
    """

    name: str = "bavaria"
    title: str = "Student-t likelihood ratio, priors fitted on everybody (BaVarIA)"
    access: Access = "outputs"
    knows: Knows = "population"
    needs: tuple[str, ...] = ("label", NEEDS)
    paper: str = "BaVarIA 2026 (arXiv 2603.11799)"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return the log-ratio of the unknown scans."""
        return over_queries(log_ratio(Seen.of(unknown)))


def log_ratio(seen: Seen) -> Float[np.ndarray, "scan query"]:
    """Return the log-ratio of every scan and query."""
    out, inside = seen.side(inside=False), seen.side(inside=True)
    label = np.column_stack([np.ones(len(seen.label)), seen.label - seen.label.mean()])
    towards = label @ np.linalg.lstsq(label, out.mean, rcond=None)[0]
    out_prior = fit_prior(out, towards)
    drawn = (out_prior.kappa * towards + out.count * out.mean) / (out_prior.kappa + out.count)
    share = (drawn * inside.mean).sum(axis=0) / np.maximum(np.square(drawn).sum(axis=0), 1e-12)
    in_prior = fit_prior(inside, share * drawn)
    ours = in_prior.predictive(inside, share * drawn, seen.target)
    return np.asarray(ours - out_prior.predictive(out, towards, seen.target))
