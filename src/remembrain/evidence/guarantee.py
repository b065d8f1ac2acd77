"""What attacks say of a promise: lower bounds on epsilon from several sources of scores, held against each claim.

A promise is an upper bound; attacks give lower bounds. Where the second is above the first the promise is contradicted.
Nothing here confirms one, and where not even a perfect attack on these people could contradict it, nothing is said.
This module must not know attacks by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Bool, Float

from remembrain.errors import DataError
from remembrain.evidence.claims import Claim, statement
from remembrain.evidence.epsilon_bounds import all_bounds
from remembrain.evidence.lower_bounds import LowerBound
from remembrain.record import privacy as record

CONFIDENCE = 0.95
ANY_MECHANISM = ("clopper-pearson", "one-run")
"""Bounds that hold for any mechanism. The others take the noise for Gaussian, which that of a stranger need not be."""


@dataclass(frozen=True, eq=False)
class Source:
    """Whose scores bound an epsilon, and at which confidence."""

    name: str
    title: str
    score: Float[np.ndarray, "person"]
    member: Bool[np.ndarray, "person"]
    confidence: float


@dataclass(frozen=True)
class Terms:
    """Under which terms claims are held against bounds.

    Attributes
    ----------
    delta
        Of the claims and of every bound.
    any_mechanism
        Whether nothing is known of the noise behind the claim of the model's owner.
    unproven
        Why what was attacked may give less away than the model does: then no claim is *not contradicted*, and one may
        be contradicted all the same.
    not_attacked
        What was promised as well, and was not attacked.
    """

    delta: float
    any_mechanism: bool = False
    unproven: str = ""
    not_attacked: str = ""


@dataclass(frozen=True)
class Weighed:
    """The claim that is told of, all bounds, the verdict, and why sources gave no bound, by their names."""

    claim: record.Claim | None
    bounds: tuple[record.LowerBound, ...]
    verdict: record.Judgement
    failed: Mapping[str, str] = field(default_factory=dict)


def weigh(claims: Sequence[record.Claim], sources: Sequence[Source], terms: Terms, why: str = "") -> Weighed:
    """Hold every claim against the bounds that sources give; told of is the one that is contradicted, or the first.

    Parameters
    ----------
    claims
        What is claimed, all at one delta.
    sources
        Whose scores give bounds; their errors add up to that of :data:`CONFIDENCE`.
    terms
        What bounds may decide, and what stays open.
    why
        Why there are no sources.
    """
    bounds: list[tuple[Source, LowerBound]] = []
    failed: dict[str, str] = {}
    for source in sources:
        try:
            found = all_bounds(source.score, source.member, terms.delta, source.confidence)
            bounds += [(source, bound) for bound in found]
        except DataError as error:
            failed[source.name] = str(error)
    why = why or next(iter(failed.values()), "")
    verdicts = [(claim, _verdict(claim, sources, [bound for _, bound in bounds], terms, why)) for claim in claims]
    broken = next((pair for pair in verdicts if pair[1].status == "contradicted"), None)
    verdicts = [(claim, left_open(verdict, terms.unproven)) for claim, verdict in verdicts]
    unclaimed = (None, _verdict(None, sources, [bound for _, bound in bounds], terms, why))
    claim, verdict = broken or (verdicts[0] if verdicts else unclaimed)
    written = tuple(
        bound.written(source.name, source.title, decides=_decides(bound, claim, terms)) for source, bound in bounds
    )
    return Weighed(claim, written, verdict.written(), failed)


def left_open(verdict: Claim, unproven: str) -> Claim:
    """Return a verdict that does not pass a claim where less may have been seen than the model gives away."""
    if not unproven or verdict.status != "not contradicted":
        return verdict
    text = f"claimed {verdict.claimed:.4g}; not assessed: {unproven}"
    return replace(verdict, status="not assessed", text=text, why=unproven)


def _verdict(
    claim: record.Claim | None, sources: Sequence[Source], bounds: Sequence[LowerBound], terms: Terms, why: str
) -> Claim:
    """Return what the bounds that decide say of a claim; nothing where a perfect attack could not contradict it."""
    deciding = [bound for bound in bounds if _decides(bound, claim, terms)]
    claimed = claim.epsilon if claim else None
    verdict = statement(claimed, terms.delta, deciding, confidence=CONFIDENCE if deciding else None, why=why)
    if terms.not_attacked and claim is not None:
        verdict = replace(verdict, why=f"{verdict.why}; {terms.not_attacked}")
    if claim is None or verdict.status != "not contradicted":
        return verdict
    reach = _reach(sources, claim, terms)
    if reach <= claim.epsilon:
        why = f"on these people even a perfect attack would show no more than {reach:.3g}"
        return replace(verdict, status="not assessed", text=f"claimed {claimed:.4g}; not assessed: {why}", why=why)
    return replace(verdict, text=f"{verdict.text}; a perfect attack on these people would show {reach:.3g}")


def _reach(sources: Sequence[Source], claim: record.Claim, terms: Terms) -> float:
    """Return the largest bound that an attack without any error would give on the same people."""
    reaches = [0.0]
    for source in sources:
        try:
            perfect = all_bounds(source.member.astype(float), source.member, terms.delta, source.confidence)
        except DataError:
            continue
        reaches += [bound.value for bound in perfect if _decides(bound, claim, terms)]
    return max(reaches)


def _decides(bound: LowerBound, claim: record.Claim | None, terms: Terms) -> bool:
    """Tell whether a bound may contradict a claim: of a stranger's noise not every bound's assumption is known."""
    stranger = claim is not None and claim.by == "owner" and terms.any_mechanism
    return bound.estimator in ANY_MECHANISM if stranger else True
