"""Repeats of a rule that learned from nobody who is tested: they are pooled, tested together, and covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from remembrain.errors import DataError
from remembrain.evidence.assess import assess
from remembrain.evidence.beyond_blind import beyond_blind
from remembrain.evidence.influence import by_repeat, standard_error
from remembrain.evidence.metrics import auc_parts
from remembrain.evidence.people import join
from remembrain.evidence.pooled import parts_of, together
from remembrain.types import Repeated, Scores


def scores(
    name: str, repeat: int, people: Sequence[str], member: Sequence[bool], score: Sequence[float], repeated: Repeated
) -> Scores:
    none = np.full(len(people), "")
    return Scores(name, repeat, np.array(people), none, np.array(member), np.array(score, float), repeated=repeated)


def tables(rng: np.random.Generator, cells: int, *, people: int, repeats: int, leak: bool = True) -> list[Scores]:
    """What the inner product says where in each repeat others of a file are kept out of its tables, and others known.

    Without a leak the tables are of other people altogether.
    """
    answers = rng.standard_normal((people, cells))
    names = np.array([f"p{place}" for place in range(people)])
    out, size, repeated = people // 5, people // 5, []
    for repeat in range(repeats):
        order = rng.permutation(people)
        reference, others, members = order[:size], order[size : size + out], order[size + out :]
        published = answers[members].mean(axis=0) if leak else rng.standard_normal((len(members), cells)).mean(axis=0)
        tested = np.concatenate([members, others])
        score = answers[tested] @ (published - answers[reference].mean(axis=0))
        took_part = np.arange(len(tested)) < len(members)
        none = np.full(len(tested), "")
        repeated.append(Scores("inner", repeat, names[tested], none, took_part, score, repeated="fixed rule by lot"))
    return repeated


def test_a_person_in_both_roles_is_one_person_whose_influence_adds_up() -> None:
    """In both repeats a and b stand on either side with the same score: the mean of the two AUCs is 1/2, for sure."""
    kind: Repeated = "fixed rule by lot"
    repeats = [
        scores("x", 0, ["a", "b", "c", "d"], [True, False, True, False], [3, 1, 2, 0], kind),
        scores("x", 1, ["a", "b", "c", "d"], [False, True, False, True], [3, 1, 2, 0], kind),
    ]
    people = join(repeats)
    assert people.names.tolist() == ["a", "a", "b", "b", "c", "c", "d", "d"]
    assert people.is_member.tolist() == [False, True] * 4
    values, influence = by_repeat(people, auc_parts)
    assert values.mean() == 0.5
    assert standard_error(influence, people, values) == pytest.approx(0)
    for one_kind in ("fixed rule", "known people"):
        with pytest.raises(DataError, match="is a member and a non-member"):
            join([replace(repeat, repeated=one_kind) for repeat in repeats])
    with pytest.raises(DataError, match="a stands 2 times"):
        join([scores("x", 0, ["a", "a"], [True, False], [1, 2], kind)])
    with pytest.raises(DataError, match="repeats of fixed rule by lot and of known people"):
        join([repeats[0], replace(repeats[1], repeated="known people")])


def test_a_fixed_rule_that_says_the_same_twice_is_no_surer_and_noise_of_its_own_averages_out() -> None:
    rng = np.random.default_rng(0)
    names, member = [f"p{place}" for place in range(400)], np.arange(400) < 200
    own = rng.standard_normal(400)
    once = [scores("x", 0, names, member, own, "fixed rule")]
    same = [scores("x", repeat, names, member, own, "fixed rule") for repeat in range(4)]
    drawn = [scores("x", repeat, names, member, rng.standard_normal(400), "fixed rule") for repeat in range(4)]

    def error(repeats: list[Scores]) -> float:
        people = join(repeats)
        values, influence = by_repeat(people, auc_parts)
        return standard_error(influence, people, values)

    assert error(same) == pytest.approx(error(once))
    assert error(drawn) == pytest.approx(error(once) / 2, rel=0.1)


def test_a_rule_learned_anew_by_lot_has_students_error_of_independent_repeats() -> None:
    rng = np.random.default_rng(1)
    names = [f"p{place}" for place in range(60)]
    repeats = [
        scores("blind", repeat, names, rng.permutation(60) < 30, rng.standard_normal(60), "learned by lot")
        for repeat in range(6)
    ]
    people = join(repeats)
    values, influence = by_repeat(people, auc_parts)
    assert standard_error(influence, people, values) == pytest.approx(values.std(ddof=1) / np.sqrt(6))
    found = assess(repeats).auc
    assert found is not None
    reach = stats.t.ppf(0.975, 5) * values.std(ddof=1) / np.sqrt(6)
    assert (found.high - found.low) / 2 == pytest.approx(reach, rel=0.02)  # on the logit scale, near a half


def test_what_is_tested_of_known_people_is_one_repeat_of_a_fixed_rule_the_mean_and_by_lot_every_repeat() -> None:
    first = scores("x", 0, ["a", "b", "c"], [True, False, False], [2, 1, 0], "fixed rule")
    second = scores("x", 1, ["a", "c", "d"], [True, False, False], [0, 1, 2], "fixed rule")
    assert parts_of([second, first], "known people") == [first]
    (mean,) = parts_of([second, first], "fixed rule")
    spread = np.sqrt(2 / 3)
    assert mean.participant_id.tolist() == ["a", "b", "c", "d"]
    assert mean.member.tolist() == [True, False, False, False]
    np.testing.assert_allclose(mean.score, np.array([0, 0, -0.5, 1]) / spread)
    apart = parts_of([second, first], "fixed rule by lot")
    assert [part.participant_id.tolist() for part in apart] == [["0 a", "0 b", "0 c"], ["1 a", "1 c", "1 d"]]
    both = together(apart)
    np.testing.assert_allclose(both.score, np.array([1, 0, -1, -1, 0, 1]) / spread)
    assert both.member.tolist() == [True, False, False, True, False, False]


def test_intervals_of_roles_drawn_anew_cover_what_other_files_give_and_are_no_wider_than_they_must_be() -> None:
    """Over files the mean AUC has the spread that is stated: 150 files, 90 people, 10 repeats."""
    files, rng = 150, np.random.default_rng(2)
    found = [assess(tables(rng, 60, people=90, repeats=10), minimum_people=10).auc for _ in range(files)]
    values = np.array([auc.value for auc in found if auc])
    truth, spread = values.mean(), values.std(ddof=1)
    covered = sum(auc.low <= truth <= auc.high for auc in found if auc)
    assert stats.binom.ppf(1e-3, files, 0.95) <= covered <= stats.binom.ppf(1 - 1e-3, files, 0.975)
    stated = np.mean([(auc.high - auc.low) / (2 * stats.t.ppf(0.975, 17)) for auc in found if auc])
    assert stated == pytest.approx(spread, rel=3 / np.sqrt(2 * files) + 0.05)


def test_without_a_leak_alarms_are_as_rare_as_they_say_and_a_small_leak_is_found() -> None:
    """The test of all repeats together, in which every repeat is a part; the baseline is noise."""
    runs = {False: 100, True: 25}
    alarms = dict.fromkeys(runs, 0)
    for leak, count in runs.items():
        rng = np.random.default_rng(3)
        for _ in range(count):
            repeats = tables(rng, 25, people=90, repeats=8, leak=leak)
            blind = [replace(one, attack="blind", score=rng.standard_normal(len(one))) for one in repeats]
            how = repeats[0].repeated
            tested = {"inner": together(parts_of(repeats, how))}
            p_values = beyond_blind(tested, parts_of(blind, how), None, rng, permutations=99)
            alarms[leak] += p_values["inner"] <= 0.05
    assert alarms[False] <= stats.binom.ppf(1 - 1e-3, runs[False], 0.05)
    assert alarms[True] >= stats.binom.ppf(1e-3, runs[True], 0.9)
