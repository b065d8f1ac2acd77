r"""What theory says of the inner product: the AUC from cells, people, and what is known.

A person who took part moves the shares by a = 1/n of their influence; the score's spread is that of tables of n people
against r others. With m independent cells

.. math:: AUC = \Phi\left(\sqrt{\frac{m}{2 n}} \Big/ \sqrt{1 + n/r + n b}\right)

where b is the variance that noise and rounding add to a share, in units of one person's (and, where cells go together,
times effective over all cells, since noise does not go together), and m is taken times the share of
answers known and times the square of how well those tell the truth. Where only a share s of those who took part is
counted, n is theirs, and the others are told by chance: s AUC + (1 - s) / 2. Cells that go together count less: m is
(trace R)^2 / trace R^2, R their correlation (the effective number of independent cells). Where the equation is only the
rule of thumb for a real survey, pictures say so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import special

from remembrain.record.table_settings import Adversary
from remembrain.survey.attacks.metric import influence
from remembrain.survey.layout import Layout, Table
from remembrain.survey.release import Look, Release


@dataclass(frozen=True)
class Theory:
    """What the AUC hangs on: effective cells, group, reference, blur, what is known and how truly, and who counts."""

    cells: float
    n: float
    reference: float
    blur: float = 0.0
    known: float = 1.0
    truth: float = 1.0
    sample: float = 1.0

    def auc(self) -> float:
        """Return the AUC of the inner product."""
        m, n = self.cells * self.known * self.truth**2, self.n * self.sample
        spread = 1 + n / self.reference + n * self.blur
        counted = float(special.ndtr(np.sqrt(m / (2 * n) / spread)))
        return self.sample * counted + (1 - self.sample) / 2


def effective_cells(people: Float[np.ndarray, "reference cell"]) -> float:
    """Return the number of independent cells that these are worth, from standardised influences of people.

    The square of a sample correlation is too large by about 1 / r on average; that is taken off.
    """
    spread = people.std(axis=0)
    varied = spread > 1e-9
    scaled = (people - people.mean(axis=0))[:, varied] / spread[varied]
    r, m = scaled.shape
    gram = scaled.T @ scaled / r if m <= r else scaled @ scaled.T / r
    squares = float(np.square(gram).sum()) - m * m / r
    return float(np.clip(m * m / max(squares, 1.0), 1.0, m))


def truth_of_answers(layout: Layout, share: Float[np.ndarray, "cell"], error: float) -> float:
    """Return how much of its covariance with the truth an answer keeps when a part are wrong, mean over share cells.

    A wrong answer is one of the other levels, each in proportion to how often it is given. With shares q of a
    block, P(given c) = (1 - e) q_c + e q_c (sum_j q_j / (1 - q_j) - q_c / (1 - q_c)), and what is kept of cell c is
    ((1 - e) - P(given c)) / (1 - q_c).
    """
    n = layout.n_counts
    if not n or not error:
        return 1.0
    q = np.clip(share, 1e-9, 1 - 1e-9)
    odds = q / (1 - q)
    given = (1 - error) * q + error * q * (layout.add_up(odds) - odds)
    kept = ((1 - error) - given) / (1 - q)
    return float(np.clip(kept[:n].mean(), 0.0, 1.0))


def theory_of(release: Release, seen: Look) -> Theory:
    """Return what the closed form needs of a release, for cells that are not suppressed."""
    view = seen.view
    reference, adversary = view.reference, release.case.adversary
    shown = np.isfinite(seen.published.share)
    if not shown.any():
        return Theory(0.0, release.n, reference.size)
    rows = influence(view.layout, reference.cells, reference.values, reference)[:, shown]
    blur = seen.published.blur / (reference.variance / reference.answered)
    worth = effective_cells(rows)
    return Theory(
        worth,
        release.n,
        reference.size,
        float(np.nanmean(blur[shown])) * worth / int(shown.sum()),
        float(np.mean([_table_known(table, adversary) for table in view.layout.tables])),
        truth_of_answers(view.layout, reference.share, adversary.answer_error),
        release.case.rules.sample,
    )


def _table_known(table: Table, adversary: Adversary) -> float:
    """Return the chance that an adversary has every answer that says where a person stands in a table."""
    names = {question.name for question in (*table.asked, *table.questions)}
    if adversary.known_columns:
        return float(names <= set(adversary.known_columns))
    return float(adversary.known ** len(names))
