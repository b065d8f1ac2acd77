"""Scans of a person put together: against closed forms, twins written here, the null, and people of unequal numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from remembrain.errors import DataError
from remembrain.evidence import joint
from remembrain.evidence.beyond_blind import Facts, beyond_blind
from remembrain.evidence.metrics import auc
from remembrain.evidence.people import by_person, by_scan
from remembrain.types import Scores

LARGER = 2.4
"""Others' errors over members': one scan has AUC 2/pi arctan 2.4 = 0.749, two independent ones 2.4^2/(1 + 2.4^2)."""


def draw(rng, people, scans=(2, 2), *, inside=0.7, outside=0.7, larger=LARGER):
    """Return who is a member, whose each scan is, and its signed error; scans of a person go together."""
    member = np.repeat([True, False], people)
    number = rng.choice(scans, 2 * people)
    r, spread = np.where(member, inside, outside)[:, None], np.where(member, 1.0, larger)[:, None]
    own, further = rng.normal(size=(2 * people, 1)), rng.normal(size=(2 * people, max(scans)))
    error = spread * (np.sqrt(r) * own + np.sqrt(1 - r) * further)
    there = np.arange(max(scans)) < number[:, None]
    return member, np.repeat(np.arange(2 * people), number), error[there]


def heard(person, error, *, errors=True):
    """Return what a threshold on the absolute error hears of scans."""
    names = np.array([f"sub-{one:05d}" for one in person])
    return joint.Heard(-np.abs(error), names, *((error, error) if errors else ()))


def learned(rng, people, **how):
    member, person, error = draw(rng, people, **how)
    return joint.fit(heard(person, error), member[person])


def means(person, error):
    return -np.bincount(person, np.abs(error)) / np.bincount(person)


def best(member, person, error, inside, outside, larger):
    """Return the log-ratio of who knows all: a twin by matrices, a person at a time."""
    found = []
    for one in range(len(member)):
        mine = error[person == one]
        alike = [r * np.ones((len(mine), len(mine))) + (1 - r) * np.eye(len(mine)) for r in (inside, outside)]
        logs = [stats.multivariate_normal.logpdf(mine, None, s**2 * a) for s, a in zip((1, larger), alike, strict=True)]
        found.append(logs[0] - logs[1])
    return np.array(found)


def test_two_scans_of_a_person_reach_the_likelihood_ratio():
    """0.749 by scan, 0.814 by the mean, 0.852 by both together (correlation 0.7), each known in closed form or drawn.

    Tolerance: with 200 + 200 known people 0.0025 are lost on average (100 lots), and what is lost varies by 0.002; the
    AUC of 4,000 + 4,000 tested has a standard error of 0.004.
    """
    rng = np.random.default_rng(0)
    how = learned(rng, 200)
    member, person, error = draw(rng, 4000)
    three = 3 * 0.0045
    assert auc(member[person], -np.abs(error)) == pytest.approx(2 / np.pi * np.arctan(LARGER), abs=three)
    assert auc(member, means(person, error)) == pytest.approx(0.813, abs=three)
    together = auc(member, how(heard(person, error))[1])
    assert together == pytest.approx(LARGER**2 / (1 + LARGER**2) - 0.0025, abs=three)
    assert together > auc(member, means(person, error)) + 0.025  # on the same people, who share most of the error


def test_the_copula_is_that_of_two_gaussians():
    rng = np.random.default_rng(1)
    error = rng.normal(size=6)
    person = np.array([0, 0, 0, 1, 1, 2])
    found = joint.Group(0.3, 1.7, 0.6).log_copula(error, person)
    standing = (error - 0.3) / 1.7
    for one, scans in enumerate((3, 2, 1)):
        mine = standing[person == one]
        alike = 0.6 * np.ones((scans, scans)) + 0.4 * np.eye(scans)
        expected = stats.multivariate_normal.logpdf(mine, None, alike) - stats.norm.logpdf(mine).sum()
        assert found[one] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("how", "lost"),
    [({"scans": (1, 1, 2, 3)}, 0.016), ({"inside": 0.2, "outside": 0.8, "larger": 1.2}, 0.009)],
)
def test_unequal_numbers_of_scans_and_what_only_their_likeness_tells(how, lost):
    """Of the same people: behind who knows all by 0.0047 and 0.0021, ahead of the mean by 0.04 and 0.16 (12 lots).

    The tolerance is three standard deviations between lots, 0.0038 and 0.0023.
    """
    rng = np.random.default_rng(2)
    put = learned(rng, 200, **how)
    member, person, error = draw(rng, 600, **how)
    truth = {"inside": 0.7, "outside": 0.7, "larger": LARGER, **how}
    ideal = auc(member, best(member, person, error, *(truth[name] for name in ("inside", "outside", "larger"))))
    found = auc(member, put(heard(person, error))[1])
    assert found > ideal - lost
    assert found > auc(member, means(person, error)) + lost


def test_where_the_mean_is_best_nothing_is_lost():
    """Scores that are shifted alike, of correlation 0.7: at 60 + 60 known people 0.002 behind (sd 0.004, 60 lots)."""
    rng = np.random.default_rng(8)
    behind = []
    for _ in range(10):
        known, tested = draw(rng, 60, larger=1.0), draw(rng, 500, larger=1.0)
        (answer, _, learned_from), (member, person, error) = (
            (one, whose, value - 0.8 * one[whose]) for one, whose, value in (known, tested)
        )
        said, asked = (
            replace(heard(whose, value), score=-value) for whose, value in ((known[1], learned_from), (person, error))
        )
        how = joint.fit(said, answer[known[1]])
        behind.append(auc(member, -np.bincount(person, error)) - auc(member, how(asked)[1]))
    assert np.mean(behind) < 0.002 + 3 * 0.004 / np.sqrt(10)


def test_without_a_leak_nothing_is_found():
    """AUC 1/2 on average over lots of known and tested people, within three errors."""
    rng = np.random.default_rng(3)
    found = []
    for _ in range(40):
        how = learned(rng, 30, larger=1.0)
        member, person, error = draw(rng, 100, larger=1.0)
        found.append(auc(member, how(heard(person, error))[1]))
    assert abs(np.mean(found) - 0.5) < 3 * np.std(found, ddof=1) / np.sqrt(len(found))


def test_how_many_scans_somebody_has_is_not_taken_for_a_leak():
    """Four fifths of members have two scans and a fifth of others: at most 5 % of audits raise a false alarm."""
    rng = np.random.default_rng(7)
    audits, alarms = 60, 0
    for _ in range(audits):
        how = learned(rng, 40, larger=1.0)
        member, person, error = draw(rng, 100, larger=1.0)
        second = np.concatenate([[False], person[1:] == person[:-1]])
        more = rng.random(200) < np.where(member, 0.8, 0.2)
        kept = ~second | more[person]
        names, score = how(heard(person[kept], error[kept]))
        sessions = np.full(200, "")
        said = [
            Scores(name, 0, names, sessions, member, of) for name, of in (("x", score), ("b", rng.normal(size=200)))
        ]
        facts = Facts(names, sessions, (1.0 + more)[:, None])
        alarms += beyond_blind({"x": said[0]}, said[1:], facts, rng, permutations=99)["x"] <= 0.05
    assert alarms / audits <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / audits)


def test_people_of_one_scan_stay_in_the_order_of_their_scores():
    rng = np.random.default_rng(4)
    how = learned(rng, 40)
    score = np.concatenate([np.linspace(-400, 400, 201), [-1e6, 1e6, -2e6, 2e6]])
    person = np.arange(len(score))
    names = np.array([f"sub-{one:05d}" for one in person])
    found = how(joint.Heard(score, names, score, score))[1]
    assert np.array_equal(np.argsort(found), np.argsort(score))
    assert np.isfinite(found).all()


def test_what_sees_no_error_takes_scans_that_say_the_same_for_one():
    """The same score twice is one scan's: the sum is halved, so that two scans weigh no more than one."""
    rng = np.random.default_rng(5)
    member = np.repeat([True, False], 300)
    score = rng.normal(size=600) + member
    person = np.repeat(np.arange(600), 2)
    names = np.array([f"sub-{one:05d}" for one in person])
    how = joint.fit(joint.Heard(np.repeat(score, 2), names), np.repeat(member, 2))
    assert how.groups is None
    assert how.likeness > 0.8
    once, twice = (how(joint.Heard(np.full(k, 1.5), np.full(k, "sub")))[1] for k in (1, 2))
    assert twice == pytest.approx(once, rel=0.12)


def test_too_few_with_several_scans_teach_nothing():
    rng = np.random.default_rng(6)
    member, person, error = draw(rng, 20)
    said, answer = heard(person, error), member[person]
    assert joint.fit(said, answer) is not None
    one_less = (person != 0) | np.concatenate([[True], person[1:] != person[:-1]])
    fewer = joint.Heard(*(value[one_less] for value in (said.score, said.participant_id, said.inside, said.outside)))
    assert not joint.enough(fewer.participant_id, answer[one_less])
    assert joint.fit(fewer, answer[one_less]) is None
    with pytest.raises(DataError, match="is a member and a non-member"):
        joint.fit(said, np.concatenate([~answer[:1], answer[1:]]))


def test_scores_of_scans_become_scores_of_people():
    names, sessions = np.array(["b", "a", "a", "c"]), np.array(["1", "1", "2", "1"])
    said = Scores("x", 0, names, sessions, np.array([True, False, False, True]), np.array([1.0, 2.0, 4.0, 5.0]), 0.5)
    (mean,) = by_person([said])
    assert (mean.participant_id.tolist(), mean.score.tolist()) == (["a", "b", "c"], [3.0, 1.0, 5.0])
    assert (mean.member.tolist(), mean.joined, mean.seconds) == ([False, True, True], "mean", 0.5)
    assert by_scan([mean]) == [said]
    both = by_person([said, said], [np.array([7.0, 8.0, 9.0])] * 2)
    assert [one.score.tolist() for one in both] == [[7.0, 8.0, 9.0]] * 2
    assert both[0].joined == "likelihood ratio"
    assert [one.joined for one in by_person([said, said], [np.array([7.0, 8.0, 9.0]), None])] == ["mean"] * 2


@pytest.mark.slow
@pytest.mark.parametrize(("people", "lost"), [(25, 0.013), (50, 0.007), (200, 0.003)])
def test_how_much_is_lost_by_learning_on_so_many_people(people, lost):
    """Over 100 lots, against the closed form; the sd between lots is 0.011, 0.008 and 0.007, tested people included."""
    rng = np.random.default_rng(9)
    found = []
    for _ in range(100):
        how = learned(rng, people)
        member, person, error = draw(rng, 2000)
        found.append(auc(member, how(heard(person, error))[1]))
    expected = LARGER**2 / (1 + LARGER**2) - lost
    assert np.mean(found) == pytest.approx(expected, abs=3 * np.std(found, ddof=1) / 10 + 0.001)
