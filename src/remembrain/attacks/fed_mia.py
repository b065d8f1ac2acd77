"""One learner's own models against those of all others, which were not trained with the person (FedMIA)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain._validate import finite
from remembrain.attacks._references import Seen
from remembrain.attacks.lira import unusually_small
from remembrain.attacks.trajectory import NEEDS as ROUNDS
from remembrain.errors import DataError
from remembrain.types import Access, Known, Knows, Signals

NEEDS = "others"
FEWEST_OTHERS = 2
"""Other learners: what one model alone says shows nothing of how models differ."""


@dataclass(frozen=True)
class FedMia:
    """Score = -log P(a model without the person errs by no more than the suspected learner's own), over rounds.

    Zhu et al. 2025 fit a Gaussian to what the other learners' updates of a round say of the person and take the tail
    probability of what the suspected learner's says, averaged over rounds. Here that is the signed error, averaged over
    rounds before the tail is taken (so that half of the others stay below 0), with one variance over people: there are
    few other learners. Others come brought to the level of the suspected learner's model.
    """

    name: str = "fed-mia"
    title: str = "One learner’s models against those of all others (FedMIA)"
    access: Access = "rounds"
    knows: Knows = "nothing"
    needs: tuple[str, ...] = ("label", ROUNDS, NEEDS)
    paper: str = "Zhu et al. 2025, CVPR (arXiv 2402.06289)"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return how unusually small the suspected learner's errors are.

        Raises
        ------
        DataError
            Where a number is none, or there are fewer than two other learners.
        """
        own, others = (np.asarray(unknown[name], dtype=float) for name in (ROUNDS, NEEDS))
        finite(own, f"the signal {ROUNDS}")
        finite(others, f"the signal {NEEDS}")
        if others.shape[2] < FEWEST_OTHERS:
            raise DataError(f"{others.shape[2]} other learners", expected=f"at least {FEWEST_OTHERS}")
        nobody = np.zeros((len(own), others.shape[2]), dtype=bool)
        label = np.asarray(unknown["label"], dtype=float)
        member, asked = np.full(len(own), np.nan), np.ones(len(own), dtype=bool)
        return unusually_small(Seen(own, others.transpose(0, 2, 1), nobody, label, member, asked))
