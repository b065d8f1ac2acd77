"""Rounding, suppression and noise: what they promise, checked on every cell and against the equations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import dp_accounting
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from made_survey import EVERYTHING, blocks, counted, made, number, of_counts, published_of, question
from remembrain.errors import DataError
from remembrain.record.table_settings import Protection
from remembrain.survey.columns import understand
from remembrain.survey.counting import Tally, base_of, shares, without_each
from remembrain.survey.layout import Layout, Plan, Table, lay_out
from remembrain.survey.protection import deducible, noise_scale, protect

COUNTS = hnp.arrays(int, hnp.array_shapes(min_dims=1, max_dims=3, min_side=2, max_side=5), elements=st.integers(0, 12))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_without_protection_tables_are_what_was_counted() -> None:
    answers = made(50, numbers=1, missing=0.1, weighted=True)
    layout = lay_out(EVERYTHING, answers, "[release]")
    found = counted(layout, answers)
    published = protect(layout, found, Protection(), rng())
    np.testing.assert_array_equal(published.count, found.weight)
    np.testing.assert_array_equal(published.share, shares(layout, found))
    np.testing.assert_array_equal(published.base, base_of(layout, found))
    np.testing.assert_array_equal(published.blur, 0)


# Rounding


@settings(max_examples=80, deadline=None)
@given(COUNTS, st.integers(2, 9))
def test_counts_are_rounded_to_multiples_and_shares_are_of_rounded_counts(counts, step: int) -> None:
    layout, found = of_counts(counts)
    published = protect(layout, found, Protection(round_to=step), rng())
    np.testing.assert_array_equal(published.count % step, 0)
    assert (np.abs(published.count - found.people) <= step / 2).all()
    assert (published.base % step == 0).all()
    assert (np.abs(published.base - counts.sum()) <= step / 2).all()
    some = published.base > 0
    np.testing.assert_array_equal(published.share[some], published.count[some] / published.base[some])
    assert np.isnan(published.share[~some]).all()
    assert ((published.share[some] >= 0) & (published.share[some] <= 1)).all()
    of_both = 1 + published.share[some] ** 2  # the count is rounded, and what it is a share of
    np.testing.assert_allclose(published.blur[some], step**2 / 12 * of_both / published.base[some] ** 2)


def test_totals_are_rounded_as_cells_are() -> None:
    answers = made(57, numbers=1, missing=0.1)
    layout = lay_out(EVERYTHING, answers, "[release]")
    published = published_of(layout, answers, Protection(round_to=5))
    np.testing.assert_array_equal(published.base % 5, 0)


def test_rounding_adds_no_variance_to_means_which_it_leaves_as_they_are() -> None:
    answers = made(57, numbers=1)
    layout = lay_out(EVERYTHING, answers, "[release]")
    published = published_of(layout, answers, Protection(round_to=5))
    means = slice(layout.n_counts, None)
    np.testing.assert_array_equal(published.share[means], shares(layout, counted(layout, answers))[means])
    np.testing.assert_array_equal(published.blur[means], 0)


# Suppression


def lines_of(shape: tuple[int, ...]) -> list[list[tuple[int, ...]]]:
    """Every line of cells along every dimension."""
    lines = []
    for axis in range(len(shape)):
        rest = [size for place, size in enumerate(shape) if place != axis]
        lines += [[(*at[:axis], level, *at[axis:]) for level in range(shape[axis])] for at in np.ndindex(*rest)]
    return lines


@settings(max_examples=200, deadline=None)
@given(COUNTS, st.integers(1, 12))
def test_no_line_gives_back_what_is_suppressed(counts, below: int) -> None:
    """Of a line whose total is known, what is hidden adds up: it must be several cells and ``below`` people, or all."""
    layout, found = of_counts(counts)
    published = protect(layout, found, Protection(suppress_below=below), rng())
    hidden = np.isnan(published.count).reshape(counts.shape)
    np.testing.assert_array_equal(hidden, np.isnan(published.share).reshape(counts.shape) | (counts.sum() == 0))
    assert hidden[counts < below].all()
    if not (counts < below).any():
        assert not hidden.any()
    for line in lines_of(counts.shape):
        gone = [cell for cell in line if hidden[cell]]
        if gone and len(gone) < len(line):
            assert len(gone) >= 2
            assert sum(counts[cell] for cell in gone) >= below
    if counts.sum():
        np.testing.assert_array_equal(deducible(layout, published.share), published.share)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.integers(1, 12))
def test_only_small_cells_go_where_nothing_more_is_asked_for(counts, below: int) -> None:
    layout, found = of_counts(counts)
    published = protect(layout, found, Protection(suppress_below=below, complementary=False), rng())
    np.testing.assert_array_equal(np.isnan(published.count), counts.ravel() < below)


@pytest.mark.parametrize(
    ("counts", "gone"),
    [
        ([3, 20, 9, 30], [0, 2]),  # the smallest of the others goes too
        ([2, 2, 20, 30], [0, 1, 2]),  # two that are fewer than five together
        ([3, 4, 20, 30], [0, 1]),  # two that are enough
        ([0, 20, 30], [0, 1]),  # an empty cell is suppressed like a small one
        ([1, 2, 1], [0, 1, 2]),
        ([5, 6, 7], []),
    ],
)
def test_the_fewest_and_smallest_cells_go(counts, gone) -> None:
    layout, found = of_counts(np.array(counts))
    published = protect(layout, found, Protection(suppress_below=5), rng())
    assert np.flatnonzero(np.isnan(published.share)).tolist() == gone


def test_what_is_suppressed_of_a_cross_tab_cannot_be_had_from_rows_or_columns() -> None:
    layout, found = of_counts(np.array([[3, 20, 20], [20, 20, 9], [20, 8, 20]]))
    hidden = np.isnan(protect(layout, found, Protection(suppress_below=5), rng()).count).reshape(3, 3)
    for line in (*hidden, *hidden.T):
        assert line.sum() != 1


def test_every_block_and_every_row_of_a_batch_is_treated_by_itself() -> None:
    answers = made(120, missing=0.1)
    layout = lay_out(EVERYTHING, answers, "[release]")
    rules = Protection(suppress_below=6)
    cells, values = layout.cells_of(answers), layout.values_of(answers)
    batch = protect(layout, without_each(counted(layout, answers), cells, values, answers.weight), rules, rng())
    for person in (0, 17, 119):
        alone = published_of(layout, answers.take(np.arange(120) != person), rules)
        np.testing.assert_allclose(batch.share[person], alone.share, equal_nan=True)
        np.testing.assert_allclose(batch.count[person], alone.count, equal_nan=True)
    for block in blocks(layout):
        assert np.isnan(alone.share[block]).sum() != 1


def test_a_table_within_groups_does_not_give_back_a_cell_by_what_the_whole_table_leaves() -> None:
    """Cells of all groups together are published beside those of each group, so the one that lacks is the rest."""
    sex, answer = question("sex", 2), question("q", 3)
    layout = Layout((Table("margin", (answer,), (), 0), Table("margin", (answer,), (sex,), 3)))
    within = np.array([[3, 40, 50], [45, 60, 70]])
    people = np.concatenate([within.sum(axis=0), within.ravel()]).astype(float)
    published = protect(layout, Tally(people, people, people), Protection(suppress_below=5), rng())
    hidden = np.isnan(published.count)
    groups, whole = hidden[3:].reshape(2, 3), hidden[:3]
    assert groups[0, 0]
    for level in range(3):
        assert whole[level] or groups[:, level].sum() != 1


def test_a_mean_of_few_people_is_suppressed() -> None:
    answers = made(80, numbers=1)
    layout = lay_out(Plan(means=("n0",), by=("q2",)), answers, "[release]")
    answers.code[4:, 2] = np.maximum(answers.code[4:, 2], 1)
    answers.code[:4, 2] = 0
    published = published_of(layout, answers, Protection(suppress_below=5))
    assert np.isnan(published.share[1])
    hidden = np.isnan(published.share[1:])
    assert hidden.sum() == 2  # the overall mean less all others would give one alone back
    assert np.isfinite(published.share[0])


def test_a_total_of_too_few_people_is_suppressed_as_a_cell_is() -> None:
    answers = made(80, numbers=1)
    answers.code[4:, 2] = np.maximum(answers.code[4:, 2], 1)
    answers.code[:4, 2] = 0
    layout = lay_out(Plan(("q0",), means=("n0",), by=("q2",)), answers, "[release]")
    published = published_of(layout, answers, Protection(suppress_below=5))
    base = base_of(layout, counted(layout, answers))
    assert (base == 4).sum() == 3, "two cells of q0 and a mean are of four people"
    assert np.isnan(published.base[base == 4]).all()
    np.testing.assert_array_equal(published.base[base >= 5], base[base >= 5])


# What subtraction gives back


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=4), st.integers(0, 2**20))
def test_only_the_one_cell_that_is_missing_from_a_block_is_given_back(levels, seed: int) -> None:
    answers = made(40, levels, numbers=1, seed=seed)
    layout = lay_out(Plan("all", means="all", by=("q1",)), answers, "[release]")
    share = shares(layout, counted(layout, answers))
    share = np.where(rng(seed).random((3, layout.n_cells)) < 0.4, np.nan, share)
    found = deducible(layout, share)
    for row, told in zip(found, share, strict=True):
        for block in blocks(layout):
            missing = [cell for cell in block if np.isnan(told[cell])]
            expected = told[block].copy()
            if len(missing) == 1 and block[0] < layout.n_counts:
                expected[block.index(missing[0])] = min(max(1 - np.nansum(told[block]), 0), 1)
            np.testing.assert_allclose(row[block], expected, atol=1e-12, equal_nan=True)


# Noise


def many(tables: int, levels: int = 4, means: int = 0, people: float = 1e6) -> tuple[Layout, Tally]:
    """Tables of so many people that no noise makes a count negative; means are in the middle between 20 and 80."""
    made_tables = [Table("margin", (question(f"q{one}", levels),), (), one * levels) for one in range(tables)]
    made_tables += [Table("mean", (number(f"n{one}"),), (), tables * levels + one) for one in range(means)]
    layout = Layout(tuple(made_tables))
    count = np.full(layout.n_cells, people)
    total = count * np.where(np.arange(layout.n_cells) < layout.n_counts, 1, 50)
    return layout, Tally(count, count.copy(), total)


def batch(found: Tally, rows: int) -> Tally:
    return Tally(*(np.tile(getattr(found, name), (rows, 1)) for name in ("people", "weight", "total")))


@pytest.mark.parametrize(("tables", "means", "epsilon"), [(1, 0, 1.0), (5, 0, 0.5), (3, 2, 2.0)])
def test_noise_of_laplace_grows_with_what_one_person_can_change(tables, means, epsilon) -> None:
    layout, _ = many(tables, means=means)
    assert noise_scale(layout, Protection(noise_epsilon=epsilon)) == pytest.approx((tables + 2 * means) / epsilon)


@pytest.mark.parametrize("largest", [1.0, 3.0])
@pytest.mark.parametrize(("noise", "kurtosis"), [("laplace", 6.0), ("gaussian", 3.0)])
def test_noise_has_the_variance_of_its_scale(noise, kurtosis: float, largest: float) -> None:
    layout, found = many(5)
    how = Protection(noise_epsilon=0.7, noise=noise)
    scale = noise_scale(layout, how) * largest
    rows = 5000
    published = protect(layout, batch(found, rows), how, rng(1), largest_weight=largest)
    noises = published.count - found.weight
    variance, n = (2 if noise == "laplace" else 1) * scale**2, noises.size
    assert abs(noises.mean()) < 5 * np.sqrt(variance / n)
    assert abs(noises.var() / variance - 1) < 5 * np.sqrt((kurtosis - 1) / n)  # Var of s^2 is (kurtosis - 1) sigma^4/n
    assert abs((noises**4).mean() / noises.var() ** 2 - kurtosis) < (0.7 if noise == "laplace" else 0.1)
    between = np.corrcoef(noises.T)[np.triu_indices(layout.n_cells, 1)]
    assert np.abs(between).max() < 5 / np.sqrt(rows)
    np.testing.assert_allclose(published.base, layout.add_up(published.count))


@pytest.mark.parametrize("tables", [1, 7])
@pytest.mark.parametrize(("epsilon", "delta"), [(0.1, 1e-6), (1.0, 1e-6), (8.0, 1e-3), (0.01, 0.4)])
def test_noise_of_gauss_spends_exactly_delta(epsilon: float, delta: float, tables: int) -> None:
    """Balle & Wang 2018, equation 6, at the sensitivity of the root of the number of tables."""
    layout, _ = many(tables)
    sigma = noise_scale(layout, Protection(noise_epsilon=epsilon, noise="gaussian", noise_delta=delta))
    s = sigma / np.sqrt(tables)
    norm = stats.norm
    spent = norm.cdf(1 / (2 * s) - epsilon * s) - np.exp(epsilon) * norm.cdf(-1 / (2 * s) - epsilon * s)
    assert spent == pytest.approx(delta, rel=1e-6)
    assert s == pytest.approx(dp_accounting.get_sigma_gaussian(epsilon, delta), rel=1e-4)


@pytest.mark.parametrize("noise", ["laplace", "gaussian"])
def test_nobody_changes_what_is_noised_by_more_than_the_noise_is_made_for(noise) -> None:
    """Counts, and sums about the middle of the range in halves of it, are what noise is added to."""
    answers = made(40, numbers=2, missing=0.1)
    answers.value[:2] = [[20, 80], [80, 20]]
    layout = lay_out(Plan("all", (("q0", "q1"),), "all", by=("q2",)), answers, "[release]")
    cells, values = layout.cells_of(answers), layout.values_of(answers)
    whole = counted(layout, answers)
    less = without_each(whole, cells, values, answers.weight)

    def noised(found: Tally) -> np.ndarray:
        n = layout.n_counts
        return np.concatenate([found.weight, (found.total - 50 * found.weight)[..., n:] / 30], axis=-1)

    order = 1 if noise == "laplace" else 2
    moved = np.linalg.norm(noised(whole) - noised(less), ord=order, axis=1)
    sensitivity = noise_scale(layout, Protection(noise_epsilon=1.0, noise=noise, noise_delta=1e-5))
    if noise == "gaussian":
        sensitivity /= dp_accounting.get_sigma_gaussian(1.0, 1e-5)
    assert moved.max() <= sensitivity * (1 + 1e-4)
    assert moved.max() == pytest.approx(sensitivity, rel=1e-4), "someone who answered everything changes that much"


@pytest.mark.parametrize("seed", range(5))
def test_noise_leaves_counts_shares_and_means_possible(seed: int) -> None:
    answers = made(30, numbers=2, missing=0.2, weighted=True, seed=seed)
    layout = lay_out(EVERYTHING, answers, "[release]")
    for noise in ("laplace", "gaussian"):
        published = published_of(layout, answers, Protection(noise_epsilon=0.5, noise=noise), seed)
        assert (published.count >= 0).all()
        assert (published.count == 0).any(), "small counts with large noise"
        share, means = published.share[: layout.n_counts], published.share[layout.n_counts :]
        assert ((share >= 0) & (share <= 1))[np.isfinite(share)].all()
        assert ((means >= 20) & (means <= 80)).all()
        sums = np.array([published.share[block].sum() for block in blocks(layout) if block[0] < layout.n_counts])
        np.testing.assert_allclose(sums[np.isfinite(sums)], 1)


@pytest.mark.parametrize("noise", ["laplace", "gaussian"])
def test_the_variance_that_noise_adds_to_shares_is_told(noise) -> None:
    """To first order a share q of L cells gets ((1 - q)^2 + (L - 1) q^2) / base^2 times that of a count."""
    layout, found = many(2, levels=20, people=1000.0)
    published = protect(layout, batch(found, 4000), Protection(noise_epsilon=0.5, noise=noise), rng(2))
    empirical = published.share.var(axis=0).mean()
    assert published.blur.mean() == pytest.approx(empirical, rel=0.1)


@pytest.mark.parametrize("noise", ["laplace", "gaussian"])
def test_the_variance_that_noise_adds_to_means_is_told(noise) -> None:
    layout, found = many(2, means=2, people=5000.0)
    published = protect(layout, batch(found, 4000), Protection(noise_epsilon=0.5, noise=noise), rng(3))
    means = slice(layout.n_counts, None)
    empirical = published.share[:, means].var(axis=0).mean()
    scale = noise_scale(layout, Protection(noise_epsilon=0.5, noise=noise))
    expected = (2 if noise == "laplace" else 1) * (scale * 30 / 5000) ** 2  # half the range is 30
    assert empirical == pytest.approx(expected, rel=0.1)
    assert published.blur[:, means].mean() == pytest.approx(empirical, rel=0.1)


def test_noise_goes_before_rounding_and_small_cells_are_those_that_are_published_so() -> None:
    """True counts would tell more than the noise allows."""
    answers = made(60)
    layout = lay_out(EVERYTHING, answers, "[release]")
    noised = published_of(layout, answers, Protection(noise_epsilon=5.0))
    rounded = published_of(layout, answers, Protection(noise_epsilon=5.0, round_to=4))
    np.testing.assert_array_equal(rounded.count, np.round(noised.count / 4) * 4)
    both = published_of(layout, answers, Protection(noise_epsilon=5.0, round_to=4, suppress_below=6))
    as_told = Tally(rounded.count, rounded.count, rounded.count)
    hidden = np.isnan(protect(layout, as_told, Protection(suppress_below=6), rng()).count)
    assert hidden[rounded.count < 6].all()
    np.testing.assert_array_equal(both.count, np.where(hidden, np.nan, rounded.count))
    alone = published_of(layout, answers, Protection(noise_epsilon=5.0, suppress_below=6, complementary=False))
    np.testing.assert_array_equal(np.isnan(alone.count), noised.count < 6)


@pytest.mark.parametrize("epsilon", [0.0, -1.0])
def test_noise_of_no_epsilon_is_refused(epsilon: float) -> None:
    layout, found = many(1)
    with pytest.raises(DataError, match=rf"noise_epsilon = {epsilon:g}; expected above 0"):
        protect(layout, found, Protection(noise_epsilon=epsilon), rng())


@pytest.mark.parametrize(
    "said",
    [{}, {"kind": "numeric"}, {"missing": ["9999"]}, {"kind": "numeric", "missing": ["9999"]}],
    ids=["nothing", "kind", "missing", "both"],
)
def test_noise_on_a_mean_whose_range_is_not_declared_is_refused(said) -> None:
    """A range that was taken from the answers tells of the answers."""
    age = understand("age", [f"{place}" for place in range(18, 90)], said, Path("answers.csv"))
    layout = Layout((Table("mean", (age,), (), 0),))
    with pytest.raises(DataError, match=r"noise on the mean of 'age' needs a declared range; expected range = \[low"):
        noise_scale(layout, Protection(noise_epsilon=1.0))


def test_a_mean_of_a_declared_range_gets_noise() -> None:
    age = understand("age", ["40"], {"range": (18.0, 90.0)} | {"kind": "numeric"}, Path("answers.csv"))
    layout = Layout((Table("mean", (age,), (), 0),))
    assert noise_scale(layout, Protection(noise_epsilon=1.0)) == 2.0
    assert noise_scale(layout, replace(Protection(), noise_epsilon=None)) == 0.0
