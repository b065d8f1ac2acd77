"""From Python, whatever predicts is audited; the same answers give the same scores in whichever way they come."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import KNeighborsRegressor

import remembrain
from remembrain.errors import DataError, UsageError

N = 240
RNG = np.random.default_rng(0)
AGE, MEMBER = RNG.uniform(45, 80, N), (np.arange(N) % 2).astype(bool)
X = pd.DataFrame(RNG.normal(size=(N, 5)) + AGE[:, None] / 10, columns=list("abcde"))
MODEL = KNeighborsRegressor(2).fit(X[MEMBER], AGE[MEMBER])
QUICK = {"attacks": ["error-threshold", "logistic"], "repeats": 2}


def test_an_estimator_is_audited_and_what_it_keeps_is_told(tmp_path):
    found = remembrain.audit(MODEL, X, AGE, MEMBER, tmp_path / "run", **QUICK)
    assert found.finding.status == "members recognised"
    assert "points that it was fitted to" in found.evidence.target.notes[0]
    assert found.report.is_file()
    table = found.table()
    assert list(table.index) == ["error-threshold", "logistic", "blind"]
    assert table.loc["error-threshold", "auc"] == found.attacks[0].auc.value > 0.6
    assert len(found.scores()) == 3 * 2 * N // 2
    assert "members recognised" in found._repr_html_()
    assert remembrain.load(tmp_path / "run").evidence == found.evidence


def test_a_function_and_arrays_give_the_same_as_an_estimator_and_a_table(tmp_path):
    one = remembrain.audit(MODEL, X, AGE, MEMBER, tmp_path / "a", **QUICK)
    plain = KNeighborsRegressor(2).fit(X[MEMBER].to_numpy(), AGE[MEMBER])
    other = remembrain.audit(plain.predict, X.to_numpy(), AGE, MEMBER.astype(int), tmp_path / "b", **QUICK)
    pd.testing.assert_frame_equal(one.table(), other.table())
    assert other.evidence.target.notes == one.evidence.target.notes  # a method is its estimator


def test_models_like_it_are_trained_on_as_large_a_share_of_the_people(tmp_path):
    most = np.arange(N) % 3 > 0
    model = KNeighborsRegressor(2).fit(X[most], AGE[most])
    found = remembrain.audit(
        model, X, AGE, most, tmp_path / "run", attacks=["error-threshold", "lira"], references=6, repeats=1
    )
    assert found.table().loc["lira", "finding"] == "members recognised"
    assert found.evidence.references.models == 6
    assert found.evidence.references.share == pytest.approx(2 / 3, abs=1e-4)
    page = " ".join(found.report.read_text(encoding="utf-8").split())
    assert "each on all but a third of the 240 audited people, drawn by lot, so that everybody was in as many" in page


@pytest.mark.parametrize(
    ("model", "words", "error", "said"),
    [
        ("a path", {}, DataError, "a function, or an object with predict"),
        (MODEL.predict, {"references": 4}, UsageError, "no fit and get_params"),
        (MODEL, {"references": 3}, UsageError, "3 reference models; expected an even number"),
        (MODEL, {"references": 4, "reference_share": 0.8}, UsageError, "expected a multiple of 5"),
        (MODEL, {"attacks": ["network:gradient:output"]}, UsageError, "sees more than answers"),
        (MODEL, {"attacks": ["lira"]}, UsageError, "needs answers of models like it"),
        (lambda rows: rows["a"].to_numpy()[:-1], {}, DataError, "answers"),
    ],
)
def test_what_cannot_be_audited_is_one_message_and_leaves_nothing(tmp_path, model, words, error, said):
    with pytest.raises(error, match=said):
        remembrain.audit(model, X, AGE, MEMBER, tmp_path / "run", **words)
    assert not (tmp_path / "run").exists()
