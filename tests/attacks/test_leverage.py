"""Leverage on the last layer, against linear regressions in which the person was left out."""

from __future__ import annotations

import numpy as np
import pytest
from made_linear import linear
from made_signals import split

from remembrain.attacks._last_layer import inputs_of, leverage
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.attacks.leverage import Leverage
from remembrain.evidence.metrics import auc
from remembrain.types import Known


def test_what_goes_into_the_last_layer_is_gradient_over_error() -> None:
    signals, _ = linear(0)
    found = inputs_of(signals)
    expected = signals["gradient:output"] / signals["error"][:, None]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_leverage_is_that_of_the_hat_matrix_had_the_scan_been_left_out() -> None:
    signals, member = linear(1, features=20)
    known, asked, _ = split(signals, member)
    found, _ = leverage(known, asked)
    rows = inputs_of(known.signals)
    hat = np.einsum("ij,ji->i", rows, np.linalg.pinv(rows))
    np.testing.assert_allclose(found, hat / (1 - hat), rtol=0.05)  # the ridge is a hundredth
    others = np.arange(len(rows)) != 7
    left_out = rows[7] @ np.linalg.inv(rows[others].T @ rows[others]) @ rows[7]
    assert found[7] == pytest.approx(left_out, rel=0.05)


def test_a_person_with_two_scans_is_left_out_with_both() -> None:
    rng = np.random.default_rng(4)
    rows = np.repeat(rng.standard_normal((60, 6)), 2, axis=0) + 0.2 * rng.standard_normal((120, 6))
    error = 1 + rng.random(120)
    signals = {"error": error, "gradient:output": 2 * error[:, None] * rows}
    person = np.repeat(np.arange(60), 2).astype(str)
    found, _ = leverage(Known(signals, np.arange(120) % 4 < 2, person), signals)
    others = person != "7"
    left_out = rows[14] @ np.linalg.inv(rows[others].T @ rows[others]) @ rows[14]
    assert found[14] == pytest.approx(left_out, rel=0.05)  # the ridge is a hundredth


def test_known_and_unknown_scans_have_leverages_of_one_size_where_features_are_many() -> None:
    known, asked, _ = split(*linear(3, people=1200, features=400))
    theirs, ours = leverage(known, asked)
    # logs of squared lengths have a spread of 1, and the median of 600 an error of 1.25 / sqrt(600)
    assert abs(np.log(np.median(theirs) / np.median(ours))) < 3 * 1.25 * np.sqrt(2 / 600)


def test_error_with_leverage_tells_more_than_error_alone_of_a_linear_model() -> None:
    gains = []
    for seed in range(5):
        known, asked, answer = split(*linear(seed))
        aucs = [
            auc(answer, one.score(known, asked, np.random.default_rng(0))) for one in (Leverage(), ErrorThreshold())
        ]
        gains.append(aucs[0] - aucs[1])
    assert np.mean(gains) > 3 * np.std(gains, ddof=1) / np.sqrt(len(gains))
