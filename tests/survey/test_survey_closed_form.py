"""Attacks on made-up surveys whose AUC is known, and the equation for it against what happens."""

import numpy as np
import pytest
from scipy.special import ndtr

from made_regions import people
from remembrain.evidence.metrics import auc
from remembrain.record.table_settings import Adversary, Protection
from remembrain.survey.answers import Answers
from remembrain.survey.attacks.correlation import CorrelationAware
from remembrain.survey.attacks.covariance import shrunk
from remembrain.survey.attacks.inner_product import InnerProduct
from remembrain.survey.attacks.likelihood_ratio import LikelihoodRatio
from remembrain.survey.closed_form import (
    Theory,
    distinct_cells,
    effective_cells,
    theory_of,
    truth_of_answers,
    whitened_theory_of,
)
from remembrain.survey.columns import Question
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.release import Case, Survey, draw_release, look

SETTINGS = (
    (25, 25), (50, 25), (100, 25), (200, 25),
    (50, 50), (100, 50), (200, 50), (400, 50),
    (100, 100), (200, 100), (400, 100),
    (200, 200), (400, 200), (800, 200),
)  # fmt: skip
QUICK = ((25, 25), (200, 25), (50, 50), (200, 100))
"""Those of every day: few cells and many, for as many people."""
WORLDS, OTHERS, REFERENCE = 25, 200, 600


def independent(people: int, questions: int, rng: np.random.Generator) -> Answers:
    """Yes or no to independent questions, each with a share of its own."""
    share = rng.uniform(0.2, 0.8, questions)
    asked = tuple(Question(f"q{place}", "categorical", ("0", "1"), ("no", "yes")) for place in range(questions))
    code = (rng.random((people, questions)) < share).astype(np.int16)
    names = np.array([f"sub-{place}" for place in range(people)])
    return Answers(names, asked, code, (), np.empty((people, 0)), np.ones(people))


def worlds(case: Case, questions: int, attack: object, count: int, people: int) -> np.ndarray:
    found = []
    for world in range(count):
        rng = np.random.default_rng([7, questions, world])
        answers = independent(people, questions, rng)
        survey = Survey(answers, lay_out(Plan(margins="all"), answers, "made"))
        seen = look(draw_release(survey, case, rng), rng)
        found.append(auc(seen.member, attack.score(seen.view, rng)))  # type: ignore[attr-defined]
    return np.array(found)


def within_three_errors(found: np.ndarray, truth: float) -> bool:
    return abs(found.mean() - truth) < 3 * found.std(ddof=1) / np.sqrt(len(found))


@pytest.mark.parametrize(
    ("m", "n"),
    [pytest.param(m, n, marks=[] if (m, n) in QUICK else pytest.mark.slow) for m, n in SETTINGS],
)
def test_the_inner_product_reaches_the_closed_form(m: int, n: int) -> None:
    case = Case(group_size=n, adversary=Adversary(reference_size=REFERENCE), tested=OTHERS)
    found = worlds(case, m, InnerProduct(), WORLDS, n + OTHERS + REFERENCE)
    assert within_three_errors(found, float(ndtr(np.sqrt(m / (2 * n) / (1 + n / REFERENCE)))))


@pytest.mark.parametrize("attack", [LikelihoodRatio(), CorrelationAware()], ids=lambda one: one.name)
def test_likelihood_ratios_are_no_worse_where_cells_are_independent(attack: object) -> None:
    case = Case(group_size=50, adversary=Adversary(reference_size=REFERENCE), tested=OTHERS)
    found = worlds(case, 100, attack, 20, 50 + OTHERS + REFERENCE)
    assert found.mean() > ndtr(np.sqrt(100 / 100 / (1 + 50 / REFERENCE))) - 3 * found.std(ddof=1) / np.sqrt(20)


@pytest.mark.parametrize(
    ("knob", "theory"),
    [
        ({"known": 0.25}, {"known": 0.25}),
        ({"answer_error": 0.2}, {"truth": 0.6}),
        ({"reference_size": 100}, {"reference": 100}),
    ],
)
def test_what_the_adversary_lacks_counts_as_the_equation_says(knob: dict, theory: dict) -> None:
    m, n = 200, 100
    case = Case(group_size=n, adversary=Adversary(**{"reference_size": 1000} | knob), tested=OTHERS)
    found = worlds(case, m, InnerProduct(), WORLDS, n + OTHERS + 1000)
    assert within_three_errors(found, Theory(**{"cells": m, "n": n, "reference": 1000} | theory).auc())


def test_noise_and_sampling_count_as_the_equation_says() -> None:
    m, n, scale = 200, 100, 10.0
    case = Case(n, Protection(noise_epsilon=m / scale), Adversary(reference_size=1000), OTHERS)
    blur = 2 * scale**2 / n**2  # one share of a yes-no question after both counts were noised: half of it each
    found = worlds(case, m, InnerProduct(), WORLDS, n + OTHERS + 1000)
    share = np.random.default_rng(0).uniform(0.2, 0.8, 10_000)
    noise = blur * np.mean((share**2 + (1 - share) ** 2) / (share * (1 - share)))
    assert abs(found.mean() - Theory(m, n, 1000, noise).auc()) < 0.01 + 3 * found.std(ddof=1) / np.sqrt(WORLDS)
    sampled = worlds(
        Case(n, Protection(sample=0.5), Adversary(reference_size=1000), OTHERS), m, InnerProduct(), WORLDS, 1400
    )
    assert within_three_errors(sampled, Theory(m, n, 1000, sample=0.5).auc())


def test_cells_that_say_the_same_count_once() -> None:
    rng = np.random.default_rng(3)
    alone = rng.standard_normal((4000, 20))
    assert effective_cells(alone) == pytest.approx(20, rel=0.03)
    assert effective_cells(np.hstack([alone, -alone])) == pytest.approx(20, rel=0.03)


def test_a_wrong_answer_to_a_yes_no_question_is_the_opposite() -> None:
    answers = independent(100, 5, np.random.default_rng(0))
    layout = lay_out(Plan(margins="all"), answers, "made")
    assert truth_of_answers(layout, np.full(layout.n_cells, 0.5), 0.2) == pytest.approx(0.6)
    assert truth_of_answers(layout, np.full(layout.n_cells, 0.5), 0.0) == 1.0


def test_nothing_is_told_where_nothing_is_published() -> None:
    assert Theory(0.0, 100, 1000).auc() == 0.5


# The whitened one


def correlated(people: int, questions: int, rng: np.random.Generator, levels: int = 4) -> Answers:
    """Answers that go together by four traits of people."""
    traits, load = rng.normal(size=(people, 4)), np.random.default_rng(1).normal(size=(4, questions))
    lean = traits @ load / 1.5 + rng.normal(size=(people, questions))
    code = (lean[:, :, None] > np.linspace(-1.5, 1.5, levels - 1)).sum(axis=2).astype(np.int16)
    names = tuple(str(level) for level in range(levels))
    asked = tuple(Question(f"q{place}", "categorical", names, names) for place in range(questions))
    return Answers(
        np.array([f"p{one}" for one in range(people)]), asked, code, (), np.empty((people, 0)), np.ones(people)
    )


@pytest.mark.parametrize(
    ("questions", "n", "r", "rules", "adversary"),
    [
        (20, 60, 1000, {}, {}),  # rank 60, of 80 cells
        (40, 150, 600, {}, {}),  # m/r = .2
        (40, 50, 150, {}, {}),  # more cells than people: far from the rank
        pytest.param(40, 50, 1000, {}, {"known": 0.5}, marks=pytest.mark.slow),
        pytest.param(30, 60, 1000, {"round_to": 8}, {}, marks=pytest.mark.slow),
        (30, 60, 600, {"noise_epsilon": 60.0}, {}),
        pytest.param(30, 60, 1000, {"sample": 0.5}, {"answer_error": 0.1}, marks=pytest.mark.slow),
    ],
)
def test_the_attack_that_whitens_reaches_its_closed_form(questions, n, r, rules, adversary) -> None:
    aware, theory, plain = [], [], []
    for world in range(8):
        rng = np.random.default_rng([8, questions, world])
        answers = correlated(n + 600 + r, questions, rng)
        case = Case(n, Protection(**rules), Adversary(reference_size=r, **adversary), 600)
        release = draw_release(Survey(answers, lay_out(Plan(margins="all"), answers, "made")), case, rng)
        seen = look(release, rng)
        aware.append(auc(seen.member, CorrelationAware().score(seen.view, rng)))
        plain.append(auc(seen.member, InnerProduct().score(seen.view, rng)))
        theory.append(whitened_theory_of(release, seen).auc())
    assert np.mean(theory) == pytest.approx(np.mean(aware), abs=0.02)
    assert np.mean(theory) > np.mean(plain) + 0.01


@pytest.mark.parametrize(("rho", "sds"), [(0.7, ()), (0.8, "all")])
def test_of_another_measurement_the_closed_forms_know_what_it_lets_expect(rho: float, sds: object) -> None:
    """Means keep rho^2, and spreads rho^4."""
    found, theory = [], []
    for world in range(8):
        rng = np.random.default_rng([9, world])
        answers = people(40 + 1000 + 600, seed=world, columns=60)
        survey = Survey(answers, lay_out(Plan(means="all", sds=sds), answers, "made"))
        release = draw_release(survey, Case(40, adversary=Adversary(reference_size=1000, reliability=rho)), rng)
        seen = look(release, rng)
        found.append([auc(seen.member, one.score(seen.view, rng)) for one in (CorrelationAware(), InnerProduct())])
        theory.append([form(release, seen).auc() for form in (whitened_theory_of, theory_of)])
    for what, truth in zip(np.transpose(found), np.mean(theory, axis=0), strict=True):
        assert within_three_errors(what, truth)
    assert np.mean(theory) < Theory(60 * (2 if sds else 1) * rho, 40, 1000).auc()


def test_cells_are_worth_their_rank_where_the_reference_is_large() -> None:
    rng = np.random.default_rng(4)
    ways = rng.normal(size=(4000, 20))
    people = ways @ rng.normal(size=(20, 50))
    assert distinct_cells(shrunk(people / people.std(axis=0), np.zeros(50))) == pytest.approx(20, rel=0.03)
    assert distinct_cells(shrunk(ways[:100], np.zeros(20))) == pytest.approx(20 * (1 - 0.2), rel=0.25)


def test_of_wrong_answers_and_noise_independent_cells_keep_what_the_other_equation_says() -> None:
    people = np.random.default_rng(5).normal(size=(4000, 20))
    assert distinct_cells(shrunk(people, np.zeros(20)), truth=0.6) == pytest.approx(20 * 0.36, rel=0.03)
    assert distinct_cells(shrunk(people, np.full(20, 1.5))) == pytest.approx(20 / 2.5, rel=0.03)
