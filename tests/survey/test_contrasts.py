"""Contrasts of two groups: however they are told, what people add to them, and the population's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from jaxtyping import Float
from scipy import stats

from made_regions import PLAN, cell, people, published
from remembrain.errors import DataError
from remembrain.record.table_settings import Protection
from remembrain.survey.layout import Plan, Statistic
from remembrain.survey.moments import as_means

ALONE = Plan(contrasts="all", contrast="group")


@pytest.mark.parametrize("statistic", ["t", "z"])
def test_a_map_of_t_or_z_says_what_one_of_d_says(statistic: Statistic) -> None:
    group, reference = people(60), people(300, 1)
    layout, told = published(group, replace(PLAN, contrast_as=statistic))
    same_layout, as_d = published(group)
    place, code, x = cell(layout, "contrast-region0-group"), group.code[:, 0], group.value[:, 0]
    t = stats.ttest_ind(x[code == 1], x[code == 0])
    expected = t.statistic if statistic == "t" else np.sign(t.statistic) * stats.norm.isf(t.pvalue / 2)
    assert told.share[place] == pytest.approx(expected)
    read = as_means(layout, reference, group, told, n=60)
    np.testing.assert_allclose(read.share, as_means(same_layout, reference, group, as_d, n=60).share)


def test_who_joins_a_group_moves_its_contrast_by_what_they_add() -> None:
    """By v / n to first order, in either group, spread and all: 400 people, and one more who lies far off."""
    group, reference, joining = people(400), people(400, 1), people(1, 2)
    joining.value[:] = 75.0
    for code in (0, 1):
        joining.code[:, 0] = code
        layout, before = published(group)
        _, after = published(group.joined(joining))
        stood = as_means(layout, reference, joining, before, n=400)
        place = cell(layout, "contrast-region0-group")
        column = [table.name for table in layout.tables].index("contrast-region0-group")
        moved = after.share[place] - before.share[place]
        assert moved == pytest.approx(stood.asked[0, column] / 400, rel=0.15)
        assert (moved > 0) == (code == 1)


def test_the_populations_own_contrast_is_taken_off_and_chance_is_not() -> None:
    """Groups that differ by 0.6 do so in the reference too; where they do not, it says 0 and not what chance made."""
    group, reference = people(400, columns=30), people(1000, 1, columns=30)
    plan = Plan(contrasts="all", contrast="group")
    layout, told = published(group, plan)
    stood = as_means(layout, reference, group, told, n=400)
    assert abs(told.share.mean()) > 0.5
    assert abs(stood.share.mean()) < 0.1
    alike = replace(reference, code=np.random.default_rng(0).permutation(reference.code))
    assert np.abs(as_means(layout, alike, group, told, n=400).share - told.share).max() < 0.05
    alone = reference.take(reference.code[:, 0] == 0)
    np.testing.assert_allclose(as_means(layout, alone, group, told, n=400).share, told.share)


def test_a_small_group_is_suppressed_in_its_contrast_and_its_number_is_rounded() -> None:
    """Of 3 patients a margin beside would be suppressed, and the contrast must not give them away."""
    answers = people(300)
    answers.code[:, 0] = np.arange(300) < 3
    layout, told = published(answers, rules=Protection(suppress_below=10))
    place = cell(layout, "contrast-region0-group")
    assert np.isnan([told.share[place], told.count[place], told.base[place]]).all()
    layout, told = published(answers, rules=Protection(round_to=10))
    assert told.count[cell(layout, "contrast-region0-group")] == 300
    layout, told = published(answers)
    assert told.count[cell(layout, "contrast-region0-group")] == 297


def test_weighted_people_have_no_spreads_nor_contrasts() -> None:
    for plan in (Plan(sds="all"), Plan(contrasts="all", contrast="group")):
        with pytest.raises(DataError, match=r"survey weights, and '(sd|contrast)-region0"):
            published(people(60, weighted=True), plan)
    published(people(60, weighted=True), Plan(means="all"))


def test_a_map_of_p_says_what_one_of_d_says_where_means_stand_beside() -> None:
    """Which group's mean is higher, the published means say; without them the reference, where it leaves no doubt."""
    group, reference = people(60), people(300, 1)
    plan = replace(PLAN, contrast_as="p", by=("group",))
    layout, told = published(group, plan)
    same_layout, as_d = published(group, replace(plan, contrast_as="d"))
    place, code, x = cell(layout, "contrast-region0-group"), group.code[:, 0], group.value[:, 0]
    assert told.share[place] == pytest.approx(stats.ttest_ind(x[code == 1], x[code == 0]).pvalue)
    expected = as_means(same_layout, reference, group, as_d, n=60).share
    np.testing.assert_allclose(as_means(layout, reference, group, told, n=60).share, expected)
    alone = replace(plan, means=(), by=())
    for shift, known in ((0.0, False), (30.0, True), (-30.0, True)):
        moved, others = (replace(one, value=one.value + shift * one.code[:, :1]) for one in (group, reference))
        layout, told = published(moved, alone)
        same_layout, as_d = published(moved, replace(alone, contrast_as="d"))
        expected = as_means(same_layout, others, moved, as_d, n=60).share
        place = cell(layout, "contrast-region0-group")
        found = as_means(layout, others, moved, told, n=60).share[place]
        assert found == pytest.approx(expected[place] if known else np.nan, nan_ok=True)


def test_the_last_place_of_a_p_value_blurs_it_and_one_that_reaches_0_is_not_told() -> None:
    group, reference = people(60), people(300, 1)
    layout, told = published(group, replace(PLAN, contrast_as="p", by=("group",)))
    place = cell(layout, "contrast-region0-group")
    for p, half in ((0.03, 0.005), (0.6, 0.05), (0.03, 0.0)):
        share, blur = told.share.copy(), np.zeros(len(told.share))
        share[place], blur[place] = p, half**2 / 3
        stood = as_means(layout, reference, group, replace(told, share=share, blur=blur), n=60)
        sizes = np.array([told.count[place], 60 - told.count[place]])
        slope = np.sqrt((1 / sizes).sum()) / (2 * stats.t(58).pdf(stats.t(58).isf(p / 2)))
        assert stood.blur[place] == pytest.approx(slope**2 * half**2 / 3, rel=0.05)
    for p, half in ((0.004, 0.005), (0.0, 0.0005), (0.0, 0.0), (np.nan, 0.0)):
        share[place], blur[place] = p, half**2 / 3
        stood = as_means(layout, reference, group, replace(told, share=share, blur=blur), n=60)
        assert np.isnan(stood.share[place])
        assert stood.blur[place] == 0


def test_of_a_single_cell_chance_is_taken_off_as_its_variance() -> None:
    """d (1 - c / d^2), c = 1/n_1 + 1/n_2 but for a degree of freedom; 0 where that is below."""
    layout, told = published(people(60, columns=1), ALONE)
    for shift, seed in ((0.0, 1), (3.0, 2)):
        known = people(200, seed, columns=1)
        known.value[:] += shift * known.code[:, :1]
        x, group = known.value[:, 0], known.code[:, 0]
        first, second = x[group == 0], x[group == 1]
        within = (first.var() * len(first) + second.var() * len(second)) / (len(x) - 2)
        d = (second.mean() - first.mean()) / np.sqrt(within)
        kept = max(0.0, d - (1 / len(first) + 1 / len(second)) * (len(x) - 2) / (len(x) - 1) / d)
        stood = as_means(layout, known, people(3, 4, columns=1), told, n=60)
        np.testing.assert_allclose(told.share - stood.share, kept, rtol=1e-6)


def test_what_is_real_along_the_way_in_which_people_differ_most_is_kept_and_chance_in_all_others_is_not() -> None:
    """A common factor is most of what chance makes of 40 regions, and a contrast all over is along it."""
    layout, told = published(people(60, columns=40), ALONE)
    left, beside = [], []
    for seed in range(8):
        rng = np.random.default_rng([5, seed])
        known = people(500, seed, columns=40)
        known.value[:] = 0.8 * rng.standard_normal((500, 1)) + 0.6 * rng.standard_normal((500, 40))
        chance = told.share - as_means(layout, known, people(3, 4, columns=40), told, n=60).share
        known.value[:] += 0.5 * known.code[:, :1]
        drawn = told.share - as_means(layout, known, people(3, 4, columns=40), told, n=60).share
        left.append(float(drawn.mean()))
        beside.append([float(np.square(some - some.mean()).mean()) for some in (chance, drawn)])
    assert np.mean(left) == pytest.approx(0.5, abs=0.1)
    assert np.max(np.mean(beside, axis=0)) < 0.2 * 0.36 * 4 / 500  # of what chance makes of a region beside the factor


def test_of_more_regions_than_people_the_same_is_kept() -> None:
    """It is computed by people then, and regions that stand thirty times say no more than once."""
    once, wide = (_kept(times) for times in (1, 30))
    assert np.abs(once).min() > 0.1
    np.testing.assert_allclose(wide, np.repeat(once, 30), atol=1e-9)


def _kept(times: int) -> Float[np.ndarray, "cell"]:
    """What of the contrasts of 50 people, in three regions that each stand so many times, is the population's."""
    group, known, asked = (people(count, seed, columns=3) for count, seed in ((60, 0), (50, 7), (3, 4)))
    numbers = people(1, columns=3 * times).numeric
    group, known, asked = (
        replace(some, numeric=numbers, value=np.repeat(some.value, times, axis=1)) for some in (group, known, asked)
    )
    layout, told = published(group, ALONE)
    return told.share - as_means(layout, known, asked, told, n=60).share
