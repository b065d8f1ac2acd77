"""How a model errs on everybody, as a curve in the label: its level, which says nothing of any person.

One training predicts half a year too old, another flattens ages more. Wherever models are held against each other they
are first brought to one level. This module must not know which models these are, nor what is decided from them.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

DEGREE = 2


def powers(
    label: Float[np.ndarray, "scan"], on: Bool[np.ndarray, "scan"] | None = None, *, degree: int = DEGREE
) -> Float[np.ndarray, "scan power"]:
    """Return what a curve in the label is made of: its powers, scaled.

    Parameters
    ----------
    label
        Of all scans.
    on
        Those on which the curve will be fitted, where not on all: beyond their labels it goes on as at the last one.
    degree
        Of the polynomial; 0 takes means alone, for who does not have the labels.
    """
    theirs = label if on is None or not on.any() else label[on]
    scaled = (np.clip(label, theirs.min(), theirs.max()) - theirs.mean()) / (theirs.std() or 1.0)
    return np.column_stack([scaled**power for power in range(degree + 1)])


def curve(
    powers: Float[np.ndarray, "scan power"],
    error: Float[np.ndarray, "scan *rest"],
    weight: Float[np.ndarray, "scan *rest"] | None = None,
) -> Float[np.ndarray, "scan *rest"]:
    """Return the curve of each column of errors, by least squares, at every scan."""
    flat = error.reshape(len(error), -1)
    if weight is None:
        found = np.linalg.lstsq(powers, flat, rcond=None)[0]
    else:
        root = np.sqrt(weight.reshape(len(error), -1))
        found = np.column_stack(
            [np.linalg.lstsq(powers * r[:, None], y * r, rcond=None)[0] for y, r in zip(flat.T, root.T, strict=True)]
        )
    return np.asarray((powers @ found).reshape(error.shape))


def between_models(
    error: Float[np.ndarray, "scan model query"], powers: Float[np.ndarray, "scan power"]
) -> Float[np.ndarray, "scan model query"]:
    """Return by how much each model errs otherwise than the mean model.

    For models of which everybody is in half: what membership does is then the same in all curves, and drops out.
    """
    own = curve(powers, error)
    return np.asarray(own - own.mean(axis=1, keepdims=True))
