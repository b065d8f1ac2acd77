"""Do members and non-members differ by themselves? What is found between different kinds of people proves nothing.

Each person counts once. Age is compared in mean and in spread, sex and site in their shares; Holm keeps the
chance of seeing any difference between groups of the same kind at 5 %. This module must not know any score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import stats

from remembrain._validate import finite, same_length
from remembrain.errors import DataError
from remembrain.evidence import disclosure
from remembrain.evidence.significance import holm
from remembrain.record import people as record
from remembrain.types import Texts

RARE = 10
"""People of a level below whom it is tested together with others as rare; what is *told* is for ``disclosure``."""

MEASURE = "standardised mean difference"

LIMIT = 0.25
"""Standardised differences up to which taking facts out by regression can be trusted (Rubin 2001; Stuart 2010)."""

LIMIT_OF_SPREAD = 0.35
"""The same of the logarithm of a ratio of standard deviations: variances within a factor of 2 (Rubin 2001)."""


@dataclass(frozen=True)
class Factor:
    """One way in which the groups may differ.

    ``value`` is members' mean less non-members' in pooled standard deviations (of a share: of the shares), with a
    95 % interval; for the spread of age, the logarithm of the ratio of standard deviations. ``p_value`` tests the
    whole factor, so levels of one factor share it; ``p_holm`` is corrected for the factors. Where no level may be told,
    the factor stands without one and without a value: it was tested all the same.
    """

    factor: str
    level: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    p_value: float
    n_members: int
    n_nonmembers: int
    p_holm: float = 1.0
    differs: bool = False

    def written(self) -> record.Factor:
        """Return it as it stands in the evidence: in steps one person does not fill, and p at usual levels."""
        exact = record.Factor(
            factor=self.factor,
            level=self.level,
            measure=self.measure,
            value=self.value,
            low=self.low,
            high=self.high,
            p_value=disclosure.p_of(self.p_value),
            n_members=disclosure.total(self.n_members),
            n_nonmembers=disclosure.total(self.n_nonmembers),
            p_holm=disclosure.p_of(self.p_holm),
            differs=self.differs,
        )
        return disclosure.in_steps(exact, disclosure.round_up(1 / min(self.n_members, self.n_nonmembers)))


@dataclass(frozen=True)
class Groups:
    """Every factor, whether any differs, and that in words."""

    factors: tuple[Factor, ...]
    why: str

    by_lot: bool = False

    @property
    def differ(self) -> bool:
        """Whether the groups differ in anything."""
        return any(one.differs for one in self.factors)

    def written(self, matched: record.Matched | None = None) -> record.Groups:
        """Return it as it stands in the evidence, with how people were paired."""
        return record.Groups(
            differ=self.differ,
            by_lot=self.by_lot,
            limit=LIMIT,
            why=self.why,
            factors=tuple(factor.written() for factor in self.factors),
            matched=matched,
        )


def compare_groups(
    member: Bool[np.ndarray, "scan"],
    participant_id: Texts,
    age: Float[np.ndarray, "scan"],
    sex: Texts,
    site: Texts,
    *,
    alpha: float = 0.05,
    label: str = "age",
    told: Mapping[str, Texts] | None = None,
    cuts: Sequence[float] = (),
    by_lot: bool = False,
) -> Groups:
    """Compare members and non-members in age, sex and site.

    Parameters
    ----------
    member
        Which scans were trained on.
    participant_id
        Whose scan it is: a person counts once, with the mean age of their scans and the first sex and site.
    age, sex, site
        What is known of each scan; age in years, or in the unit of ``label``.
    alpha
        Probability of seeing a difference between groups of the same kind.
    label
        What ``age`` is called.
    told
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
    same_length(member=member, participant_id=participant_id, age=age, sex=sex, site=site)
    finite(age, label)
    _, first, person, scans = np.unique(
        np.asarray(participant_id, dtype=str), return_index=True, return_inverse=True, return_counts=True
    )
    ours = member[first]
    if np.any(both := member != ours[person]):
        name = participant_id[np.flatnonzero(both)[0]]
        raise DataError("is a member and a non-member", where=str(name), expected="one or the other")
    levels = {"sex": np.asarray(sex, dtype=str), "site": np.asarray(site, dtype=str)}
    shown = {**levels, **(told or {})}
    factors = [
        *_ages(np.bincount(person, weights=age) / scans, ours, label, cuts),
        *(one for name in levels for one in _shares(name, levels[name][first], ours, shown[name][first])),
    ]
    adjusted = holm({one.factor: one.p_value for one in factors})
    judged = [
        replace(one, p_holm=adjusted[one.factor], differs=not by_lot and adjusted[one.factor] < alpha)
        for one in factors
    ]
    return Groups(tuple(judged), _why(judged, by_lot=by_lot), by_lot)


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
    told = [disclosure.spread_of(group, cuts) for group in (ours, others)]
    mean = Factor(label, "", MEASURE, *_difference(told, counts), float(test.pvalue), *counts)
    p_value = float(stats.levene(ours, others, center="median").pvalue)
    measure = "logarithm of the ratio of standard deviations"
    return [mean, Factor(f"spread of {label}", "", measure, *_ratio(ours, others, told), p_value, *counts)]


_Told: TypeAlias = Sequence[Mapping[str, float | None]]
_Ends: TypeAlias = tuple[float | None, float | None, float | None]


def _difference(told: _Told, counts: tuple[int, int]) -> _Ends:
    """Return the standardised difference of two told means with its interval; nothing where they are not told.

    The interval is wider by how far the means may be told from where they are.
    """
    means, deviations = ([one[key] for one in told] for key in ("mean", "sd"))
    if None in means or None in deviations:
        return None, None, None
    pooled = float(np.sqrt(np.mean(np.square(np.array(deviations, dtype=float)))))
    value = float(np.subtract(*np.array(means, dtype=float))) / pooled
    blur = sum(disclosure.blur_of(float(one or 0.0), n) for one, n in zip(deviations, counts, strict=True)) / pooled
    reach = 1.96 * _error_of(value, *counts) + blur
    return value, value - reach, value + reach


def _ratio(ours: Float[np.ndarray, "member"], others: Float[np.ndarray, "nonmember"], told: _Told) -> _Ends:
    """Return the logarithm of the ratio of told spreads with its interval; one group may have none at all."""
    if min(ours.std(), others.std()) == 0:
        ratio = 10.0 * float(np.sign(ours.std() - others.std()))
        return ratio, ratio, ratio
    deviations = [one["sd"] for one in told]
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
    told = disclosure.joined(shown, (member, ~member))
    if not told:
        return [Factor(factor, "", MEASURE, None, None, None, p_value, *counts)]
    found = []
    for name, mine in list(told.items())[: len(told) if len(told) > 2 else 1]:
        p, q = float(mine[member].mean()), float(mine[~member].mean())
        spread = float(np.sqrt((p * (1 - p) + q * (1 - q)) / 2))
        value = float(p - q) / spread if spread > 0 else 10.0 * float(np.sign(p - q))
        reach = 1.96 * _error_of(value, *counts)
        found.append(Factor(factor, name, MEASURE, value, value - reach, value + reach, p_value, *counts))
    return found


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


def _still_possible(factors: Sequence[Factor]) -> str:
    """Say how much groups may differ that were not shown to, beside the limits: few people show no balance."""
    limits = f"{LIMIT:g} standard deviations, or variances within a factor of 2"
    trusted = f"up to {limits}, is what taking facts out by regression can be trusted with"
    over = [one for one in factors if one.value is None or _reach(one) > _limit(one)]
    if not over:
        return f"all are within what is tolerable ({trusted})"
    told = [one for one in over if one.value is not None]
    if not told:
        return f"whether they are alike in {over[0].factor} is not told, as levels are of too few people"
    most = max(told, key=lambda one: _reach(one) / _limit(one))
    what = f"{most.factor} {most.level}".strip()
    shown = most.written()
    reach = max(abs(end or 0.0) for end in (shown.low, shown.high))
    return (
        f"this does not show that they are alike: with {disclosure.total(most.n_members)} and "
        f"{disclosure.total(most.n_nonmembers)} people they may be {reach:.2f} apart in {what} ({most.measure}), and a "
        f"difference {trusted}"
    )


def _reach(factor: Factor) -> float:
    """Return the largest difference that the interval of a factor leaves room for."""
    return max(abs(factor.low or 0.0), abs(factor.high or 0.0))


def _limit(factor: Factor) -> float:
    """Return the limit of a factor's measure."""
    return LIMIT if factor.measure == MEASURE else LIMIT_OF_SPREAD


def _why(factors: Sequence[Factor], *, by_lot: bool) -> str:
    """Say in what the groups differ, or how much they may differ where no difference was seen."""
    seen = [one for one in factors if one.differs]
    if not factors:
        return "nothing is known in which members and non-members could differ"
    names = list(dict.fromkeys(one.factor for one in (seen or factors)))
    listed = ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
    if by_lot:
        return f"who is a member was drawn by lot, so that differences in {listed} are chance"
    if not seen:
        return f"no difference between members and non-members was shown in {listed}; {_still_possible(factors)}"
    sized = [one for one in seen if one.value is not None]
    if not sized:
        return f"members and non-members differ in {listed} (p < {disclosure.p_of(seen[0].p_holm):g})"
    largest = max(sized, key=lambda one: abs(one.value or 0.0))
    _, low, high = (shown := largest.written()).ends()
    what = f"{largest.factor} {largest.level}".strip()
    return (
        f"members and non-members differ in {listed} (largest for {what}: {largest.measure} {shown.value:+.2f}, 95 % "
        f"interval {low:+.2f} to {high:+.2f}, p < {shown.p_holm:g})"
    )
