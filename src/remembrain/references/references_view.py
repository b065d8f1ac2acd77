"""The view of an attacker who trains many models like the target, and whether these resemble it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from remembrain.attacks import REFERENCES
from remembrain.audits.view import Refusal, View, facts_of
from remembrain.cohort.material import Material
from remembrain.errors import DataError
from remembrain.evidence import disclosure
from remembrain.evidence.resemblance import resemblance
from remembrain.query import key_of
from remembrain.query.strangers import told_of_stranger
from remembrain.record.references import References
from remembrain.references.ensemble import Population, Training, train_references
from remembrain.references.shadow import Architecture
from remembrain.references.shadow_view import NO_RECIPE, with_same_noise
from remembrain.run import RunFolder
from remembrain.run.streams import own_seed
from remembrain.signals.queries import Queried, front_of, queries_for
from remembrain.targets.learning import predict
from remembrain.targets.model import Target
from remembrain.targets.recipes import Recipe
from remembrain.types import Attack


def doubts_of(references: View, attacks: Sequence[Attack]) -> dict[str, str]:
    """Return why these attacks, where they find nothing, are no evidence: the models are not like the target."""
    facts = facts_of(references, References)
    if facts is not None and facts.resembles:
        return {}
    why = (
        "too few reference models to show that they are like the target"
        if facts is None or facts.resembles is None
        else "the reference models do not err like the target, so these attacks are weaker than they should be"
    )
    return {attack.name: why for attack in attacks if REFERENCES in attack.needs}


def references_view(
    run: RunFolder, target: Target, recipe: Recipe | None, material: Material, training: Training, queries: int
) -> View | Refusal:
    """Train reference models on parts of the audited people, and return what they say, or why there can be none.

    Its signals are named ``references/...``: what attacks that hold the models against the target read beside its own.

    Parameters
    ----------
    run
        Keeps the models in ``restricted/references``.
    target, recipe
        What they are made like; without a recipe the target was trained elsewhere.
    material
        The people who are audited: whoever attacks could have any of them.
    training
        How many models and where; the seed is that of the audit.
    queries
        Ways to show each scan.
    """
    if recipe is None:
        return Refusal(f"reference models need {NO_RECIPE}")
    scans, member = material.scans, np.asarray(material.split.role == "member")
    people = Population(material.inputs, scans.age, scans.participant_id)
    own_training = replace(training, seed=own_seed(training.seed, "references"))
    try:
        ways = queries_for(front_of(material.inputs), queries)
        trained_on = int(len(scans) * training.share + 1e-9)
        their_recipe = with_same_noise(recipe, run).with_steps_of(int(member.sum()), on=trained_on)
        with told_of_stranger(target, "reference model"):
            folder = run.restricted / "references"
            ensemble = train_references(Architecture.of(target), their_recipe, people, own_training, folder, ways)
            own = [predict(target, Queried(material.inputs, query), recipe.batch_size, lambda: None) for query in ways]
    except DataError as error:
        return Refusal(error.what)
    age = scans.age[:, None]
    signals = {
        "references/error": (ensemble.predicted - age[:, :, None]).astype(np.float32),
        "references/inside": ensemble.inside,
        "references/target": (np.column_stack(own) - age).astype(np.float32),
    }
    errors, resembles = resemblance(signals, member, scans.participant_id)
    facts = References(
        models=training.models,
        share=training.share,
        queries=tuple(query.name for query in ways),
        epochs=their_recipe.epochs,
        people=disclosure.count(len(np.unique(scans.participant_id))),
        core_minutes=sum(ensemble.seconds) / 60,
        errors=errors,
        resembles=resembles,
    )
    key = key_of(target, material, training.seed).also(references=signals)
    return View(scans, member, signals, key, facts=facts)
