"""Figures over pairs of an attacker and a victim: their interval holds where pairs share people, and learn from one
another's."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from remembrain.evidence import assess, compare
from remembrain.evidence.almost_separated import newcombe
from remembrain.evidence.influence import by_repeat, standard_error_of_pairs, worth_of_repeats
from remembrain.evidence.metrics import auc_parts
from remembrain.evidence.people import join
from remembrain.types import Scores

LEARNERS, PEOPLE = 4, 40


def federation(rng, leak=0.0, columns=6, *, fixed=False):
    """Return a score of every pair: a linear rule learned from the attacker's own people and as many of nobody."""
    own = rng.normal(size=(LEARNERS, PEOPLE, columns))
    own[:, :, 0] += leak
    pool, others = rng.normal(size=(2, PEOPLE, columns))
    member = np.arange(2 * PEOPLE) < PEOPLE
    pairs = []
    for attacker in range(LEARNERS):
        rule = own[attacker].mean(axis=0) - pool.mean(axis=0) if not fixed else np.eye(columns)[0]
        for victim in range(LEARNERS):
            if victim != attacker:
                people = np.array([f"v{victim}-{k}" for k in range(PEOPLE)] + [f"o{k}" for k in range(PEOPLE)])
                score = np.concatenate([own[victim], others]) @ rule
                none = np.full(len(people), "")
                pairs.append(Scores("linear", len(pairs), people, none, member, score, repeated="pairs"))
    return pairs


def test_intervals_of_a_rule_learned_from_noise_cover_a_half():
    runs = 300
    rng = np.random.default_rng(1)
    found = [assess.assess(federation(rng)) for _ in range(runs)]
    covered = sum(one.auc.low <= 0.5 <= one.auc.high for one in found)
    assert covered >= stats.binom.ppf(1e-3, runs, 0.95)
    alarms = sum(one.p_value < 0.05 for one in found)
    assert alarms <= stats.binom.ppf(1 - 1e-3, runs, 0.05)


def test_intervals_cover_what_a_fixed_rule_achieves():
    """The first column alone is the rule: AUC is Phi(leak / sqrt 2), whoever attacks."""
    runs, leak = 300, 0.5
    expected = stats.norm.cdf(leak / np.sqrt(2))
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(runs):
        interval = assess.assess(federation(rng, leak, fixed=True)).auc
        covered += interval.low <= expected <= interval.high
    assert covered >= stats.binom.ppf(1e-3, runs, 0.95)


@pytest.mark.parametrize("expected", [0.95, 0.99])
def test_intervals_near_1_are_of_all_victims_people(expected):
    """Twelve pairs of 40 people have 160 members: a single pair's count widens them by a third to a half.

    Of 400 they covered 98.5 and 99 %, and had 0.78 and 0.64 of the width.
    """
    runs, leak = 100, float(np.sqrt(2) * stats.norm.ppf(expected))
    rng = np.random.default_rng(7)
    intervals = [assess.assess(federation(rng, leak, fixed=True)).auc for _ in range(runs)]
    assert sum(one.low <= expected <= one.high for one in intervals) >= stats.binom.ppf(1e-3, runs, 0.95)
    of_one = [newcombe(one.value, PEOPLE, PEOPLE, 0.95) for one in intervals]
    wide = np.mean([high - low for low, high in of_one])
    assert np.mean([one.high - one.low for one in intervals]) < (0.85 if expected == 0.95 else 0.75) * wide


def test_a_mean_over_pairs_with_the_same_people_is_no_surer_than_one_of_them():
    """Two attackers with one rule: everybody is tested twice, which adds nothing but the bound on what is shared."""
    rng = np.random.default_rng(3)
    one = federation(rng)[0]
    twice = join([one, replace(one, repeat=1)])
    _, alone = by_repeat(join([one]), auc_parts)
    _, both = by_repeat(twice, auc_parts)
    v = standard_error_of_pairs(alone) ** 2
    assert standard_error_of_pairs(both) ** 2 == pytest.approx(v * (1 + 1 / 8))


def test_the_p_value_of_a_difference_over_pairs_is_of_all_of_them():
    rng = np.random.default_rng(4)
    better = federation(rng, 1.0, columns=1)
    worse = [replace(p, attack="noise", score=rng.normal(size=len(p.score))) for p in better]
    found = compare.auc_difference(better, worse)
    again = compare.auc_difference(better[::-1], worse[::-1])
    assert found.p_value == pytest.approx(again.p_value)
    assert found.p_value < 0.01


def test_rates_over_pairs_take_non_members_whom_all_pairs_share_for_no_more_than_they_are():
    """A fixed rule says the same in all pairs of a victim: members are worth their victims, non-members themselves."""
    people = join(federation(np.random.default_rng(5), 0.7, fixed=True))
    values, influence = by_repeat(people, auc_parts)
    members, others = worth_of_repeats(influence, people, values)
    assert 0.8 * LEARNERS < members <= LEARNERS
    assert others == 1.0
