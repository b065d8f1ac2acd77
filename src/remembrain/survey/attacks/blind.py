"""The blind baseline: an adversary who knows some of those who took part, and never sees a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from remembrain.survey.attacks._logistic import log_odds
from remembrain.survey.attacks.metric import influence
from remembrain.survey.view import View
from remembrain.types import Access, Knows

COMPONENTS = 15
FOLDS = 5


@dataclass(frozen=True)
class BlindOnAnswers:
    """Logistic regression on the main ways in which answers differ, learned on other people (Das et al. 2024).

    The ways are the first principal components of the reference population, their squares, and how many answers are
    missing. Everybody is scored by what four fifths of the others taught. Where it succeeds, those who took part are
    another kind of people than those who did not, and an attack has to beat it.
    """

    name: str = "blind"
    title: str = "Blind baseline: the answers alone, never a table"
    access: Access = "nothing"
    knows: Knows = "some members"
    needs: tuple[str, ...] = ("answers",)
    paper: str = "Das, Zhang & Tramèr 2024 (arXiv 2406.16201)"

    def score(
        self, view: View, member: Bool[np.ndarray, "person"], rng: np.random.Generator
    ) -> Float[np.ndarray, "person"]:
        """Return the log-odds of having taken part, of everybody by what the other folds taught."""
        from sklearn.model_selection import StratifiedKFold

        features = _features(view)
        found = np.zeros(len(view))
        folds = StratifiedKFold(
            min(FOLDS, int(member.sum()), int((~member).sum())), shuffle=True, random_state=int(rng.integers(2**31))
        )
        for learned, judged in folds.split(features, member):
            found[judged] = log_odds(features[learned], member[learned], features[judged])
        return found


def _features(view: View) -> Float[np.ndarray, "person feature"]:
    """Return principal components of the answers, their squares, and the share of tables without an answer."""
    from scipy import linalg

    reference = view.reference
    theirs = influence(view.layout, reference.cells, reference.values, reference)
    centre = theirs.mean(axis=0)
    away = theirs - centre
    r, m = away.shape
    k = min(COMPONENTS, r - 1, m)
    small = away.T @ away if m <= r else away @ away.T
    size, axes = linalg.eigh(small, subset_by_index=(len(small) - k, len(small) - 1))
    size = np.maximum(size, 1e-12)
    if m > r:
        axes = away.T @ axes / np.sqrt(size)
    main = (influence(view.layout, view.cells, view.values, reference) - centre) @ axes / np.sqrt(size / r)
    return np.column_stack([main, main**2, (view.cells < 0).mean(axis=1)])
