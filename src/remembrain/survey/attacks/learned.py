"""A classifier taught on releases that the adversary simulates, and judged on the real one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.survey.attacks._attack import NEEDS, Additive
from remembrain.survey.attacks._logistic import log_odds
from remembrain.survey.attacks.distance import Distance
from remembrain.survey.attacks.inner_product import InnerProduct
from remembrain.survey.attacks.likelihood_ratio import LikelihoodRatio
from remembrain.survey.attacks.metric import project
from remembrain.survey.attacks.simulated import simulated
from remembrain.survey.view import View
from remembrain.types import Access, Knows

_RARE = 0.1
_ADDITIVE: tuple[Additive, ...] = (Distance(), InnerProduct(), LikelihoodRatio())


@dataclass(frozen=True)
class Learned:
    """Logistic regression on the other attacks' scores, taught on simulated releases with and without a person.

    Pyrgelis, Troncoso & De Cristofaro 2018 teach one classifier for each person on the simulated tables themselves;
    here one is taught for all, on what the tables say of a person: the additive scores, their part from rare answers,
    the two terms of the correlation-aware ratio, and how many answers are known.
    """

    name: str = "learned"
    title: str = "Classifier taught on simulated releases"
    access: Access = "published tables"
    knows: Knows = "population"
    needs: tuple[str, ...] = NEEDS
    paper: str = "Pyrgelis, Troncoso & De Cristofaro 2018, NDSS (arXiv 1708.06145)"
    releases: int = 8
    people: int = 100

    def score(self, view: View, rng: np.random.Generator) -> Float[np.ndarray, "person"]:
        """Return the log-odds of having taken part."""
        taught = [
            (_features(one), member) for one, member in simulated(view, rng, releases=self.releases, people=self.people)
        ]
        features = np.vstack([one for one, _ in taught])
        return log_odds(features, np.concatenate([one for _, one in taught]), _features(view))


def _features(view: View) -> Float[np.ndarray, "person feature"]:
    """Return what the tables say of each person, in numbers whose scale does not hang on the size of the reference."""
    parts = [one.parts(view) for one in _ADDITIVE]
    rare = view.of_cells(view.reference.share, missing=1.0) < _RARE
    projected = project(view)
    columns = [part.sum(axis=1) for part in parts]
    columns += [
        np.where(rare, parts[1], 0.0).sum(axis=1),
        projected.towards,
        projected.own.sum(axis=1),
        (view.cells >= 0).sum(axis=1),
    ]
    return np.column_stack(columns)
