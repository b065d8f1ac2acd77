"""What one kind of insider learns over all pairs of attacker and victim: attacks run, judged, followed by round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from remembrain.attacks import BLIND, QUICK
from remembrain.audits import judge
from remembrain.audits.play import Played
from remembrain.audits.rounds import Round
from remembrain.cohort.splits import FEWEST_PEOPLE
from remembrain.evidence import assess, disclosure
from remembrain.evidence.findings import Doubts
from remembrain.federation.case import WHO, By, Case, Pairing, differing
from remembrain.federation.pairs import Pair, lines_of, pairs_of, scores_of
from remembrain.federation.views import InsiderView
from remembrain.record import attacks as record
from remembrain.record.federation import Looked, PairCell, PairsAttack, Started, Successful, Threat
from remembrain.record.numbers import NamedNumber
from remembrain.types import Attack, Scores

NULL = "null"


@dataclass(frozen=True, eq=False)
class AttackedView:
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
            name: [self.view.mean_of(*round_and_scores) for round_and_scores in zip(rounds, repeats, strict=True)]
            for name, repeats in self.scores[NULL].items()
        }


def threat(
    case: Case,
    by: By,
    attacked_views: Sequence[AttackedView],
    pairing: Pairing,
    refused: Mapping[str, tuple[Attack, str]],
    doubts: Mapping[str, str],
) -> tuple[Threat, judge.Evidence, list[str]]:
    """Return what one insider learns of these people: as it is written and as evidence, and the lines of pairs."""
    attacks = [attack for attacked_view in attacked_views for attack in attacked_view.attacks if attack is not BLIND]
    number = len(pairing.pairs)
    nothing = Threat(by=by, people=pairing.people, main=False, n_pairs=number)
    if not number or not attacks:
        why = (
            f"there is no pair with {FEWEST_PEOPLE} members and as many non-members"
            if attacks
            else "no attack that it can run was asked for"
        )
        return replace(nothing, why=why), judge.nothing(WHO[by], why), []
    pairs_by_attack = {
        name: pairs for attacked_view in attacked_views for name, pairs in attacked_view.pairs(pairing).items()
    }
    judged = _judge(case, attacked_views, attacks, pairing, pairs_by_attack, refused, doubts)
    over_pairs = tuple(_over_pairs(case, attack, pairs_by_attack.get(attack.name, ())) for attack in judged.attacks)
    described = replace(nothing, attacks=over_pairs, controls=judged.controls, findings=judged.findings)
    return described, replace(judged, by=WHO[by]), list(lines_of(case, by, pairing, pairs_by_attack))


def attack_view(
    case: Case,
    view: InsiderView,
    attacks: tuple[Attack, ...],
    pairings: Sequence[Pairing],
    late: Sequence[int],
    workers: int | None,
) -> AttackedView:
    """Run attacks of every attacker on every victim, with all people and with those who are matched, and the null."""
    played: dict[str, list[Round]] = {pairing.people: view.rounds(case, pairing, late) for pairing in pairings}
    played[NULL] = view.null_rounds(case, late)
    scores, refused = view.run(case, attacks, played, workers)
    return AttackedView(replace(view, view=replace(view.view, refused=refused)), attacks, played, scores)


def _judge(
    case: Case,
    attacked_views: Sequence[AttackedView],
    attacks: Sequence[Attack],
    pairing: Pairing,
    pairs_by_attack: Mapping[str, Sequence[Pair]],
    refused: Mapping[str, tuple[Attack, str]],
    doubts: Mapping[str, str],
) -> judge.Evidence:
    """Return the evidence over all pairs, with both controls: blind, and nobody's people alone."""
    scores = {name: scores_of(case, name, pairs) for name, pairs in pairs_by_attack.items()}
    null = {name: repeats for attacked_view in attacked_views for name, repeats in attacked_view.null().items()}
    why = {name: why for attacked_view in attacked_views for name, why in attacked_view.view.view.refused.items()}
    return judge.judge(
        [*attacks, *(attack for attack, _ in refused.values())],
        BLIND,
        Played({"real": scores, "null": null}, why | {name: why for name, (_, why) in refused.items()}),
        Doubts(
            next(filter(None, (attacked_view.view.view.unsteady for attacked_view in attacked_views)), ""),
            doubts,
            groups="" if pairing.people == "matched" else differing(case, pairing),
        ),
        judge.Design(),
        seed=case.seed,
    )


def _over_pairs(case: Case, attack: record.Attack, pairs: Sequence[Pair]) -> PairsAttack:
    """Return what stands in the evidence of an attack over all pairs, and by pair."""
    alone = [assess.assess([scores]) for scores in scores_of(case, attack.name, pairs)]
    accuracies = [assessment.accuracy.value for assessment in alone if assessment.accuracy]
    won = [value for value in accuracies if value > 0.5]
    return PairsAttack(
        name=attack.name,
        title=attack.title,
        access=attack.access,
        knows=attack.knows,
        needs=attack.needs,
        paper=attack.paper,
        n_members=attack.n_members,
        n_nonmembers=attack.n_nonmembers,
        repeats=attack.repeats,
        accuracy=attack.accuracy,
        auc=attack.auc,
        tpr_at_fpr=attack.tpr_at_fpr,
        quoted_fpr=attack.quoted_fpr,
        p_value=attack.p_value,
        p_value_two_sided=attack.p_value_two_sided,
        status=attack.status,
        why=attack.why,
        p_holm=attack.p_holm,
        difference_from_blind=attack.difference_from_blind,
        difference_from_best_black_box=attack.difference_from_best_black_box,
        of_several=attack.of_several,
        null_auc=attack.null_auc,
        joined=attack.joined,
        per_scan=attack.per_scan,
        pairs=tuple(_cell(pair, assessment) for pair, assessment in zip(pairs, alone, strict=True)),
        successful=Successful(n=len(won), of=len(accuracies), accuracy=float(np.mean(won)) if won else None),
    )


def _cell(pair: Pair, assessment: assess.Assessment) -> PairCell:
    """Return what an attack achieves of one victim's people, as it may leave."""
    auc = assess.as_number(assessment.auc)
    cell = PairCell(
        attacker=pair.attacker,
        victim=pair.victim,
        n=disclosure.count(assessment.n_members),
        value=auc.value,
        low=auc.low,
        high=auc.high,
        why=auc.why,
    )
    return disclosure.share_in_steps(cell, min(assessment.n_members, assessment.n_nonmembers))


def trend_of(
    case: Case, attacked_view: AttackedView, pairing: Pairing, looked: Sequence[int], workers: int | None
) -> tuple[Looked, ...]:
    """Return what a few attacks find in the community model of single rounds, mean over all pairs."""
    view = attacked_view.view
    able = [attack for attack in view.view.able(attacked_view.attacks) if attack is not BLIND]
    quick = [attack for attack in able if attack.name in QUICK] or able[:1]
    played = {str(round_): view.rounds(case, pairing, (round_,)) for round_ in looked}
    scores, refused = view.run(case, quick, played, workers)
    for name in [attack.name for attack in quick if attack.name in refused]:
        case.run.log(f"not followed by round: {name}: {refused[name]}")
    if all(attack.name in refused for attack in quick):
        return ()
    rows = []
    for round_ in looked:
        pairs_by_attack = pairs_of(view, scores[str(round_)], pairing, played[str(round_)])
        aucs = tuple(_mean_auc(name, scores_of(case, name, pairs)) for name, pairs in pairs_by_attack.items())
        rows.append(Looked(round=round_, mae_unseen=case.archive.error(round_).mae_unseen, auc=aucs))
    return tuple(rows)


def _mean_auc(name: str, scores: Sequence[Scores]) -> NamedNumber:
    """Return an attack's AUC, mean over all pairs."""
    auc = assess.as_number(assess.assess(scores).auc)
    return NamedNumber(name=name, value=auc.value, low=auc.low, high=auc.high, why=auc.why)


def started(trend: Sequence[Looked]) -> Started | None:
    """Return the first of the rounds from which on some attack's interval stays above chance, and the round before."""
    best = None
    for name in {auc.name for looked in trend for auc in looked.auc}:
        first = None
        for place in reversed(range(len(trend))):
            low = next((auc.low for auc in trend[place].auc if auc.name == name), None)
            if low is None or low <= 0.5:
                break
            first = place
        if first is not None and (best is None or (first, name) < best):
            best = (first, name)
    if best is None:
        return None
    place, name = best
    before = trend[place - 1] if place else None
    return Started(
        attack=name,
        round=trend[place].round,
        mae_unseen=trend[place].mae_unseen,
        stop_at=before.round if before else None,
        mae_at_stop=before.mae_unseen if before else None,
    )
