"""What an adversary sees: the published tables, what is known of each person, and people from the same population.

Attacks read this and nothing else. It holds no name, and not who took part.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int

from remembrain.record.table_settings import Protection
from remembrain.survey.counting import Tally, base_of, tally
from remembrain.survey.layout import Layout


@dataclass(frozen=True, eq=False)
class Reference:
    """People of whom the adversary knows that they did not take part, and what the tables would be of them.

    ``share`` is q of each cell (a mean, in cells of means), smoothed so that no cell is empty; ``variance`` is that of
    one person's entry, q (1 - q) for shares; ``answered`` is the share of people who enter the cell's block, pi;
    ``size`` is how many people they are worth under their weights.
    """

    cells: Int[np.ndarray, "reference table"]
    values: Float[np.ndarray, "reference table"]
    weight: Float[np.ndarray, "reference"]
    share: Float[np.ndarray, "cell"]
    variance: Float[np.ndarray, "cell"]
    answered: Float[np.ndarray, "cell"]
    size: float

    def __len__(self) -> int:
        return len(self.weight)


@dataclass(frozen=True, eq=False)
class View:
    """Everything that an attack on tables may use; row i of ``cells`` and ``values`` is the person it scores.

    ``published`` has a row a person where each is held against tables of their own, as simulated people are.
    ``n`` is the size of the group as the adversary takes it, ``counts`` how much each person counts for in it.
    ``rules`` are those of protection, which are public; ``answer_error`` is the share of the answers known to the
    adversary that it must take to be wrong; ``step`` the last place to which shares are told; ``coincidence`` how much
    more likely who took part has the very number that is told, as a logarithm (0 everywhere where it is left out).
    """

    layout: Layout
    cells: Int[np.ndarray, "person table"]
    values: Float[np.ndarray, "person table"]
    published: Float[np.ndarray, "*batch cell"]
    blur: Float[np.ndarray, "cell"]
    reference: Reference
    n: float
    counts: Float[np.ndarray, "person"]
    rules: Protection = field(default_factory=Protection)
    largest_weight: float = 1.0
    answer_error: float = 0.0
    step: float = 0.0
    coincidence: Float[np.ndarray, "person table"] | None = None

    @property
    def exact(self) -> bool:
        """Whether nobody who took part stands in an empty cell; not where a person's share may be too small to tell."""
        rules = self.rules
        told = self.step / 2 < self.counts.min(initial=np.inf) / (self.counts.mean() * self.n) if self.step else True
        right = self.answer_error == 0 and rules.round_to <= 1 and rules.noise_epsilon is None and rules.sample >= 1
        return bool(told and right and not self.blur[: self.layout.n_counts].any())

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def very_number(self) -> Float[np.ndarray, "person table"]:
        """How much more likely who took part has the very number that is told; 0 where nothing is known of it."""
        return np.zeros(self.cells.shape) if self.coincidence is None else self.coincidence

    def of_cells(
        self, entries: Float[np.ndarray, "*batch cell"], missing: float = 0.0
    ) -> Float[np.ndarray, "person table"]:
        """Return, for each person and table, the entry of the cell that the person stands in."""
        there = np.maximum(self.cells, 0)
        found = entries[there] if entries.ndim == 1 else np.take_along_axis(entries, there, axis=1)
        return np.asarray(np.where(self.cells >= 0, found, missing))


def reference_of(
    layout: Layout,
    cells: Int[np.ndarray, "reference table"],
    values: Float[np.ndarray, "reference table"],
    weight: Float[np.ndarray, "reference"],
) -> Reference:
    """Return what the adversary learns from its reference population.

    Shares are smoothed by half a person in each cell of a block (Krichevsky & Trofimov 1981, IEEE Trans. Inf. Theory
    27:199), since an answer that none of them gave is not impossible; means, their variances, and how many answered, by
    half a person who is like everybody in the table.
    """
    n = layout.n_counts
    found = tally(layout, cells, values, weight)
    base = base_of(layout, found)
    levels = layout.add_up(np.ones(layout.n_cells))
    share = (found.weight + 0.5) / (base + 0.5 * levels)
    variance = share * (1 - share)
    if n < layout.n_cells:
        _means(layout, found, tally(layout, cells, values**2, weight).total, share, variance)
    answered = np.clip((base + 0.5) / (weight.sum() + 0.5), 1e-9, 1.0)
    size = float(weight.sum() ** 2 / np.square(weight).sum())
    return Reference(cells, values, weight, share, np.maximum(variance, 1e-12), answered, size)


def _means(
    layout: Layout,
    found: Tally,
    squares: Float[np.ndarray, "cell"],
    share: Float[np.ndarray, "cell"],
    variance: Float[np.ndarray, "cell"],
) -> None:
    """Fill in means and variances: those of a cell, and half a person who is like everybody in the table."""
    for table in layout.tables:
        if table.counted:
            continue
        own = slice(table.start, table.stop)
        weight, total = found.weight[own], found.total[own]
        people = max(float(weight.sum()), 1e-12)
        middle = float(total.sum()) / people
        spread = float(squares[own].sum()) / people - middle**2 if weight.any() else 1.0
        share[own] = (total + 0.5 * middle) / (weight + 0.5)
        squared = (squares[own] + 0.5 * (spread + middle**2)) / (weight + 0.5)
        variance[own] = squared - share[own] ** 2
