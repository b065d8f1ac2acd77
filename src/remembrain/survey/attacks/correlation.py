"""The likelihood ratio of all cells together: what two tables say alike counts once, not twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.survey.attacks._attack import NEEDS
from remembrain.survey.attacks.metric import lost, project
from remembrain.survey.attacks.own_cell import SURELY_NOT, log_ratio, stands_in_empty, with_the_impossible_last
from remembrain.survey.view import View
from remembrain.types import Access, Knows


@dataclass(frozen=True)
class CorrelationAware:
    """The likelihood ratio of the tables with and without the person, by how answers go with one another.

    With z the person's influence, d = f - q and S the shrunk correlation of influences in the reference population,
    tables of n people differ from those of r others by a Gaussian of covariance S (1/n + 1/r), and a person who took
    part moves their mean by z / n. The log of the ratio is

    (z' S^-1 d - z' S^-1 z / (2 n)) / (1 + n / r)

    (inner product in the metric of the covariance, less half the person's own Mahalanobis distance: Azize & Basu 2024,
    section 4). Noise and rounding of known size are added to the diagonal. Of few people shares are no Gaussians: each
    table's term, as if it stood alone, is exchanged for that of a multinomial, ln(f_j / q~_j), j the person's own cell
    and q~ = (n f + r q) / (n + r) the share in tables and reference together, as far as the table is not said by others
    already: by its part of z' S^-1 z over what that would be of the table alone. Where noise or rounding covers a
    table, its Gaussian term stands: 50 people with noise lose .013 in AUC otherwise. Whoever stands in an empty cell
    cannot have taken part and goes last, where nothing is wrong or blurred. Who has the very number that a quantile is
    is ahead by how much more likely members have it (:mod:`~remembrain.survey.quantiles`).
    """

    name: str = "correlation-aware"
    title: str = "Likelihood ratio of all cells together, by how answers go with one another"
    access: Access = "published tables"
    knows: Knows = "population"
    needs: tuple[str, ...] = NEEDS
    paper: str = "Azize & Basu 2024 (arXiv 2402.10065)"

    def score(self, view: View, rng: np.random.Generator) -> Float[np.ndarray, "person"]:  # noqa: ARG002
        """Return the log of the likelihood ratio."""
        return self.ratio(view)

    def ratio(self, view: View) -> Float[np.ndarray, "person"]:
        """Return the log of the likelihood ratio, which needs no chance."""
        found = project(view)
        ratio = of_gaussians(view, found.towards, found.own.sum(axis=1)) + added_by_tables(view, found.own).sum(axis=1)
        return with_the_impossible_last(ratio, view)

    def without_each(self, view: View) -> Float[np.ndarray, "person table"]:
        """Return the same without each table: what the others say, and nothing of it."""
        gone, found = lost(view), project(view)
        towards, own = found.towards[:, None] - gone.towards, found.own.sum(axis=1)[:, None] - gone.own
        added = added_by_tables(view, found.own)
        ratio = of_gaussians(view, towards.T, own.T).T + added.sum(axis=1)[:, None] - added
        empty = stands_in_empty(view)
        impossible = empty.sum(axis=1)[:, None] > empty
        return np.where(impossible, SURELY_NOT, np.maximum(ratio, SURELY_NOT))


def of_gaussians(
    view: View, towards: Float[np.ndarray, "*batch person"], own: Float[np.ndarray, "*batch person"]
) -> Float[np.ndarray, "*batch person"]:
    """Return the log of the likelihood ratio if shares were Gaussians, from z' S^-1 d and z' S^-1 z."""
    counts, n = view.counts, view.n
    return np.asarray(counts * (towards - counts * own / (2 * n)) / (1 + n / view.reference.size))


def added_by_tables(view: View, own: Float[np.ndarray, "person table"]) -> Float[np.ndarray, "person table"]:
    """Return what each table adds to the Gaussian ratio: its multinomial, and that it tells somebody's very number."""
    return np.asarray(exchanged(view, own) + view.very_number)


def exchanged(view: View, own: Float[np.ndarray, "person table"]) -> Float[np.ndarray, "person table"]:
    """Return by how much each table's multinomial term exceeds its Gaussian one, by what it says for itself."""
    reference, n, r = view.reference, view.n, view.reference.size
    shares = np.arange(view.layout.n_cells) < view.layout.n_counts
    q, f, counts = np.where(shares, reference.share, 0.5), view.published, view.counts[:, None]
    of_answers = np.array([one.counted for one in view.layout.tables])
    multinomial = counts * log_ratio(view, (n * f + r * q) / (n + r))
    ahead, alone = view.of_cells(np.nan_to_num(f / q - 1)), view.of_cells((1 / q - 1) / reference.answered)
    gaussian = counts * (ahead - counts * alone / (2 * n)) / (1 + n / r)
    itself = np.clip(own / np.maximum(alone, 1e-12), 0.0, 1.0)
    told = of_answers & np.isfinite(view.of_cells(f, missing=np.nan)) & (view.of_cells(view.blur) == 0)
    return np.where(told, itself * (multinomial - gaussian), 0.0)
