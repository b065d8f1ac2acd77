"""What keeps the points it was fitted to is named, however deep it lies; what keeps none is not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.cross_decomposition import PLSRegression
from sklearn.decomposition import PCA, KernelPCA
from sklearn.ensemble import BaggingRegressor, RandomForestRegressor, StackingRegressor, VotingRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.impute import KNNImputer
from sklearn.kernel_approximation import Nystroem
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from remembrain.targets.brought.kept_points import kept_points

RNG = np.random.default_rng(0)
X, AGE = RNG.normal(size=(40, 3)), RNG.uniform(40, 80, 40)
GPR = GaussianProcessRegressor(optimizer=None)


class Wrapped:
    """A model of its owner's around an estimator."""

    def __init__(self, inner: Any) -> None:
        self.parts = {"by name": [inner]}

    def predict(self, rows: np.ndarray) -> np.ndarray:
        raise AssertionError("nothing is run")

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nothing of it is asked, such as {name}")


@pytest.mark.parametrize(
    "model",
    [
        GPR,
        KNeighborsRegressor(),
        SVR(),
        KernelRidge(),
        PLSRegression(2),
        *(make_pipeline(step, Ridge()) for step in (Nystroem(n_components=5), KernelPCA(2), KNNImputer())),
        make_pipeline(ColumnTransformer([("k", Nystroem(n_components=5), [0, 1])]), Ridge()),
        make_pipeline(FeatureUnion([("p", PCA(2)), ("k", KernelPCA(2))]), Ridge()),
        TransformedTargetRegressor(make_pipeline(StandardScaler(), SVR())),
        BaggingRegressor(SVR(), 3),
        VotingRegressor([("r", Ridge()), ("g", GPR)]),
        StackingRegressor([("r", Ridge()), ("g", GPR)], cv=2),
        GridSearchCV(SVR(), {"C": [1.0]}, cv=2),
    ],
    ids=lambda model: type(getattr(model, "steps", [[0, model]])[0][1]).__name__,
)
def test_training_points_that_are_kept_are_named(model: Any) -> None:
    for kept in (model, make_pipeline(StandardScaler(), model)):
        (said,) = kept_points(kept.fit(X, AGE))
        assert "points that it was fitted to" in said
        assert "whoever gets it gets them" in said


def test_what_is_said_counts_the_points() -> None:
    fitted = KNeighborsRegressor().fit(X, AGE)
    assert kept_points(fitted)[0].startswith("KNeighborsRegressor keeps 40 points that it was fitted to (_fit_X):")
    several = BaggingRegressor(KNeighborsRegressor(), 3, max_samples=10, bootstrap=False).fit(X, AGE)
    assert kept_points(several)[0].startswith("KNeighborsRegressor keeps 30 points that it was fitted to (_fit_X, in 3")


FITTED = KNeighborsRegressor().fit(X, AGE)


def of_a_function(rows: np.ndarray) -> np.ndarray:
    return np.round(FITTED.predict(rows))


def enclosing(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    def predict(rows: np.ndarray) -> np.ndarray:
        return np.round(model.predict(rows))

    return predict


@pytest.mark.parametrize(
    "model",
    [
        FITTED.predict,
        Wrapped(FITTED),
        Wrapped(FITTED).predict,
        partial(FITTED.predict),
        lambda rows: Wrapped(Wrapped(FITTED)).predict(rows),
        of_a_function,
        enclosing(FITTED),
    ],
    ids=["method", "object", "its method", "partial", "lambda", "function", "closure"],
)
def test_whatever_wraps_an_estimator_keeps_its_points(model: Callable[[np.ndarray], np.ndarray]) -> None:
    (said,) = kept_points(model)
    assert said.startswith("KNeighborsRegressor keeps 40 points")


@pytest.mark.parametrize(
    "model", [Ridge(), RandomForestRegressor(3), make_pipeline(PCA(2), Ridge()), BaggingRegressor(Ridge(), 3)]
)
def test_coefficients_trees_and_components_keep_none(model: Any) -> None:
    assert kept_points(make_pipeline(StandardScaler(), model).fit(X, AGE)) == []
    assert kept_points(len) == kept_points("text") == kept_points(None) == []


def test_what_holds_itself_comes_to_an_end() -> None:
    one = Wrapped(FITTED)
    one.parts["itself"] = [one, {"more": one}]
    assert len(kept_points(one)) == 1
