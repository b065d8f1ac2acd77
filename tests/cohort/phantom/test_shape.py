"""Deformations against those whose Jacobian is known; none folds over."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.phantom import person
from remembrain.cohort.phantom import shape as shapes


def test_jacobian_of_a_known_field() -> None:
    index = np.indices((5, 6, 7)).astype(float) * shapes.LATTICE_SPACING
    offset = np.stack([0.5 * index[0], -0.5 * index[1], np.zeros_like(index[2])])
    np.testing.assert_allclose(shapes.jacobian(offset), 1.5 * 0.5)


def test_integration_follows_a_shift_and_a_linear_field() -> None:
    shift = np.full((3, *shapes.LATTICE_SHAPE), 4.0, dtype=np.float32)
    np.testing.assert_allclose(shapes.integrate(shift), shift, rtol=1e-5)
    places = (np.indices(shapes.LATTICE_SHAPE) - 13.0) * shapes.LATTICE_SPACING
    offset = shapes.integrate((-0.1 * places).astype(np.float32))
    inner = (slice(None), slice(6, -6), slice(6, -6), slice(6, -6))
    np.testing.assert_allclose(offset[inner], ((np.exp(-0.1) - 1) * places)[inner], atol=0.12)


def test_every_brain_is_invertible_and_a_folding_one_is_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    assert min(shapes.jacobian(shapes.displacement(person(1, one))).min() for one in range(20)) > 0.05
    monkeypatch.setattr(shapes, "_RANDOM", (((7, 8, 7), 45.0), ((13, 15, 13), 30.0)))
    wild = shapes.displacement(person(1, 0))
    assert shapes.jacobian(wild).min() > shapes.SMALLEST_JACOBIAN
    monkeypatch.setattr(shapes, "ATTEMPTS", 1)
    with pytest.raises(ArithmeticError, match="sub-00000"):
        shapes.displacement(person(1, 0))
