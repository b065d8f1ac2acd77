"""What an audit of so many people could see: held against simulated audits, and against what an audit then refuses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from remembrain.evidence.assess import FEWEST_TESTED, assess
from remembrain.evidence.beyond_blind import Facts, beyond_blind
from remembrain.evidence.power import (
    AGREEMENT,
    FEWEST_KNOWN,
    Counts,
    cannot,
    detectable_auc,
    fewest_members,
    fewest_nonmembers,
    in_figures,
    level_of_each,
    null_tested,
    outlook,
    people_to_tell,
    power,
    proposed,
)
from remembrain.evidence.rates import NotAssessed
from remembrain.types import Scores


def scores(name: str, member: np.ndarray, score: np.ndarray) -> list[Scores]:
    ids = np.array([f"sub-{place}" for place in range(len(member))])
    return [Scores(name, 0, ids, np.full(len(member), ""), member, score)]


@pytest.mark.parametrize(("tested", "attacks"), [((20, 20), 1), ((40, 100), 12), ((100, 100), 12)])
def test_the_auc_that_is_promised_is_found_four_times_in_five(tested: tuple[int, int], attacks: int) -> None:
    """By the test of all attacks, of which the one that finds something agrees with the others as they do."""
    each, audits, people = level_of_each(attacks), 120, sum(tested)
    promised = detectable_auc(tested, each)
    assert promised is not None
    assert power(promised, tested, each) == pytest.approx(0.8, abs=0.01)
    rng = np.random.default_rng(3)
    member = np.arange(people) < tested[0]
    apart = np.sqrt(2) * stats.norm.ppf(promised)
    found = 0
    for _ in range(audits):
        common = np.sqrt(AGREEMENT) * rng.normal(size=people)
        made = {}
        for place in range(attacks):
            own = common + np.sqrt(1 - AGREEMENT) * rng.normal(size=people)
            made[f"a{place}"] = scores(f"a{place}", member, own + apart * member * (place == 0))[0]
        blind = scores("blind", member, rng.normal(size=people))[0]
        facts = Facts(blind.participant_id, blind.session_id, rng.normal(size=(people, 9)))
        found += beyond_blind(made, [blind], facts, rng, permutations=99)["a0"] < 0.05
    # 3 standard errors of the simulation, and 5 % for few permutations, two statistics an attack, and normal shapes
    assert found / audits == pytest.approx(0.8, abs=3 * np.sqrt(0.8 * 0.2 / audits) + 0.05)


def test_attacks_that_agree_cost_less_than_so_many_that_do_not() -> None:
    assert level_of_each(1) == pytest.approx(0.05, abs=1e-4)
    levels = [level_of_each(count) for count in (1, 2, 4, 8, 17)]
    assert levels == sorted(levels, reverse=True)
    assert 0.05 / 17 < level_of_each(17) < 0.05 / 4


def test_more_people_see_more_and_more_attacks_see_less() -> None:
    people = [detectable_auc((n, n), 0.05 / 12) for n in (20, 40, 100, 1000, 10_000)]
    assert people == sorted(people, reverse=True)
    assert detectable_auc((100, 100), 0.05) < detectable_auc((100, 100), 0.05 / 12)
    assert power(0.5, (100, 100), 0.05) < 0.05


def test_the_fewest_people_are_those_that_an_audit_asks_for() -> None:
    assert fewest_members() == FEWEST_KNOWN + FEWEST_TESTED == 40
    assert fewest_nonmembers() == 78
    assert [null_tested(count) for count in (40, 77, 78, 80)] == [10, 19, 20, 20]
    assert cannot(Counts(40, 78, 20, 20)) == ""
    assert "null control" in cannot(Counts(40, 77, 20, 20))
    assert "of 78 non-members, and there are 77" in cannot(Counts(40, 77, 20, 20))
    assert "19 members and 58 non-members are left to decide about" in cannot(Counts(39, 78, 20, 20))
    assert "knows 19 members" in cannot(Counts(40, 78, 19, 19))
    assert cannot(Counts(40, 78, 19, 19), learns=False) == ""


@pytest.mark.parametrize("people", [118, 119, 130, 155, 156, 157, 400])
def test_a_proposed_division_can_be_assessed(people: int) -> None:
    members, others = proposed(people)
    assert members + others == people
    known = round(0.5 * min(members, others))
    assert cannot(Counts(members, others, known, known)) == ""
    assert proposed(117) is None


def test_people_not_enough_for_anything_are_told_how_many_are() -> None:
    seen = outlook(Counts(40, 40, 20, 20), attacks=12)
    assert "null control" in seen.why_not
    assert seen.auc is None
    assert seen.finest_rate == 0.05
    assert seen.factor_for_rate == {0.01: 5.0, 0.001: 50.0}
    times = seen.factor_for_auc
    assert power(0.6, (20 * times, 20 * times), level_of_each(12)) == pytest.approx(0.8, abs=0.01)


def test_the_finest_rate_is_that_from_which_a_rate_is_given() -> None:
    rng = np.random.default_rng(4)
    for others in (99, 100):
        member = np.arange(40 + others) < 40
        rate = assess(scores("a", member, rng.normal(size=len(member)))).tpr_at_fpr[0.01]
        assert isinstance(rate, NotAssessed) == (outlook(Counts(80, 40 + others, 40, 40), 1).finest_rate > 0.01)


def test_people_to_tell_grow_with_the_square_of_what_is_missing() -> None:
    alpha = 0.05
    wanted = stats.norm.isf(alpha) + stats.norm.ppf(0.8)
    seen = stats.norm.isf(0.1)
    assert people_to_tell(0.1, (400, 500), alpha, 1) == pytest.approx(500 * (wanted / seen) ** 2, rel=0.005)
    for p_value in (0.5, 0.9, 1.0):
        assert people_to_tell(p_value, (400, 400), alpha, 1) is None


def test_people_to_tell_are_those_whom_the_test_of_all_attacks_needs() -> None:
    """The p-value of the largest of nine is turned back into the statistic; so many people then find it as often."""
    seen, attacks = 2.0, 9
    common = np.random.default_rng(5).normal(size=(100_000, 1))
    largest = (np.sqrt(0.8) * common + np.sqrt(0.2) * np.random.default_rng(6).normal(size=(100_000, attacks))).max(1)
    p_value, bound = float(np.mean(largest >= seen)), float(np.quantile(largest, 0.95))
    people = people_to_tell(p_value, (100, 100), 0.05, attacks)
    assert people is not None
    assert stats.norm.sf(bound - seen * np.sqrt(people / 100)) == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(("count", "said"), [(7, 7), (99, 99), (101, 110), (1234, 1300), (12_000, 12_000)])
def test_numbers_of_people_are_rounded_up_to_two_figures(count: float, said: int) -> None:
    assert in_figures(count) == said
