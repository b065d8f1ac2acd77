"""What each part adds to a score that is a sum, where it is known."""

import numpy as np
import pytest
from scipy.special import ndtr

from remembrain.evidence.contributions import contributions
from remembrain.record.tables import Contribution
from remembrain.types import Scores


def scores(member: np.ndarray, values: np.ndarray) -> Scores:
    names = np.array([f"p{place}" for place in range(len(member))])
    return Scores("sum", 0, names, np.full(len(member), ""), member, values)


def found(shift: float, seed: int, n: int = 400) -> tuple[Contribution, ...]:
    rng = np.random.default_rng(seed)
    member = np.arange(2 * n) < n
    parts = rng.standard_normal((2 * n, 3))
    parts[member, 0] += shift
    parts[:, 2] = 0.0
    whole = [scores(member, parts.sum(axis=1))]
    alone = {f"t{place}": [scores(member, parts[:, place])] for place in range(3)}
    without = {f"t{place}": [scores(member, parts.sum(axis=1) - parts[:, place])] for place in range(3)}
    return contributions(whole, alone, without).rows


def test_the_part_that_tells_comes_first_with_its_closed_form() -> None:
    rows = found(1.0, 0)
    assert rows[0].part == "t0"
    assert rows[0].alone.low < ndtr(1 / np.sqrt(2)) < rows[0].alone.high
    assert rows[0].added.low > 0
    silent = next(one for one in rows if one.part == "t2")
    assert (silent.alone.value, silent.added.value) == (0.5, 0.0)
    assert silent.alone.low <= 0.5 <= silent.alone.high


def test_without_a_leak_all_intervals_together_are_wrong_at_most_as_often_as_said() -> None:
    trials = 200
    wrong = sum(
        any(not one.alone.low <= 0.5 <= one.alone.high for one in found(0.0, seed, 60)) for seed in range(trials)
    )
    assert wrong / trials <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)


def test_rows_go_from_the_most_telling_down() -> None:
    values = [one.alone.value for one in found(0.5, 2)]
    assert values == sorted(values, reverse=True)
    assert pytest.approx(0.5) in values
