"""What may leave: each rule against numbers worked out by hand, and what single people could be found by."""

import numpy as np
import pytest

from remembrain.evidence import disclosure
from remembrain.evidence.disclosure import (
    joined,
    kept_edges,
    leaving,
    points,
    rounded,
    share_in_steps,
    words,
)
from remembrain.record.numbers import Number


def everybody(n):
    return [np.ones(n, dtype=bool)]


@pytest.mark.parametrize(("number", "told"), [(0, "<10"), (9, "<10"), (10, 10), (12, 10), (13, 15), (251, 250)])
def test_a_count_by_itself_is_few_or_a_multiple_of_five(number, told):
    assert disclosure.count(number) == told


def test_a_total_by_design_is_exact_unless_it_is_few():
    assert (disclosure.total(23), disclosure.total(9), disclosure.total(0)) == (23, "<10", "<10")


@pytest.mark.parametrize(
    ("people", "scans", "more"), [(18, 18, 0), (18, 19, 0), (18, 27, 0), (18, 28, 10), (50, 71, 20)]
)
def test_fewer_than_ten_further_scans_are_not_counted(people, scans, more):
    assert disclosure.further(people, scans) == more


def test_rounded_counts_stand_next_to_theirs_and_add_up():
    rng = np.random.default_rng(0)
    for _ in range(300):
        counts = rng.integers(10, 90, rng.integers(2, 9))
        told = np.array(rounded(counts))
        assert np.all(told % 5 == 0)
        assert np.abs(told - counts).max() < 5
        assert told.sum() == disclosure.nearest(counts.sum())


def test_a_level_of_few_is_joined_and_so_is_one_beside_it():
    levels = np.repeat(["F", "M", "X"], [10, 14, 8])
    found = joined(levels, everybody(32))
    assert {name: int(mask.sum()) for name, mask in found.items()} == {"M": 14, "others": 18}


def test_a_level_that_nobody_of_a_group_has_is_joined_as_well():
    levels = np.repeat(["A", "B", "C"], [40, 40, 40])
    group = (levels != "C") | (np.arange(120) < 0)
    assert set(joined(levels, [group, ~group])) == set()  # the other group is of C alone: one level would be left
    member = np.arange(120) % 2 == 0
    assert set(joined(levels, [member & (levels != "C"), ~member])) == {"B", "others"}


def test_what_was_joined_stays_joined():
    levels = np.repeat(["A", "B", "others"], [30, 9, 12])
    assert {name: int(mask.sum()) for name, mask in joined(levels, everybody(51)).items()} == {"A": 30, "others": 21}


def test_one_level_is_no_table():
    assert joined(np.repeat(["F", "M"], [50, 9]), everybody(59)) == {}
    assert joined(np.full(50, "F"), everybody(50)) == {}


def test_edges_have_ten_people_on_either_side_and_between_them():
    values = np.repeat([20.0, 35.0, 45.0, 55.0, 96.0], [10, 9, 10, 30, 1])
    assert kept_edges((30, 40, 50, 60, 90), values, everybody(60)) == (30, 50)
    assert list(disclosure.bands((30, 50), values)) == ["below 30", "30 to 50", "50 or more"]


def test_edges_are_round_numbers_and_nobody_s():
    age = np.random.default_rng(1).normal(60, 12, 500)
    edges = disclosure.edges_of(age, [np.arange(500) % 2 == 0, np.arange(500) % 2 == 1])
    assert len(edges) >= 5
    assert all(edge == round(edge) for edge in edges)


def test_intervals_are_never_told_narrower_than_they_are():
    share = share_in_steps(Number(value=0.614, low=0.471, high=0.733), 30)
    assert share.ends() == (pytest.approx(0.6), pytest.approx(0.45), pytest.approx(0.75))
    nothing = Number(why="too few")
    assert share_in_steps(nothing, 30) == nothing


@pytest.mark.parametrize(("number", "told"), [(0.031, 0.05), (0.05, 0.05), (0.11, 0.2), (7.0, 10.0), (1000.0, 1000.0)])
def test_steps_are_1_2_or_5_times_a_power_of_ten(number, told):
    assert disclosure.round_up(number) == pytest.approx(told)


def test_points_of_a_curve_are_ten_people_apart():
    assert points((0.01, 0.05, 0.1, 0.15, 0.2, 0.5, 0.9, 0.95), 100) == [0.1, 0.2, 0.5, 0.9]
    assert points((0.1, 0.5), 19) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2 people without an age", "fewer than 10 people without an age"),
        ("too few: 8 members and 12 non-members", "too few: fewer than 10 members and 12 non-members"),
        ("12 people", "12 people"),
        ("2 of 8 attacks", "2 of 8 attacks"),
        ("1.5 people", "1.5 people"),
    ],
)
def test_texts_tell_no_small_count_of_people(text, told):
    assert words(text) == told


def test_what_leaves_has_four_digits_and_no_name():
    content = {
        "auc": 0.123456, "seed": 123456, "privacy": {"training": {"sample_rate": 0.123456}},
        "command": "remembrain audit sub-0042.csv run --validation 5 --members 0.4", "title": "2 people",
        "why": ["of sub-0042: 3 scans", "12"],
    }  # fmt: skip
    assert leaving(content, ["sub-0042", "12"]) == {
        "auc": 0.1235, "seed": 123456, "privacy": {"training": {"sample_rate": 0.123456}},
        "command": "remembrain audit ….csv run --validation … --members 0.4", "title": "2 people",
        "why": ["of …: fewer than 10 scans", "12"],
    }  # fmt: skip
