"""The shrunk covariance of cells, against dense computations on the cells that are known."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.covariance import LedoitWolf

from remembrain.errors import DataError
from remembrain.survey.attacks import covariance
from remembrain.survey.attacks.covariance import Covariance, shrunk


def people(n: int, m: int, factors: int = 3, seed: int = 0) -> np.ndarray:
    """Cells of variance one that go together by a few factors."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, factors)) @ rng.normal(size=(factors, m)) + rng.normal(size=(n, m))
    return (rows - rows.mean(axis=0)) / rows.std(axis=0)


def matrix_of(fitted: Covariance, rows: np.ndarray) -> np.ndarray:
    return np.diag(fitted.diagonal) + (1 - fitted.shrinkage) * rows.T @ rows / len(rows)


CASES = {
    "many people": people(400, 30),
    "few people": people(20, 90),
    "cells that are the same": np.hstack([people(400, 30)] * 2),
    "cells that nearly are": people(20_000, 40, 1) + 30 * people(20_000, 1),
}


@pytest.mark.parametrize("rows", CASES.values(), ids=CASES)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 1.0])
def test_rows_are_solved_over_their_known_cells_alone(rows: np.ndarray, share: float) -> None:
    rng = np.random.default_rng(1)
    fitted = shrunk(rows, rng.uniform(0, 2, rows.shape[1]) * rng.integers(2, size=rows.shape[1]))
    whole = matrix_of(fitted, rows)
    known = rng.random((25, rows.shape[1])) < share
    known[0] = False
    asked = rng.normal(size=known.shape) * known
    found = fitted.solve_known(asked, known)
    for row, own, solved in zip(asked, known, found, strict=True):
        expected = np.linalg.solve(whole[np.ix_(own, own)], row[own])
        np.testing.assert_allclose(solved[own], expected, rtol=1e-6, atol=1e-7 * np.abs(expected).max(initial=1))
        assert not solved[~own].any()


@pytest.mark.parametrize("rows", CASES.values(), ids=CASES)
def test_rows_times_the_matrix_and_its_inverse_are_those_of_the_whole(rows: np.ndarray) -> None:
    fitted = shrunk(rows, np.linspace(0, 1, rows.shape[1]))
    asked = np.random.default_rng(2).normal(size=(4, rows.shape[1]))
    assert (fitted.whole is None) == (rows.shape[1] > 2 * len(rows))
    np.testing.assert_allclose(fitted.times(asked), asked @ matrix_of(fitted, rows), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(fitted.times(fitted.solve(asked)), asked, rtol=1e-6, atol=1e-9)


def test_what_cannot_be_solved_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covariance, "_MOST_ROUNDS", 1)
    fitted = shrunk(CASES["many people"], np.zeros(30))
    known = np.random.default_rng(0).random((5, 30)) < 0.5
    with pytest.raises(DataError, match="could not be told from the rest"):
        fitted.solve_known(known.astype(float), known)


@pytest.mark.parametrize("name", ["many people", "few people"])
def test_shrinkage_is_that_of_ledoit_and_wolf_towards_the_identity(name: str) -> None:
    """Theirs is towards a multiple of the identity, which is the same where the mean variance is one."""
    fitted = LedoitWolf(assume_centered=True).fit(CASES[name])
    assert shrunk(CASES[name], np.zeros(CASES[name].shape[1])).shrinkage == pytest.approx(fitted.shrinkage_, rel=0.05)
