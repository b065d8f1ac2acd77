"""How the error fell over the rounds of a federated training: members' falls sooner and further."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.attacks._features import columns, numbers
from remembrain.attacks.logistic import fit_logistic
from remembrain.types import Access, Known, Knows, Signals

NEEDS = "rounds"


@dataclass(frozen=True)
class Trajectory:
    """Logistic regression on abs(error) after every round, its mean and its slope over rounds, and the label.

    Liu et al. 2022 learn from the loss after every epoch of a distilled training; in a federation an insider has the
    true trajectory. To another learner it is that of the community's models, to the server that of the suspected
    learner's own.
    """

    name: str = "trajectory"
    title: str = "Logistic regression on the errors of all rounds"
    access: Access = "rounds"
    knows: Knows = "some members"
    needs: tuple[str, ...] = ("label", NEEDS)
    paper: str = "Liu et al. 2022, CCS (arXiv 2208.13208), with the rounds as trajectory"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return the log-odds of membership of the unknown scans."""
        return fit_logistic(_features(known.signals), known, _features(unknown))


def _features(signals: Signals) -> Float[np.ndarray, "scan feature"]:
    """Return the size of every error, their mean and slope, and the label."""
    size = np.abs(columns(signals, NEEDS).astype(float))
    time = np.arange(size.shape[1]) - (size.shape[1] - 1) / 2
    slope = size @ time / max(float(time @ time), 1.0)
    return np.column_stack([size, size.mean(axis=1), slope, numbers(signals, "label")])
