"""The last layer as a linear regression: what goes into it, and how much a scan could have pulled it.

For squared error the gradient of a linear output layer is the error times what goes into the layer, so that input is
had from signals that are there: gradient over error, up to a constant.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from remembrain.attacks._features import columns, numbers
from remembrain.types import Known, Signals

NEEDS = ("error", "gradient:output")
RIDGE = 1e-2
_LEAST = 1e-4


def inputs_of(signals: Signals) -> Float[np.ndarray, "scan feature"]:
    """Return what goes into the output layer, up to one constant."""
    error = numbers(signals, "error")
    kept = np.where(np.abs(error) < _LEAST, np.copysign(_LEAST, error), error)
    return np.asarray(columns(signals, "gradient:output").astype(float) / kept[:, None])


def leverage(known: Known, unknown: Signals) -> tuple[Float[np.ndarray, "known"], Float[np.ndarray, "scan"]]:
    """Return h' (K / n + ridge)^-1 h / n of known and unknown scans, h their input, K the Gram matrix of the known.

    It is what a scan adds to a linear regression on as many people who are not it: for a known scan that stands in K it
    is what it would be had all scans of the person been left out, the diagonal of (1 - L)^-1 L over these scans, which
    for one scan is l / (1 - l). The ridge is a hundredth of the mean eigenvalue.
    """
    theirs, ours = inputs_of(known.signals), inputs_of(unknown)
    scale = np.sqrt(np.mean(theirs**2, axis=0)) + 1e-12
    theirs, ours = theirs / scale, ours / scale
    gram = theirs.T @ theirs / len(theirs)
    gram[np.diag_indices_from(gram)] += RIDGE * np.trace(gram) / len(gram)
    inverse = np.linalg.inv(gram)
    pulls = [np.sum((rows @ inverse) * rows, axis=1) / len(theirs) for rows in (theirs, ours)]
    left_out = pulls[0] / np.maximum(1 - pulls[0], 1e-6)
    _, whose, count = np.unique(known.participant_id, return_inverse=True, return_counts=True)
    for own in np.split(np.argsort(whose, kind="stable"), np.cumsum(count)[:-1]):
        if len(own) > 1:
            joint = theirs[own] @ inverse @ theirs[own].T / len(theirs)
            left_out[own] = np.diag(np.linalg.solve((1 + 1e-6) * np.eye(len(own)) - joint, joint))
    return np.maximum(left_out, 1e-12), np.maximum(pulls[1], 1e-12)
