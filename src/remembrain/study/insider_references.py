"""Reference models that a learner trains on its own people: what the federation's model would say of who is not in it.

A learner has its own people, and people whom nobody has; it cannot train on the people whom it asks about, so every
model is one without them, and the attack is the offline one. Each learner trains models of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from remembrain.config import Config
from remembrain.references.ensemble import train_references
from remembrain.references.queries import QUERIES
from remembrain.references.shadow import Architecture
from remembrain.study.insider_case import Case
from remembrain.study.insider_views import COMMUNITY, View, by_round, hash_of
from remembrain.study.recipe import recipe_of
from remembrain.study.referencing import LEVEL, doubts_of, resemblance
from remembrain.study.shadowing import with_same_noise
from remembrain.types import Attack

_STREAM = 8003


@dataclass(frozen=True, eq=False)
class Simulated:
    """What every learner's own models, and the community's, say of everybody; and what the report tells of it."""

    view: View
    facts: dict[str, Any]

    def doubts(self, attacks: Sequence[Attack]) -> dict[str, str]:
        """Return why these attacks, where they find nothing, are no evidence: the models are not like the target."""
        return doubts_of(attacks, resembles=self.facts["resembles"])


def simulate(
    case: Case,
    seen: View,
    attackers: Sequence[int],
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
    seen
        What the community's models say of everybody, round by round.
    attackers
        The learners who attack.
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
    community = by_round(seen, COMMUNITY, late, everybody).mean(axis=1)
    recipe = recipe_of(config.training, case.target.name, config.data.label, federated=True)
    recipe = with_same_noise(replace(recipe, epochs=case.archive.last() * recipe.epochs), case.run)
    told, likeness, seconds = [], [], 0.0
    for number in attackers:
        places = np.flatnonzero(case.own[number] | case.pool)
        material = case.material.take(places)
        made = train_references(
            Architecture.of(case.target),
            recipe.with_steps_of(int(case.own[number].sum()), on=len(places) // 2),
            material.inputs,
            material.scans.age,
            material.scans.participant_id,
            asked=case.material.inputs,
            models=models,
            queries=QUERIES[:1],
            folder=case.run.restricted / "references" / f"learner-{number}",
            seed=int(np.random.default_rng([case.seed, _STREAM, number]).integers(2**31)),
            workers=workers,
            cluster=cluster,
        )
        seconds += sum(made.seconds)
        inside = np.zeros((len(scans), models), dtype=bool)
        inside[places] = made.inside
        signals = {
            "label": scans.age,
            "references/error": made.predicted - scans.age[:, None, None],
            "references/inside": inside,
            "references/target": community[:, None],
        }
        told.append(signals)
        own = {name: array[places] for name, array in signals.items()}
        person = scans.participant_id[places]
        likeness.append(resemblance(own, case.own[number][places], person, level=LEVEL / len(attackers)))
    joined = {name: np.concatenate([one[name] for one in told]) for name in told[0]}
    n, k = len(scans), len(attackers)
    rows = np.tile(everybody, k), np.full(n * k, max(late)), np.full(n * k, COMMUNITY), np.repeat(attackers, n)
    facts = {"models": models, "attackers": k, "core_minutes": seconds / 60, **_together(likeness)}
    return Simulated(View(*rows, joined, {}, hash_of(joined)), facts)


def _together(likeness: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return whether every attacker's models err like the community's, and the mean errors over attackers."""
    answers = [one["resembles"] for one in likeness]
    resembles = False if False in answers else None if None in answers else True
    errors = {
        word: {
            "target": float(np.mean([one["errors"][word]["target"]["value"] for one in likeness])),
            "references": float(np.mean([one["errors"][word]["references"] for one in likeness])),
        }
        for word in ("others", "members")
        if all(word in one["errors"] for one in likeness)
    }
    return {"resembles": resembles, "errors": errors}
