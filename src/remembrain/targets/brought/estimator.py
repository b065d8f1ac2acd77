"""An estimator: it predicts, and where it can be cloned and fitted, more like it are trained on halves of the people.

Knows scikit-learn's conventions (``predict``, ``fit``, ``get_params``) and no kind of estimator by name.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from remembrain._progress import progress
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.asking import Predict, ask, take

Keep: TypeAlias = Callable[[int, Callable[[], Float[np.ndarray, "scan"]]], Float[np.ndarray, "scan"]]


def predict_of(model: Any) -> Predict | None:
    """Return what predicts of an object: its method ``predict``, or itself where it can be called."""
    method = getattr(model, "predict", None)
    if callable(method):
        return method  # type: ignore[no-any-return]  # of a stranger's
    return model if callable(model) else None


def can_be_trained_again(model: Any) -> bool:
    """Tell whether more like it can be made: it has parameters that are known, and is fitted."""
    return all(callable(getattr(model, name, None)) for name in ("fit", "predict", "get_params"))


def answers_of_more(
    model: Answering,
    scans: Any,
    age: Float[np.ndarray, "scan"],
    inside: Bool[np.ndarray, "scan model"],
    labels: list[str],
    keep: Keep = lambda _, compute: compute(),
) -> Float[np.ndarray, "scan model"]:
    """Return what models like it answer that are each fitted to some of the scans.

    Parameters
    ----------
    model
        Whose estimator is cloned: its parameters, and nothing that it learned.
    scans, age
        Everybody's, and the truth.
    inside
        Who is in the training of each.
    labels
        One name a scan, for messages.
    keep
        Returns what an earlier run kept of a model, by its number, or computes and keeps it.
    """
    from sklearn.base import clone

    def answers_of(number: int) -> Float[np.ndarray, "scan"]:
        places = np.flatnonzero(inside[:, number])
        fitted = clone(model.estimator).fit(take(scans, places), model.head.before(age[places]))
        return ask(model.years_of(fitted.predict), scans, labels, name=f"reference model {number + 1}")

    answers = np.empty(inside.shape)
    with progress("training reference models", inside.shape[1]) as advance:
        for number in range(inside.shape[1]):
            answers[:, number] = keep(number, partial(answers_of, number))
            advance()
    return answers


def content_of(model: Any, scans: Any) -> str:
    """Return a hash of an estimator with all that it learned, and of what it reads; nothing where they have none.

    Of files the names alone are at hand, so that nothing is said of their content.
    """
    import joblib

    if not isinstance(scans, np.ndarray | pd.DataFrame):
        return ""
    try:
        return f"{joblib.hash(model)} {joblib.hash(scans)}"
    except Exception:  # what a stranger's estimator holds may be anything
        return ""
