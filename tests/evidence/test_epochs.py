"""Recognisability by epoch."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from remembrain.errors import DataError
from remembrain.evidence.epochs import auc_by_epoch


def made(n=100, epochs=6):
    rng = np.random.default_rng(0)
    member = np.arange(2 * n) < n
    shrinking = np.where(member, np.linspace(1, 0.2, epochs)[:, None], 1)
    return rng.normal(size=(epochs, 2 * n)) * shrinking, member, np.array([f"sub-{i}" for i in range(2 * n)])


def test_values_are_those_of_scikit_learn_epoch_by_epoch():
    errors, member, names = made()
    curve = auc_by_epoch(errors, member, names)
    np.testing.assert_allclose(curve.value, [roc_auc_score(member, -np.abs(epoch)) for epoch in errors])
    assert np.all(curve.low < curve.value)
    assert np.all(curve.value < curve.high)
    assert curve.low[0] < 0.5 < curve.high[0]
    assert curve.low[-1] > 0.7
    assert curve.at(1).ends() == (curve.value[1], curve.low[1], curve.high[1])


def test_perfect_separation_has_a_width():
    _, member, names = made()
    curve = auc_by_epoch(np.where(member, 0.0, 1.0)[None, :], member, names)
    assert curve.high[0] == 1
    assert 0.9 < curve.low[0] < 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"errors": np.ones(200)}, "epoch, scan"),
        ({"errors": np.ones((0, 200))}, "epoch, scan"),
        ({"errors": np.full((2, 200), np.nan)}, "NaN"),
        ({"errors": np.ones((2, 199))}, "different lengths"),
        ({"member": np.ones(200, bool)}, "no non-members"),
        ({"participant_id": np.full(200, "sub-1")}, "a member and a non-member"),
        ({"participant_id": np.repeat(["sub-1", "sub-2"], 100)}, "one person in a group"),
    ],
)
def test_what_cannot_be_measured_raises(change, message):
    errors, member, names = made()
    arguments = {"errors": errors, "member": member, "participant_id": names} | change
    with pytest.raises(DataError, match=message):
        auc_by_epoch(**arguments)
