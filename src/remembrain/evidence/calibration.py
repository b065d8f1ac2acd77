"""Scores to the probability that a person is a member, and what being named by an attack means for stated priors.

A score only ranks. Here it becomes a probability (Platt 1999, *Advances in Large Margin Classifiers*, chapter 5, with
hinges), checked against what was observed, and the figures become posteriors by Bayes' rule for priors that a reader
may compare with their own. Probabilities of single people must stay in ``restricted/``. This module must not know
attacks by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy import optimize, special

from remembrain.errors import DataError
from remembrain.evidence import disclosure
from remembrain.evidence.assess import Assessment, as_number
from remembrain.evidence.people import People, join
from remembrain.evidence.rates import NotAssessed, share_at_least, share_at_most
from remembrain.record import attacks as record
from remembrain.types import Interval, Scores, Texts

PRIORS = (0.01, 0.1, 0.5)
RATES = (0.1, 0.01)
FOLDS = 10
HINGES = (0.5, 0.9)
"""Quantiles of the score at which the log-odds may bend."""

BEND = 0.2
"""What a bend costs: the squared change of slope, a standard deviation of the score, in people's log-likelihood."""

LEAST_IN_A_BIN = 20
MOST_BINS = 10


@dataclass(frozen=True, eq=False)
class Membership:
    """The probability of membership of each person who was tested, where half of those asked about are members."""

    participant_id: Texts
    member: Bool[np.ndarray, "person"]
    probability: Float[np.ndarray, "person"]

    def at(self, prior: float) -> Float[np.ndarray, "person"]:
        """Return the probabilities for another share of members among those asked about."""
        return np.asarray(special.expit(special.logit(self.probability) + special.logit(prior)))


@dataclass(frozen=True)
class Bin:
    """People of about the same predicted probability, and the share of members among them, groups weighing alike."""

    predicted: float
    observed: Interval
    n: int


@dataclass(frozen=True)
class Reliability:
    """Predicted against observed membership, and the Brier score (mean squared distance; 0.25 for knowing nothing)."""

    attack: str
    brier: float
    bins: tuple[Bin, ...]

    def written(self) -> record.Reliability:
        """Return it as it stands in the evidence: shares in steps of at least two people of a bin."""
        bins = tuple(
            record.Bin(
                predicted=round(people.predicted, 2),
                observed=disclosure.share_in_steps(as_number(people.observed), people.n // 2),
                n=people.n,
            )
            for people in self.bins
        )
        return record.Reliability(attack=self.attack, prior=0.5, brier=round(self.brier, 3), bins=bins)


def membership(repeats: Sequence[Scores], rng: np.random.Generator, *, folds: int = FOLDS) -> Membership:
    """Return calibrated probabilities of membership, each person's fitted on other people.

    Parameters
    ----------
    repeats
        What one attack said; higher means member.
    rng
        Divides people into folds.
    folds
        Parts of the people; those of one part are judged by what the others taught.

    Notes
    -----
    In each repeat a person has the mean score of their scans; over repeats log-odds are averaged.

    Raises
    ------
    DataError
        Where scores and people do not fit together (see :func:`~remembrain.evidence.people.join`), there are fewer
        than 2 folds, or a part of the people leaves no members or no non-members to learn from.
    """
    if folds < 2:
        raise DataError(f"{folds} folds", expected="at least 2: nobody is judged by what they themselves taught")
    people = join(repeats)
    by_repeat = [repeat.per_person() for repeat in people.repeats]
    fold = _folds(people, folds, rng)
    total, times = np.zeros(len(people.names)), np.zeros(len(people.names))
    for tested, member, score in by_repeat:
        for part in range(folds):
            asked = fold[tested] == part
            total[tested[asked]] += log_odds(score[~asked], member[~asked])(score[asked])
            times[tested[asked]] += 1
    seen = times > 0
    return Membership(people.names[seen], people.is_member[seen], special.expit(total[seen] / times[seen]))


@dataclass(frozen=True, eq=False)
class LogOdds:
    """Log-odds of membership by score: straight between two hinges and beyond them, and falling nowhere."""

    hinges: Float[np.ndarray, "2"]
    slopes: Float[np.ndarray, "3"]
    offset: float

    def __call__(self, score: Float[np.ndarray, "person"]) -> Float[np.ndarray, "person"]:
        """Return the log-odds of members among as many others."""
        return np.asarray(_pieces(score, self.hinges) @ self.slopes + self.offset)


def log_odds(score: Float[np.ndarray, "person"], member: Bool[np.ndarray, "person"]) -> LogOdds:
    """Fit the log-odds of membership, groups weighing the same, never falling with the score.

    Logistic regression on the score's parts below its median, from there to its 90 % quantile, and above, with slopes
    of at least 0 and a small penalty on bends. A single slope takes the few whom a model has memorised for the tail of
    everybody else. Targets are drawn in by Platt's (n + 1) / (n + 2), so that groups that are perfectly
    separated have finite odds.

    Raises
    ------
    DataError
        Where a group is empty.
    """
    if member.all() or not member.any():
        raise DataError("one group is empty", where="calibration", expected="members and non-members to learn from")
    centre, spread = float(score.mean()), float(score.std()) or 1.0
    scaled = (score - centre) / spread
    hinges = np.quantile(scaled, HINGES)
    parts = _pieces(scaled, hinges)
    n_members, n_others = int(member.sum()), int((~member).sum())
    target = np.where(member, (n_members + 1) / (n_members + 2), 1 / (n_others + 2))
    weight, cost = np.where(member, 0.5 / n_members, 0.5 / n_others), BEND / len(score)

    def loss(line: Float[np.ndarray, "4"]) -> tuple[float, Float[np.ndarray, "4"]]:
        odds = parts @ line[:3] + line[3]
        rest = weight * (special.expit(odds) - target)
        bend = np.diff(line[:3])
        slope = rest @ parts + 2 * cost * np.array([-bend[0], bend[0] - bend[1], bend[1]])
        likelihood = weight @ (np.logaddexp(0, odds) - target * odds)
        return float(likelihood + cost * (bend @ bend)), np.append(slope, rest.sum())

    bounds = [(0.0, None)] * 3 + [(None, None)]
    best = optimize.minimize(loss, np.zeros(4), jac=True, method="L-BFGS-B", bounds=bounds).x
    return LogOdds(hinges * spread + centre, best[:3] / spread, float(best[3] - best[0] * centre / spread))


def _pieces(score: Float[np.ndarray, "person"], hinges: Float[np.ndarray, "2"]) -> Float[np.ndarray, "person 3"]:
    """Return how much of each score lies below the first hinge, between the two, and above the second."""
    first, second = hinges
    return np.stack(
        [np.minimum(score, first), np.clip(score - first, 0, second - first), np.maximum(score - second, 0)], axis=1
    )


def reliability(attack: str, probabilities: Membership, *, confidence: float = 0.95) -> Reliability:
    """Return predicted against observed membership, in bins of at least 20 people, and the Brier score.

    Groups weigh the same, whatever their sizes: of a bin with m of M members and k of K others, the observed share is
    (m / M) / (m / M + k / K). Its interval is Clopper and Pearson's for m of m + k, turned by the same weights.
    Fewer than 20 people have no bin.
    """
    order = np.argsort(probabilities.probability, kind="stable")
    n_members, n_others = int(probabilities.member.sum()), int((~probabilities.member).sum())
    n_bins, bins = min(MOST_BINS, len(order) // LEAST_IN_A_BIN), []
    for places in np.array_split(order, n_bins) if n_bins else []:
        m, n = int(probabilities.member[places].sum()), len(places)
        ends = share_at_least(m / n, n, (1 - confidence) / 2), share_at_most(m / n, n, (1 - confidence) / 2)
        value, low, high = (_weighed(share, n_others / n_members) for share in (m / n, *ends))
        bins.append(
            Bin(float(probabilities.probability[places].mean()), Interval(value, low, high, m, n - m, confidence), n)
        )
    distance = (probabilities.probability - probabilities.member) ** 2
    brier = float((distance[probabilities.member].mean() + distance[~probabilities.member].mean()) / 2)
    return Reliability(attack, brier, tuple(bins))


def posteriors(
    assessment: Assessment, priors: Sequence[float] = PRIORS, rates: Sequence[float] = RATES
) -> tuple[record.PosteriorRow, ...]:
    """Return for each prior and false-positive rate the probability that a person whom the attack names is a member.

    With prior p, true-positive rate t and false-positive rate f it is p t / (p t + (1 - p) f); the interval is
    that of t, carried through.
    """
    rows = []
    for prior in priors:
        for fpr in rates:
            rate = assessment.tpr_at_fpr.get(fpr, NotAssessed("this rate was not asked for"))
            named = rate if isinstance(rate, NotAssessed) else _carried(rate, prior, fpr)
            rows.append(record.PosteriorRow(prior=prior, fpr=fpr, tpr=as_number(rate), posterior=as_number(named)))
    return tuple(rows)


def _carried(rate: Interval, prior: float, fpr: float) -> Interval:
    """Return the posterior of a true-positive rate."""
    value, low, high = (prior * t / (prior * t + (1 - prior) * fpr) for t in (rate.value, rate.low, rate.high))
    return Interval(value, low, high, rate.n_members, rate.n_nonmembers, rate.confidence)


def _weighed(share: float, odds: float) -> float:
    """Return a share of members whose odds are multiplied, so that both groups are equally large."""
    return share * odds / (share * odds + 1 - share)


def _folds(people: People, folds: int, rng: np.random.Generator) -> np.ndarray:
    """Return a fold for each person, the same in both roles, members and others spread evenly."""
    fold = np.empty(len(people.is_member), dtype=int)
    for group in (people.is_member, ~people.is_member):
        fold[group] = rng.permutation(np.arange(int(group.sum())) % folds)
    _, first = np.unique(people.same, return_index=True)
    return np.asarray(fold[first][people.same])
