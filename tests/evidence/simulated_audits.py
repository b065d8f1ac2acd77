"""Audits whose truth is known: Gaussian errors, members' smaller, thresholds learned on people known to the attacker.

With residuals of SD s1 (members) < s0 (others) everything has a closed form (Tan et al. 2022, arXiv 2202.01243, for the
best threshold): AUC of -abs(error) is (2 / pi) arctan(s0 / s1), and a threshold t on abs(error) has a balanced accuracy
of 1/2 + Phi(t / s1) - Phi(t / s0).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from remembrain.types import Scores


@dataclass(frozen=True)
class Audit:
    """The scores of one attack in every repeat, and what the figures are in truth."""

    repeats: list[Scores]
    auc: float
    accuracy: float
    tpr: dict[float, float]


def ratio_for_auc(auc: float) -> float:
    """Return s0 / s1 that gives this AUC."""
    return float(np.tan(np.pi * auc / 2))


def simulate(
    rng: np.random.Generator,
    n: int,
    ratio: float,
    *,
    two_scans: bool = False,
    n_repeats: int = 5,
    known: float = 0.5,
    fprs: tuple[float, ...] = (0.1, 0.01, 0.001),
    attack: str = "error-threshold",
) -> Audit:
    """Draw people, errors of their scans, and whom the attacker knows in each repeat; test ``n`` others of each group.

    ``known`` is the share of people the attacker knows. With ``two_scans``, half of the people have a second scan
    whose error correlates with the first (r = 0.7).
    """
    pool = round(n / (1 - known))
    scans = 1 + (rng.random(2 * pool) < 0.5) if two_scans else np.ones(2 * pool, dtype=int)
    person = np.repeat(np.arange(2 * pool), scans)
    session = np.concatenate([[0], np.where(np.diff(person) > 0, 0, 1)])
    member = person < pool
    own = rng.normal(size=2 * pool)[person]
    error = np.where(two_scans, np.sqrt(0.7) * own + np.sqrt(0.3) * rng.normal(size=len(person)), own)
    error = np.abs(error) * np.where(member, 1, ratio)
    names = np.array([f"sub-{i:04d}" for i in range(2 * pool)])[person]
    sessions = np.array(["ses-1", "ses-2"])[session]
    repeats, accuracies = [], []
    for repeat in range(n_repeats):
        tested = np.zeros(2 * pool, dtype=bool)
        tested[rng.permutation(pool)[:n]] = tested[pool + rng.permutation(pool)[:n]] = True
        tested = tested[person]
        threshold = (error[~tested & member].mean() + error[~tested & ~member].mean()) / 2
        score = threshold - error[tested]
        repeats.append(Scores(attack, repeat, names[tested], sessions[tested], member[tested], score))
        accuracies.append(0.5 + stats.norm.cdf(threshold) - stats.norm.cdf(threshold / ratio))
    tpr = {fpr: 2 * stats.norm.cdf(ratio * stats.norm.ppf((1 + fpr) / 2)) - 1 for fpr in fprs}
    return Audit(repeats, 2 / np.pi * np.arctan(ratio), float(np.mean(accuracies)), tpr)


def noise(
    rng: np.random.Generator, n: int, name: str, *, shared: np.ndarray | None = None, shift: float = 0.0, seed: int = 0
) -> list[Scores]:
    """Return five repeats of scores without information (but for ``shift``) on ``n`` of ``2 n`` people a group.

    ``shared`` (one number for each of ``4 n`` people) makes attacks agree; ``seed`` fixes who is tested when.
    """
    who = np.random.default_rng(seed)
    own = rng.normal(size=4 * n) + (0 if shared is None else shared)
    member = np.arange(4 * n) < 2 * n
    names = np.array([f"sub-{i:04d}" for i in range(4 * n)])
    repeats = []
    for repeat in range(5):
        tested = np.concatenate([who.permutation(2 * n)[:n], 2 * n + who.permutation(2 * n)[:n]])
        score = own[tested] + 0.3 * rng.normal(size=2 * n) + shift * member[tested]
        repeats.append(Scores(name, repeat, names[tested], np.full(2 * n, ""), member[tested], score))
    return repeats


def simulate_learned(
    rng: np.random.Generator, n: int, shift: float, *, signals: int, known: float = 0.5, n_repeats: int = 5
) -> Audit:
    """Draw standard normal signals, members' first one shifted, and a linear rule learned on other people each repeat.

    The rule is the discriminant of the known people's means. Truth is that of the five rules as they were learned.
    """
    pool = round(n / (1 - known))
    member = np.arange(2 * pool) < pool
    signal = rng.normal(size=(2 * pool, signals))
    signal[member, 0] += shift
    names = np.array([f"sub-{i:04d}" for i in range(2 * pool)])
    repeats, aucs, accuracies = [], [], []
    for repeat in range(n_repeats):
        tested = np.zeros(2 * pool, dtype=bool)
        tested[rng.permutation(pool)[:n]] = tested[pool + rng.permutation(pool)[:n]] = True
        ours, others = signal[~tested & member].mean(axis=0), signal[~tested & ~member].mean(axis=0)
        rule = (ours - others) / np.linalg.norm(ours - others)
        cut = (ours + others) @ rule / 2
        score = signal[tested] @ rule - cut
        repeats.append(Scores("learned", repeat, names[tested], np.full(2 * n, ""), member[tested], score))
        aucs.append(stats.norm.cdf(rule[0] * shift / np.sqrt(2)))
        accuracies.append((stats.norm.cdf(rule[0] * shift - cut) + stats.norm.cdf(cut)) / 2)
    return Audit(repeats, float(np.mean(aucs)), float(np.mean(accuracies)), {})
