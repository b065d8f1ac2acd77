"""What may be told of people's values: nothing by which somebody's own follows."""

import numpy as np
import pytest

from remembrain.evidence import disclosure
from remembrain.evidence.spread import spread_of


def test_nothing_is_told_of_the_spread_of_few_and_no_percentile_below_200():
    age = np.random.default_rng(2).normal(60, 12, 250)
    assert set(spread_of(age[:9]).values()) == {None}
    assert spread_of(age[:199])["p5"] is None
    assert spread_of(age)["p5"] is not None


def test_a_mean_does_not_give_the_age_of_one_who_is_missing():
    age = np.append(np.random.default_rng(3).normal(60, 8, 39), 98.7)
    told = spread_of(age)
    found = told["mean"] * 40 - age[:-1].sum()  # by whom everybody else is known
    step = disclosure.step_of(5 * age.std(ddof=1), 40)
    assert step * 40 > 3 * age.std()
    assert told["mean"] / step == pytest.approx(round(told["mean"] / step))
    assert abs(found - 98.7) <= step * 40 / 2
