"""One threshold on the absolute error: the simplest attack there is, and the one every other must beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Bool, Float

from remembrain.attacks._features import numbers
from remembrain.types import Access, Known, Knows, Signals


@dataclass(frozen=True)
class ErrorThreshold:
    """Call *member* whatever the target predicts closely; the threshold is learned on the known scans.

    Score = threshold - abs(error), in years (Yeom et al. 2018, IEEE CSF, adversary 2, for a regressor).
    """

    name: str = "error-threshold"
    title: str = "Threshold on the absolute error"
    access: Access = "outputs"
    knows: Knows = "some members"
    needs: tuple[str, ...] = ("error",)
    paper: str = "Yeom et al. 2018, IEEE CSF (arXiv 1709.01604)"
    fixed: ClassVar[bool] = True

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return threshold - abs(error) of the unknown scans, in years."""
        threshold = best_threshold(np.abs(numbers(known.signals, "error")), known.member)
        return np.asarray(threshold - np.abs(numbers(unknown, "error")))


def best_threshold(size: Float[np.ndarray, "scan"], member: Bool[np.ndarray, "scan"]) -> float:
    """Return the threshold on ``size`` below which calling *member* has the greatest balanced accuracy.

    Between two neighbouring sizes the middle is taken; among equally good places the one in the middle of them.
    """
    order = np.argsort(size, kind="stable")
    size, member = size[order], member[order]
    caught = np.concatenate([[0.0], np.cumsum(member) / member.sum()])
    falsely = np.concatenate([[0.0], np.cumsum(~member) / (~member).sum()])
    above = np.nextafter(size, np.inf)  # between two neighbouring floats there is no middle
    middle = size[:-1] + (size[1:] - size[:-1]) / 2
    edges = np.concatenate([[size[0]], np.maximum(middle, above[:-1]), [above[-1]]])
    gain = caught - falsely
    between = np.concatenate([[True], size[1:] > size[:-1], [True]])
    best = np.flatnonzero(between & (gain >= gain[between].max() - 1e-12))
    return float(edges[best[len(best) // 2]])
