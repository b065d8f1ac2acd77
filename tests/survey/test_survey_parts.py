"""Scores taken apart by table: those of the attacks that they are of."""

from __future__ import annotations

import numpy as np
import pytest

from made_survey import VIEWS
from remembrain.survey.attacks.correlation import CorrelationAware
from remembrain.survey.attacks.likelihood_ratio import LikelihoodRatio
from remembrain.survey.parts import BLAMED, taken_apart


@pytest.mark.parametrize("case", ["everything known", "some missing, some unknown", "cells that nobody gave"])
def test_parts_are_scores_of_the_attacks_that_they_are_of(case: str) -> None:
    view, rng = VIEWS[case](), np.random.default_rng(0)
    parts = taken_apart(view)
    assert BLAMED.name == "correlation-aware"
    np.testing.assert_allclose(parts.whole, CorrelationAware().score(view, rng), rtol=1e-5)
    np.testing.assert_allclose(parts.without, CorrelationAware().without_each(view), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(parts.alone, LikelihoodRatio().parts(view), rtol=1e-5, atol=1e-6)
    assert parts.alone.shape == parts.without.shape == view.cells.shape
