"""Attacks that need no reference model, where the truth is known."""

import numpy as np
import pytest

from remembrain.attacks._last_layer import inputs_of, leverage
from remembrain.attacks._scales import fit_log_scale
from remembrain.attacks.boosted import Boosted
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.attacks.inverse_hessian import InverseHessian
from remembrain.attacks.leverage import Leverage
from remembrain.attacks.unusual_error import UnusualError
from remembrain.evidence.assess import assess
from remembrain.evidence.metrics import auc
from remembrain.types import Known, Scores

ATTACKS = (UnusualError(), InverseHessian(), Leverage(), Boosted())


def linear(seed: int, people: int = 800, features: int = 120, *, leak: bool = True) -> tuple[dict, np.ndarray]:
    """A linear regression by least squares on half of the people, whose rows differ in length."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((people, features)) * np.exp(0.5 * rng.standard_normal((people, 1)))
    age = 60 + rows @ rng.standard_normal(features) * 0.3 + 3 * rng.standard_normal(people)
    member = np.arange(people) % 2 == 0
    trained = member if leak else np.zeros(people, dtype=bool)
    weights = np.linalg.lstsq(rows[trained], age[trained] - 60, rcond=None)[0] if leak else np.zeros(features)
    prediction = 60 + rows @ weights
    error = prediction - age
    return {
        "prediction": prediction,
        "label": age,
        "error": error,
        "gradient:output": 2 * error[:, None] * rows,
    }, member


def split(signals: dict, member: np.ndarray) -> tuple[Known, dict, np.ndarray]:
    half = np.arange(len(member)) % 4 < 2
    known = Known(
        {name: array[half] for name, array in signals.items()}, member[half], np.flatnonzero(half).astype(str)
    )
    return known, {name: array[~half] for name, array in signals.items()}, member[~half]


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


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.name)
def test_members_of_an_overfitted_model_are_told(attack) -> None:
    known, asked, answer = split(*linear(2, features=280))
    score = attack.score(known, asked, np.random.default_rng(0))
    assert np.isfinite(score).all()
    assert auc(answer, score) > 0.6


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.name)
def test_a_model_of_nobody_is_accused_no_more_often_than_said(attack) -> None:
    trials, wrong = 100, 0
    for seed in range(trials):
        known, asked, answer = split(*linear(500 + seed, people=160, features=5, leak=False))
        names = np.flatnonzero(np.arange(160) % 4 >= 2).astype(str)
        score = attack.score(known, asked, np.random.default_rng(seed))
        found = assess([Scores(attack.name, 0, names, np.full(len(names), ""), answer, score)])
        assert found.auc is not None
        wrong += not found.auc.low <= 0.5 <= found.auc.high
    assert wrong / trials <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)


def test_spreads_that_are_log_linear_are_found() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((20_000, 1))
    found = fit_log_scale(x, np.exp(0.7 + 0.4 * x[:, 0]) * rng.standard_normal(20_000))
    # the ridge draws 0.4 in by a hundredth of the information (2 a person): half a per cent
    np.testing.assert_allclose(found.weights, [0.7, 0.4], atol=0.02)
