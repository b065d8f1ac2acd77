"""One test of all attacks: by hand, under the null with members of other ages, and where there is a leak."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from remembrain.errors import DataError
from remembrain.evidence.beyond_blind import Facts, beyond_blind
from remembrain.types import Scores

N = 60
MEMBER = np.arange(2 * N) < N
NAMES = np.array([f"sub-{place:03d}" for place in range(2 * N)])
BLANK = np.full(2 * N, "")


def scores(name, values, member=MEMBER, names=NAMES):
    return Scores(name, 0, names, np.full(len(names), ""), member, np.asarray(values, dtype=float))


def audit(rng, *, n=N, older=0.0, ahead=0.0, attacks=8, agree=0.8, memorised=0.0, known=False):
    """Attacks that agree, on people whose scores go with age; members are older, and ahead in every score.

    Where half are known, the first of every four attacks learns from nobody and is tested on everybody, and the blind
    baseline is taught by either half for the other.
    """
    member, names = np.arange(2 * n) < n, np.arange(2 * n).astype(str)
    age = rng.normal(size=2 * n) + older * member
    leak = ahead * member + 6 * (member & (rng.random(2 * n) < memorised))
    common = rng.normal(size=2 * n)
    found = {}
    for place in range(attacks):
        own = np.sqrt(agree) * common + np.sqrt(1 - agree) * rng.normal(size=2 * n)
        seen = np.arange(2 * n) % 2 == 0 if known and place % 4 else np.full(2 * n, fill_value=True)
        values = 0.5 * age + np.sqrt(0.75) * own + leak
        found[f"a{place}"] = scores(f"a{place}", values[seen], member[seen], names[seen])
    guess = older * age + 0.3 * rng.normal(size=2 * n)
    halves = [np.arange(2 * n) % 2 == side for side in (0, 1)] if known else [np.full(2 * n, fill_value=True)]
    blind = [
        scores("blind", (1 + side) * guess[half] + side, member[half], names[half]) for side, half in enumerate(halves)
    ]
    return found, blind, Facts(names, np.full(2 * n, ""), np.c_[age, rng.random(2 * n) < 0.5])


def found_in(audits, seed, permutations=199, **setting):
    rng = np.random.default_rng(seed)
    smallest = [
        min(beyond_blind(*audit(rng, **setting), rng, permutations=permutations).values()) for _ in range(audits)
    ]
    return float(np.mean(np.array(smallest) < 0.05))


@pytest.mark.parametrize(("older", "known"), [(0.0, False), (0.7, False), (0.0, True), (0.7, True)])
def test_false_alarms_of_all_attacks_together_keep_to_their_level(older, known):
    """Also where members are 0.7 standard deviations older, and every score goes with age."""
    audits = 120
    assert found_in(audits, 1, older=older, known=known) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / audits)


def test_a_small_leak_is_found():
    """AUC 0.60 (of scores that age explains a quarter of), 100 + 100 people: nine times in ten; by Holm one in ten."""
    audits = 50
    found = found_in(audits, 2, n=100, ahead=np.sqrt(2) * stats.norm.ppf(0.6), attacks=17)
    assert found >= 0.9 - 3 * np.sqrt(0.9 * 0.1 / audits)


def test_attacks_that_learn_from_nobody_are_tested_on_everybody():
    """AUC 0.60, 100 + 100 people of whom the attacker knows half: oftener than by half of them."""
    setting = {"n": 100, "ahead": np.sqrt(2) * stats.norm.ppf(0.6), "attacks": 8, "known": True}
    on_everybody, on_half = found_in(60, 2, **setting), found_in(60, 2, **{**setting, "n": 50, "known": False})
    assert on_everybody >= 0.86 - 3 * np.sqrt(0.86 * 0.14 / 60)
    assert on_everybody > on_half + 0.1


def test_an_attack_on_everybody_has_the_t_of_a_regression_with_a_constant_and_a_baseline_for_each_part():
    rng = np.random.default_rng(12)
    found, blind, facts = audit(rng, known=True, ahead=0.2)
    name = "a4"
    names = np.arange(2 * N).astype(str)
    half = np.arange(2 * N) % 2
    columns = [half == 0, half == 1]
    for side in (0, 1):
        column = np.zeros(2 * N)
        column[half == side] = blind[side].score
        columns.append(column)
    age, sex = facts.values.T
    design = np.c_[np.stack(columns, axis=1).astype(float), age, age**2, sex, MEMBER]
    score = stats.norm.ppf((stats.rankdata(found[name].score) - 0.375) / (2 * N + 0.25))
    ranks_alone = {name: scores(name, score, MEMBER, names)}
    p = beyond_blind(ranks_alone, blind, facts, rng, permutations=20_000)[name]
    slope, left, _, _ = np.linalg.lstsq(design, score, rcond=None)
    free = 2 * N - design.shape[1]
    t = slope[-1] / np.sqrt(left[0] / free * np.linalg.inv(design.T @ design)[-1, -1])
    expected = stats.t.sf(t, free)
    assert p == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 20_000) + 0.005)


def test_few_who_are_memorised_are_found():
    assert found_in(25, 3, n=100, memorised=0.12) > 0.8


def test_statistics_are_those_of_a_regression_and_p_values_those_of_a_count():
    """One attack that is alike in scores and ranks: Student's t of membership in a regression of the score."""
    rng = np.random.default_rng(4)
    score = stats.norm.ppf((rng.permutation(2 * N) + 1 - 0.375) / (2 * N + 0.25))
    blind, age = rng.normal(size=2 * N), rng.normal(size=2 * N)
    facts = Facts(NAMES, BLANK, age[:, None])
    found = beyond_blind({"a": scores("a", score)}, [scores("blind", blind)], facts, rng, permutations=20_000)
    design = np.c_[np.ones(2 * N), blind, age, ((age - age.mean()) / age.std()) ** 2, MEMBER]
    slope, left, _, _ = np.linalg.lstsq(design, score, rcond=None)
    free = 2 * N - design.shape[1]
    t = slope[-1] / np.sqrt(left[0] / free * np.linalg.inv(design.T @ design)[-1, -1])
    p = stats.t.sf(t, free)
    assert found["a"] == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 20_000) + 0.005)


def test_attacks_that_are_the_same_count_once_and_others_step_down():
    rng = np.random.default_rng(5)
    strong, weak = rng.normal(size=2 * N) + 1.2 * MEMBER, rng.normal(size=2 * N)
    blind = [scores("blind", rng.normal(size=2 * N))]

    def p_of(**attacks):
        listed = {name: scores(name, values) for name, values in attacks.items()}
        return beyond_blind(listed, blind, None, np.random.default_rng(6), permutations=999)

    alone = p_of(a=strong)["a"]
    assert p_of(a=strong, b=2 * strong + 1) == {"a": alone, "b": alone}
    both = p_of(a=strong, b=weak)
    assert both["a"] == alone == 1 / 1000
    assert both["b"] == pytest.approx(p_of(b=weak)["b"], abs=1e-9)


def test_what_the_blind_baseline_knows_is_no_leak():
    rng = np.random.default_rng(7)
    seen = rng.normal(size=2 * N) + 1.5 * MEMBER
    attack = {"a": scores("a", seen + 0.05 * rng.normal(size=2 * N))}
    assert beyond_blind(attack, [scores("blind", rng.normal(size=2 * N))], None, rng, permutations=999)["a"] < 0.01
    assert beyond_blind(attack, [scores("blind", seen)], None, rng, permutations=999)["a"] > 0.05
    facts = Facts(NAMES, BLANK, seen[:, None])
    assert beyond_blind(attack, [scores("blind", rng.normal(size=2 * N))], facts, rng, permutations=999)["a"] > 0.05


def test_more_facts_than_people_leave_a_test():
    rng = np.random.default_rng(8)
    found, blind, facts = audit(rng, ahead=1.5)
    many = replace(facts, values=np.c_[facts.values, rng.normal(size=(2 * N, 300))])
    assert min(beyond_blind(found, blind, many, rng, permutations=999).values()) < 0.01


def test_a_person_counts_once_however_many_scans_there_are():
    rng = np.random.default_rng(9)
    found, blind, facts = audit(rng, ahead=0.3)
    twice = np.tile(np.arange(2 * N), 2)
    sessions = np.repeat(["1", "2"], 2 * N)

    def doubled(one):
        return Scores(one.attack, 0, one.participant_id[twice], sessions, one.member[twice], one.score[twice])

    again = Facts(facts.participant_id[twice], sessions, facts.values[twice])
    once = beyond_blind(found, blind, facts, np.random.default_rng(1), permutations=499)
    assert once == beyond_blind(
        {name: doubled(one) for name, one in found.items()},
        [doubled(blind[0])],
        again,
        np.random.default_rng(1),
        permutations=499,
    )


def test_other_people_are_refused():
    rng = np.random.default_rng(10)
    found, blind, facts = audit(rng)
    fewer = replace(found["a3"], participant_id=np.array([*found["a3"].participant_id[:-1], "someone"]))
    with pytest.raises(DataError, match="a3: was not tested on the people"):
        beyond_blind({**found, "a3": fewer}, blind, facts, rng)
    with pytest.raises(DataError, match="has no facts"):
        beyond_blind(found, blind, replace(facts, participant_id=np.full(2 * N, "x")), rng)
