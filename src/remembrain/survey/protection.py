"""What is done to tables before they are published: noise, rounding, suppression; and what a reader can undo.

Noise is added to counts first, then counts are rounded, then small cells go: small by what is published where there is
noise, for the true counts would tell more than its epsilon. A total is published beside every block,
treated as its cells are. This module must not know any person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from remembrain.errors import DataError
from remembrain.record.table_settings import Protection
from remembrain.survey.counting import Tally, base_of
from remembrain.survey.layout import Layout, Table


@dataclass(frozen=True, eq=False)
class Published:
    """What stands in the tables, NaN where it is suppressed: counts, shares (or means), and how many they are of.

    ``blur`` is the variance that noise and rounding, whose size is public, add to each share; ``step`` the place to
    which shares were rounded that no count stands beside, in tables of somebody else, ``half`` half the last place of
    each mean, spread or contrast there, infinite where it is not known how exactly they are told.
    """

    count: Float[np.ndarray, "*batch cell"]
    share: Float[np.ndarray, "*batch cell"]
    base: Float[np.ndarray, "*batch cell"]
    blur: Float[np.ndarray, "*batch cell"]
    step: float = 0.0
    half: Float[np.ndarray, "cell"] | float = 0.0


def protect(
    layout: Layout, found: Tally, how: Protection, rng: np.random.Generator, *, largest_weight: float = 1.0
) -> Published:
    """Return what is published of a tally (or of one tally a row, each with noise of its own).

    Parameters
    ----------
    layout
        The tables.
    found
        The true counts.
    how
        The protection.
    rng
        For noise.
    largest_weight
        The most that one person counts for, taken as public.

    Raises
    ------
    DataError
        Where means are to be noised and no range of their column is declared.
    """
    scale = noise_scale(layout, how) * largest_weight
    count, total, base = found.weight.copy(), found.total.copy(), base_of(layout, found)
    if scale:
        count, total, base = _noised(layout, found, how, scale, rng)
    if how.round_to > 1:
        n = layout.n_counts
        count = np.round(count / how.round_to) * how.round_to
        total = np.concatenate([count[..., :n], total[..., n:]], axis=-1)
        base = np.concatenate([np.round(base[..., :n] / how.round_to) * how.round_to, base[..., n:]], axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(base > 0, total / base, np.nan)
    blur = public_blur(layout, how, share, base, scale)
    if how.round_to > 1:
        base = np.round(base / how.round_to) * how.round_to
    if how.suppress_below > 0:
        people = count if scale else found.people
        hidden, few = _hidden(layout, people, how), layout.add_up(people) < how.suppress_below
        count, share, base = (
            np.where(gone, np.nan, what) for gone, what in ((hidden, count), (hidden, share), (few, base))
        )
    return Published(count, share, base, blur)


def noise_scale(layout: Layout, how: Protection) -> float:
    """Return the scale of the noise on each count for a person who counts once: b of Laplace's, sigma of Gauss's.

    A person stands in one cell of each table at most, so all T tables together change by T in the L1 norm and by the
    root of T in the L2 norm (tables of means by twice as much, for sum and number): b = T / epsilon (Dwork & Roth 2014,
    theorem 3.6), and sigma is that of the analytic Gaussian mechanism (Balle & Wang 2018, theorem 8), for neighbours
    that differ by one person being there.

    Raises
    ------
    DataError
        Where epsilon is not above 0, or a mean has no declared range.
    """
    if how.noise_epsilon is None:
        return 0.0
    if how.noise_epsilon <= 0:
        raise DataError(f"noise_epsilon = {how.noise_epsilon:g}", expected="above 0")
    for table in layout.tables:
        if table.kind in ("sd", "quantile", "contrast"):
            raise DataError(f"noise on {table.name!r}", expected="noise on counts and means, or none of these tables")
        if table.kind == "mean" and not table.questions[0].ranged:
            raise DataError(
                f"noise on the mean of {table.questions[0].name!r} needs a declared range",
                expected="range = [low, high] in the dictionary: one taken from the data would tell of the data",
            )
    sums = sum(1 if one.counted else 2 for one in layout.tables)
    if how.noise == "laplace":
        return sums / how.noise_epsilon
    return float(np.sqrt(sums) * _gaussian_sigma(how.noise_epsilon, how.noise_delta))


def public_blur(
    layout: Layout,
    how: Protection,
    share: Float[np.ndarray, "*batch cell"],
    base: Float[np.ndarray, "*batch cell"],
    scale: float,
) -> Float[np.ndarray, "*batch cell"]:
    """Return the variance that noise of this scale and rounding, whose sizes are public, add to each share or mean.

    A share c / (sum of L noised counts) of value s has the variance v ((1 - s)^2 + (L - 1) s^2) / base^2 (delta
    method), a rounded count over a base that is rounded by itself r^2 / 12 (1 + s^2) / base^2. Sums of numbers are
    noised by half their range, and not rounded.
    """
    noise = 2 * scale**2 if how.noise == "laplace" else scale**2
    rounding = how.round_to**2 / 12 if how.round_to > 1 else 0.0
    levels, n = layout.add_up(np.ones(layout.n_cells)), layout.n_counts
    s = np.clip(np.nan_to_num(share), 0.0, 1.0)
    found = noise * ((1 - s) ** 2 + (levels - 1) * s**2) + rounding * (1 + s**2)
    half = [((one.questions[0].high or 0.0) - (one.questions[0].low or 0.0)) / 2 for one in layout.tables]
    found[..., n:] = noise * np.array([half[table] for table in layout.table_of[n:]]) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(base > 0, found / base**2, 0.0))


def deducible(layout: Layout, share: Float[np.ndarray, "*batch cell"]) -> Float[np.ndarray, "*batch cell"]:
    """Return the shares with what subtraction gives back: the one cell that is missing from a block."""
    counts = np.arange(layout.n_cells) < layout.n_counts
    missing = np.isnan(share)
    rest = 1 - layout.add_up(np.where(missing, 0.0, share))
    alone = counts & missing & (layout.add_up(missing.astype(float)) == 1)
    return np.asarray(np.where(alone, np.clip(rest, 0.0, 1.0), share))


def _noised(
    layout: Layout, found: Tally, how: Protection, scale: float, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "*batch cell"], Float[np.ndarray, "*batch cell"], Float[np.ndarray, "*batch cell"]]:
    """Return counts, what they add up, and bases with noise; a base is the sum of the noised counts of its block."""

    def draw() -> Float[np.ndarray, "*batch cell"]:
        size = found.weight.shape
        return rng.laplace(0.0, scale, size) if how.noise == "laplace" else rng.normal(0.0, scale, size)

    n = layout.n_counts
    count = np.maximum(found.weight + draw(), 0.0)
    base = layout.add_up(count)
    base[..., n:] = np.maximum(count[..., n:], 1.0)
    total = count.copy()
    if n < layout.n_cells:
        ends = [(one.questions[0].low or 0.0, one.questions[0].high or 0.0) for one in layout.tables]
        low, high = (np.array([ends[table][side] for table in layout.table_of[n:]]) for side in (0, 1))
        middle, half = (low + high) / 2, (high - low) / 2
        away = found.total[..., n:] - middle * found.weight[..., n:] + draw()[..., n:] * half
        total[..., n:] = np.clip(middle * base[..., n:] + away, low * base[..., n:], high * base[..., n:])
    return count, total, base


def _hidden(
    layout: Layout, people: Float[np.ndarray, "*batch cell"], how: Protection
) -> Bool[np.ndarray, "*batch cell"]:
    """Return which cells are suppressed."""
    hidden = np.asarray(people < how.suppress_below)
    if not how.complementary:
        return hidden
    for table in layout.tables:
        if not table.counted and not table.within:
            continue
        shape = (-1, *table.sizes)  # within a group too, since the table of all groups together is published beside it
        part = hidden[..., table.start : table.stop]
        counts = people[..., table.start : table.stop].reshape(shape)
        closed = _closed(part.reshape(shape).copy(), counts, how.suppress_below, table)
        hidden[..., table.start : table.stop] = closed.reshape(part.shape)
    return hidden


def _closed(
    hidden: Bool[np.ndarray, "batch *level"], counts: Float[np.ndarray, "batch *level"], below: int, table: Table
) -> Bool[np.ndarray, "batch *level"]:
    """Suppress more, until no line of a table has one cell missing, or several of fewer people than ``below`` together.

    Lines are the whole table where it has one dimension, and every row and column where it has more, groups among them:
    their totals are taken as known.
    """
    axes = range(1, hidden.ndim)
    for _ in range(table.cells):
        before = hidden.sum()
        for axis in axes:
            lines, people = np.moveaxis(hidden, axis, -1), np.moveaxis(counts, axis, -1)
            missing = lines.sum(axis=-1)
            few = np.where(lines, people, 0.0).sum(axis=-1) < below
            open_ = (missing > 0) & (missing < lines.shape[-1]) & ((missing == 1) | few)
            smallest = np.argmin(np.where(lines, np.inf, people), axis=-1)
            more = np.zeros_like(lines)
            np.put_along_axis(more, smallest[..., None], open_[..., None], axis=-1)
            lines |= more
        if hidden.sum() == before:
            break
    return hidden


def _gaussian_sigma(epsilon: float, delta: float) -> float:
    """Return the least sigma that gives (epsilon, delta) at a sensitivity of 1 (Balle & Wang 2018, theorem 8)."""
    from scipy import optimize, special

    def excess(log_sigma: float) -> float:
        s = np.exp(log_sigma)
        tail = special.ndtr(0.5 / s - epsilon * s)
        return float(tail - np.exp(epsilon + special.log_ndtr(-0.5 / s - epsilon * s)) - delta)

    return float(np.exp(optimize.brentq(excess, -20.0, 20.0, xtol=1e-12)))
