"""What a mean and a standard deviation let whole numbers be: by counting out all data sets, small ones one by one."""

from __future__ import annotations

from collections import Counter
from itertools import combinations_with_replacement, product

import numpy as np
import pytest

from remembrain.survey.whole_numbers import Quantile, Summary, WholeNumbers

ALONE = np.ones(1, dtype=bool)


def told(values: np.ndarray, decimals: int | None, ends: tuple[float, float]) -> Summary:
    """What a paper tells of these numbers, rounded to decimals unless it tells all digits."""
    half = 0.0 if decimals is None else 0.5 * 10.0**-decimals
    mean, sd = float(values.mean()), float(values.std(ddof=1)) if len(values) > 1 else float("nan")
    if decimals is not None:
        mean, sd = round(mean, decimals), round(sd, decimals)
    return Summary.of(len(values), (mean, half), (sd, half), ends)


def same(one: np.ndarray, other: np.ndarray, decimals: int | None) -> bool:
    """Whether two data sets are told alike, ends of rounding included."""
    off = 1e-9 if decimals is None else 0.5 * 10.0**-decimals + 1e-9
    shown = (lambda x: x) if decimals is None else (lambda x: round(x, decimals))
    spread = [0.0, 0.0] if len(one) < 2 else [float(x.std(ddof=1)) for x in (one, other)]
    return abs(shown(float(one.mean())) - other.mean()) <= off and abs(shown(spread[0]) - spread[1]) <= off


def agrees(values: np.ndarray, decimals: int | None, high: int) -> None:
    """The most and the fewest of every number, as of all data sets of as many people that are told alike."""
    every = [np.array(one) for one in combinations_with_replacement(range(1, high + 1), len(values))]
    alike = [one for one in every if same(values, one, decimals)]
    program = WholeNumbers.of(1, [(told(values, decimals, (1, high)), ALONE)])
    assert program is not None
    for number in range(1, high + 1):
        times = [int((one == number).sum()) for one in alike]
        there = program.entries(ALONE, number)
        assert (program.most(there)[0], program.fewest(there)[0]) == (max(times), min(times)), (values, number)


@pytest.mark.parametrize("seed", range(12))
def test_of_few_people_it_is_what_counting_out_says(seed: int) -> None:
    rng = np.random.default_rng([4, seed])
    high = int(rng.integers(2, 7))
    agrees(rng.integers(1, high + 1, int(rng.integers(1, 6))), [None, 0, 1, 2][seed % 4], high)


@pytest.mark.slow
def test_of_few_people_it_is_what_counting_out_says_of_many_data_sets() -> None:
    for seed in range(400):
        rng = np.random.default_rng([5, seed])
        high = int(rng.integers(1, 9))
        agrees(rng.integers(1, high + 1, int(rng.integers(1, 6))), [None, 0, 1, 2, 3][seed % 5], high)


def reachable(people: int, numbers: range) -> list[set[tuple[int, int]]]:
    """The sums and sums of squares that so many people can have, for 0 to all of them."""
    every = [{(0, 0)}]
    for _ in range(people):
        every.append({(s + v, q + v * v) for s, q in every[-1] for v in numbers})
    return every


@pytest.mark.parametrize(("people", "level"), [(5, 0.5), (4, 0.25)])
def test_a_quantile_leaves_out_what_is_not_in_its_order(people: int, level: float) -> None:
    """What is at its place is told exactly; between two places, both ends are, and nothing that can be is left out."""
    at_a_place = ((people - 1) * level).is_integer()
    for seed in range(2):
        values = np.random.default_rng([8, seed]).integers(1, 6, people)
        every = [np.array(one) for one in combinations_with_replacement(range(1, 6), people)]
        q = float(np.quantile(values, level))
        alike = [
            one for one in every
            if round(float(one.mean()), 1) == round(float(values.mean()), 1) and abs(np.quantile(one, level) - q) < 1e-9
        ]  # fmt: skip
        for own in (True, False):
            quantile = Quantile.of(people, level, q, 0.0, own=own)
            mean = (round(float(values.mean()), 1), 0.05)
            program = WholeNumbers.of(1, [(Summary.of(people, mean, ends=(1, 5), quantiles=(quantile,)), ALONE)])
            assert program is not None
            for number in range(1, 6):
                times = [int((one == number).sum()) for one in alike]
                there = program.entries(ALONE, number)
                most, fewest = program.most(there)[0], program.fewest(there)[0]
                assert most >= max(times)
                assert fewest <= min(times)
                if at_a_place and own:
                    assert (most, fewest) == (max(times), min(times))


def test_of_more_people_it_is_what_all_sums_and_squares_say() -> None:
    """Whether anybody can have given a number: whether all others can have what is left of the sums."""
    people, numbers = 14, range(1, 8)
    sums = reachable(people, numbers)
    for seed, decimals in product(range(3), (0, 1)):
        values = np.random.default_rng([6, seed]).choice([1, 1, 2, 2, 3, 6, 7], people)
        summary = told(values, decimals, (1, 7))
        program = WholeNumbers.of(1, [(summary, ALONE)])
        assert program is not None

        def alike(s: int, q: int, summary: Summary = summary) -> bool:
            spread = np.sqrt(max(q - s * s / people, 0.0) / (people - 1))
            inside = summary.mean[0] <= s / people <= summary.mean[1] and summary.sd[0] <= spread <= summary.sd[1]
            return bool(inside)

        for number in numbers:
            possible = any(alike(s + number, q + number**2) for s, q in sums[people - 1])
            assert (program.most(program.entries(ALONE, number))[0] >= 1) == possible, (seed, decimals, number)


def test_a_mean_at_the_end_of_its_range_says_everything() -> None:
    """A mean of 1.00 of 60 people is 60 times 1; of 200 it may be one 2, which rounds to 1.00 too."""
    alone = WholeNumbers.of(1, [(Summary.of(60, (1.0, 0.005), ends=(1, 5)), ALONE)])
    assert alone is not None
    assert alone.fewest(alone.entries(ALONE, 1))[0] == 60
    assert alone.most(alone.entries(ALONE, 2))[0] == 0
    more = WholeNumbers.of(1, [(Summary.of(200, (1.0, 0.005), ends=(1, 5)), ALONE)])
    assert more is not None
    assert [more.most(more.entries(ALONE, number))[0] for number in (2, 3)] == [1, 0]


def test_what_no_whole_numbers_have_or_too_many_could_is_no_program() -> None:
    """3.45 of 20 people is the mean of 69; 3.47 of nobody's (Brown & Heathers 2017)."""
    assert WholeNumbers.of(1, [(Summary.of(20, (3.45, 0.005), ends=(1, 5)), ALONE)]) is not None
    assert WholeNumbers.of(1, [(Summary.of(20, (3.47, 0.005), ends=(1, 5)), ALONE)]) is None
    assert WholeNumbers.of(1, [(Summary.of(20, (3.45, 0.005)), ALONE)]) is None
    assert WholeNumbers.of(1, [(Summary.of(50_000, (3.4, 0.05), ends=(1, 5)), ALONE)]) is None


def test_no_number_lies_beyond_its_ends_and_some_lie_at_them() -> None:
    """Samuelson's bound is met where all but one are alike, that of the range where all but one stand at its end."""
    values = np.array([4.0] * 9 + [14.0])
    assert told(values, None, (-np.inf, np.inf)).ends[1] == pytest.approx(14.0)
    assert told(values, None, (-np.inf, np.inf)).ends[1] >= 14.0
    assert told(np.array([1.0] * 9 + [5.0]), None, (1, 20)).ends[1] == pytest.approx(5.0)
    assert Summary.of(10, (1.4, 0.0), ends=(1, 20)).ends == pytest.approx((1.0, 5.0))
    assert Summary.of(1, (7.0, 0.5)).ends == pytest.approx((6.5, 7.5))
    for seed in range(200):
        values = np.random.default_rng([7, seed]).standard_t(2, 3 + seed % 5) * 10.0 ** (seed % 7 - 3)
        low, high = told(values, [None, 1, 3][seed % 3], (-np.inf, np.inf)).ends
        assert low <= values.min() <= values.max() <= high


def test_groups_and_everybody_are_one_program() -> None:
    """Two groups of 3 and 2, everybody's mean rounded: as counting out all pairs of data sets says."""
    first, second = np.array([1, 2, 5]), np.array([2, 4])
    both = np.concatenate([first, second])
    of = [np.array([True, False]), np.array([False, True]), np.array([True, True])]
    summaries = [told(first, 0, (1, 5)), told(second, 0, (1, 5)), told(both, 0, (1, 5))]
    program = WholeNumbers.of(2, list(zip(summaries, of, strict=True)))
    assert program is not None
    pairs = [
        (Counter(a), Counter(b))
        for a in combinations_with_replacement(range(1, 6), 3)
        for b in combinations_with_replacement(range(1, 6), 2)
        if same(first, np.array(a), 0) and same(second, np.array(b), 0) and same(both, np.array(a + b), 0)
    ]
    assert len(pairs) > 1
    for number, part in product(range(1, 6), (0, 1)):
        there = program.entries(of[part], number)
        times = [pair[part][number] for pair in pairs]
        assert (program.most(there)[0], program.fewest(there)[0]) == (max(times), min(times))


def test_one_way_shows_as_many_numbers_as_can_be_there_together() -> None:
    program = WholeNumbers.of(1, [(told(np.array([1, 3, 3, 5]), None, (1, 5)), ALONE)])
    assert program is not None
    way = program.together([program.entries(ALONE, number) for number in range(1, 6)])
    assert way is not None
    assert way.tolist() in ([1, 0, 2, 0, 1], [0, 2, 0, 2, 0])
