"""Do the intervals contain the truth as often as they say? Simulated audits whose truth is known.

Every audit draws its own people, some with two scans, learns a threshold on people known to the attacker in each of
five overlapping repeats, and is assessed as a real one is. An interval that covers with probability c does so in m
audits with a standard error of sqrt(c (1 - c) / m): the tolerance that is printed and asserted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pytest
from simulated_audits import ratio_for_auc, simulate, simulate_learned

from remembrain.evidence.assess import assess
from remembrain.types import Interval

AUCS = (0.5, 0.6, 0.75, 0.9, 0.97)


def coverage(sizes: Sequence[int], aucs: Sequence[float], audits: int, seed: int) -> dict[tuple[str, str], list[bool]]:
    """Return, by figure and by leak or none, whether each audit's interval contains the truth."""
    rng = np.random.default_rng(seed)
    inside: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for number in range(audits):
        auc = aucs[number % len(aucs)]
        two_scans, known = bool(rng.integers(2)), rng.choice([0.3, 0.5])
        audit = simulate(rng, int(rng.choice(sizes)), ratio_for_auc(auc), two_scans=two_scans, known=known)
        found = assess(audit.repeats)
        intervals = {"auc": (found.auc, audit.auc), "accuracy": (found.accuracy, audit.accuracy)}
        intervals |= {f"tpr@{fpr:g}": (rate, audit.tpr[fpr]) for fpr, rate in found.tpr_at_fpr.items()}
        for name, (interval, truth) in intervals.items():
            if isinstance(interval, Interval):
                inside[name, "leak" if auc > 0.5 else "no leak"].append(interval.low <= truth <= interval.high)
    return inside


def table(inside: dict[tuple[str, str], list[bool]]) -> str:
    """Return coverage, number of audits and Monte-Carlo tolerance, a line each."""
    return "\n".join(
        f"{name:10} {leak:8} {np.mean(hits):.4f} of {len(hits)} (two standard errors: {2 * tolerance(len(hits)):.4f})"
        for (name, leak), hits in sorted(inside.items())
    )


def tolerance(audits: int) -> float:
    """Return the standard error of a coverage of 95 % seen in this many audits."""
    return float(np.sqrt(0.95 * 0.05 / audits))


def check(inside: dict[tuple[str, str], list[bool]]) -> None:
    """Hold coverages against 93 to 97 % (AUC and accuracy) and at least 93 % (true-positive rates)."""
    print(table(inside))
    for figure in {name for name, _ in inside}:
        hits = [hit for (name, _), some in inside.items() if name == figure for hit in some]
        covered = np.mean(hits)
        assert covered >= 0.93, (figure, covered)
        assert figure.startswith("tpr") or covered <= 0.97, (figure, covered)
    for (figure, leak), hits in inside.items():
        assert np.mean(hits) >= 0.95 - 4 * tolerance(len(hits)), (figure, leak)


def test_intervals_cover_over_five_hundred_audits_of_all_sizes():
    """Half of the audits without a leak; sizes weighted towards the small ones, which are the hardest."""
    aucs = (0.5, 0.6, 0.5, 0.75, 0.5, 0.9, 0.5, 0.97)
    inside = coverage((100, 100, 100, 150, 200, 300), aucs, 448, seed=1)
    for key, hits in coverage((1000,), (0.5, 0.75, 0.97), 60, seed=2).items():
        inside[key] += hits
    assert len(inside["auc", "leak"]) + len(inside["auc", "no leak"]) == 508
    check(inside)


def learned(shift: float, audits: int, seed: int, *, n: int = 100) -> dict[str, float]:
    """Return coverage of the intervals of attacks that learn a rule on the known people, with 1 to 30 signals."""
    rng = np.random.default_rng(seed)
    inside: dict[str, list[bool]] = defaultdict(list)
    for number in range(audits):
        known = (0.3, 0.5, 0.7)[number % 3]
        audit = simulate_learned(rng, n, shift, signals=int(rng.choice([1, 3, 10, 30])), known=known)
        found = assess(audit.repeats, fprs=())
        for name, interval, truth in (("auc", found.auc, audit.auc), ("accuracy", found.accuracy, audit.accuracy)):
            inside[name].append(interval.low <= truth <= interval.high)
    covered = {name: float(np.mean(hits)) for name, hits in inside.items()}
    print(f"learned, {n} people, shift {shift}: {covered} of {audits} (standard error {tolerance(audits):.4f})")
    return covered


def test_intervals_cover_where_an_attack_learns_and_there_is_nothing_to_learn():
    """Those tested in one repeat taught the attack of another: resampling them alone covers only 85 to 91 % here."""
    covered = learned(0.0, 300, seed=3)
    assert min(covered.values()) >= 0.93 - tolerance(300)


@pytest.mark.slow
@pytest.mark.parametrize("n", [100, 300])
@pytest.mark.parametrize("shift", [0.0, 0.3, 1.0, 2.0])
def test_intervals_cover_where_an_attack_learns(n, shift):
    """At least 93 %; over 97 % is allowed, since what repeats learn apart is taken to be noise."""
    covered = learned(shift, 1500, seed=round(n + 10 * shift), n=n)
    assert min(covered.values()) >= 0.93
    assert max(covered.values()) <= 0.985


@pytest.mark.slow
@pytest.mark.parametrize("n", [100, 300, 1000])
@pytest.mark.parametrize("auc", AUCS)
def test_intervals_cover_at_every_size_and_leak(n, auc):
    """2,000 audits a cell: a coverage of 95 % falls below 93 % or rises above 97 % once in 25,000 cells."""
    check(coverage((n,), (auc,), 2000, seed=round(1000 * auc) + n))


@pytest.mark.slow
def test_intervals_stay_sound_where_groups_are_almost_separated():
    """AUC 0.995 and 0.999: beyond the stated range, at least 90 % are covered."""
    for auc in (0.995, 0.999):
        inside = coverage((100, 300), (auc,), 1000, seed=7)
        print(table(inside))
        assert all(np.mean(hits) >= 0.90 for hits in inside.values())
