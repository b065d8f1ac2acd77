r"""Attack scores -> lower bounds on epsilon, four ways, each with what it assumes.

A bound may be above the truth in at most 1 - confidence of all audits. So nothing here is chosen after a look at who
was right: thresholds are ranks, numbers of guesses are shares of the people, both fixed beforehand, and whatever is
tried more than once is paid for (Bonferroni). Ties are broken by a lot that is drawn from the scores themselves: the
same scores give the same lot, and it knows nothing of who is a member, even where members stand first in the array. An
attack that is always wrong gives 0, not a bound turned around.

**Both error rates** (:data:`clopper_pearson`). Privacy holds the true-positive rate to at most
:math:`e^\varepsilon` times the false-positive rate plus delta, at every threshold and in both directions. The
thresholds are the scores of certain ranks among the non-members: the rate of non-members above the k-th largest of n
is Beta(k, n - k + 1) (David & Nagaraja 2003, section 7.1), and since members are other people, their count above it is
binomial. In the other direction they change places. It holds for any numbers of members and non-members.

**Gaussian privacy** (:data:`gaussian_dp`). The h highest scores are guessed members and the h lowest non-members. Let
:math:`\rho` be twice the probability of a score beyond such a threshold; coins are fair, so that is a member's and
another's together. Given the threshold, the scores beyond it are independent draws from there, so the right guesses are
binomial, of a share of at most the *p* for which :math:`\Phi^{-1}(p \rho) - \Phi^{-1}((1 - p) \rho) = \mu`: the rates
of right and of wrong guesses, on the trade-off curve. A larger :math:`\rho` makes the same p worth more; hence lower
bounds of both, of :math:`\rho` on either side from the order statistics and of p from Clopper and Pearson (sums of two
binomials spread less than one: Hoeffding 1956, theorem 4), give one of :math:`\mu`. The outer 27 % on either side lose
least in the normal shift (Mosteller 1946).

**One run** (:data:`one_run`, :data:`one_run_f_dp`). Guesses in the same way, for a few numbers of them, and the
theorems of :mod:`~remembrain.evidence.one_run`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log
from zlib import crc32

import numpy as np
from jaxtyping import Bool, Float
from scipy import special

from remembrain.evidence.gaussian_privacy import between, gaussian_epsilon
from remembrain.evidence.lower_bounds import LowerBound, check
from remembrain.evidence.one_run import least_epsilon, least_mu, p_value, tail_is_possible
from remembrain.evidence.rates import share_at_least, share_at_most

THRESHOLDS = (1 / 4, 1 / 16, 1 / 64, 1 / 256)
"""Ranks of the thresholds of both error rates, as shares of the group that is ranked."""

SIDE = 0.27
"""The share of people on either side who are guessed for Gaussian privacy (Mosteller 1946)."""

SHARES = (0.05, 0.1, 0.2, 0.4)
"""The shares of people who are guessed in one run, half of them members."""

_OF_RANKS = 0.1
_NORMAL = "The trade-off curve of the training is that of two normal distributions"


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Scores and membership, and membership in ascending order of scores."""

    score: Float[np.ndarray, "person"]
    member: Bool[np.ndarray, "person"]
    ordered: Bool[np.ndarray, "person"]

    def right(self, side: int) -> int:
        """Return how many are right where so many of the lowest are guessed others and of the highest members."""
        return int(side - self.ordered[:side].sum() + self.ordered[len(self.ordered) - side :].sum())

    def guesses(self) -> list[tuple[int, int]]:
        """Return the numbers of guesses that are tried in one run, and how many of each are right."""
        sides = sorted({max(1, round(share * len(self.ordered) / 2)) for share in SHARES})
        return [(2 * side, self.right(side)) for side in sides]


_Rule = Callable[[_Ranked, float, float], tuple[float, int]]
"""(ranked people, delta, error) -> (lower bound on epsilon, how many things were tried)."""


@dataclass(frozen=True)
class Estimator:
    """A way to a lower bound on epsilon: call it with scores and membership."""

    name: str
    title: str
    assumption: str
    paper: str
    rule: _Rule

    def __call__(
        self,
        score: Float[np.ndarray, "person"],
        member: Bool[np.ndarray, "person"],
        delta: float,
        confidence: float = 0.95,
    ) -> LowerBound:
        """Return a bound that is above the truth in at most ``1 - confidence`` of audits.

        Parameters
        ----------
        score
            One score a person; higher means member. Scores that are all the same give 0.
        member
            Who was trained on.
        delta
            At which epsilon is bounded.
        confidence
            Of this bound alone.

        Raises
        ------
        DataError
            On what :func:`~remembrain.evidence.lower_bounds.check` refuses.
        """
        score, member = np.asarray(score), np.asarray(member)
        check(score, member, delta, confidence)
        ranked = _ranked(score.astype(np.float64), member)
        value, tried = self.rule(ranked, delta, 1 - confidence)
        return LowerBound(
            estimator=self.name,
            title=self.title,
            value=value if np.ptp(score) > 0 else 0.0,
            delta=delta,
            confidence=confidence,
            n_members=int(member.sum()),
            n_nonmembers=int((~member).sum()),
            tried=tried,
            assumption=self.assumption,
            paper=self.paper,
        )


def all_bounds(
    score: Float[np.ndarray, "person"],
    member: Bool[np.ndarray, "person"],
    delta: float,
    confidence: float = 0.95,
) -> tuple[LowerBound, ...]:
    """Return the bound of every estimator; all of them hold together with this confidence (Bonferroni).

    Raises
    ------
    DataError
        On what :func:`~remembrain.evidence.lower_bounds.check` refuses.
    """
    between(confidence=confidence)
    each = 1 - (1 - confidence) / len(ESTIMATORS)
    return tuple(estimator(score, member, delta, each) for estimator in ESTIMATORS)


def _ranked(score: Float[np.ndarray, "person"], member: Bool[np.ndarray, "person"]) -> _Ranked:
    """Rank people by score; those of the same score by a lot that is drawn from all scores."""
    lot = np.random.default_rng(crc32(score.tobytes())).permutation(len(score))
    return _Ranked(score, member, member[np.lexsort((lot, score))])


def _by_both_rates(ranked: _Ranked, delta: float, error: float) -> tuple[float, int]:
    """Return the largest log of (true rate - delta) / false rate over thresholds and directions."""
    ours, others = np.sort(ranked.score[ranked.member]), np.sort(ranked.score[~ranked.member])
    pairs = ((ours, others), (np.sort(-others), np.sort(-ours)))
    tests = [(true, false, rank) for true, false in pairs for rank in _ranks(len(false))]
    each = error / (2 * len(tests))
    best = 0.0
    for true, false, rank in tests:
        above = len(true) - np.searchsorted(true, false[-rank], side="right")
        least = share_at_least(float(above) / len(true), len(true), each)
        most = share_at_most((rank - 1) / len(false), len(false), each)
        if least > delta:
            best = max(best, log((least - delta) / most))
    return best, len(tests)


def _ranks(n: int) -> Sequence[int]:
    """Return the ranks of the thresholds among n people, counted from the highest score."""
    return sorted({max(1, round(share * n)) for share in THRESHOLDS})


def _by_gaussian_privacy(ranked: _Ranked, delta: float, error: float) -> tuple[float, int]:
    """Return the epsilon of the least mu that explains so many right guesses among the outer ones."""
    n = len(ranked.ordered)
    side = round(SIDE * n)
    beyond = 2 * float(special.betaincinv(side + 1, n - side, _OF_RANKS * error / 2))
    share = share_at_least(ranked.right(side) / (2 * side), 2 * side, (1 - _OF_RANKS) * error)
    if share <= 0.5:
        return 0.0, 1
    mu = float(special.ndtri(share * beyond) - special.ndtri((1 - share) * beyond))
    return gaussian_epsilon(mu, delta), 1


def _by_one_run(ranked: _Ranked, delta: float, error: float) -> tuple[float, int]:
    """Return the largest epsilon that one run's right guesses refute, over a few numbers of guesses."""
    return _largest_refuted(
        ranked,
        error,
        lambda people, guesses, right, least, each: p_value(people, guesses, right, least, delta) <= each,
        lambda people, guesses, right, each: least_epsilon(people, guesses, right, delta, each),
    )


def _by_one_run_gaussian(ranked: _Ranked, delta: float, error: float) -> tuple[float, int]:
    """Return the epsilon of the largest mu that one run's right guesses refute, over a few numbers of guesses."""
    mu, tried = _largest_refuted(
        ranked,
        error,
        lambda people, guesses, right, least, each: not tail_is_possible(people, guesses, right, least, each),
        least_mu,
    )
    return gaussian_epsilon(mu, delta), tried


def _largest_refuted(
    ranked: _Ranked,
    error: float,
    refuted: Callable[[int, int, int, float, float], bool],
    least: Callable[[int, int, int, float], float],
) -> tuple[float, int]:
    """Return the largest epsilon or mu that the right guesses refute, and over how many numbers of guesses.

    ``refuted`` and ``least`` get the people, the guesses, the right ones, what is tried (``refuted`` alone), and the
    error each number of guesses may have.
    """
    people, tried = len(ranked.ordered), ranked.guesses()
    each, best = error / len(tried), 0.0
    for guesses, right in tried:
        if refuted(people, guesses, right, best, each):
            best = max(best, least(people, guesses, right, each))
    return best, len(tried)


clopper_pearson = Estimator(
    name="clopper-pearson",
    title="Both error rates",
    assumption="The scores of members are independent of each other and drawn alike, and so are those of non-members.",
    paper="Jagielski, Ullman & Oprea 2020 (arXiv 2006.07709); Nasr et al. 2021 (arXiv 2101.04535)",
    rule=_by_both_rates,
)
gaussian_dp = Estimator(
    name="gaussian-dp",
    title="Gaussian differential privacy",
    assumption=f"{_NORMAL}. Every person was a member by a fair coin, and scores do not depend on other people.",
    paper="Nasr et al. 2023 (arXiv 2302.07956), bounding mu instead of epsilon; Dong, Roth & Su 2022, corollary 2.13",
    rule=_by_gaussian_privacy,
)
one_run = Estimator(
    name="one-run",
    title="One training run",
    assumption="Every person was a member by a fair coin, independent of all others.",
    paper="Steinke, Nasr & Jagielski 2023 (arXiv 2305.08846), theorem 5.2",
    rule=_by_one_run,
)
one_run_f_dp = Estimator(
    name="one-run-f-dp",
    title="One training run under Gaussian differential privacy",
    assumption=f"{_NORMAL}. Every person was a member by a fair coin, independent of all others.",
    paper="Mahloujifar, Melis & Chaudhuri 2025 (arXiv 2410.22235), theorem 3.1 and algorithm 3",
    rule=_by_one_run_gaussian,
)

ESTIMATORS = (clopper_pearson, gaussian_dp, one_run, one_run_f_dp)
"""Every estimator, in the order of the report."""
