"""The logistic attack against the equations its solution must satisfy, and where products are what tells."""

from __future__ import annotations

import numpy as np
import pytest
from made_signals import halves, made
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.attacks.logistic import LogisticOnOutputs, fit_logistic
from remembrain.errors import DataError
from remembrain.types import Known

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("share", "columns"), [(0.5, 1), (0.5, 4), (0.15, 4)])
def test_the_fit_satisfies_the_equations_of_a_penalised_logistic_regression(share, columns):
    """At the solution w = sum of s (y - p) x and 0 = sum of s (y - p), with weights s that make the classes equal."""
    rng = np.random.default_rng(columns)
    member = np.arange(200) < 200 * share
    features = rng.normal(5, 3, (200, columns)) + member[:, None]
    known = Known({}, member, np.arange(200).astype(str))
    mean, sd = features.mean(0), features.std(0)
    asked = np.vstack([mean, mean + np.diag(sd)])  # the log-odds where all are 0, and where one of them is 1
    bias, *shifted = fit_logistic(features, known, asked)
    weights, x = np.array(shifted) - bias, (features - mean) / sd
    s = np.where(member, 100 / member.sum(), 100 / (~member).sum())
    left = s * (member - expit(x @ weights + bias))
    np.testing.assert_allclose(left @ x, weights, atol=0.05)
    assert abs(left.sum()) < 0.05
    assert np.linalg.norm(weights) > 0.3


def test_a_model_that_memorised_is_caught():
    signals, member = made(400)
    signals["error"] = np.where(member, 0.0, signals["error"])
    signals["prediction"] = signals["label"] + signals["error"]
    known, unknown, truth = halves(signals, member)
    assert roc_auc_score(truth, LogisticOnOutputs().score(known, unknown, RNG)) > 0.97


def test_a_small_error_means_more_where_the_model_is_usually_wrong():
    rng = np.random.default_rng(1)
    member = rng.random(3000) < 0.5
    label = rng.uniform(20, 80, 3000)
    usual = np.where(label > 50, 8.0, 0.5)
    error = rng.normal(0, usual * np.where(member, 0.3, 1.0))
    known, unknown, truth = halves({"prediction": label + error, "label": label, "error": error}, member)
    ours, simple = (
        roc_auc_score(truth, one.score(known, unknown, RNG)) for one in (LogisticOnOutputs(), ErrorThreshold())
    )
    assert ours > simple + 0.02


@pytest.mark.parametrize("name", ["prediction", "label", "error"])
def test_a_signal_that_is_no_number_a_scan_is_refused(name):
    known, unknown, _ = halves(*made(60))
    spoilt = unknown[name].copy()
    spoilt[3] = np.nan
    with pytest.raises(DataError, match=f"the signal {name} has 1 values"):
        LogisticOnOutputs().score(known, {**unknown, name: spoilt}, RNG)
    with pytest.raises(DataError, match=rf"the signal {name} has shape \(30, 2\)"):
        LogisticOnOutputs().score(known, {**unknown, name: np.column_stack([unknown[name]] * 2)}, RNG)
    bad = Known({**known.signals, name: spoilt}, known.member, known.participant_id)
    with pytest.raises(DataError, match=f"the signal {name} has 1 values"):
        LogisticOnOutputs().score(bad, unknown, RNG)
