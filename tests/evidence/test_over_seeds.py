"""Means over seeds by simulation; what the evidence of several trainings comes to, and when it comes to nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import example_runs
from remembrain.errors import DataError
from remembrain.evidence import over_seeds
from remembrain.evidence.over_seeds import mean_over_seeds
from remembrain.record.model import Evidence
from remembrain.record.numbers import Number
from remembrain.record.privacy import Judgement, LowerBound, Privacy, PrivateTraining
from remembrain.report.reading import validated

Z = stats.norm.ppf(0.975)


def number(value, half=0.02):
    return Number(value=value, low=value - half, high=value + half)


def test_one_training_keeps_its_interval():
    mean = mean_over_seeds([Number(value=0.98, low=0.93, high=0.995)])
    assert mean.ends() == pytest.approx((0.98, 0.93, 0.995))


def test_equal_trainings_are_no_more_certain_than_one():
    mean = mean_over_seeds([number(0.8)] * 5)
    assert (mean.low, mean.high) == pytest.approx((0.78, 0.82))


def test_the_variance_is_that_of_people_and_the_share_of_seeds():
    values = [number(0.7, 0.02), number(0.74, 0.03), number(0.75, 0.04)]
    mean = mean_over_seeds(values)
    between = np.var([0.7, 0.74, 0.75], ddof=1) / 3
    total = np.mean((np.array([0.02, 0.03, 0.04]) / Z) ** 2) + between
    quantile = stats.t.ppf(0.975, 2 * (total / between) ** 2)
    assert mean.value == pytest.approx(0.73)
    assert mean.high - mean.value == pytest.approx(quantile * np.sqrt(total))
    assert mean.value - mean.low == pytest.approx(quantile * np.sqrt(total))


def test_a_figure_near_its_end_keeps_its_short_side_and_its_bounds():
    values = [Number(value=0.99, low=0.95, high=0.998), Number(value=0.97, low=0.93, high=0.99)]
    free, kept = mean_over_seeds(values), mean_over_seeds(values, bounds=(0.0, 1.0))
    assert free.high - free.value < free.value - free.low
    assert free.high > 1
    assert kept.high == 1
    assert kept.low == free.low


@pytest.mark.parametrize(("people", "seeds"), [(0.02, 0.0), (0.02, 0.01), (0.02, 0.03), (0.001, 0.03)])
@pytest.mark.parametrize("runs", [2, 3, 5])
def test_the_interval_covers_the_mean_over_all_people_and_seeds(people, seeds, runs):
    """Runs share people (standard error ``people``), seeds differ by ``seeds``; two that outweigh people cover 92 %."""
    rng, draws = np.random.default_rng(0), 1200
    inside = 0
    for _ in range(draws):
        luck = people * rng.normal()
        values = [number(0.8 + luck + seeds * rng.normal(), Z * people) for _ in range(runs)]
        mean = mean_over_seeds(values)
        inside += mean.low <= 0.8 <= mean.high
    error = np.sqrt(0.05 * 0.95 / draws)
    promised = 0.92 if runs == 2 and seeds > people else 0.945
    assert promised - 4 * error < inside / draws < 0.985


def test_dividing_by_the_number_of_runs_would_cover_too_seldom():
    """The trap that the docstring names: shared people do not average out."""
    rng, inside = np.random.default_rng(1), 0
    for _ in range(2000):
        value = 0.8 + 0.02 * rng.normal()
        inside += abs(value - 0.8) <= Z * 0.02 / np.sqrt(3)
    assert inside / 2000 < 0.8


@pytest.mark.parametrize(
    ("values", "bounds", "words"),
    [
        ([], None, "no training"),
        ([number(np.nan)], None, "in the interval"),
        ([Number(value=0.8, low=0.85, high=0.9)], None, "in the interval"),
        ([number(1.2)], (0, 1), "outside its bounds"),
    ],
)
def test_trainings_without_a_mean_are_refused(values, bounds, words):
    with pytest.raises(DataError, match=words):
        mean_over_seeds(values, bounds=bounds)


def audit(auc=0.8, status="members recognised", **changed):
    evidence = validated(Evidence, example_runs.content((0.6, auc, 0.9), 0.5, status))
    return replace(evidence, **changed)


def private(epsilon, bounds=()):
    training = PrivateTraining(
        epsilon=epsilon, delta=1e-5, second_epsilon=1.0, unit="person", people=300, neighbours="", sampling="", clip=1.0
    )
    measured = tuple(
        LowerBound(
            estimator=title, title=title, source="x", value=value, delta=1e-5, confidence=0.95, n_members=9,
            n_nonmembers=9, tried=1, assumption="", paper="",
        )
        for title, value in bounds
    )  # fmt: skip
    return Privacy(training=training, bounds=measured, verdict=Judgement(status="not assessed", text=""))


def test_figures_of_an_attack_are_means_and_its_people_those_of_the_smallest_training():
    few = audit(0.9)
    few = replace(few, attacks=tuple(replace(attack, n_members=140) for attack in few.attacks))
    achieved = over_seeds.achieved("logistic", [audit(0.8), few])
    assert achieved.assessed
    assert achieved.auc.value == pytest.approx(0.85)
    assert achieved.accuracy.value == pytest.approx(0.5 + 0.35 * 0.8)
    assert (achieved.n_members, achieved.n_nonmembers) == (140, 152)
    assert set(achieved.tpr_at_fpr) == {"0.1", "0.01", "0.001"}
    assert "at least 1000 are needed" in achieved.rate("0.001").why


def test_an_attack_that_lacks_one_seed_was_not_assessed():
    without = audit()
    without = replace(without, attacks=without.attacks[:1])
    lacking = over_seeds.achieved("logistic", [audit(), without])
    assert (lacking.status, lacking.why) == ("not assessed", "it was not run with every seed")
    assert lacking.rate("0.1").why == "it was not run with every seed"
    broken = audit()
    broken = replace(broken, attacks=tuple(replace(one, status="not assessed", why="no") for one in broken.attacks))
    assert over_seeds.achieved("logistic", [audit(), broken]).why == "no"


def test_years_are_known_where_they_are_with_every_seed():
    assert over_seeds.years([number(3.0, 0.2), number(3.2, 0.3)]).value == pytest.approx(3.1)
    for lacking in (None, Number(why="no")):
        assert over_seeds.years([number(3.0), lacking]) == Number(why="too few people to say")


def test_the_largest_epsilon_and_the_greatest_bound_are_told():
    audits = [
        audit(privacy=private(2.0, [("first", 0.4)])),
        audit(privacy=private(3.0, [("second", 0.9), ("third", 0.1)])),
        audit(privacy=private(None)),
        audit(),
    ]
    assert [training.epsilon for training in over_seeds.private(audits)] == [2.0, 3.0]
    epsilon, bound = over_seeds.epsilon(audits), over_seeds.lower_bound(audits)
    assert (epsilon.value, epsilon.delta, epsilon.second) == (3.0, 1e-5, 1.0)
    assert (bound.value, bound.estimator) == (0.9, "second")
    assert bound.confidence == pytest.approx(0.8)  # each of four may be wrong once in twenty
    assert over_seeds.epsilon([audit()]) is None
    assert over_seeds.lower_bound([audit()]) is None


def test_the_gravest_finding_stands_for_all():
    audits = [audit(status="not detected"), audit(status="members recognised"), audit(status="not assessed")]
    assert over_seeds.finding(audits).status == "members recognised"
    assert over_seeds.finding(audits[::2]).status == "not assessed"
