"""The blind baseline reads facts of people and scans, and nothing that the model said."""

from __future__ import annotations

import numpy as np
import pytest
from made_signals import halves, made

from remembrain.attacks import BLIND
from remembrain.errors import DataError
from remembrain.types import Known

RNG = np.random.default_rng(0)


def facts_alone(known):
    return Known({"covariates": known.signals["covariates"]}, known.member, known.participant_id)


def test_it_needs_no_access_and_no_signal_of_the_model():
    assert BLIND.needs == ("covariates",)
    assert BLIND.access == "nothing"
    known, unknown, _ = halves(*made(200, leak=0.99))
    alone = BLIND.score(facts_alone(known), {"covariates": unknown["covariates"]}, RNG)
    assert np.array_equal(alone, BLIND.score(known, unknown, RNG))


def test_it_finds_nothing_of_a_model_that_memorised():
    """The AUC of 300 against 300 under the null has a standard error of sqrt(601 / (12 * 300 * 300)) = 0.024."""
    found = []
    for seed in range(8):
        known, unknown, truth = halves(*made(1200, leak=0.99, seed=seed))
        score = BLIND.score(known, unknown, RNG)
        found.append((score[truth][:, None] > score[~truth]).mean())
    assert abs(np.mean(found) - 0.5) < 4 * 0.024 / np.sqrt(len(found))


def test_one_fact_is_enough_and_one_that_never_changes_tells_nothing():
    signals, member = made(200)
    for facts in (signals["covariates"][:, :1], np.full((200, 1), 3.0), signals["covariates"][:, 0]):
        known, unknown, _ = halves({"covariates": facts}, member)
        score = BLIND.score(known, unknown, RNG)
        assert score.shape == (100,)
        assert np.isfinite(score).all()
        assert (np.ptp(score) > 0) == (np.ptp(facts) > 0)


@pytest.mark.parametrize("where", ["known", "unknown"])
def test_a_fact_that_is_not_known_is_refused(where):
    known, unknown, _ = halves(*made(60))
    (known.signals if where == "known" else unknown)["covariates"][5, 1] = np.nan
    with pytest.raises(DataError, match="the signal covariates has 1 values that are NaN or infinite"):
        BLIND.score(known, unknown, RNG)
