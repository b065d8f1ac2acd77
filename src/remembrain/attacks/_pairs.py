"""The mean error of models without a person, and of models with: a pair, of which everybody's make a prior for each.

What models without somebody say tells also about what models with them would say, and with few models of either kind
that is most of what is known. This module must not know what is decided from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.attacks._sides import Sides
from remembrain.attacks.levels import curve

ENOUGH = 1e-7
"""Log-likelihood of a scan, below which the search for a prior ends."""
_NONE = 1e-9
"""In place of no model at all, so that one formula serves everybody."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """A person's (mean without, mean with) ~ N(centre, covariance), and an error of a model of kind k ~
    N(mean_k, variance_k); centres are curves in the label. Kind 0 is without the person, kind 1 with.
    """

    centre: Float[np.ndarray, "2 scan query"]
    covariance: Float[np.ndarray, "2 2"]
    variance: Float[np.ndarray, "2"]

    @classmethod
    def fit(cls, sides: Sides, powers: Float[np.ndarray, "scan power"]) -> Pairs:
        """Return the prior that makes the errors seen most likely (empirical Bayes), within wide bounds.

        With one model of a kind a person nothing tells how people differ from how trainings do: with the target as one
        more model of known people it is told.
        """
        from scipy import optimize

        centre = np.stack([curve(powers, side.mean, np.broadcast_to(side.count, side.mean.shape)) for side in sides])
        start = _start(sides, centre)

        def loss(numbers: Float[np.ndarray, "5"]) -> tuple[float, Float[np.ndarray, "5"]]:
            pairs = cls(centre, *_parts(numbers))
            evidence, slopes = pairs.evidence(sides)
            return -evidence, -pairs._by_number(slopes, numbers[4])

        bounds = [(one - 12, one + 6) for one in start[:4]] + [(-4.0, 4.0)]
        found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, tol=ENOUGH)
        return cls(centre, *_parts(found.x))

    def evidence(self, sides: Sides) -> tuple[float, Float[np.ndarray, "5"]]:
        """Return the log of the marginal likelihood of all errors seen, mean over scans, up to a constant.

        And its derivatives: by the two variances of people's means, by those of trainings, and by the covariance.
        """
        a, b, c, det = self._of_means(sides)
        off, on = (side.mean - centre for side, centre in zip(sides, self.centre, strict=True))
        first, second = (c * off - b * on) / det, (a * on - b * off) / det
        total = np.mean(off * first + on * second) + np.mean(np.log(det))
        by_mean = (first**2 - c / det) / 2, (second**2 - a / det) / 2
        slopes = [*(float(one.mean()) for one in by_mean)]
        for side, variance, one in zip(sides, self.variance, by_mean, strict=True):
            squares, more = float(side.squares.mean()), float(side.count.mean()) - 1
            total += squares / variance + more * np.log(variance)
            through = float(np.mean(one / np.maximum(side.count, _NONE)))
            slopes.append(through + (squares / variance - more) / (2 * variance))
        slopes.append(float(np.mean(first * second + b / det)))
        return float(-0.5 * total), np.array(slopes)

    def _by_number(self, slopes: Float[np.ndarray, "5"], z: float) -> Float[np.ndarray, "5"]:
        """Return derivatives by the logs of the four variances, and Fisher's z of the correlation."""
        people, both = np.diag(self.covariance), self.covariance[0, 1]
        logs = slopes[:4] * np.concatenate([people, self.variance])
        logs[:2] += slopes[4] * both / 2
        return np.append(logs, slopes[4] * np.sqrt(people.prod()) / np.cosh(z) ** 2)

    def predicted(self, sides: Sides) -> tuple[Float[np.ndarray, "2 scan query"], Float[np.ndarray, "2 scan 1"]]:
        """Return mean and variance of one more model's error, of either kind, from what both kinds have said."""
        a, b, c, det = self._of_means(sides)
        off, on = (side.mean - centre for side, centre in zip(sides, self.centre, strict=True))
        means, variances = [], []
        for kind, (out, inside) in enumerate(self.covariance):
            first, second = (out * c - inside * b) / det, (inside * a - out * b) / det
            means.append(self.centre[kind] + first * off + second * on)
            variances.append(self.covariance[kind, kind] - first * out - second * inside + self.variance[kind])
        return np.stack(means), np.stack(variances)

    def from_other(
        self, sides: Sides, kind: int
    ) -> tuple[Float[np.ndarray, "scan query"], Float[np.ndarray, "scan 1"]]:
        """Return what models of the other kind alone say of a person's mean of this kind.

        Returns
        -------
        tuple
            Its mean, and to how many models of this kind that is worth.
        """
        other = 1 - kind
        pull = self.covariance[0, 1] / (
            self.covariance[other, other] + self.variance[other] / np.maximum(sides[other].count, _NONE)
        )
        mean = self.centre[kind] + pull * (sides[other].mean - self.centre[other])
        return mean, self.variance[kind] / (self.covariance[kind, kind] - pull * self.covariance[0, 1])

    def _of_means(self, sides: Sides) -> tuple[np.ndarray, float, np.ndarray, np.ndarray]:
        """Return the covariance of a person's two observed means: variance, covariance, variance; and determinant."""
        a, c = (
            self.covariance[kind, kind] + self.variance[kind] / np.maximum(sides[kind].count, _NONE) for kind in (0, 1)
        )
        b = float(self.covariance[0, 1])
        return a, b, c, a * c - b * b


def _start(sides: Sides, centre: Float[np.ndarray, "2 scan query"]) -> Float[np.ndarray, "5"]:
    """Return where the search begins: half of what people's means differ by is theirs, half the trainings'."""
    logs = []
    for side, middle in zip(sides, centre, strict=True):
        weight = np.broadcast_to(side.count, side.mean.shape)
        total = float((weight * (side.mean - middle) ** 2).sum() / max(float(weight.sum()), 1.0))
        logs.append(np.log(max(total, 1e-12) / 2))
    return np.array([*logs, *logs, 0.5])


def _parts(numbers: Float[np.ndarray, "5"]) -> tuple[Float[np.ndarray, "2 2"], Float[np.ndarray, "2"]]:
    """Return covariance and variances from logs of the four variances, and Fisher's z of the correlation."""
    out, inside, *variance = np.exp(numbers[:4])
    both = np.tanh(numbers[4]) * np.sqrt(out * inside)
    return np.array([[out, both], [both, inside]]), np.array(variance)
