"""How errors fall over the rounds, against the same columns written out."""

from __future__ import annotations

import numpy as np
import pytest
from made_rounds import made
from made_signals import split

from remembrain.attacks.logistic import fit_logistic
from remembrain.attacks.trajectory import Trajectory
from remembrain.errors import DataError


def test_it_is_the_regression_on_sizes_their_fall_and_the_label() -> None:
    known, asked, _ = split(*made(200, 1))

    def columns(signals: dict[str, np.ndarray]) -> np.ndarray:
        size = np.abs(signals["rounds"])
        least = 0.1 * size.mean()
        rows = [
            [*row, np.log((row[-1] + least) / (row[0] + least)), label]
            for row, label in zip(size, signals["label"], strict=True)
        ]
        return np.array(rows)

    expected = fit_logistic(columns(known.signals), known, columns(asked))
    np.testing.assert_allclose(Trajectory().score(known, asked, np.random.default_rng(0)), expected, rtol=1e-6)


def test_of_two_alike_whose_error_fell_is_rather_a_member() -> None:
    known, asked, _ = split(*made(800, 2))
    asked = {name: array[:2].copy() for name, array in asked.items()}
    asked["label"][:], asked["rounds"][:] = 60.0, 6.0
    asked["rounds"][0] = np.linspace(6, 1, 5)
    fell, stayed = Trajectory().score(known, asked, np.random.default_rng(0))
    assert fell > stayed + 0.5


def test_a_round_of_which_nothing_is_known_is_refused() -> None:
    known, asked, _ = split(*made(40, 3))
    asked["rounds"][0, 2] = np.nan
    with pytest.raises(DataError, match="the signal rounds"):
        Trajectory().score(known, asked, np.random.default_rng(0))
