"""Reference models that a learner trains on its own people: what the federation's model would say of who is not in it.

A learner has its own people, and people whom nobody has; it cannot train on the people whom it asks about, so every
model is one without them, and the attack is the offline one. Each learner trains models of its own. They are not like
the community's, which is a mean over many learners' people, so that they can show a leak and never that there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from remembrain.attacks import REFERENCES
from remembrain.federation.case import Case, Mask
from remembrain.federation.trajectories import by_round
from remembrain.federation.views import COMMUNITY, InsiderView, Rows
from remembrain.record.federation import ErrorsBeside, OwnReferences
from remembrain.types import Array, Attack

UNLIKE = "one learner's own models are not like a mean over all learners: these attacks are weaker than they could be"


@dataclass(frozen=True, eq=False)
class OwnModels:
    """What one learner's models predict of everybody, who was in each, and the seconds that training them took."""

    predicted: Float[np.ndarray, "scan model query"]
    inside: Bool[np.ndarray, "scan model"]
    seconds: float


def own_references(
    case: Case, single_view: InsiderView, known: Mapping[int, Mask], late: Sequence[int], trained: Sequence[OwnModels]
) -> tuple[InsiderView, OwnReferences]:
    """Return what every learner's own models, and the community's, say of everybody, and what the report tells of it.

    Parameters
    ----------
    case
        What the attacks are about.
    single_view
        What the community's models say of everybody, round by round.
    known
        On whom each attacking learner trained: its own people and as many of nobody's.
    late
        The rounds over which the community's error of a scan is the mean.
    trained
        The models of each of these learners.
    """
    scans, everybody = case.material.scans, np.arange(len(case.nobody))
    community = by_round(single_view, COMMUNITY, late, everybody).mean(axis=1)
    by_attacker = [
        {
            "label": scans.age,
            f"{REFERENCES}/error": models.predicted - scans.age[:, None, None],
            f"{REFERENCES}/inside": models.inside,
            f"{REFERENCES}/target": community[:, None],
        }
        for models in trained
    ]
    joined = {name: np.concatenate([signals[name] for signals in by_attacker]) for name in by_attacker[0]}
    n, k = len(scans), len(trained)
    rows = Rows(np.tile(everybody, k), np.full(n * k, max(late)), np.full(n * k, COMMUNITY), np.repeat(list(known), n))
    facts = OwnReferences(
        models=trained[0].inside.shape[1],
        attackers=k,
        core_minutes=sum(models.seconds for models in trained) / 60,
        errors={
            "others": _errors(by_attacker, [mask & ~case.own[number] for number, mask in known.items()], inside=False),
            "members": _errors(by_attacker, [mask & case.own[number] for number, mask in known.items()], inside=True),
        },
    )
    return InsiderView.of(case, joined, rows, joins_rounds=True), facts


def doubts(attacks: Sequence[Attack]) -> dict[str, str]:
    """Return why these attacks, where they find nothing with a learner's own models, are no evidence."""
    return {attack.name: UNLIKE for attack in attacks if REFERENCES in attack.needs}


def _errors(by_attacker: Sequence[Mapping[str, Array]], masks: Sequence[Mask], *, inside: bool) -> ErrorsBeside:
    """Return mean absolute errors of the community's models and of learners' own, on some people of each learner.

    Of the learner's own models, those count that these people were in, or were not.
    """
    target, references = [], []
    for signals, mask in zip(by_attacker, masks, strict=True):
        counted = mask[:, None] & (np.asarray(signals[f"{REFERENCES}/inside"], dtype=bool) == inside)
        target.append(float(np.abs(signals[f"{REFERENCES}/target"][:, 0])[mask].mean()))
        references.append(float(np.abs(signals[f"{REFERENCES}/error"][:, :, 0])[counted].mean()))
    return ErrorsBeside(target=float(np.mean(target)), references=float(np.mean(references)))
