"""What an adversary knows: how many answers, how many of them wrongly, and which other people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made_survey import made, number, question
from remembrain.errors import DataError
from remembrain.record.table_settings import Adversary
from remembrain.survey.answers import MISSING, UNKNOWN, Answers
from remembrain.survey.knowledge import as_known, draw_reference, estimated_n, reference_size


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def known_of(answers: Answers) -> np.ndarray:
    """Which answers are known, a column a question."""
    return np.hstack([answers.code != UNKNOWN, ~np.isinf(answers.value)])


def lots(people: int, numbers: int = 2, missing: float = 0.1) -> Answers:
    return made(people, (2, 3, 4, 2, 5), numbers, missing=missing)


# Of the people in question


def test_the_strongest_adversary_knows_everything_as_it_is() -> None:
    answers = lots(50)
    known = as_known(answers, Adversary(), rng())
    np.testing.assert_array_equal(known.code, answers.code)
    np.testing.assert_array_equal(known.value, answers.value)


@pytest.mark.parametrize(
    ("adversary", "certain"),
    [
        (Adversary(), True),
        (Adversary(known=0.5, known_columns=("q0",)), True),
        (Adversary(known=0.5), False),
        (Adversary(answer_error=0.1), False),
    ],
)
def test_what_is_known_is_the_same_whatever_is_drawn_unless_it_is_a_share_or_wrong(
    adversary: Adversary, certain: bool
) -> None:
    answers = lots(50)
    some, others = (as_known(answers, adversary, rng(seed)) for seed in (1, 2))
    assert np.array_equal(some.code, others.code) == certain


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 1.0), st.integers(0, 999))
def test_of_every_person_exactly_the_share_is_known(share: float, seed: int) -> None:
    answers = lots(20)
    known = as_known(answers, Adversary(known=share), rng(seed))
    told = known_of(known)
    # somebody of whom nothing is known is nobody to ask about
    assert (told.sum(axis=1) == max(1, round(share * 7))).all()
    np.testing.assert_array_equal(known.code[told[:, :5]], answers.code[told[:, :5]])
    np.testing.assert_array_equal(known.value[told[:, 5:]], answers.value[told[:, 5:]])
    assert np.isinf(known.value[~told[:, 5:]]).all()


def test_other_answers_are_known_of_every_person_and_each_as_often() -> None:
    told = known_of(as_known(lots(4000), Adversary(known=3 / 7), rng()))
    assert len(np.unique(told, axis=0)) == 35  # all sets of three out of seven
    spread = np.sqrt(3 / 7 * 4 / 7 / 4000)
    np.testing.assert_allclose(told.mean(axis=0), 3 / 7, atol=5 * spread)


def test_what_is_known_is_not_told_by_whether_there_is_an_answer() -> None:
    answers = made(4000, (2, 2, 2, 2), missing=0.5)
    told = known_of(as_known(answers, Adversary(known=0.5), rng()))
    missing = answers.code == MISSING
    spread = np.sqrt(0.25 / missing.sum() + 0.25 / (~missing).sum())
    assert abs(told[missing].mean() - told[~missing].mean()) < 5 * spread


def test_known_columns_are_known_of_everybody_and_nothing_else_is() -> None:
    told = known_of(as_known(lots(30), Adversary(known=0.1, known_columns=("q1", "n1")), rng()))
    np.testing.assert_array_equal(told, np.tile([False, True, False, False, False, False, True], (30, 1)))


def test_a_known_column_that_there_is_not_is_named() -> None:
    with pytest.raises(DataError, match=r"known_columns: no column 'age'; expected one of q0, .*, q4 and 2 more"):
        as_known(lots(5), Adversary(known_columns=("q0", "age")), rng())


@pytest.mark.parametrize("error", [0.05, 0.3, 0.9])
def test_as_many_answers_are_wrong_as_said_and_those_are_other_levels(error: float) -> None:
    answers = lots(6000, numbers=0)
    known = as_known(answers, Adversary(answer_error=error), rng())
    given_ = answers.code != MISSING
    np.testing.assert_array_equal(known.code[~given_], MISSING)
    sizes = np.array([len(one.levels) for one in answers.categorical])
    assert ((known.code >= 0) & (known.code < sizes))[given_].all()
    wrong = (known.code != answers.code)[given_]
    assert abs(wrong.mean() - error) < 5 * np.sqrt(error * (1 - error) / wrong.size)


def test_no_wrong_answer_is_the_right_one() -> None:
    answers = lots(500, numbers=0)
    known = as_known(answers, Adversary(answer_error=1.0), rng())
    assert (known.code != answers.code)[answers.code != MISSING].all()


def test_wrong_answers_are_as_common_as_people_give_them() -> None:
    answers = made(20000, (4,))
    known = as_known(answers, Adversary(answer_error=1.0), rng())
    share = np.bincount(answers.code[:, 0]) / 20000
    for level in range(4):
        mine = known.code[answers.code[:, 0] == level, 0]
        others = np.delete(share, level) / (1 - share[level])
        found = np.delete(np.bincount(mine, minlength=4), level) / len(mine)
        np.testing.assert_allclose(found, others, atol=5 * np.sqrt(0.25 / len(mine)))


@pytest.mark.parametrize("seed", range(4))
def test_a_wrong_number_is_somebody_else_s(seed: int) -> None:
    answers = made(25, (2,), 1, seed=seed)
    known = as_known(answers, Adversary(answer_error=1.0), rng(seed))
    assert np.isin(known.value, answers.value).all()
    assert (known.value != answers.value).all()


def test_numbers_are_wrong_as_often_as_said_and_stay_missing_where_there_is_none() -> None:
    answers = made(6000, (2,), 2, missing=0.3)
    known = as_known(answers, Adversary(answer_error=0.2), rng())
    missing = np.isnan(answers.value)
    assert np.isnan(known.value[missing]).all()
    assert np.isfinite(known.value[~missing]).all()
    wrong = (known.value != answers.value)[~missing]
    assert abs(wrong.mean() - 0.2) < 5 * np.sqrt(0.16 / wrong.size)


def test_a_question_of_one_level_cannot_be_answered_wrongly() -> None:
    answers = made(30, (1, 2))
    np.testing.assert_array_equal(as_known(answers, Adversary(answer_error=1.0), rng()).code[:, 0], 0)


# The reference


@pytest.mark.parametrize(("said", "people", "size"), [(None, 300, 60), (None, 50_000, 1000), (77, 300, 77)])
def test_the_reference_is_as_large_as_said_or_a_fifth_and_at_most_a_thousand(said, people, size) -> None:
    assert reference_size(Adversary(reference_size=said), people) == size


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.floats(-3, 3), st.integers(0, 999))
def test_nobody_is_drawn_twice_into_the_reference(size: int, tilt: float, seed: int) -> None:
    places = draw_reference(lots(60), size, Adversary(reference_tilt=tilt, tilt_column="q2"), rng(seed))
    assert len(places) == len(set(places.tolist())) == size
    assert ((places >= 0) & (places < 60)).all()


def test_without_a_tilt_everybody_is_drawn_as_often() -> None:
    pool, draws = lots(30), 3000
    times = np.zeros(30)
    for seed in range(draws):
        times[draw_reference(pool, 10, Adversary(), rng(seed))] += 1
    assert np.abs(times / draws - 1 / 3).max() < 5 * np.sqrt(2 / 9 / draws)


def gaussian(people: int, seed: int = 0) -> Answers:
    z = rng(seed).normal(size=people)
    return Answers(
        np.arange(people).astype(str),
        (question("half", 2),),
        rng(seed + 1).integers(0, 2, (people, 1)).astype(np.int16),
        (number("z", -10.0, 10.0),),
        (50 + 7 * z)[:, None],
        np.ones(people),
    )


@pytest.mark.parametrize("tilt", [-0.5, 0.25, 0.5, 1.0])
def test_a_tilt_moves_the_mean_of_a_gaussian_by_so_many_standard_deviations(tilt: float) -> None:
    """Weighting N(0, 1) by exp(t z) gives N(t, 1). A hundredth of the pool is drawn, so that few of the tail lack."""
    pool, size = gaussian(40_000), 400
    places = draw_reference(pool, size, Adversary(reference_tilt=tilt, tilt_column="z"), rng(1))
    z = (pool.value[:, 0] - pool.value[:, 0].mean()) / pool.value[:, 0].std()
    drained = abs(tilt) * np.exp(tilt**2) * size / len(pool)  # weights relative to their mean have mean square exp(t^2)
    assert abs(z[places].mean() - tilt) < 5 / np.sqrt(size) + drained
    other = pool.code[places, 0].mean() - pool.code[:, 0].mean()
    assert abs(other) < 5 * 0.5 / np.sqrt(size)


def test_a_tilt_along_levels_weighs_people_by_their_standardised_level() -> None:
    pool, size, tilt = gaussian(40_000), 2000, 0.6
    p = pool.code[:, 0].mean()
    z = (np.array([0, 1]) - p) / np.sqrt(p * (1 - p))
    weights = np.exp(tilt * z) * [1 - p, p]
    expected = weights[1] / weights.sum()
    places = draw_reference(pool, size, Adversary(reference_tilt=tilt, tilt_column="half"), rng(2))
    drained = size / len(pool)
    assert abs(pool.code[places, 0].mean() - expected) < 5 * 0.5 / np.sqrt(size) + drained * (expected - p)


def test_who_did_not_answer_stands_in_the_middle_of_the_tilt() -> None:
    pool = gaussian(20_000)
    pool.value[:10_000] = np.nan
    pool.code[:10_000, 0] = MISSING
    for column in ("z", "half"):
        places = draw_reference(pool, 2000, Adversary(reference_tilt=0.5, tilt_column=column), rng(3))
        heavy = np.exp(0.125) if column == "z" else np.cosh(0.5)  # mean weight of those who answered
        expected = 1 / (1 + heavy)
        assert abs((places < 10_000).mean() - expected) < 5 * 0.5 / np.sqrt(2000) + 0.01


def test_a_tilt_column_that_there_is_not_is_named() -> None:
    with pytest.raises(DataError, match="tilt_column: no column 'age'; expected a question"):
        draw_reference(lots(20), 5, Adversary(reference_tilt=0.5, tilt_column="age"), rng())


@pytest.mark.parametrize("levels", [2, 3], ids=["two levels, each half", "three levels"])
def test_without_a_column_the_tilt_is_along_the_main_way_in_which_answers_differ(levels: int) -> None:
    """Six questions of nine follow one trait; its end towards which the reference leans may be either."""
    people, draw = 6000, rng(4)
    trait = draw.permutation(np.linspace(-1, 1, people))
    columns = [trait + 0.5 * draw.normal(size=people) for _ in range(6)] + [draw.normal(size=people) for _ in range(3)]
    ranks = [np.argsort(np.argsort(one)) for one in columns]
    code = np.column_stack([one * levels // people for one in ranks]).astype(np.int16)
    pool = Answers(
        np.arange(people).astype(str),
        tuple(question(f"q{place}", levels) for place in range(9)),
        code,
        (),
        np.empty((people, 0)),
        np.ones(people),
    )
    places = draw_reference(pool, 300, Adversary(reference_tilt=1.0), rng(5))
    assert len(set(places.tolist())) == 300
    shift = abs(trait[places].mean()) / trait.std()
    assert shift > 0.6, "the trait is most of the first principal component"


def test_a_tilt_without_levels_is_along_the_first_number() -> None:
    pool = replace(gaussian(20_000), categorical=(), code=np.empty((20_000, 0), dtype=np.int16))
    places = draw_reference(pool, 400, Adversary(reference_tilt=0.5), rng(6))
    z = (pool.value[:, 0] - pool.value[:, 0].mean()) / pool.value[:, 0].std()
    assert abs(z[places].mean() - 0.5) < 5 / 20 + 0.05


# How many took part


@pytest.mark.parametrize(("n", "r"), [(50, 500), (200, 200), (1000, 3000)])
def test_how_many_took_part_is_seen_from_independent_cells(n: int, r: int) -> None:
    """The mean of m squares with variance 1/n + 1/r has a relative spread of the root of 2/m."""
    m, draw = 5000, rng(7)
    p = draw.uniform(0.2, 0.8, m)
    share, published = draw.binomial(r, p) / r, draw.binomial(n, p) / n
    found = estimated_n(published, share, p * (1 - p), r)
    assert abs(1 / found - 1 / n) < 5 * np.sqrt(2 / m) * (1 / n + 1 / r)
    published[::3] = np.nan
    found = estimated_n(published, share, p * (1 - p), r)
    assert abs(1 / found - 1 / n) < 5 * np.sqrt(3 / m) * (1 / n + 1 / r)


def test_tables_that_are_those_of_the_population_are_of_very_many_people() -> None:
    share = np.full(40, 0.5)
    assert estimated_n(share, share, share * share, 100) == pytest.approx(1e6)
    assert estimated_n(1 - 0.01 * share, share, share * share, 100) >= 1
