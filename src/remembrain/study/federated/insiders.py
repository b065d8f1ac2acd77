"""What an insider of a federation learns: every learner attacks every other from the models that the rounds pass on.

An attacker knows who its own people are, and people whom nobody has; one classifier learns from them with the signals
of several rounds and is turned on all other learners' people. A person's score is the mean over the rounds (Gupta et
al. 2021, section 4.2). The server sees more: every learner's own model, before it is averaged; it is taken to know the
people of one learner, as a server run by one of the sites does. Beside these stand attacks that judge all rounds
together, and attacks with models that a learner trains on its own people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from remembrain.attacks import BLIND, OFFLINE, OTHERS, QUICK, REFERENCES, ROUNDS, retrained_layer
from remembrain.audit import judge
from remembrain.audit.play import Played
from remembrain.audit.rounds import Round
from remembrain.cohort.material import Material
from remembrain.cohort.splits import FEWEST_PEOPLE
from remembrain.config import AttackOptions, Config, FederationOptions
from remembrain.evidence import assess, disclosure
from remembrain.federation.case import WHO, By, Case, Pairing, differing
from remembrain.federation.learners import describe_learners, title_of
from remembrain.federation.pairs import HEADER, Pair, lines_of, pairs_of, scores_of
from remembrain.federation.views import InsiderView, single_rounds, trajectories
from remembrain.run import RunFolder, write_text
from remembrain.study.federated.insider_references import Simulated, simulate
from remembrain.study.recipe import cluster_of
from remembrain.targets.model import Target
from remembrain.types import Attack, Scores

NULL = "null"


@dataclass(frozen=True, eq=False)
class _Heard:
    """Attacks, the view whose rows they read, and what they said in each group of rounds."""

    view: InsiderView
    attacks: tuple[Attack, ...]
    played: Mapping[str, Sequence[Round]]
    scores: Mapping[str, Mapping[str, list[Scores]]]

    def pairs(self, pairing: Pairing) -> dict[str, list[Pair]]:
        """Return what each attack said of every pair."""
        return pairs_of(self.view, self.scores[pairing.people], pairing, self.played[pairing.people])

    def null(self) -> dict[str, list[Scores]]:
        """Return what each attack said of nobody's people, half of them called members."""
        rounds = self.played[NULL]
        return {
            name: [self.view.mean_of(*one) for one in zip(rounds, given, strict=True)]
            for name, given in self.scores[NULL].items()
        }


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
    both = tuple(sorted({*late, *looked}))
    pairings = [Pairing.of(case, people) for people in ("unmatched", "matched")]
    main = next((one for one in reversed(pairings) if one.pairs), pairings[0])
    heard: dict[By, list[_Heard]] = {}
    simulated: Simulated | None = None
    for by in WHO:
        single = tuple(one for one in attacks if _of_single_rounds(one))
        seen = single_rounds(case, single, late if by == "server" else both, by, workers)
        if by == "learner":
            simulated = _simulated(case, seen, pairings, attacks, options, config, late, workers)
        views = [(seen, (BLIND, *single)), *_views(case, seen, attacks, simulated, both, by, workers)]
        heard[by] = [_hear(case, view, some, pairings, late, workers) for view, some in views]
    lines: list[str] = ["\t".join(HEADER)]
    threats, found = [], []
    for by, each in heard.items():
        for pairing in pairings:
            described, judged, some = _threat(case, by, each, pairing, _refused(by, attacks, options), simulated)
            threats.append({"by": by, "people": pairing.people, "main": pairing is main, **described})
            lines += some
            if pairing is main:
                found.append(judged)
    community = heard["learner"][0]
    trend = _trend(case, community, main, looked, workers) if community.attacks[1:] and main.pairs else []
    write_text(run.path / "pairs.tsv", "\n".join(lines) + "\n")
    names = sorted({one.name for each in heard.values() for some in each for one in some.attacks} - {BLIND.name})
    run.log(f"insiders attacked by {', '.join(names) or 'nothing'}")
    content = _content(case, config.federation or FederationOptions(), late, threats, trend)
    return {**content, "references": simulated.facts if simulated else None}, tuple(found)


def _refused(by: By, attacks: Sequence[Attack], options: AttackOptions) -> dict[str, tuple[Attack, str]]:
    """Return attacks that were asked for by name and that no insider can run, with why: they are answered."""
    able = [one for one in attacks if REFERENCES not in one.needs or one in OFFLINE]
    if by != "learner":
        return {}
    why = "a learner cannot train models with the people whom it asks about"
    return {one.name: (one, why) for one in attacks if one not in able and one.name in options.attacks}


def _threat(
    case: Case,
    by: By,
    heard: Sequence[_Heard],
    pairing: Pairing,
    refused: Mapping[str, tuple[Attack, str]],
    simulated: Simulated | None,
) -> tuple[dict[str, Any], judge.Evidence, list[str]]:
    """Return what one insider learns of these people: for ``evidence.json``, as evidence, and the lines of pairs."""
    used = [one for each in heard for one in each.attacks if one is not BLIND]
    number = len(pairing.pairs)
    if not number or not used:
        why = (
            f"there is no pair with {FEWEST_PEOPLE} members and as many non-members"
            if used
            else "no attack that it can run was asked for"
        )
        return {"n_pairs": number, "why": why}, judge.nothing(WHO[by], why), []
    said = {name: pairs for each in heard for name, pairs in each.pairs(pairing).items()}
    judged = _judge(case, heard, used, pairing, said, refused, simulated)
    described = {"n_pairs": number, **_described(case, judged, said), "why": ""}
    return described, replace(judged, by=WHO[by]), list(lines_of(case, by, pairing, said))


def _of_single_rounds(attack: Attack) -> bool:
    """Return whether an attack learns from known people with what single models say."""
    apart = {REFERENCES, ROUNDS} & set(attack.needs)
    return attack.knows == "some members" and not retrained_layer(attack) and not apart


def _simulated(
    case: Case,
    seen: InsiderView,
    pairings: Sequence[Pairing],
    attacks: Sequence[Attack],
    options: AttackOptions,
    config: Config,
    late: Sequence[int],
    workers: int | None,
) -> Simulated | None:
    """Return what the models say that learners train on their own people, where such models are asked for."""
    attackers = sorted({number for one in pairings for number in one.attackers})
    if not options.references or not attackers or not any(one in OFFLINE for one in attacks):
        return None
    known = {number: pairings[0].known[number] for number in attackers}  # everybody's, of whom the matched are some
    cluster = cluster_of(options)
    return simulate(case, seen, known, config, late, models=options.references, workers=workers, cluster=cluster)


def _views(
    case: Case,
    seen: InsiderView,
    attacks: Sequence[Attack],
    simulated: Simulated | None,
    rounds: Sequence[int],
    by: By,
    workers: int | None,
) -> Iterator[tuple[InsiderView, tuple[Attack, ...]]]:
    """Yield what an insider has beside single rounds, and the attacks that read it."""
    whole = tuple(one for one in attacks if ROUNDS in one.needs and (by == "server" or OTHERS not in one.needs))
    if whole:
        yield trajectories(case, seen, whole, rounds, by, workers), whole
    if simulated and by == "learner":
        yield simulated.view, tuple(one for one in attacks if one in OFFLINE)


def _hear(
    case: Case,
    view: InsiderView,
    attacks: tuple[Attack, ...],
    pairings: Sequence[Pairing],
    late: Sequence[int],
    workers: int | None,
) -> _Heard:
    """Run attacks of every attacker on every victim, with all people and with those who are matched, and the null."""
    played: dict[str, list[Round]] = {one.people: view.rounds(case, one, late) for one in pairings}
    played[NULL] = view.null_rounds(case, late)
    scores, refused = view.run(case, attacks, played, workers)
    return _Heard(replace(view, view=replace(view.view, refused=refused)), attacks, played, scores)


def _judge(
    case: Case,
    heard: Sequence[_Heard],
    attacks: Sequence[Attack],
    pairing: Pairing,
    said: Mapping[str, Sequence[Pair]],
    refused: Mapping[str, tuple[Attack, str]],
    simulated: Simulated | None,
) -> judge.Evidence:
    """Return the evidence over all pairs, with both controls: blind, and nobody's people alone."""
    scores = {name: scores_of(case, name, pairs) for name, pairs in said.items()}
    null = {name: repeats for each in heard for name, repeats in each.null().items()}
    why = {name: why for each in heard for name, why in each.view.view.refused.items()}
    return judge.judge(
        [*attacks, *(attack for attack, _ in refused.values())],
        BLIND,
        Played({"real": scores, "null": null}, why | {name: why for name, (_, why) in refused.items()}),
        judge.Doubts(
            next((each.view.view.unsteady for each in heard if each.view.view.unsteady), ""),
            simulated.doubts(attacks) if simulated else {},
            groups="" if pairing.people == "matched" else differing(case, pairing),
        ),
        judge.Design(pairs=True),
        seed=case.seed,
    )


def _described(case: Case, judged: judge.Evidence, said: Mapping[str, Sequence[Pair]]) -> dict[str, Any]:
    """Return what stands in ``evidence.json`` of one threat: every attack over all pairs, and by pair."""
    listed = []
    for content in judged.content["attacks"]:
        pairs = said.get(content["name"], ())
        alone = [assess.assess([one]) for one in scores_of(case, content["name"], pairs)]
        accuracies = [one.accuracy.value for one in alone if one.accuracy]
        won = [value for value in accuracies if value > 0.5]
        cells = [
            {
                "attacker": pair.attacker,
                "victim": pair.victim,
                **disclosure.share_in_steps(assess.interval_json(one.auc), min(one.n_members, one.n_nonmembers)),
                "n": disclosure.count(one.n_members),
            }
            for pair, one in zip(pairs, alone, strict=True)
        ]
        successful = {"n": len(won), "of": len(accuracies), "accuracy": float(np.mean(won)) if won else None}
        listed.append({**content, "roc": None, "pairs": cells, "successful": successful})
    return {**judged.content, "attacks": listed}


def _trend(
    case: Case, heard: _Heard, pairing: Pairing, looked: Sequence[int], workers: int | None
) -> list[dict[str, Any]]:
    """Return what a few attacks find in the community model of single rounds, mean over all pairs."""
    view = heard.view
    able = [attack for attack in view.view.able(heard.attacks) if attack is not BLIND]
    quick = [one for one in able if one.name in QUICK] or able[:1]
    played = {str(round_): view.rounds(case, pairing, (round_,)) for round_ in looked}
    scores, _ = view.run(case, quick, played, workers)
    found = []
    for round_ in looked:
        said = pairs_of(view, scores[str(round_)], pairing, played[str(round_)])
        aucs = [
            {"name": name, **assess.interval_json(assess.assess(scores_of(case, name, pairs), pairs=True).auc)}
            for name, pairs in said.items()
        ]
        found.append({"round": round_, "mae_unseen": case.archive.facts(round_).get("mae_unseen"), "auc": aucs})
    return found


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
        "started": _started(trend),
    }


def _started(trend: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the first of the rounds from which on some attack's interval stays above chance, and the round before."""
    best = None
    for name in {one["name"] for looked in trend for one in looked["auc"]}:
        first = None
        for place in reversed(range(len(trend))):
            low = next((one["low"] for one in trend[place]["auc"] if one["name"] == name), None)
            if low is None or low <= 0.5:
                break
            first = place
        if first is not None and (best is None or (first, name) < best):
            best = (first, name)
    if best is None:
        return None
    place, name = best
    before = trend[place - 1] if place else None
    return {
        "attack": name,
        "round": trend[place]["round"],
        "mae_unseen": trend[place]["mae_unseen"],
        "stop_at": before["round"] if before else None,
        "mae_at_stop": before["mae_unseen"] if before else None,
    }
