"""Reference models that a learner trains on its own people: what the federation's model would say of who is not in it.

A learner has its own people, and people whom nobody has; it cannot train on the people whom it asks about, so every
model is one without them, and the attack is the offline one. Each learner trains models of its own. They are not like
the community's, which is a mean over many learners' people, so that they can show a leak and never that there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Bool

from remembrain.attacks import REFERENCES
from remembrain.config import Config
from remembrain.federation.case import Case, Mask
from remembrain.federation.trajectories import by_round
from remembrain.federation.views import COMMUNITY, InsiderView
from remembrain.references.ensemble import Ensemble, train_references
from remembrain.references.shadow import Architecture
from remembrain.references.shadow_view import with_same_noise
from remembrain.run.streams import own_seed
from remembrain.signals.queries import QUERIES
from remembrain.study.recipe import recipe_of
from remembrain.types import Array, Attack

UNLIKE = "one learner's own models are not like a mean over all learners': these attacks are weaker than they could be"


@dataclass(frozen=True, eq=False)
class Simulated:
    """What every learner's own models, and the community's, say of everybody; and what the report tells of it."""

    view: InsiderView
    facts: dict[str, Any]

    def doubts(self, attacks: Sequence[Attack]) -> dict[str, str]:
        """Return why these attacks, where they find nothing, are no evidence."""
        return {attack.name: UNLIKE for attack in attacks if REFERENCES in attack.needs}


def simulate(
    case: Case,
    single_view: InsiderView,
    known: Mapping[int, Mask],
    config: Config,
    late: Sequence[int],
    *,
    models: int,
    workers: int | None,
    cluster: str | None = None,
) -> Simulated:
    """Train reference models on halves of each attacker's own people, and ask them about everybody.

    Parameters
    ----------
    case
        What the attacks are about.
    single_view
        What the community's models say of everybody, round by round.
    known
        From whom each attacking learner can train: its own people and as many of nobody's.
    config
        Of the federation. A model is trained by the learners' recipe, for as many steps as a learner makes in all.
    late
        The rounds over which the community's error of a scan is the mean.
    models
        How many each attacker trains.
    workers, cluster
        Processes, one a core when left out; or the address of the Ray cluster that trains them.
    """
    scans, everybody = case.material.scans, np.arange(len(case.nobody))
    community = by_round(single_view, COMMUNITY, late, everybody).mean(axis=1)
    ensembles = [_trained(case, number, mask, config, models, workers, cluster) for number, mask in known.items()]
    by_attacker = [
        {
            "label": scans.age,
            f"{REFERENCES}/error": ensemble.predicted - scans.age[:, None, None],
            f"{REFERENCES}/inside": inside,
            f"{REFERENCES}/target": community[:, None],
        }
        for ensemble, inside in ensembles
    ]
    joined = {name: np.concatenate([signals[name] for signals in by_attacker]) for name in by_attacker[0]}
    n, k = len(scans), len(ensembles)
    rows = np.tile(everybody, k), np.full(n * k, max(late)), np.full(n * k, COMMUNITY), np.repeat(list(known), n)
    seconds = sum(sum(ensemble.seconds) for ensemble, _ in ensembles)
    errors = [
        _errors(signals, case.own[number], known[number]) for number, signals in zip(known, by_attacker, strict=True)
    ]
    facts = {
        "models": models,
        "attackers": k,
        "core_minutes": seconds / 60,
        "errors": {
            word: {who: float(np.mean([error[word][who] for error in errors])) for who in ("target", "references")}
            for word in ("others", "members")
        },
    }
    return Simulated(InsiderView.of(case, joined, *rows, joins_rounds=True), facts)


def _trained(
    case: Case, number: int, mask: Mask, config: Config, models: int, workers: int | None, cluster: str | None
) -> tuple[Ensemble, Bool[np.ndarray, "scan model"]]:
    """Train one learner's models; return what they say of everybody, and who was in each."""
    places = np.flatnonzero(mask)
    material, own = case.material.take(places), int((mask & case.own[number]).sum())
    recipe = recipe_of(config.training, case.target.name, config.data.label, federated=True)
    recipe = with_same_noise(replace(recipe, epochs=case.archive.last() * recipe.epochs), case.run)
    ensemble = train_references(
        Architecture.of(case.target),
        recipe.with_steps_of(own, on=len(places) // 2),
        material.inputs,
        material.scans.age,
        material.scans.participant_id,
        predicted_inputs=case.material.inputs,
        models=models,
        queries=QUERIES[:1],
        folder=case.run.restricted / "references" / f"learner-{number}",
        seed=own_seed(case.seed, "references of a learner", number),
        workers=workers,
        cluster=cluster,
    )
    inside = np.zeros((len(mask), models), dtype=bool)
    inside[places] = ensemble.inside
    return ensemble, inside


def _errors(signals: Mapping[str, Array], own: Mask, known: Mask) -> dict[str, dict[str, float]]:
    """Return mean absolute errors of the community's models and of a learner's, on its own people and on nobody's."""
    error = np.abs(signals[f"{REFERENCES}/error"][:, :, 0])
    inside = np.asarray(signals[f"{REFERENCES}/inside"], dtype=bool)
    target = np.abs(signals[f"{REFERENCES}/target"][:, 0])
    errors = {}
    for word, mask, kind in (("others", known & ~own, False), ("members", known & own, True)):
        counted = mask[:, None] & (inside == kind)
        errors[word] = {"target": float(target[mask].mean()), "references": float(error[counted].mean())}
    return errors
