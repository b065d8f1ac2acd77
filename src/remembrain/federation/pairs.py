"""What was said of every pair of an attacker and a victim: a score a round and scan, and the lines of ``pairs.tsv``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from remembrain.audits.rounds import Round
from remembrain.evidence import assess
from remembrain.evidence.people import by_person
from remembrain.federation.case import By, Case, Mask, Pairing
from remembrain.federation.views import COMMUNITY, InsiderView, Rows
from remembrain.types import Scores

HEADER = (
    *("by", "people", "attack", "attacker", "victim", "round", "n_members", "n_nonmembers"),
    *("auc", "auc_low", "auc_high", "accuracy", "accuracy_low", "accuracy_high", "tpr_at_fpr_0.01", "tpr_low"),
    *("tpr_high", "why"),
)


@dataclass(frozen=True, eq=False)
class Pair:
    """What an attack said of a victim's people and of others: a score a round and scan.

    Of attacks that judge all rounds together there is one, under the last of them.
    """

    attacker: int
    victim: int
    scan: Int[np.ndarray, "scan"]
    by_round: Mapping[int, Float[np.ndarray, "scan"]]

    def mean(self) -> Float[np.ndarray, "scan"]:
        """Return each scan's mean over the rounds."""
        return np.asarray(np.mean(list(self.by_round.values()), axis=0))


def pairs_of(
    view: InsiderView, scores: Mapping[str, Sequence[Scores]], pairing: Pairing, played: Sequence[Round]
) -> dict[str, list[Pair]]:
    """Return what each attack says of every pair, from what it said in the attackers' rounds."""
    return {
        name: [
            _pair(view.rows, attacker_round.repeat, victim, mask, attacker_round.tested, scores_of_round.score)
            for attacker_round, scores_of_round in zip(played, repeats, strict=True)
            for victim, mask in pairing.tested.items()
            if victim != attacker_round.repeat
        ]
        for name, repeats in scores.items()
    }


def _pair(
    rows: Rows,
    attacker: int,
    victim: int,
    mask: Mask,
    tested: Int[np.ndarray, "row"],
    score: Float[np.ndarray, "row"],
) -> Pair:
    """Return what was said of one victim's people and of the others, by round."""
    of_victim = mask[rows.scan[tested]] & np.isin(rows.model[tested], (COMMUNITY, victim))
    scan, round_, score = rows.scan[tested][of_victim], rows.round_[tested][of_victim], score[of_victim]
    scans = np.flatnonzero(mask)
    by_round = {}
    for number in np.unique(round_).tolist():
        of_round = round_ == number
        in_order = np.argsort(scan[of_round])
        if not np.array_equal(scan[of_round][in_order], scans):
            raise AssertionError(f"round {number} does not say something of everybody once")
        by_round[number] = score[of_round][in_order]
    return Pair(attacker, victim, scans, by_round)


def scores_of(case: Case, name: str, pairs: Sequence[Pair], round_: int | None = None) -> list[Scores]:
    """Return what evidence is made from: a repeat a pair, with the mean over rounds or one round's scores."""
    scans = case.material.scans
    scores = [
        Scores(
            name,
            number,
            scans.participant_id[pair.scan],
            scans.session_id[pair.scan],
            case.member[pair.scan],
            pair.mean() if round_ is None else pair.by_round[round_],
            repeated="pairs",
        )
        for number, pair in enumerate(pairs)
    ]
    several = any(len(np.unique(repeat.participant_id)) < len(repeat) for repeat in scores)
    return by_person(scores) if several else scores


def lines_of(case: Case, by: By, pairing: Pairing, pairs_by_attack: Mapping[str, Sequence[Pair]]) -> Iterator[str]:
    """Yield the lines of ``pairs.tsv``: every attack, pair and round where it has several, and the mean over them."""
    for name, pairs in pairs_by_attack.items():
        for round_ in (*(pairs[0].by_round if len(pairs[0].by_round) > 1 else ()), None):
            for pair, scores in zip(pairs, scores_of(case, name, pairs, round_), strict=True):
                assessment = assess.assess([scores], fprs=(0.01,))
                numbers = [
                    assess.as_number(figure)
                    for figure in (assessment.auc, assessment.accuracy, assessment.tpr_at_fpr[0.01])
                ]
                yield "\t".join(
                    [
                        *(by, pairing.people, name, case.names[pair.attacker], case.names[pair.victim]),
                        *(
                            "mean" if round_ is None else str(round_),
                            str(assessment.n_members),
                            str(assessment.n_nonmembers),
                        ),
                        *(_figure(value) for number in numbers for value in (number.value, number.low, number.high)),
                        assessment.why or numbers[2].why,
                    ]
                )


def _figure(value: float | None) -> str:
    """Return a number of ``pairs.tsv``."""
    return "n/a" if value is None else f"{value:.6g}"
