"""Two Gaussians, of members and of others, over the errors that a scan gets as it is and in disguise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from remembrain.attacks._features import Standardiser, columns, numbers
from remembrain.errors import DataError
from remembrain.types import Access, Known, Knows, Signals

ERRORS = "disguised-error"
NEEDS = ("label", ERRORS)
FOLDS, FEWEST = 5, 5
_FLOOR = 1e-3


@dataclass(frozen=True)
class QuadraticDiscriminant:
    """Score = log N(v; m_in(y), S_in) - log N(v; m_out(y), S_out), v the errors on the scan as it is and in disguise.

    Means are polynomials of the second degree in the label y and covariances are drawn towards their diagonal (Ledoit
    & Wolf 2004), both learned on the people whom the attacker knows. A member's errors are smaller, bend otherwise with
    age, and are smaller than those on the mirror image, which stands in for a model without the person. Who is older or
    younger than the known members or the known others is scored by the nearest age that both have: polynomials are not
    to be trusted beyond it. Of a row of a table there is the error alone.
    """

    name: str = "quadratic-discriminant"
    title: str = "Quadratic discriminant of errors, of scans in disguise too"
    access: Access = "outputs"
    knows: Knows = "some members"
    needs: tuple[str, ...] = NEEDS
    paper: str = "Choquette-Choo et al. 2021, ICML (arXiv 2007.14321), for regression"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return the log-ratio of the unknown scans.

        Raises
        ------
        DataError
            Where there are fewer than 5 scans of known members, or of known others.
        """
        return log_ratio(known, unknown)


def log_ratio(known: Known, unknown: Signals) -> Float[np.ndarray, "scan"]:
    """Return the log-ratio of scans by what is learned on the known ones."""
    if min(known.member.sum(), (~known.member).sum()) < FEWEST:
        raise DataError("too few known people for two Gaussians", expected=f"at least {FEWEST} scans of either kind")
    errors, age = Standardiser.fit(columns(known.signals, ERRORS)), Standardiser.fit(_label(known.signals))
    theirs, ours = (errors(columns(some, ERRORS)) for some in (known.signals, unknown))
    their_age, our_age = (age(_label(some))[:, 0] for some in (known.signals, unknown))
    ranges = [(their_age[side].min(), their_age[side].max()) for side in (known.member, ~known.member)]
    youngest, oldest = sorted((max(low for low, _ in ranges), min(high for _, high in ranges)))
    their_age, our_age = _powers(their_age), _powers(np.clip(our_age, youngest, oldest))
    logs = [
        _Gaussian.fit(theirs[side], their_age[side]).log_density(ours, our_age)
        for side in (known.member, ~known.member)
    ]
    return np.asarray(logs[0] - logs[1])


def left_out(known: Known, rng: np.random.Generator) -> Float[np.ndarray, "known"]:
    """Return the log-ratio of each known scan by what is learned on other people: what a further attack can learn from.

    People are divided into five parts, or as many as there are people of the rarer kind; where too few are left to
    learn from, it is 0.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    found = np.zeros(len(known.member))
    fewest = min(len(np.unique(known.participant_id[side])) for side in (known.member, ~known.member))
    if fewest < 2:
        return found
    parts = StratifiedGroupKFold(min(FOLDS, fewest), shuffle=True, random_state=int(rng.integers(2**31)))
    for learned, asked in parts.split(found, known.member, known.participant_id):
        if min(known.member[learned].sum(), (~known.member[learned]).sum()) >= FEWEST:
            found[asked] = log_ratio(_some(known, learned), _taken(known.signals, asked))
    return found


@dataclass(frozen=True, eq=False)
class _Gaussian:
    """Errors around a polynomial in the label."""

    weights: Float[np.ndarray, "power query"]
    covariance: Float[np.ndarray, "query query"]

    @classmethod
    def fit(cls, errors: Float[np.ndarray, "scan query"], powers: Float[np.ndarray, "scan power"]) -> _Gaussian:
        """Fit it; disguises that tell all the same, or nothing, leave a covariance that can be inverted."""
        from sklearn.covariance import LedoitWolf

        weights = np.linalg.lstsq(powers, errors, rcond=None)[0]
        rest = errors - powers @ weights
        spread = np.maximum(np.sqrt(np.mean(rest**2, axis=0)), 1e-6)
        likeness = LedoitWolf(assume_centered=True).fit(rest / spread).covariance_
        likeness = (1 - _FLOOR) * likeness + _FLOOR * np.eye(len(spread))
        return cls(weights, likeness * np.outer(spread, spread))

    def log_density(
        self, errors: Float[np.ndarray, "scan query"], powers: Float[np.ndarray, "scan power"]
    ) -> Float[np.ndarray, "scan"]:
        """Return it, up to a constant."""
        rest = errors - powers @ self.weights
        squares = np.einsum("sq,qs->s", rest, np.linalg.solve(self.covariance, rest.T))
        return np.asarray(-0.5 * (squares + np.linalg.slogdet(self.covariance)[1]))


def _label(signals: Signals) -> Float[np.ndarray, "scan 1"]:
    """Return the label as a matrix."""
    return numbers(signals, "label")[:, None]


def _powers(age: Float[np.ndarray, "scan"]) -> Float[np.ndarray, "scan 3"]:
    """Return 1, the age and its square."""
    return np.column_stack([np.ones(len(age)), age, age**2])


def _some(known: Known, places: Int[np.ndarray, "some"]) -> Known:
    """Return the known scans at these places."""
    return Known(_taken(known.signals, places), known.member[places], known.participant_id[places])


def _taken(signals: Signals, places: Int[np.ndarray, "some"]) -> Signals:
    """Return the rows of what is needed at these places."""
    return {name: np.asarray(signals[name])[places] for name in NEEDS}
