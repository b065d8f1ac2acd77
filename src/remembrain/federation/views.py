"""What insiders see: rows of signals, each what one model of the rounds says of one scan, or what all of them do.

Such rows stand together with who may use which: the attacks of the house take a row for a scan.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Int
from torch import nn

from remembrain._parallel import map_processes
from remembrain.audits.play import play
from remembrain.audits.rounds import Round, null_rounds
from remembrain.audits.stack import Stack
from remembrain.audits.view import View
from remembrain.cohort.material import AUDITED
from remembrain.federation.case import By, Case, Pairing
from remembrain.query import Answers, ask, key_of, weights_of
from remembrain.run.kept import hash_of
from remembrain.run.streams import own_seed
from remembrain.targets.weights import fit, read_weights
from remembrain.types import Array, Attack, Scores

COMMUNITY = 0
ANYBODY = 0


@dataclass(frozen=True, eq=False)
class Rows:
    """Which scan of the case, round and model each row is of, and the attacker who has it.

    Model 0 is the community's, another number a learner's own; attacker 0 is anybody.
    """

    scan: Int[np.ndarray, "row"]
    round_: Int[np.ndarray, "row"]
    model: Int[np.ndarray, "row"]
    by: Int[np.ndarray, "row"]

    @classmethod
    def of_anybody(
        cls, scan: Int[np.ndarray, "row"], round_: Int[np.ndarray, "row"], model: Int[np.ndarray, "row"]
    ) -> Rows:
        """Return rows that every attacker has."""
        return cls(scan, round_, model, np.full(len(scan), ANYBODY))


@dataclass(frozen=True, eq=False)
class InsiderView:
    """What an insider sees, and of what each of its rows is.

    ``joins_rounds`` where a row stands for several rounds together.
    """

    view: View
    rows: Rows
    joins_rounds: bool = False

    @classmethod
    def of(
        cls,
        case: Case,
        signals: Mapping[str, Array | Stack],
        rows: Rows,
        *,
        joins_rounds: bool = False,
        refused: Mapping[str, str] | None = None,
        unsteady: str = "",
    ) -> InsiderView:
        """Return a view of these rows; attacks take a row for a scan."""
        key = key_of(case.target, case.material, case.seed).also(
            rows=[rows.scan, rows.round_, rows.model, rows.by],
            models={str(at): case.archive.facts(at)["models"] for at in np.unique(rows.round_).tolist()},
            joined=hash_of(signals) if joins_rounds else "",
        )
        view = View(
            case.material.scans.take(rows.scan),
            case.member[rows.scan],
            signals,
            key,
            refused or {},
            unsteady=unsteady,
            puts_scans_together=False,
        )
        return cls(view, rows, joins_rounds)

    def rounds(self, case: Case, pairing: Pairing, numbers: Sequence[int]) -> list[Round]:
        """Return a round of each attacker: it learns from the models of these rounds, is asked of all its victims."""
        rows, played = self.rows, []
        of_these = np.isin(rows.round_, numbers)
        for number in pairing.attackers:
            own = of_these & np.isin(rows.by, (ANYBODY, number))
            known = own & pairing.known[number][rows.scan] & np.isin(rows.model, (COMMUNITY, number))
            tested = own & pairing.victims(number)[rows.scan]
            if rows.model.any():
                tested &= rows.model != number
            places = np.flatnonzero(known), np.flatnonzero(tested)
            played.append(Round("real", number, *places, case.member[rows.scan]))
        return played

    def null_rounds(self, case: Case, numbers: Sequence[int]) -> list[Round]:
        """Return rounds over nobody's people alone, half of them called members.

        Of single rounds that is as the first model sees them; where rows stand for several together, as every model and
        every attacker does.
        """
        rows, of_these = self.rows, np.isin(self.rows.round_, numbers)
        kinds = sorted(set(zip(rows.by[of_these].tolist(), rows.model[of_these].tolist(), strict=True)))
        (null_round,) = null_rounds(
            case.material.scans, case.material.split, 1, own_seed(case.seed, "null of insiders")
        )
        of_known, of_tested = (of_these & np.isin(rows.scan, scans) for scans in (null_round.known, null_round.tested))
        member, played = null_round.member[rows.scan], []
        for repeat, (by, model) in enumerate(kinds if self.joins_rounds else kinds[:1]):
            of_kind = (rows.by == by) & (rows.model == model)
            places = np.flatnonzero(of_kind & of_known), np.flatnonzero(of_kind & of_tested)
            played.append(Round("null", repeat, *places, member))
        return played

    def run(
        self, case: Case, attacks: Sequence[Attack], rounds: Mapping[str, Sequence[Round]], workers: int | None
    ) -> tuple[dict[str, dict[str, list[Scores]]], Mapping[str, str]]:
        """Run attacks on rows; return the scores of each group of rounds by attack, and why others said nothing."""
        played = play(
            self.view,
            attacks,
            [round_ for several in rounds.values() for round_ in several],
            seed=own_seed(case.seed, "attacks of insiders"),
            folder=case.run.kept_scores,
            workers=workers,
        )
        remaining = {
            (kind, name): iter(scores) for kind, by_name in played.scores.items() for name, scores in by_name.items()
        }
        able = [attack.name for attack in attacks if attack.name not in played.refused]
        scores = {
            group: {name: [next(remaining[round_.kind, name]) for round_ in several] for name in able}
            for group, several in rounds.items()
        }
        return scores, played.refused

    def mean_of(self, played: Round, scores: Scores) -> Scores:
        """Return scores with each scan once, by its mean over the rounds."""
        scan, first, place, times = np.unique(
            self.rows.scan[played.tested], return_index=True, return_inverse=True, return_counts=True
        )
        return replace(
            scores,
            participant_id=scores.participant_id[first],
            session_id=scores.session_id[first],
            member=scores.member[first],
            score=np.bincount(place, weights=scores.score, minlength=len(scan)) / times,
        )


@dataclass(frozen=True, eq=False)
class _Question:
    """One model to be asked about some scans, for a worker."""

    case: Case
    attacks: tuple[Attack, ...]
    round_: int
    model: int
    places: Int[np.ndarray, "some"]
    folder: str


def single_rounds(
    case: Case, attacks: Sequence[Attack], rounds: Sequence[int], by: By, workers: int | None
) -> InsiderView:
    """Ask the models of these rounds: of the community about everybody, or of each learner about its own and nobody."""
    everybody = np.arange(len(case.nobody))
    models = (
        {COMMUNITY: everybody}
        if by == "learner"
        else {number: np.flatnonzero(own | case.nobody) for number, own in case.own.items()}
    )
    return ask_models(case, attacks, rounds, models, "rounds", workers)


def models(case: Case, round_: int) -> Mapping[str, str]:
    """Return the hashes of the models that were kept of a round, by their names."""
    return dict(case.archive.facts(round_)["models"])


def ask_models(
    case: Case,
    attacks: Sequence[Attack],
    rounds: Sequence[int],
    models: Mapping[int, Int[np.ndarray, "some"]],
    folder: str,
    workers: int | None,
) -> InsiderView:
    """Ask each of these models, of each of these rounds, about the scans at its places."""
    questions = [
        _Question(case, tuple(attacks), round_, model, places, folder)
        for round_ in rounds
        for model, places in models.items()
    ]
    answers = map_processes(_answer, questions, workers=workers, description="asking the rounds' models")
    counts = [len(question.places) for question in questions]
    signals, refused, unsteady = together(answers)
    rows = Rows.of_anybody(
        np.concatenate([question.places for question in questions]),
        np.repeat([question.round_ for question in questions], counts),
        np.repeat([question.model for question in questions], counts),
    )
    return InsiderView.of(case, signals, rows, refused=refused, unsteady=unsteady)


def together(answers: Sequence[Answers]) -> tuple[dict[str, Stack], dict[str, str], str]:
    """Return what several models said one behind the other, as far as all did; why attacks do not apply to one of
    them; and how answers to one question differ, where they do.
    """
    common = [name for name in answers[0].signals if all(name in answer.signals for answer in answers)]
    signals = {name: Stack(tuple(answer.signals[name] for answer in answers)) for name in common}
    refused = {name: why for answer in reversed(answers) for name, why in answer.refused.items()}
    return signals, refused, next((answer.unsteady for answer in answers if answer.unsteady), "")


def _was_asked(case: Case, module: nn.Module, places: Int[np.ndarray, "some"]) -> bool:
    """Tell whether a community model is the target itself, asked of all who are asked about here."""
    same = weights_of(replace(case.target, module=module)) == weights_of(case.target)
    audited = np.isin(case.material.split.role, AUDITED).all()
    return bool(same and audited and np.array_equal(places, np.arange(len(case.material.scans))))


def _answer(question: _Question) -> Answers:
    """Ask one model."""
    case, round_, model = question.case, question.round_, question.model
    path = case.archive.local(round_, model) if model else case.archive.community(round_)
    module = copy.deepcopy(case.target.module)  # what comes from another process is shared with it, and with its others
    fit(module, read_weights(path), path)
    folder = case.run.signals / question.folder / f"{round_:03d}" / path.stem
    if not model and round_ == case.archive.last() and _was_asked(case, module, question.places):
        folder = case.run.signals
    return ask(
        replace(case.target, module=module.eval()), case.material.take(question.places), question.attacks, folder
    )
