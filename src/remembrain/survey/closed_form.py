r"""What theory says of two attacks: the AUC from cells, people, and what is known.

A person who took part moves the shares by a = 1/n of their influence; the score's spread is that of tables of n people
against r others. With m independent cells

.. math:: AUC = \Phi\left(\sqrt{\frac{m}{2 n}} \Big/ \sqrt{1 + n/r + n b}\right)

where b is the variance that noise and rounding add to a share, in units of one person's (and, where cells go together,
times effective over all cells, since noise does not go together), and m is taken times the share of answers known,
times the square of how well those tell the truth, and, where numbers were measured again, times the part of their
variance that can be expected from that: rho^2 of means and rho^4 of spreads. Where only a share s of those who took
part is counted, n is theirs, and the others are told by chance: s AUC + (1 - s) / 2. Where the equation is only the
rule of thumb for a real survey, pictures say so.

What m is hangs on the attack. To the inner product, cells that go together count less: (trace R)^2 / trace R^2, R their
correlation (the effective number of independent cells). The attack that whitens them by their covariance has as many as
there are ways in which people differ, the rank of R, less what it costs to learn these of r people: with S what it has
learned and A = S^-1 R, (trace A)^2 / trace A A', which is near m (1 - m/r) where the rank m is far below r.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import special

from remembrain.record.table_settings import Adversary
from remembrain.survey.answers import UNKNOWN
from remembrain.survey.attacks.covariance import Covariance
from remembrain.survey.attacks.metric import fit, influence
from remembrain.survey.layout import Layout, Table
from remembrain.survey.release import Look, Release

_MOST_PAIRED = 1000
_PATTERNS = 5


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
        """Return the AUC."""
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


def distinct_cells(covariance: Covariance, truth: float = 1.0) -> float:
    """Return the number of independent cells that these are worth once they are whitened by a learned covariance.

    Notes
    -----
    Of A = S^-1 R, trace A is the mean of z' S^-1 z over people, and trace A A' that of the squares of z' S^-1 y over
    pairs, none of them among those whom S is learned from: each person and pair is taken out of S by the formula of
    Sherman, Morrison and Woodbury. Blur of the tables and wrong answers (truth below 1, see :func:`truth_of_answers`)
    are noise that does not go together: they add the mean of its variance times the square of S^-1 z.
    """
    people, weight = covariance.people[:_MOST_PAIRED], covariance.weight
    turned = covariance.solve(people)
    product = turned @ people.T
    left = 1 - weight * np.diag(product)
    pairs = product / (np.outer(left, left) - np.square(weight * product))
    np.fill_diagonal(pairs, 0.0)
    squares = float(np.square(pairs).sum()) / max(1, len(people) * (len(people) - 1))
    noise = covariance.diagonal - covariance.shrinkage + 1 - truth**2
    blurred = float((np.square(turned / left[:, None]) @ noise).mean())
    itself = float(np.mean(np.diag(product) / left))
    return (truth * itself) ** 2 / max(truth**2 * squares + blurred, 1e-12)


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
    blur = view.blur / (reference.variance / reference.answered)
    worth = effective_cells(rows)
    return Theory(
        worth,
        release.n,
        reference.size,
        float(np.nanmean(blur[shown])) * worth / int(shown.sum()),
        float(np.mean([_table_known(table, adversary) for table in view.layout.tables]))
        * _expected_part(release, seen),
        truth_of_answers(view.layout, reference.share, adversary.answer_error),
        release.case.rules.sample,
    )


def whitened_theory_of(release: Release, seen: Look) -> Theory:
    """Return what the closed form of the correlation-aware attack needs; partial knowledge is that of a few people."""
    view, size = seen.view, seen.view.reference.size
    metric = fit(view)
    if not len(metric.shown):
        return Theory(0.0, release.n, size)
    truth = truth_of_answers(view.layout, view.reference.share, release.case.adversary.answer_error)
    known = np.unique((view.cells[:_PATTERNS] != UNKNOWN)[:, view.layout.table_of[metric.shown]], axis=0)
    some = [
        metric.covariance if pattern.all() else metric.covariance.of_cells(np.flatnonzero(pattern))
        for pattern in known
        if pattern.any()
    ]
    worth = sum(distinct_cells(each, truth) for each in some) / len(known)
    return Theory(worth, release.n, size, known=_expected_part(release, seen), sample=release.case.rules.sample)


def _expected_part(release: Release, seen: Look) -> float:
    """Return which part of the variance of what people add an adversary's measurement lets expect, mean over cells.

    It is that of people who took no part; of the very measurement, and of answers, it is all.
    """
    if release.case.adversary.reliability == 1:
        return 1.0
    view, others = seen.view, ~seen.member
    part = np.ones(view.layout.n_cells)
    for column, table in enumerate(view.layout.tables):
        cell = view.cells[others, column]
        there, own = cell >= 0, slice(table.start, table.stop)
        if not table.counted and there.any():
            away = view.values[others, column][there] - view.reference.share[cell[there]]
            part[own] = np.mean(away**2 / view.reference.variance[cell[there]])
    shown = np.isfinite(seen.published.share)
    return float(part[shown].mean())


def _table_known(table: Table, adversary: Adversary) -> float:
    """Return the chance that an adversary has every answer that says where a person stands in a table."""
    names = {question.name for question in (*table.asked, *table.questions)}
    if adversary.known_columns:
        return float(names <= set(adversary.known_columns))
    return float(adversary.known ** len(names))
