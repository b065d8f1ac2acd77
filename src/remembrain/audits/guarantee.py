"""What was promised of a model, held against the lower bounds that its attacks and its canaries give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Float

from remembrain.attacks import BOUNDING
from remembrain.cohort.canaries import Lures, lured
from remembrain.cohort.material import Material
from remembrain.evidence import disclosure
from remembrain.evidence.guarantee import CONFIDENCE, Source, Terms, weigh
from remembrain.evidence.people import people_scores
from remembrain.record.privacy import Canaries, Claim, Privacy, PrivateTraining
from remembrain.run import RunFolder
from remembrain.targets.brought import BlackBox, Model
from remembrain.targets.learning import predict
from remembrain.targets.private.promise import read_training
from remembrain.types import Attack, Inputs, Scores

_BATCH = 16
_OF_LEARNERS = (
    "the last community model alone was attacked, and learners' own models of every round were promised as well"
)


@dataclass(frozen=True)
class Claimed:
    """What the owner of a model claims, if anything; bounds are at this delta where nobody promised another.

    ``any_mechanism`` says that nothing is known of the noise behind it.
    """

    epsilon: float | None
    delta: float
    any_mechanism: bool


@dataclass(frozen=True)
class Reservations:
    """What keeps scores from deciding.

    Attributes
    ----------
    doubt
        Why scores of members and non-members say nothing, where they do not: a control failed, or the groups differ.
    unproven
        Why what was attacked may give less away than the model does.
    federated
        Whether learners' own models of every round were promised as well, which are not what is attacked here.
    """

    doubt: str = ""
    unproven: str = ""
    federated: bool = False


def describe_privacy(
    run: RunFolder,
    target: Model,
    material: Material,
    attacks: Sequence[Attack],
    real: Mapping[str, Sequence[Scores]],
    claimed: Claimed,
    reservations: Reservations,
) -> Privacy:
    """Return what stands in the evidence of promises and of the lower bounds that attacks give.

    Parameters
    ----------
    run
        Says what its training promised, and which canaries it had.
    target, material
        What was trained on whom.
    attacks, real
        What was run, and the scores of each repeat by attack; the first repeat alone is used.
    claimed
        By the owner.
    reservations
        What keeps these scores from deciding.
    """
    training = read_training(run)
    claims = _claims(training, claimed)
    lures = lured(run, material, partial(_predict, target))
    sources, why = _sources(attacks, real, lures, reservations.doubt)
    terms = Terms(
        delta=claims[0].delta if claims else claimed.delta,
        any_mechanism=claimed.any_mechanism,
        unproven=reservations.unproven,
        not_attacked=_OF_LEARNERS if reservations.federated else "",
    )
    weighed = weigh(claims, sources, terms, why)
    canaries = None
    if lures is not None:
        canaries = Canaries(
            people=disclosure.count(len(lures.score)),
            included=disclosure.count(int(lures.member.sum())),
            shift=lures.shift,
            why=weighed.failed.get("canaries", ""),
        )
    return Privacy(
        training=training, claim=weighed.claim, bounds=weighed.bounds, canaries=canaries, verdict=weighed.verdict
    )


def _predict(target: Model, scans: Inputs) -> Float[np.ndarray, "scan"]:
    """Return what a model predicts, in years."""
    if isinstance(target, BlackBox):
        return target.answers(scans)[:, 0]
    return predict(target, scans, _BATCH, lambda: None)


def _sources(
    attacks: Sequence[Attack], real: Mapping[str, Sequence[Scores]], lures: Lures | None, doubt: str
) -> tuple[list[Source], str]:
    """Return whose scores bound an epsilon, and why there are none: half of the error is the canaries', if any."""
    able = [] if doubt else [attack for attack in attacks if attack.name in real]
    able = [attack for attack in able if attack.name in BOUNDING] or able
    error = (1 - CONFIDENCE) / (2 if able and lures is not None else 1)
    sources = []
    if lures is not None:
        sources.append(Source("canaries", "Canaries", lures.score, lures.member, 1 - error))
    for attack in able:
        score, member = people_scores(real[attack.name][0])
        sources.append(Source(attack.name, attack.title, score, member, 1 - error / len(able)))
    return sources, doubt or ("" if sources else "no attack was run")


def _claims(training: PrivateTraining | None, claimed: Claimed) -> list[Claim]:
    """Return the promises that are held against attacks: the owner's where one is told, and that of the training."""
    claims = []
    if claimed.epsilon is not None:
        claims.append(Claim(by="owner", epsilon=claimed.epsilon, delta=claimed.delta))
    if training is not None and training.epsilon is not None:
        own = Claim(by="training", epsilon=training.epsilon, delta=training.delta)
        if not claims or own.delta == claims[0].delta:
            claims.append(own)
    return claims
