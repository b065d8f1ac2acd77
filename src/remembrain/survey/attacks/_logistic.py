"""Logistic regression on standardised features, both classes weighing the same: scikit-learn's, set once."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float


def log_odds(
    taught: Float[np.ndarray, "taught feature"],
    member: Bool[np.ndarray, "taught"],
    asked: Float[np.ndarray, "person feature"],
) -> Float[np.ndarray, "person"]:
    """Learn from those taught, and return the log-odds of those asked about."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, class_weight="balanced", max_iter=2000))
    return np.asarray(model.fit(taught, member).decision_function(asked), dtype=float)
