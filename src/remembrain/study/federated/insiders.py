"""What an insider of a federation learns: every learner attacks every other from the models that the rounds pass on.

An attacker knows who its own people are, and people whom nobody has; one classifier learns from them with the signals
of several rounds and is turned on all other learners' people. A person's score is the mean over the rounds (Gupta et
al. 2021, section 4.2). The server sees more: every learner's own model, before it is averaged; it is taken to know the
people of one learner, as a server run by one of the sites does. Beside these stand attacks that judge all rounds
together, and attacks with models that a learner trains on its own people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from remembrain.attacks import BLIND, OFFLINE, OTHERS, REFERENCES, ROUNDS, retrained_layer
from remembrain.audit import judge
from remembrain.cohort.material import Material
from remembrain.config import AttackOptions, Config, FederationOptions
from remembrain.evidence import disclosure
from remembrain.federation.case import WHO, By, Case, Pairing
from remembrain.federation.learners import describe_learners, title_of
from remembrain.federation.pairs import HEADER
from remembrain.federation.threats import AttackedView, attack_view, started, threat, trend_of
from remembrain.federation.trajectories import trajectories
from remembrain.federation.views import InsiderView, single_rounds
from remembrain.run import RunFolder, write_text
from remembrain.study.federated.insider_references import Simulated, simulate
from remembrain.study.recipe import cluster_of
from remembrain.targets.model import Target
from remembrain.types import Attack


def assess_insiders(
    run: RunFolder,
    target: Target,
    material: Material,
    attacks: Sequence[Attack],
    options: AttackOptions,
    config: Config,
    workers: int | None = None,
) -> tuple[dict[str, Any], tuple[judge.Evidence, ...]]:
    """Return what every learner, and the server, learn about every learner; ``pairs.tsv`` gets each pair and round.

    Parameters
    ----------
    run
        Whose ``rounds`` hold the models.
    target
        The last community model.
    material
        All scans: members are the learners', and those of nobody are non-members.
    attacks
        Which to run, as far as an insider can: those that learn from people whom the attacker knows with signals alone,
        those that read all rounds together, and those that need no reference model with the person.
    options
        How many last rounds count, how many rounds are looked at one by one, and how many reference models a learner
        trains.
    config
        Of the federation.
    workers
        Processes; one a core when left out.

    Returns
    -------
    content
        What stands in ``evidence.json`` as ``federation``.
    evidence
        One a threat, as findings are concluded and limits held against it: with matched people where there are any.
    """
    case = Case.of(run, target, material, config.seed)
    last = case.archive.last()
    late = tuple(range(max(1, last - options.last_rounds + 1), last + 1))
    looked = tuple(sorted({round(last * step / options.looks) for step in range(options.looks + 1)}))
    rounds = tuple(sorted({*late, *looked}))
    pairings = [Pairing.of(case, people) for people in ("unmatched", "matched")]
    main = next((pairing for pairing in reversed(pairings) if pairing.pairs), pairings[0])
    attacked: dict[By, list[AttackedView]] = {}
    simulated: Simulated | None = None
    for by in WHO:
        single = tuple(attack for attack in attacks if _of_single_rounds(attack))
        single_view = single_rounds(case, single, late if by == "server" else rounds, by, workers)
        if by == "learner":
            simulated = _simulated(case, single_view, pairings, attacks, options, config, late, workers)
        views = [(single_view, (BLIND, *single)), *_views(case, single_view, attacks, simulated, rounds, by, workers)]
        attacked[by] = [attack_view(case, view, view_attacks, pairings, late, workers) for view, view_attacks in views]
    doubts = simulated.doubts(attacks) if simulated else {}
    lines: list[str] = ["\t".join(HEADER)]
    threats, evidence = [], []
    for by, attacked_views in attacked.items():
        refused = _refused(by, attacks, options)
        for pairing in pairings:
            described, judged, pair_lines = threat(case, by, attacked_views, pairing, refused, doubts)
            threats.append({"by": by, "people": pairing.people, "main": pairing is main, **described})
            lines += pair_lines
            if pairing is main:
                evidence.append(judged)
    community = attacked["learner"][0]
    trend = trend_of(case, community, main, looked, workers) if community.attacks[1:] and main.pairs else []
    write_text(run.path / "pairs.tsv", "\n".join(lines) + "\n")
    ran = {attack.name for attacked_views in attacked.values() for view in attacked_views for attack in view.attacks}
    names = sorted(ran - {BLIND.name})
    run.log(f"insiders attacked by {', '.join(names) or 'nothing'}")
    content = _content(case, config.federation or FederationOptions(), late, threats, trend)
    return {**content, "references": simulated.facts if simulated else None}, tuple(evidence)


def _refused(by: By, attacks: Sequence[Attack], options: AttackOptions) -> dict[str, tuple[Attack, str]]:
    """Return attacks that were asked for by name and that no insider can run, with why: they are answered."""
    able = [attack for attack in attacks if REFERENCES not in attack.needs or attack in OFFLINE]
    if by != "learner":
        return {}
    why = "a learner cannot train models with the people whom it asks about"
    return {attack.name: (attack, why) for attack in attacks if attack not in able and attack.name in options.attacks}


def _of_single_rounds(attack: Attack) -> bool:
    """Return whether an attack learns from known people with what single models say."""
    apart = {REFERENCES, ROUNDS} & set(attack.needs)
    return attack.knows == "some members" and not retrained_layer(attack) and not apart


def _simulated(
    case: Case,
    single_view: InsiderView,
    pairings: Sequence[Pairing],
    attacks: Sequence[Attack],
    options: AttackOptions,
    config: Config,
    late: Sequence[int],
    workers: int | None,
) -> Simulated | None:
    """Return what the models say that learners train on their own people, where such models are asked for."""
    attackers = sorted({number for pairing in pairings for number in pairing.attackers})
    if not options.references or not attackers or not any(attack in OFFLINE for attack in attacks):
        return None
    known = {number: pairings[0].known[number] for number in attackers}  # everybody's, of whom the matched are some
    cluster = cluster_of(options)
    return simulate(case, single_view, known, config, late, models=options.references, workers=workers, cluster=cluster)


def _views(
    case: Case,
    single_view: InsiderView,
    attacks: Sequence[Attack],
    simulated: Simulated | None,
    rounds: Sequence[int],
    by: By,
    workers: int | None,
) -> Iterator[tuple[InsiderView, tuple[Attack, ...]]]:
    """Yield what an insider has beside single rounds, and the attacks that read it."""
    of_all_rounds = tuple(
        attack for attack in attacks if ROUNDS in attack.needs and (by == "server" or OTHERS not in attack.needs)
    )
    if of_all_rounds:
        yield trajectories(case, single_view, of_all_rounds, rounds, by, workers), of_all_rounds
    if simulated and by == "learner":
        yield simulated.view, tuple(attack for attack in attacks if attack in OFFLINE)


def _content(
    case: Case,
    options: FederationOptions,
    late: Sequence[int],
    threats: Sequence[Mapping[str, Any]],
    trend: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return what stands in ``evidence.json`` as ``federation``."""
    scans = case.material.scans
    learners = describe_learners(scans, case.own, case.names)
    rounds = [
        {"round": round_, "mae_unseen": case.archive.facts(round_).get("mae_unseen")}
        for round_ in range(case.archive.last() + 1)
    ]
    return {
        "environment": title_of(options.environment),
        "learners": learners,
        "people_known_of_nobody": disclosure.count(len(np.unique(scans.participant_id[case.pool]))),
        "people_tested_of_nobody": disclosure.count(len(np.unique(scans.participant_id[case.others]))),
        "rounds": rounds,
        "last_rounds": list(late),
        "threats": list(threats),
        "by_round": list(trend),
        "started": started(trend),
    }
