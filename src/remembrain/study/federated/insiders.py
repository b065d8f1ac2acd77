"""What insiders of a federation learn: their views assembled, attacked, judged and described."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from remembrain.audits import judge
from remembrain.config import Config, FederationOptions
from remembrain.config.recipe import cluster_of, recipe_of
from remembrain.federation.case import Case, Mask
from remembrain.federation.insiders import Insiders, Rounds, described, judge_insiders
from remembrain.federation.learners import title_of
from remembrain.federation.own_references import OwnModels, doubts, own_references
from remembrain.record.attacks import Finding
from remembrain.record.federation import Federation
from remembrain.references.ensemble import Population, Training, train_references
from remembrain.references.shadow import Architecture
from remembrain.references.shadow_view import with_same_noise
from remembrain.run.streams import own_seed
from remembrain.signals.queries import QUERIES
from remembrain.study.central.case import Case as Audited


def assess_insiders(
    audited: Audited, config: Config, outsider: Finding
) -> tuple[Federation, tuple[judge.Evidence, ...]]:
    """Return what every learner, and the server, learn about every learner; ``pairs.tsv`` gets each pair and round.

    Parameters
    ----------
    audited
        The last community model; members are the learners' people, and those of nobody are non-members. Of its attacks
        those run that an insider can: those that learn from people whom the attacker knows with signals alone, those
        that read all rounds together, and those that need no reference model with the person.
    config
        Of the federation.
    outsider
        What somebody learns who has the released model alone.

    Returns
    -------
    federation
        As it stands in the evidence.
    evidence
        One an insider, as findings are concluded and limits held against it: with matched people where there are any.
    """
    case, options = Case.of(audited.run, audited.network, audited.material, config.seed), audited.options
    rounds = Rounds.of(case.archive.last(), options.last_rounds, options.looks)
    insiders = Insiders.of(case, audited.attacks, rounds, audited.workers)
    views, references, known = insiders.views(), None, insiders.known()
    doubted = {}
    if options.references and known and insiders.offline:
        trained = [_trained(case, number, mask, audited, config) for number, mask in known.items()]
        view, references = own_references(case, views["learner"][0][0], known, rounds.late, trained)
        views["learner"].append((view, insiders.offline))
        doubted = doubts(insiders.attacks)
    threats, evidence, attacked = judge_insiders(insiders, views, doubted, options.attacks)
    environment = title_of((config.federation or FederationOptions()).environment)
    return described(insiders, environment, threats, attacked[0], references, outsider), evidence


def _trained(case: Case, number: int, known: Mask, audited: Audited, config: Config) -> OwnModels:
    """Train one learner's reference models, each for as many steps as a learner makes in all, and ask them."""
    places = np.flatnonzero(known)
    material, own = case.material.take(places), int((known & case.own[number]).sum())
    recipe = recipe_of(config.training, case.target.name, config.data.label, federated=True)
    recipe = with_same_noise(replace(recipe, epochs=case.archive.last() * recipe.epochs), case.run)
    seed, options = own_seed(case.seed, "references of a learner", number), audited.options
    ensemble = train_references(
        Architecture.of(case.target),
        recipe.with_steps_of(own, on=len(places) // 2),
        Population(material.inputs, material.scans.age, material.scans.participant_id, case.material.inputs),
        Training(options.references, seed, audited.workers, cluster_of(options)),
        case.run.restricted / "references" / f"learner-{number}",
        QUERIES[:1],
    )
    inside = np.zeros((len(known), options.references), dtype=bool)
    inside[places] = ensemble.inside
    return OwnModels(ensemble.predicted, inside, sum(ensemble.seconds))
