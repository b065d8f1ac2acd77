"""An estimator of a .skops file predicts as it did, and what its types may run is named before anything is made."""

from __future__ import annotations

import zipfile

import numpy as np
import pandas as pd
import pytest

skops_io = pytest.importorskip("skops.io", reason="the extra estimators is not installed")
from sklearn.gaussian_process import GaussianProcessRegressor  # noqa: E402
from sklearn.linear_model import Ridge  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.tree import DecisionTreeRegressor  # noqa: E402

from remembrain.errors import DataError  # noqa: E402
from remembrain.targets.brought.model_file import from_file  # noqa: E402

X = np.random.default_rng(0).normal(size=(30, 3))
Y = X @ [1.0, 2.0, 3.0]


def file(tmp_path, estimator):
    skops_io.dump(estimator, tmp_path / "m.skops")
    return tmp_path / "m.skops"


def test_it_predicts_as_it_did_and_says_what_it_reads(tmp_path):
    fitted = Ridge().fit(pd.DataFrame(X, columns=["c", "a", "b"]), Y)
    found = from_file(file(tmp_path, fitted))
    frame = pd.DataFrame(X, columns=["c", "a", "b"])
    np.testing.assert_array_equal(found.predict(frame), fitted.predict(frame))
    assert (found.reads, found.columns, found.shape) == ("columns", ("c", "a", "b"), (3,))
    assert found.estimator is not None
    nameless = from_file(file(tmp_path, Ridge().fit(X, Y)))
    assert (nameless.reads, nameless.columns, nameless.shape, nameless.kind) == ("numbers", (), (3,), "float64")
    assert nameless.code != found.code


def test_types_are_trusted_by_name(tmp_path):
    path = file(tmp_path, DecisionTreeRegressor().fit(X, Y))
    with pytest.raises(DataError, match=r"does not trust: sklearn.tree._tree.Tree") as refused:
        from_file(path)
    assert "--trust sklearn.tree._tree.Tree" in str(refused.value)
    assert from_file(path, ["sklearn.tree._tree.Tree"]).predict(X).shape == (30,)


def test_another_text_of_a_type_of_the_users_is_another_model(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    text = "from sklearn.linear_model import Ridge\nclass Own(Ridge):\n    pass\n"
    (tmp_path / "own_estimators.py").write_text(text)
    from own_estimators import Own

    path = file(tmp_path, Own().fit(X, Y))
    before = from_file(path, ["own_estimators.Own"])
    (tmp_path / "own_estimators.py").write_text(text.replace("pass", "def predict(self, X): return X[:, 0]"))
    assert from_file(path, ["own_estimators.Own"]).code != before.code


def test_what_keeps_the_points_it_was_fitted_to_is_told_without_an_attack(tmp_path):
    model = GaussianProcessRegressor(optimizer=None).fit(X, Y)
    trusted = skops_io.get_untrusted_types(data=skops_io.dumps(model))
    assert any("keeps 30 points" in note for note in from_file(file(tmp_path, model), trusted).notes)


def test_what_predicts_nothing_or_is_damaged_is_one_message(tmp_path):
    with pytest.raises(DataError, match="does not predict"):
        from_file(file(tmp_path, StandardScaler().fit(X)))
    with zipfile.ZipFile(tmp_path / "m.skops", "w") as archive:
        archive.writestr("schema.json", "{}")
    with pytest.raises(DataError, match="cannot be read"):
        from_file(tmp_path / "m.skops")
