"""Quantiles: what is published of them, what they say of each person, and how well that tells who took part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr

from made_regions import cell, people, published
from remembrain.errors import DataError
from remembrain.evidence.metrics import auc
from remembrain.record.table_settings import Adversary, Protection
from remembrain.survey.answers import Answers
from remembrain.survey.attacks import ATTACKS, TableAttack
from remembrain.survey.closed_form import theory_of
from remembrain.survey.columns import Question
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.moments import as_means
from remembrain.survey.published.reading import read_published
from remembrain.survey.release import Case, Survey, draw_release, look
from remembrain.survey.tables_csv import write_tables

PLAN = Plan(quantiles="all", by=("site",))
PLAIN, RATIO = (next(one for one in ATTACKS if one.name == name) for name in ("inner-product", "likelihood-ratio"))


def test_published_are_the_quantiles_of_every_cell_and_files_say_which(tmp_path) -> None:
    answers = people(80)
    layout, told = published(answers, replace(PLAN, quantiles_at=(0.1, 0.5)))
    x, site = answers.value[:, 0], answers.code[:, 1]
    assert told.share[cell(layout, "quantile-region0-0.1")] == np.quantile(x, 0.1)
    assert told.share[cell(layout, "quantile-region0-0.5-by-site", 1)] == np.median(x[site == 1])
    write_tables(layout, told, tmp_path)
    assert (tmp_path / "quantile-region0-0.5-by-site.csv").read_text().startswith("site,count,quantile,of\na,")
    found, _ = read_published(tmp_path, layout, (*answers.categorical, *answers.numeric))
    np.testing.assert_allclose(found.share, told.share, rtol=1e-8)
    (tmp_path / "quantile-region0-0.1.csv").rename(tmp_path / "other.csv")
    with pytest.raises(DataError, match=r"other\.csv: of which question its means are is not said"):
        read_published(tmp_path, layout, (*answers.categorical, *answers.numeric))


def test_cells_of_few_people_are_suppressed_and_weights_and_noise_refused() -> None:
    answers = people(80)
    _, told = published(answers, PLAN, Protection(suppress_below=81))
    assert np.isnan(told.share).all()
    with pytest.raises(DataError, match=r"noise on 'quantile-region0-0\.25'"):
        published(answers, PLAN, Protection(noise_epsilon=1.0))
    with pytest.raises(DataError, match=r"survey weights, and 'quantile-region0-0\.25' published"):
        published(people(80, weighted=True), PLAN)
    with pytest.raises(DataError, match="the quantile of region0 stands twice"):
        lay_out(replace(PLAN, quantiles_at=(0.5, 0.5)), answers, "[release]")


@pytest.mark.parametrize("decimals", [9, 0])
def test_the_share_on_one_side_of_a_quantile_is_its_level_within_what_it_is_blurred_by(decimals: int) -> None:
    """To a last place, the mean square is the variance; exactly, half a person is the most."""
    known = people(400, 1, columns=1)
    away, blur = [], []
    for seed in range(100):
        group = people(41 + seed % 4, 2 + seed, columns=1)
        group.value[:] += seed * 0.37  # so that numbers fall anywhere between two last places
        layout, told = published(group, Plan(quantiles="all", quantiles_at=(0.25, 0.5)))
        place = 10.0**-decimals
        told = replace(told, share=np.round(told.share / place) * place, blur=np.full(2, place**2 / 12))
        stood = as_means(layout, replace(known, value=known.value + seed * 0.37), group, told, n=len(group))
        away += list(stood.share - stood.asked.mean(axis=0))
        blur += list(stood.blur)
    assert np.mean(away) == pytest.approx(0, abs=3 * np.std(away) / np.sqrt(len(away)))
    lowest = 0.0 if decimals == 9 else 0.5
    assert lowest < np.mean(np.square(away)) / np.mean(blur) < 1.5
    assert decimals != 9 or np.abs(away).max() <= 0.5 / 41 + 1e-9


def test_of_another_measurement_the_side_is_expected() -> None:
    known, group = people(4000, 1, columns=1), people(60, 2, columns=1)
    layout, told = published(group, Plan(quantiles="all", quantiles_at=(0.5,)))
    stood = as_means(layout, known, group, told, n=60, reliability=0.6)
    middle, sigma = known.value.mean(), known.value.std()
    expected = ndtr((told.share[0] - middle - 0.6 * (group.value[:, 0] - middle)) / (0.8 * sigma))
    np.testing.assert_allclose(stood.asked[:, 0], expected, rtol=1e-3)


def test_whoever_has_the_very_number_is_ahead_by_how_rare_that_is() -> None:
    """Of 61 people the median is one's own number: 1 / 61 of members have it, and half of 401 of the reference."""
    known, group = people(400, 1, columns=1), people(61, 2, columns=1)
    layout, told = published(group, Plan(quantiles="all", quantiles_at=(0.5,)))
    stood = as_means(layout, known, group, told, n=61)
    has = group.value[:, 0] == told.share[0]
    chance = 0.5 / 401
    assert has.sum() == 1
    assert stood.coincidence[has, 0] == pytest.approx(np.log1p((1 - chance) / (61 * chance)))
    assert stood.coincidence[~has, 0] == pytest.approx(np.log1p(-1 / 61), rel=1e-3)
    layout, told = published(people(60, 2, columns=1), Plan(quantiles="all", quantiles_at=(0.5,)))
    assert np.ptp(as_means(layout, known, group, told, n=60).coincidence) == 0


def halves(answers: Answers) -> Answers:
    """Whether each number is below the population's median, as answers of two levels."""
    asked = tuple(Question(one.name, "categorical", ("0", "1"), ("no", "yes")) for one in answers.numeric)
    code = (answers.value < 50).astype(np.int16)
    return replace(answers, categorical=asked, code=code, numeric=(), value=np.zeros((len(answers), 0)))


def as_it_is(answers: Answers) -> Answers:
    return answers


def told_from(
    plan: Plan, attack: TableAttack, group: int, *, worlds: int = 10, as_asked: Callable[[Answers], Answers] = as_it_is
) -> tuple[np.ndarray, float]:
    """AUCs in worlds of 40 independent regions, and what theory says of them."""
    aucs, theory = [], []
    for seed in range(worlds):
        rng = np.random.default_rng([8, seed])
        answers = people(900, seed, columns=40)
        answers = as_asked(replace(answers, value=answers.value - 6 * answers.code[:, :1]))
        case = Case(group, adversary=Adversary(reference_size=500))
        release = draw_release(Survey(answers, lay_out(plan, answers, "[release]")), case, rng)
        seen = look(release, rng)
        aucs.append(auc(seen.member, attack.score(seen.view, rng)))
        theory.append(theory_of(release, seen).auc())
    return np.array(aucs), float(np.mean(theory))


MEDIANS = Plan(quantiles="all", quantiles_at=(0.5,))


@pytest.mark.parametrize("group", [50, pytest.param(100, marks=pytest.mark.slow)])
def test_medians_tell_as_much_as_shares_below_fixed_numbers_and_as_theory_says(group: int) -> None:
    medians, theory = told_from(MEDIANS, PLAIN, group)
    shares, _ = told_from(Plan(margins="all"), RATIO, group, as_asked=halves)
    error = np.hypot(medians.std(ddof=1), shares.std(ddof=1)) / np.sqrt(len(medians))
    assert abs(medians.mean() - shares.mean()) < 3 * error
    assert abs(medians.mean() - theory) < 3 * medians.std(ddof=1) / np.sqrt(len(medians))


def test_medians_that_are_somebodys_own_numbers_tell_far_more() -> None:
    """40 medians of 51 people are 40 own numbers: 1 - (50 / 51)^40 = 0.55 of members have one, and score last."""
    aucs, theory = told_from(MEDIANS, RATIO, 51, worlds=4)
    named = 1 - (50 / 51) ** 40
    assert aucs.mean() > named + (1 - named) * theory - 0.05


def test_people_outside_of_the_release_are_told_from_nobody() -> None:
    rng = np.random.default_rng(3)
    answers, known = people(51, 5, columns=30), people(400, 6, columns=30)
    layout, told = published(answers, Plan(quantiles="all"))
    scores = []
    for seed in (7, 8):
        others = people(600, seed, columns=30)
        case = Case(51, adversary=Adversary(reference_size=400))
        survey = Survey(answers.joined(others), layout, reference=known)
        group = np.arange(51)
        release = replace(draw_release(survey, case, rng), group=group, members=group, published=told)
        seen = look(release, rng)
        scores.append(RATIO.score(seen.view, rng)[~seen.member])
    member = np.repeat([True, False], [len(scores[0]), len(scores[1])])
    assert auc(member, np.concatenate(scores)) == pytest.approx(0.5, abs=0.06)


def on_a_scale(answers: Answers) -> Answers:
    """Five levels of independent items, of a common answer each."""
    return replace(answers, value=np.digitize(answers.value, [36.0, 45.0, 52.0, 60.0]) + 1.0)


def likelihood_of(told: float, level: float, n: int, known: np.ndarray) -> np.ndarray:
    """By each level of a scale, how much likelier the quantile is if one more of n has it: every group is counted."""
    share = np.array([(known == value).mean() for value in range(1, 6)])
    place = (n - 1) * level
    low, fraction = int(np.floor(place)), place - np.floor(place)
    rng = np.random.default_rng(0)
    drawn = np.sort(rng.choice(np.arange(1, 6), size=(200_000, n - 1), p=share), axis=1)
    chances = []
    for value in range(1, 6):
        beside = drawn.copy()
        under = (beside < value).sum(axis=1)
        first, second = (
            np.where(at < under, beside[:, min(at, n - 2)], np.where(at == under, value, beside[:, at - 1]))
            for at in (low, min(low + 1, n - 1))
        )
        chances.append(np.mean(np.abs(first + fraction * (second - first) - told) < 1e-9))
    return np.log(np.array(chances) / np.dot(share, chances))


@pytest.mark.parametrize(("n", "level"), [(41, 0.5), (40, 0.25)])
def test_on_a_scale_each_side_of_a_quantile_is_worth_how_likely_that_makes_it(n: int, level: float) -> None:
    known, group = on_a_scale(people(600, 1, columns=1)), on_a_scale(people(n, 2, columns=1))
    layout, told = published(group, Plan(quantiles="all", quantiles_at=(level,)))
    asked = on_a_scale(people(60, 3, columns=1))
    stood = as_means(layout, known, asked, told, n=n)
    share = np.array([(known.value[:, 0] == value).mean() for value in range(1, 6)])
    assert stood.blur[0] == 0
    assert np.ptp(stood.coincidence) == 0
    expected = likelihood_of(told.share[0], level, n, known.value[:, 0])[asked.value[:, 0].astype(int) - 1]
    np.testing.assert_allclose(stood.asked[:, 0], expected, atol=0.02)
    spread = np.square(stood.known[:, 0] - stood.known[:, 0].mean()).mean()
    assert stood.share[0] - stood.known[:, 0].mean() == pytest.approx(spread, rel=0.05)
    assert share.max() < 0.5
