"""The influence of a scan on its own loss, against the Hessian of a linear layer written out."""

from __future__ import annotations

import numpy as np
from made_linear import linear
from made_signals import split

from remembrain.attacks.error_threshold import best_threshold
from remembrain.attacks.inverse_hessian import InverseHessian


def test_the_score_is_a_threshold_less_the_log_of_the_gradient_s_length_by_the_inverse_hessian() -> None:
    known, asked, _ = split(*linear(1, features=20))
    rows = known.signals["gradient:output"] / known.signals["error"][:, None]
    inverse = np.linalg.inv(rows.T @ rows)
    influence = [
        np.einsum("ij,jk,ik->i", signals["gradient:output"], inverse, signals["gradient:output"])
        for signals in (known.signals, asked)
    ]
    pull = np.einsum("ij,jk,ik->i", rows, inverse, rows)
    without = influence[0] / (1 - pull)  # of a known scan, had the layer been fitted without it
    expected = best_threshold(np.log(without), known.member) - np.log(influence[1])
    score = InverseHessian().score(known, asked, np.random.default_rng(0))
    np.testing.assert_allclose(score, expected, atol=0.1)  # the ridge is a hundredth
    assert score.std() > 1
