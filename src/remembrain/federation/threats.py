"""What one kind of insider learns over all pairs of attacker and victim: attacks run, judged, followed by round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from remembrain.attacks import BLIND, QUICK
from remembrain.audit import judge
from remembrain.audit.play import Played
from remembrain.audit.rounds import Round
from remembrain.cohort.splits import FEWEST_PEOPLE
from remembrain.evidence import assess, disclosure
from remembrain.federation.case import WHO, By, Case, Pairing, differing
from remembrain.federation.pairs import Pair, lines_of, pairs_of, scores_of
from remembrain.federation.views import InsiderView
from remembrain.types import Attack, Scores

NULL = "null"


@dataclass(frozen=True, eq=False)
class Heard:
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


def threat(
    case: Case,
    by: By,
    heard: Sequence[Heard],
    pairing: Pairing,
    refused: Mapping[str, tuple[Attack, str]],
    doubts: Mapping[str, str],
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
    judged = _judge(case, heard, used, pairing, said, refused, doubts)
    described = {"n_pairs": number, **_described(case, judged, said), "why": ""}
    return described, replace(judged, by=WHO[by]), list(lines_of(case, by, pairing, said))


def hear(
    case: Case,
    view: InsiderView,
    attacks: tuple[Attack, ...],
    pairings: Sequence[Pairing],
    late: Sequence[int],
    workers: int | None,
) -> Heard:
    """Run attacks of every attacker on every victim, with all people and with those who are matched, and the null."""
    played: dict[str, list[Round]] = {one.people: view.rounds(case, one, late) for one in pairings}
    played[NULL] = view.null_rounds(case, late)
    scores, refused = view.run(case, attacks, played, workers)
    return Heard(replace(view, view=replace(view.view, refused=refused)), attacks, played, scores)


def _judge(
    case: Case,
    heard: Sequence[Heard],
    attacks: Sequence[Attack],
    pairing: Pairing,
    said: Mapping[str, Sequence[Pair]],
    refused: Mapping[str, tuple[Attack, str]],
    doubts: Mapping[str, str],
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
            doubts,
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


def trend_of(
    case: Case, heard: Heard, pairing: Pairing, looked: Sequence[int], workers: int | None
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


def started(trend: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
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
