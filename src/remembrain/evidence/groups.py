"""Do members and non-members differ by themselves? What is found between different kinds of people proves nothing.

Each person counts once. Age is compared in mean and in spread, sex and site in their shares; Holm keeps the
chance of seeing any difference between groups of the same kind at 5 %. This module must not know any score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import stats

from remembrain._validate import finite, same_length
from remembrain.errors import DataError
from remembrain.evidence import disclosure
from remembrain.evidence.factors import MEASURE, Factor, Groups, in_words
from remembrain.evidence.significance import holm
from remembrain.evidence.spread import blur_of, spread_of
from remembrain.types import Scans, Texts

ALPHA = 0.05
"""Probability of seeing a difference between groups of the same kind."""

RARE = 10
"""People of a level below whom it is tested together with others as rare; what is *told* is for ``disclosure``."""


def compare_groups(
    member: Bool[np.ndarray, "scan"],
    scans: Scans,
    *,
    label: str = "age",
    shown: Mapping[str, Texts] | None = None,
    cuts: Sequence[float] = (),
    by_lot: bool = False,
) -> Groups:
    """Compare members and non-members in age, sex and site.

    Parameters
    ----------
    member
        Which scans were trained on.
    scans
        Whose scan it is: a person counts once, with the mean age of their scans and the first sex and site.
    label
        What their age is called.
    shown
        Levels of ``sex`` and ``site`` as they may be told, one a scan; those at hand where left out. Levels of fewer
        than ten members or non-members are joined.
    cuts
        Ages between which the same people are counted elsewhere.
    by_lot
        Whether who is a member was drawn by lot: then differences are chance, and are shown without a test.

    Returns
    -------
    Groups
        Mean age by Welch's test, its spread by Brown and Forsythe's (1974, JASA 69:364), sex and site by the chi-square
        test over levels, by Fisher's exact test where there are two levels. Levels of fewer than 10 people are taken
        together. Standardised differences as in Austin 2009, Stat. Med. 28:3083.

    Raises
    ------
    DataError
        Where lengths differ, an age is not a finite number, or a person stands in both groups.
    """
    same_length(member=member, participant_id=scans.participant_id, age=scans.age, sex=scans.sex, site=scans.site)
    finite(scans.age, label)
    _, first, person, times = np.unique(
        np.asarray(scans.participant_id, dtype=str), return_index=True, return_inverse=True, return_counts=True
    )
    ours = member[first]
    if np.any(both := member != ours[person]):
        name = scans.participant_id[np.flatnonzero(both)[0]]
        raise DataError("is a member and a non-member", where=str(name), expected="one or the other")
    levels = {"sex": np.asarray(scans.sex, dtype=str), "site": np.asarray(scans.site, dtype=str)}
    as_told = {**levels, **(shown or {})}
    factors = [
        *_ages(np.bincount(person, weights=scans.age) / times, ours, label, cuts),
        *(factor for name in levels for factor in _shares(name, levels[name][first], ours, as_told[name][first])),
    ]
    adjusted = holm({factor.factor: factor.p_value for factor in factors})
    judged = [
        replace(factor, p_holm=adjusted[factor.factor], differs=not by_lot and adjusted[factor.factor] < ALPHA)
        for factor in factors
    ]
    return Groups(tuple(judged), in_words(judged, by_lot=by_lot), by_lot)


def _ages(
    age: Float[np.ndarray, "person"], member: Bool[np.ndarray, "person"], label: str, cuts: Sequence[float]
) -> list[Factor]:
    """Compare mean and spread of age; nothing where everybody is equally old.

    What is told is computed from mean and spread as they may be told, so that it adds nothing to them.
    """
    ours, others = age[member], age[~member]
    counts = len(ours), len(others)
    if min(counts) < 2 or np.ptp(age) == 0:
        return []
    if ours.std() == others.std() == 0:
        return [_sure(label, counts, float(np.sign(ours.mean() - others.mean())))]
    moments = [(float(group.mean()), float(group.std(ddof=1)), len(group)) for group in (ours, others)]
    test = stats.ttest_ind_from_stats(*moments[0], *moments[1], equal_var=False)
    as_told = [spread_of(group, cuts) for group in (ours, others)]
    mean = Factor(label, "", MEASURE, *_difference(as_told, counts), float(test.pvalue), *counts)
    p_value = float(stats.levene(ours, others, center="median").pvalue)
    measure = "logarithm of the ratio of standard deviations"
    return [mean, Factor(f"spread of {label}", "", measure, *_ratio(ours, others, as_told), p_value, *counts)]


_Told: TypeAlias = Sequence[Mapping[str, float | None]]
_Ends: TypeAlias = tuple[float | None, float | None, float | None]


def _difference(as_told: _Told, counts: tuple[int, int]) -> _Ends:
    """Return the standardised difference of two told means with its interval; nothing where they are not told.

    The interval is wider by how far the means may be told from where they are.
    """
    means, deviations = ([moments[key] for moments in as_told] for key in ("mean", "sd"))
    if None in means or None in deviations:
        return None, None, None
    pooled = float(np.sqrt(np.mean(np.square(np.array(deviations, dtype=float)))))
    value = float(np.subtract(*np.array(means, dtype=float))) / pooled
    blur = sum(blur_of(float(sd or 0.0), n) for sd, n in zip(deviations, counts, strict=True)) / pooled
    reach = 1.96 * _error_of(value, *counts) + blur
    return value, value - reach, value + reach


def _ratio(ours: Float[np.ndarray, "member"], others: Float[np.ndarray, "nonmember"], as_told: _Told) -> _Ends:
    """Return the logarithm of the ratio of told spreads with its interval; one group may have none at all."""
    if min(ours.std(), others.std()) == 0:
        ratio = 10.0 * float(np.sign(ours.std() - others.std()))
        return ratio, ratio, ratio
    deviations = [moments["sd"] for moments in as_told]
    if None in deviations:
        return None, None, None
    ratio = float(np.subtract(*np.log(np.array(deviations, dtype=float))))
    reach = 1.96 * float(np.sqrt(1 / (2 * (len(ours) - 1)) + 1 / (2 * (len(others) - 1))))
    return ratio, ratio - reach, ratio + reach


def _sure(label: str, counts: tuple[int, int], sign: float) -> Factor:
    """Return the factor of two groups in each of which everybody is equally old."""
    return Factor(label, "", MEASURE, 10.0 * sign, 10.0 * sign, 10.0 * sign, 0.0, *counts)


def _shares(factor: str, values: Texts, member: Bool[np.ndarray, "person"], shown: Texts) -> list[Factor]:
    """Compare the shares of each level; nothing where there is one level. The test is of all, told are those shown."""
    levels = _pooled(values)
    names = np.unique(levels)
    if len(names) < 2:
        return []
    table = np.array([[int(((levels == name) & group).sum()) for name in names] for group in (member, ~member)])
    p_value = _p_of(table)
    counts = int(table[0].sum()), int(table[1].sum())
    masks = disclosure.joined(shown, (member, ~member))
    if not masks:
        return [Factor(factor, "", MEASURE, None, None, None, p_value, *counts)]
    factors = []
    for name, level in list(masks.items())[: len(masks) if len(masks) > 2 else 1]:
        p, q = float(level[member].mean()), float(level[~member].mean())
        spread = float(np.sqrt((p * (1 - p) + q * (1 - q)) / 2))
        value = float(p - q) / spread if spread > 0 else 10.0 * float(np.sign(p - q))
        reach = 1.96 * _error_of(value, *counts)
        factors.append(Factor(factor, name, MEASURE, value, value - reach, value + reach, p_value, *counts))
    return factors


def _pooled(values: Texts) -> Texts:
    """Return the levels, those too rare for a test as one."""
    levels, counts = np.unique(values, return_counts=True)
    rare = levels[counts < RARE]
    return np.where(np.isin(values, rare), disclosure.OTHERS, values)


def _p_of(table: Int[np.ndarray, "2 level"]) -> float:
    """Return the p-value against members and non-members having the same shares."""
    if table.shape[1] == 2:
        return float(stats.fisher_exact(table).pvalue)
    return float(stats.chi2_contingency(table).pvalue)


def _error_of(value: float, n_members: int, n_others: int) -> float:
    """Return the standard error of a standardised difference (Hedges & Olkin 1985, chapter 5)."""
    return float(np.sqrt(1 / n_members + 1 / n_others + value**2 / (2 * (n_members + n_others))))
