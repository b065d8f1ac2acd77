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
    """Logistic regression on abs(error) after every round looked at, the log of the last over the first, and the label.

    Liu et al. 2022 learn from the loss after every epoch of a distilled training; in a federation an insider has the
    true trajectory. To another learner it is that of the community's models, to the server that of the suspected
    learner's own.
    """

    name: str = "trajectory"
    title: str = "Logistic regression on how errors fall over rounds"
    access: Access = "rounds"
    knows: Knows = "some members"
    needs: tuple[str, ...] = ("label", NEEDS)
    paper: str = "Liu et al. 2022, CCS (arXiv 2208.13208), with the rounds as trajectory"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return the log-odds of membership of the unknown scans."""
        return fit_logistic(_features(known.signals), known, _features(unknown))


def _features(signals: Signals) -> Float[np.ndarray, "scan feature"]:
    """Return the size of every error, by what factor it fell, and the label."""
    size = np.abs(columns(signals, NEEDS).astype(float))
    least = 0.1 * float(np.mean(size)) + 1e-12  # an error of almost nothing is not a fall without end
    fell = np.log((size[:, -1] + least) / (size[:, 0] + least))
    return np.column_stack([size, fell, numbers(signals, "label")])
