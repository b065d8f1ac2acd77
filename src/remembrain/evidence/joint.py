r"""Several scans of one person to one score: the likelihood ratio over all of them, with how alike they are estimated.

Two scans of a person are not two people: their errors go together, and what the second adds to the first is what it
does not repeat. By Sklar's theorem (Sklar 1959; Joe 2014, *Dependence Modeling with Copulas*, section 1.5) the
likelihood ratio of scans 1, ..., k of a person is

.. math:: \log\Lambda = \sum_j \lambda(s_j) + \log c_{in}(u_1, \ldots, u_k) - \log c_{out}(v_1, \ldots, v_k),

:math:`\lambda` the log-odds of one scan by its score, learned as those of people are
(:func:`~remembrain.evidence.calibration.log_odds`). The copulas are Gaussian, every two scans of a person with the same
correlation: u is the standing of a scan among members and v among others (its signed error, centred and in standard
deviations of that group). With between-scan part :math:`B = (\sum u)^2 / k`, :math:`W = \sum u^2 - B`,
:math:`a = 1 + (k - 1) r` and :math:`b = 1 - r`,

.. math:: \log c = -\tfrac12 \left[\log a + (k-1) \log b + B (1/a - 1) + W (1/b - 1)\right].

Two scans whose errors differ by much although those of one person go together, or that go together more closely in one
group than in the other, say something that neither says alone, and no mean of scores can.

The correlations of the two groups are drawn to the one that they have together by as much as their difference
may be chance (empirical Bayes on Fisher's z). What is used of it all is learned as well: the sum of the log-odds is
divided by :math:`1 + (k - 1)\rho` and the copulas weigh w. Both are from 0 to 1, and predict best, with a small penalty
on either, who is a member among people with several scans. Where dependence is not Gaussian w falls, where scores go
together beyond what errors do :math:`\rho` grows. There is no constant: of how many scans somebody has, nothing is
learned.

All is learned on known people, by scores of attacks that did not learn from them. This module must not know attacks by
name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import optimize

from remembrain.errors import DataError
from remembrain.evidence.calibration import LogOdds, log_odds
from remembrain.types import Texts

FEWEST = 20
"""Known members, and known others, with several scans; with fewer, nothing of how scans go together can be learned."""

PENALTY = 1.0
"""What it costs to use copulas, or to take scans for the same, wholly, in people's log-likelihood."""

_CUT = 20.0
"""Scores further from the median than this many spreads grow like a logarithm."""

_MOST = 0.95
_SLOPE = 0.01
"""The least slope of log-odds, a spread of the score: whom an attack puts ahead stays ahead."""


@dataclass(frozen=True, eq=False)
class Heard:
    """What an attack says of scans, whose they are, and where each stands among members and among others.

    ``inside`` and ``outside`` are signed: a scan's error less what is expected of it as a member, and as another. They
    are left out where an adversary does not see them.
    """

    score: Float[np.ndarray, "scan"]
    participant_id: Texts
    inside: Float[np.ndarray, "scan"] | None = None
    outside: Float[np.ndarray, "scan"] | None = None


@dataclass(frozen=True, eq=False)
class Group:
    """Errors of the scans of one group: centre, spread, and the correlation of two scans of a person."""

    centre: float
    spread: float
    correlation: float

    def log_copula(
        self, error: Float[np.ndarray, "scan"], person: Int[np.ndarray, "scan"]
    ) -> Float[np.ndarray, "person"]:
        """Return the log of the copula's density at each person's scans; 0 for one scan."""
        scans, between, within = _parts((error - self.centre) / self.spread, person)
        along, across = 1 + (scans - 1) * self.correlation, 1 - self.correlation
        logs = np.log(along) + (scans - 1) * np.log(across)
        return np.asarray(-0.5 * (logs + between * (1 / along - 1) + within * (1 / across - 1)))


@dataclass(frozen=True, eq=False)
class Joint:
    """How the scans of a person are put together: log-odds by score, the groups, and what is used of both."""

    centre: float
    spread: float
    odds: LogOdds
    groups: tuple[Group, Group] | None
    likeness: float = 0.0
    weight: float = 1.0

    def __call__(self, heard: Heard) -> tuple[Texts, Float[np.ndarray, "person"]]:
        """Return each person once, in order, with the log of their likelihood ratio."""
        people, person, scans = np.unique(
            np.asarray(heard.participant_id, dtype=str), return_inverse=True, return_counts=True
        )
        alone, together = self.terms(heard, person)
        return people, alone / (1 + (scans - 1) * self.likeness) + self.weight * together

    def terms(
        self, heard: Heard, person: Int[np.ndarray, "scan"]
    ) -> tuple[Float[np.ndarray, "person"], Float[np.ndarray, "person"]]:
        """Return the sum of the log-odds of each person's scans, and the log-ratio of the copulas."""
        scaled = _tamed((heard.score - self.centre) / self.spread)
        alone = np.bincount(person, weights=self.odds(scaled) + _SLOPE * scaled)
        if self.groups is None or heard.inside is None or heard.outside is None:
            return alone, np.zeros(len(alone))
        inside, outside = self.groups
        return alone, inside.log_copula(heard.inside, person) - outside.log_copula(heard.outside, person)


def enough(participant_id: Texts, member: Bool[np.ndarray, "scan"]) -> bool:
    """Tell whether enough known members, and enough others, have several scans to learn from."""
    counts = (np.unique(participant_id[group], return_counts=True)[1] for group in (member, ~member))
    return min(int(np.count_nonzero(scans > 1)) for scans in counts) >= FEWEST


def fit(known: Heard, member: Bool[np.ndarray, "scan"]) -> Joint | None:
    """Learn how scans are put together, or return nothing where too few known people have several.

    Parameters
    ----------
    known
        Scans of people whose membership is known, scored by what was learned from others.
    member
        The answer of each.

    Raises
    ------
    DataError
        Where a person is a member and a non-member.
    """
    people, first, person, scans = np.unique(
        np.asarray(known.participant_id, dtype=str), return_index=True, return_inverse=True, return_counts=True
    )
    of_person = member[first]
    if (wrong := np.flatnonzero(of_person[person] != member)).size:
        raise DataError(
            "is a member and a non-member", where=str(people[person[wrong[0]]]), expected="one or the other"
        )
    if not enough(known.participant_id, member):
        return None
    quartiles = np.quantile(known.score, [0.25, 0.5, 0.75])
    centre = float(quartiles[1])
    spread = float(quartiles[2] - quartiles[0]) or float(known.score.std()) or 1.0
    odds = log_odds(_tamed((known.score - centre) / spread), member)
    start = Joint(centre, spread, odds, _groups(known, person, of_person))
    return _weighed(start, known, person, scans, of_person)


def _weighed(
    start: Joint,
    known: Heard,
    person: Int[np.ndarray, "scan"],
    scans: Int[np.ndarray, "person"],
    member: Bool[np.ndarray, "person"],
) -> Joint:
    """Return it with the likeness of scores and the weight of copulas that best predict who is a member."""
    several = scans > 1
    alone, together = (term[several] for term in start.terms(known, person))
    more, sign = scans[several] - 1, np.where(member[several], 1.0, -1.0)
    share = np.where(sign > 0, 0.5 / np.count_nonzero(sign > 0), 0.5 / np.count_nonzero(sign < 0))

    def loss(used: Float[np.ndarray, "2"]) -> float:
        odds = alone / (1 + more * used[0]) + used[1] * together
        cost = PENALTY / len(sign) * (used[0] ** 2 + used[1] ** 2)
        return float(share @ np.logaddexp(0, -sign * odds) + cost)

    best = optimize.minimize(loss, [0.3, 0.5], method="L-BFGS-B", bounds=[(0.0, 1.0)] * 2).x
    return Joint(start.centre, start.spread, start.odds, start.groups, float(best[0]), float(best[1]))


def _groups(
    known: Heard, person: Int[np.ndarray, "scan"], member: Bool[np.ndarray, "person"]
) -> tuple[Group, Group] | None:
    """Return members and others, their correlations drawn to that of both; nothing where errors are not seen."""
    if known.inside is None or known.outside is None:
        return None
    found, counts = [], []
    for error, mine in ((known.inside, member), (known.outside, ~member)):
        of_scan = mine[person]
        centre, spread = float(error[of_scan].mean()), float(error[of_scan].std())
        if spread <= 1e-12:
            return None  # a memory without any error: nothing of it goes together
        found.append(Group(centre, spread, _correlation((error - centre) / spread, person, mine)))
        counts.append(np.count_nonzero(mine & (np.bincount(person) > 1)))
    z, variance = np.arctanh([one.correlation for one in found]), 1 / (np.array(counts) - 1.5)
    both = float((z / variance).sum() / (1 / variance).sum())
    beyond_chance = max(0.0, 1 - float(variance.sum()) / max(float(np.ptp(z)) ** 2, 1e-12))
    drawn = np.tanh(both + beyond_chance * (z - both))
    inside, outside = (Group(one.centre, one.spread, float(r)) for one, r in zip(found, drawn, strict=True))
    return inside, outside


def _correlation(
    standing: Float[np.ndarray, "scan"], person: Int[np.ndarray, "scan"], mine: Bool[np.ndarray, "person"]
) -> float:
    """Return the correlation of two scans of a person, over all pairs of scans of these people; at least 0."""
    scans, between, within = _parts(standing, person)
    use = mine & (scans > 1)
    square = (between + within)[use]
    pairs = (between * scans)[use] - square  # (sum u)^2 - sum u^2: twice the sum over pairs
    number = (scans * (scans - 1))[use]
    size = float(square.sum() / scans[use].sum())
    return float(np.clip(pairs.sum() / number.sum() / max(size, 1e-12), 0.0, _MOST))


def _parts(
    standing: Float[np.ndarray, "scan"], person: Int[np.ndarray, "scan"]
) -> tuple[Int[np.ndarray, "person"], Float[np.ndarray, "person"], Float[np.ndarray, "person"]]:
    """Return how many scans everybody has, k times the square of their mean, and the squares around it."""
    scans = np.bincount(person)
    between = np.bincount(person, weights=standing) ** 2 / scans
    return scans, between, np.maximum(np.bincount(person, weights=standing**2) - between, 0.0)


def _tamed(scaled: Float[np.ndarray, "scan"]) -> Float[np.ndarray, "scan"]:
    """Return numbers as they are up to the cut, and beyond it growing like a logarithm: order is kept."""
    beyond = np.maximum(np.abs(scaled) - _CUT, 0.0)
    return np.asarray(np.sign(scaled) * (np.minimum(np.abs(scaled), _CUT) + np.log1p(beyond)))
