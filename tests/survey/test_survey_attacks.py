"""What holds of every attack on tables: in closed form, and where there is nothing to find."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from made_survey import VIEWS, asked_about, made, seen, with_codes
from remembrain.survey.answers import UNKNOWN
from remembrain.survey.attacks import ATTACKS, BLIND
from remembrain.survey.attacks.correlation import CorrelationAware
from remembrain.survey.attacks.distance import Distance
from remembrain.survey.attacks.inner_product import InnerProduct
from remembrain.survey.attacks.likelihood_ratio import LikelihoodRatio
from remembrain.survey.layout import Plan

ADDITIVE = (Distance(), InnerProduct(), LikelihoodRatio())
BY_NAME = {attack.name: attack for attack in ATTACKS}
TAUGHT_NOTHING = tuple(attack for attack in ATTACKS if attack.name != "learned")


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# What attacks declare


def test_every_attack_says_what_it_is_and_what_it_needs() -> None:
    names = [attack.name for attack in (*ATTACKS, BLIND)]
    assert names == ["distance", "inner-product", "likelihood-ratio", "correlation-aware", "learned", "blind"]
    for attack in ATTACKS:
        assert attack.title
        assert attack.access == "published tables"
        assert attack.knows == "population"
        assert attack.needs == ("answers", "tables", "reference")
        assert any(letter.isdigit() for letter in attack.paper)
    assert len({attack.title for attack in (*ATTACKS, BLIND)}) == 6
    assert (BLIND.access, BLIND.knows, BLIND.needs) == ("nothing", "some members", ("answers",))


@pytest.mark.parametrize("name", ["distance", "inner-product", "likelihood-ratio", "correlation-aware"])
@pytest.mark.parametrize("there", [0, 1])
def test_tables_of_a_group_of_whom_the_reference_knows_hardly_anybody_do_not_decide_alone(
    name: str, there: int
) -> None:
    known, group = made(200, numbers=1, seed=2), made(90, numbers=1)
    known.code[:, 2] = 1 + np.arange(200) % 3
    known.code[:there, 2] = 0
    asked = made(24, numbers=1, seed=5)
    asked.code[:, 2] = np.arange(24) % 2  # every second person is of the rare group
    plan = Plan(("q0", "q1"), means="all", by=("q2",))
    score = BY_NAME[name].score(seen(asked, group, known, plan), rng())
    assert np.abs(score[::2]).mean() < 1000 * np.abs(score[1::2]).mean()


# All of them


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
@pytest.mark.parametrize("case", VIEWS)
def test_scores_are_finite_one_a_person(attack, case: str) -> None:
    view = VIEWS[case]()
    score = attack.score(view, rng())
    assert score.shape == (len(view),)
    assert np.isfinite(score).all()


@pytest.mark.parametrize("attack", TAUGHT_NOTHING, ids=lambda attack: attack.name)
def test_scores_do_not_hang_on_the_order_of_people(attack) -> None:
    view = seen(asked_about(40, 0.3), made(90, numbers=1, missing=0.1), made(200, numbers=1, seed=2))
    order = rng(3).permutation(40)
    moved = replace(view, cells=view.cells[order], values=view.values[order], counts=view.counts[order])
    np.testing.assert_allclose(attack.score(moved, rng(1)), attack.score(view, rng(1))[order], rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("attack", TAUGHT_NOTHING, ids=lambda attack: attack.name)
def test_a_score_does_not_hang_on_who_else_is_asked_about(attack) -> None:
    view = seen(asked_about(40, 0.3), made(90, numbers=1, missing=0.1), made(200, numbers=1, seed=2))
    some = np.array([4, 17, 33])
    fewer = replace(view, cells=view.cells[some], values=view.values[some], counts=view.counts[some])
    np.testing.assert_allclose(attack.score(fewer, rng(1)), attack.score(view, rng(1))[some], rtol=1e-8, atol=1e-10)


def contest(members: bool, groups: int = 6) -> dict[str, np.ndarray]:
    """AUC of every attack on tables of 50 people with 80 independent questions, for several groups.

    Of those asked about, half took part, or none did.
    """
    levels, found = (2,) * 80, {attack.name: [] for attack in ATTACKS}
    for seed in range(groups):
        everybody = made(1150, levels, seed=100 + seed)
        group, others, known = (everybody.take(np.arange(*ends)) for ends in ((0, 50), (50, 150), (150, 1150)))
        first = group if members else everybody.take(np.arange(50, 100))
        second = others.take(np.arange(50, 100))
        asked = replace(
            first,
            participant_id=np.concatenate([first.participant_id, second.participant_id]),
            code=np.vstack([first.code, second.code]),
            value=np.empty((100, 0)),
            weight=np.ones(100),
        )
        view = seen(asked, group, known, Plan("all"))
        for attack in ATTACKS:
            found[attack.name].append(roc_auc_score(np.arange(100) < 50, attack.score(view, rng(seed))))
    return {name: np.array(values) for name, values in found.items()}


def test_those_who_took_part_are_found_as_often_as_theory_says_and_others_are_not() -> None:
    """m independent cells of n people and r others: Phi(sqrt(m / 2n / (1 + n/r))); 50 against 50 has a spread of 0.058.

    A question of two levels is one cell.
    """
    expected = stats.norm.cdf(sqrt(80 / 100 / (1 + 50 / 1000)))
    spread = sqrt(0.25 / 12 * (1 / 50 + 1 / 50)) * sqrt(4 / 6)
    real, null = contest(True), contest(False)
    for name in BY_NAME:
        assert abs(null[name].mean() - 0.5) < 4 * spread, name
        assert real[name].mean() > expected - 4 * spread - 0.05, name
    assert abs(real["inner-product"].mean() - expected) < 4 * spread


def test_of_whom_nothing_is_known_nothing_is_said() -> None:
    asked = made(4, numbers=1, seed=5)
    asked = with_codes(asked, np.full_like(asked.code, UNKNOWN), np.full_like(asked.value, np.inf))
    view = seen(asked, made(90, numbers=1), made(200, numbers=1, seed=2))
    for attack in (*ADDITIVE, CorrelationAware()):
        np.testing.assert_array_equal(attack.score(view, rng()), 0)


def test_what_cannot_be_seen_cannot_be_used() -> None:
    """Cells of suppressed shares may hold anything, and answers that are not known may be anything."""
    view = VIEWS["suppressed and rounded"]()
    unknown = view.cells < 0
    changed = replace(view, values=np.where(unknown, 1e6, view.values))
    for attack in (*ADDITIVE, CorrelationAware()):
        np.testing.assert_array_equal(attack.score(view, rng()), attack.score(changed, rng()))
