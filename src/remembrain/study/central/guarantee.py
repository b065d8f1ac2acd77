"""What attacks say of a promise: lower bounds on epsilon, and whether a claim is contradicted.

A promise is an upper bound; attacks give lower bounds. Where the second is above the first the promise is contradicted.
Nothing here confirms one, and where not even a perfect attack on these people could contradict it, nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from remembrain.attacks import BOUNDING
from remembrain.cohort.material import Material
from remembrain.config import AttackOptions
from remembrain.errors import DataError
from remembrain.evidence.claims import Claim, statement
from remembrain.evidence.epsilon_bounds import all_bounds
from remembrain.evidence.lower_bounds import LowerBound, people_scores
from remembrain.record.written import as_json
from remembrain.run import RunFolder
from remembrain.study.central import canaries
from remembrain.study.central.doubt import left_open
from remembrain.targets.model import Target
from remembrain.targets.private.promise import read_training
from remembrain.types import Attack, Scores

CONFIDENCE = 0.95
ANY_MECHANISM = ("clopper-pearson", "one-run")
"""Bounds that hold for any mechanism. The others take the noise for Gaussian, which that of a stranger need not be."""


@dataclass(frozen=True, eq=False)
class _Source:
    """Whose scores bound an epsilon, and at which confidence."""

    name: str
    title: str
    score: Float[np.ndarray, "person"]
    member: Bool[np.ndarray, "person"]
    confidence: float


def describe_privacy(
    run: RunFolder,
    target: Target,
    material: Material,
    attacks: Sequence[Attack],
    real: Mapping[str, Sequence[Scores]],
    options: AttackOptions,
    *,
    doubt: str,
    unproven: str = "",
    federated: bool = False,
) -> dict[str, Any]:
    """Return what stands in the evidence of promises and of the lower bounds that attacks give.

    Parameters
    ----------
    run, target, material
        What was trained on whom.
    attacks, real
        What was run, and the scores of each repeat by attack; the first repeat alone is used.
    options
        The claim of the model's owner.
    doubt
        Why scores of members and non-members say nothing, where they do not: a control failed, or the groups differ.
    unproven
        Why what was attacked may give less away than the model does: then no claim is *not contradicted*, and one may
        be contradicted all the same.
    federated
        Whether learners' own models of every round were promised as well, which are not what is attacked here.
    """
    training = as_json(read_training(run))
    claims = _claims(training, options)
    delta = claims[0]["delta"] if claims else options.claimed_delta
    lures = canaries.scores(run, target, material)
    sources, why = _sources(attacks, real, lures, doubt)
    bounds: list[tuple[_Source, LowerBound]] = []
    canary_facts = None if lures is None else {**lures[2], "why": ""}
    for source in sources:
        try:
            bounds += [(source, bound) for bound in all_bounds(source.score, source.member, delta, source.confidence)]
        except DataError as error:
            why = why or str(error)
            if canary_facts is not None and source.name == "canaries":
                canary_facts["why"] = str(error)
    judged = [(claim, _verdict(claim, sources, bounds, delta, options, why, federated=federated)) for claim in claims]
    broken = next((pair for pair in judged if pair[1].status == "contradicted"), None)
    judged = [(claim, left_open(verdict, unproven)) for claim, verdict in judged]
    claim, verdict = broken or (judged[0] if judged else (None, _verdict(None, sources, bounds, delta, options, why)))
    return {
        "training": training,
        "claim": claim,
        "bounds": [
            {
                **bound.to_json(),
                "source": source.name,
                "source_title": source.title,
                "decides": _decides(bound, claim, options),
            }
            for source, bound in bounds
        ],
        "canaries": canary_facts,
        "verdict": verdict.to_json(),
    }


def _sources(
    attacks: Sequence[Attack],
    real: Mapping[str, Sequence[Scores]],
    lures: tuple[Float[np.ndarray, "person"], Bool[np.ndarray, "person"], dict[str, Any]] | None,
    doubt: str,
) -> tuple[list[_Source], str]:
    """Return whose scores bound an epsilon, and why there are none: half of the error is the canaries', if any."""
    able = [] if doubt else [attack for attack in attacks if attack.name in real]
    able = [attack for attack in able if attack.name in BOUNDING] or able
    error = (1 - CONFIDENCE) / (2 if able and lures is not None else 1)
    sources = []
    if lures is not None:
        sources.append(_Source("canaries", "Canaries", lures[0], lures[1], 1 - error))
    for attack in able:
        score, member = people_scores(real[attack.name][0])
        sources.append(_Source(attack.name, attack.title, score, member, 1 - error / len(able)))
    return sources, doubt or ("" if sources else "no attack was run")


def _verdict(
    claim: Mapping[str, Any] | None,
    sources: Sequence[_Source],
    bounds: Sequence[tuple[_Source, LowerBound]],
    delta: float,
    options: AttackOptions,
    why: str,
    *,
    federated: bool = False,
) -> Claim:
    """Return what the bounds that decide say of a claim; nothing where a perfect attack could not contradict it."""
    deciding = [bound for _, bound in bounds if _decides(bound, claim, options)]
    claimed = claim["epsilon"] if claim else None
    verdict = statement(claimed, delta, deciding, confidence=CONFIDENCE if deciding else None, why=why)
    if federated and claim is not None:
        added = (
            "the last community model alone was attacked, and learners' own models of every round were promised as well"
        )
        verdict = replace(verdict, why=f"{verdict.why}; {added}")
    if claim is None or verdict.status != "not contradicted":
        return verdict
    reach = _reach(sources, delta, claim, options)
    if reach <= float(claim["epsilon"]):
        why = f"on these people even a perfect attack would show no more than {reach:.3g}"
        return replace(verdict, status="not assessed", text=f"claimed {claimed:.4g}; not assessed: {why}", why=why)
    return replace(verdict, text=f"{verdict.text}; a perfect attack on these people would show {reach:.3g}")


def _reach(sources: Sequence[_Source], delta: float, claim: Mapping[str, Any], options: AttackOptions) -> float:
    """Return the largest bound that an attack without any error would give on the same people."""
    reaches = [0.0]
    for source in sources:
        try:
            perfect = all_bounds(source.member.astype(float), source.member, delta, source.confidence)
        except DataError:
            continue
        reaches += [bound.value for bound in perfect if _decides(bound, claim, options)]
    return max(reaches)


def _decides(bound: LowerBound, claim: Mapping[str, Any] | None, options: AttackOptions) -> bool:
    """Tell whether a bound may contradict a claim: of a stranger's noise not every bound's assumption is known."""
    stranger = claim is not None and claim["by"] == "owner" and options.claimed_mechanism == "any"
    return bound.estimator in ANY_MECHANISM if stranger else True


def _claims(training: Mapping[str, Any] | None, options: AttackOptions) -> list[dict[str, Any]]:
    """Return the promises that are held against attacks: the owner's where one is told, and that of the training."""
    claims = []
    if options.claimed_epsilon is not None:
        claims.append({"by": "owner", "epsilon": options.claimed_epsilon, "delta": options.claimed_delta})
    if training is not None and training["epsilon"] is not None:
        own = {"by": "training", "epsilon": training["epsilon"], "delta": training["delta"]}
        if not claims or own["delta"] == claims[0]["delta"]:
            claims.append(own)
    return claims
