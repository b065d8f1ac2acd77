"""In what members and non-members may differ by themselves, as it is told: factor by factor, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remembrain.evidence import disclosure
from remembrain.record import people as record

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
        return any(factor.differs for factor in self.factors)

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


def _still_possible(factors: Sequence[Factor]) -> str:
    """Say how much groups may differ that were not shown to, beside the limits: few people show no balance."""
    limits = f"{LIMIT:g} standard deviations, or variances within a factor of 2"
    trusted = f"up to {limits}, is what taking facts out by regression can be trusted with"
    over = [factor for factor in factors if factor.value is None or _reach(factor) > _limit(factor)]
    if not over:
        return f"all are within what is tolerable ({trusted})"
    sized = [factor for factor in over if factor.value is not None]
    if not sized:
        return f"whether they are alike in {over[0].factor} is not told, as levels are of too few people"
    most = max(sized, key=lambda factor: _reach(factor) / _limit(factor))
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


def in_words(factors: Sequence[Factor], *, by_lot: bool) -> str:
    """Say in what the groups differ, or how much they may differ where no difference was seen."""
    seen = [factor for factor in factors if factor.differs]
    if not factors:
        return "nothing is known in which members and non-members could differ"
    names = list(dict.fromkeys(factor.factor for factor in (seen or factors)))
    listed = ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
    if by_lot:
        return f"who is a member was drawn by lot, so that differences in {listed} are chance"
    if not seen:
        return f"no difference between members and non-members was shown in {listed}; {_still_possible(factors)}"
    sized = [factor for factor in seen if factor.value is not None]
    if not sized:
        return f"members and non-members differ in {listed} (p < {disclosure.p_of(seen[0].p_holm):g})"
    largest = max(sized, key=lambda factor: abs(factor.value or 0.0))
    _, low, high = (shown := largest.written()).ends()
    what = f"{largest.factor} {largest.level}".strip()
    return (
        f"members and non-members differ in {listed} (largest for {what}: {largest.measure} {shown.value:+.2f}, 95 % "
        f"interval {low:+.2f} to {high:+.2f}, p < {shown.p_holm:g})"
    )
