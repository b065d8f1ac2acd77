"""The blind baseline: an adversary who knows some of those who took part, and never sees a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from sklearn.model_selection import StratifiedKFold

from remembrain.attacks.logistic import fit_logistic
from remembrain.survey.attacks._metric import influence
from remembrain.survey.view import View
from remembrain.types import Access, Known, Knows

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
        """Return the log-odds of having taken part.

        Standardised within each fold so that folds can be ranked together.
        """
        features = _features(view)
        found = np.zeros(len(view))
        folds = StratifiedKFold(
            min(FOLDS, int(member.sum()), int((~member).sum())), shuffle=True, random_state=int(rng.integers(2**31))
        )
        for learned, judged in folds.split(features, member):
            known = Known({}, member[learned], learned.astype(str))
            found[judged] = fit_logistic(features[learned], known, features[judged])
        return found


def _features(view: View) -> Float[np.ndarray, "person feature"]:
    """Return principal components of the answers, their squares, and the share of tables without an answer."""
    reference = view.reference
    theirs = influence(view.layout, reference.cells, reference.values, reference)
    centre = theirs.mean(axis=0)
    k = min(COMPONENTS, len(theirs) - 1, theirs.shape[1])
    gram = (theirs - centre) @ (theirs - centre).T
    size, left = np.linalg.eigh(gram)
    left, size = left[:, ::-1][:, :k], size[::-1][:k]
    axes = (theirs - centre).T @ left / np.sqrt(np.maximum(size, 1e-12))
    main = (
        (influence(view.layout, view.cells, view.values, reference) - centre)
        @ axes
        / np.sqrt(np.maximum(size, 1e-12) / len(theirs))
    )
    return np.column_stack([main, main**2, (view.cells < 0).mean(axis=1)])
