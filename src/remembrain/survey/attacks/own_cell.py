r"""What the cells say in which a person stands: the likelihood ratio of a multinomial answer, and who cannot be there.

The cells of one question are multinomial: a person gives one answer, so a table says of them what its share of *that*
answer says, :math:`\ln(f_j / q_j)`, and the other cells of the block say nothing beside it (Homer et al. 2008 and
Sankararaman et al. 2009 have independent cells of two levels, where the two are the same to first order). Where
answers and tables are without error, nobody who took part stands in an empty cell.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

from remembrain.survey.view import View

SURELY_NOT = -50.0
"""A log-likelihood ratio from which on all are alike: they did not take part."""


def log_ratio(view: View, share: Float[np.ndarray, "*batch cell"]) -> Float[np.ndarray, "person table"]:
    """Return the log of each table's share of the answer that the person gave, over another share of it.

    It is 0 where none is told. Published shares are kept half a person away from 0. Of answers that may be wrong with
    probability e, what is seen of somebody who took part is the given answer with 1 - e, and otherwise as likely as in
    the population.
    """
    reference, error = view.reference, view.answer_error
    edge = np.minimum(0.5 / np.maximum(view.n * reference.answered, 1.0), 0.5)
    seen, other = ((1 - error) * one + error * reference.share for one in (np.maximum(view.published, edge), share))
    with np.errstate(divide="ignore", invalid="ignore"):
        told = np.nan_to_num(np.log(seen) - np.log(other), neginf=0.0, posinf=0.0)
    return view.of_cells(told)


def cannot_be_there(view: View) -> Bool[np.ndarray, "person"]:
    """Tell who stands in an empty cell, where neither answers nor tables are wrong."""
    return np.asarray(stands_in_empty(view).any(axis=1))


def stands_in_empty(view: View) -> Bool[np.ndarray, "person table"]:
    """Tell in which tables everybody stands in an empty cell, where neither answers nor tables are wrong."""
    counts = np.arange(view.layout.n_cells) < view.layout.n_counts
    empty = view.of_cells(np.where(counts, view.published == 0, False).astype(float))
    return np.asarray(view.exact & (empty > 0))


def with_the_impossible_last(score: Float[np.ndarray, "person"], view: View) -> Float[np.ndarray, "person"]:
    """Return log-likelihood ratios with those last who cannot be there, and all who surely are not alike."""
    return np.where(cannot_be_there(view), SURELY_NOT, np.maximum(score, SURELY_NOT))
