"""What insiders see: rows of signals, each what one model of the rounds says of one scan, or what all of them do.

A view is a table of such rows together with who may use which: the attacks of the house take a row for a scan.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from remembrain._parallel import map_processes
from remembrain.attacks import FEWEST_OTHERS, OTHERS, ROUNDS
from remembrain.attacks.levels import curve, powers
from remembrain.audit.play import Round, Stack, null_rounds, run_attacks
from remembrain.run.kept import Key, hash_of
from remembrain.run.streams import own_seed
from remembrain.study.central.asking import Asked, ask, key_of
from remembrain.study.federated.insider_case import By, Case, Mask, Pairing
from remembrain.targets.weights import fit, read_weights
from remembrain.types import Array, Attack, Scores

COMMUNITY = 0
ANYBODY = 0


@dataclass(frozen=True, eq=False)
class View:
    """Row i is what the model ``model[i]`` of ``round_[i]`` says of ``scan[i]``, and the attacker ``by[i]`` knows it.

    Model 0 is the community's, another number a learner's own; attacker 0 is anybody. ``refused`` says why an attack
    does not apply; ``key`` is a hash of the signals where they are not what single models say; ``unsteady`` says how
    answers of a model to one question differ, where they do.
    """

    scan: Int[np.ndarray, "row"]
    round_: Int[np.ndarray, "row"]
    model: Int[np.ndarray, "row"]
    by: Int[np.ndarray, "row"]
    signals: Mapping[str, Array | Stack]
    refused: Mapping[str, str]
    key: str = ""
    unsteady: str = ""

    def rounds(self, case: Case, pairing: Pairing, heard: Sequence[int]) -> list[Round]:
        """Return a round of each attacker: it learns from the models of these rounds, is asked of all its victims."""
        of_these, played = np.isin(self.round_, heard), []
        for number in pairing.attackers:
            mine = of_these & np.isin(self.by, (ANYBODY, number))
            known = mine & pairing.known[number][self.scan] & np.isin(self.model, (COMMUNITY, number))
            tested = mine & pairing.victims(number)[self.scan]
            if self.model.any():
                tested &= self.model != number
            places = np.flatnonzero(known), np.flatnonzero(tested)
            played.append(Round("real", number, *places, case.member[self.scan]))
        return played

    def null_rounds(self, case: Case, heard: Sequence[int]) -> list[Round]:
        """Return rounds over nobody's people alone, half of them called members.

        Of single rounds that is as the first model sees them; where rows stand for several together, as every model and
        every attacker does.
        """
        of_these = np.isin(self.round_, heard)
        kinds = sorted(set(zip(self.by[of_these].tolist(), self.model[of_these].tolist(), strict=True)))
        (one,) = null_rounds(case.material.scans, case.material.split, 1, own_seed(case.seed, "null of insiders"))
        of_known, of_tested = (of_these & np.isin(self.scan, some) for some in (one.known, one.tested))
        member, played = one.member[self.scan], []
        for repeat, (by, model) in enumerate(kinds if self.key else kinds[:1]):
            mine = (self.by == by) & (self.model == model)
            places = np.flatnonzero(mine & of_known), np.flatnonzero(mine & of_tested)
            played.append(Round("null", repeat, *places, member))
        return played

    def run(
        self, case: Case, attacks: Sequence[Attack], played: Mapping[str, Sequence[Round]], workers: int | None
    ) -> dict[str, dict[str, list[Scores]]]:
        """Run attacks on rows, each row standing for a scan; return the scores of each group of rounds, by attack."""
        able = [one for one in attacks if one.name not in self.refused]
        scores = run_attacks(
            able,
            self.signals,
            case.material.scans.take(self.scan),
            [one for some in played.values() for one in some],
            seed=own_seed(case.seed, "attacks of insiders"),
            folder=case.run.restricted / "attacks",
            key=self._key(case),
            workers=workers,
            join_scans=False,
        )
        given = {key: iter(listed) for key, listed in scores.items()}
        return {
            group: {attack.name: [next(given[attack.name, one.kind]) for one in some] for attack in able}
            for group, some in played.items()
        }

    def mean_of(self, played: Round, scores: Scores) -> Scores:
        """Return scores with each scan once, by its mean over the rounds."""
        scan, first, place, times = np.unique(
            self.scan[played.tested], return_index=True, return_inverse=True, return_counts=True
        )
        return replace(
            scores,
            participant_id=scores.participant_id[first],
            session_id=scores.session_id[first],
            member=scores.member[first],
            score=np.bincount(place, weights=scores.score, minlength=len(scan)) / times,
        )

    def _key(self, case: Case) -> Key:
        """Return the key of everything that the scores depend on but the attack and who is known."""
        rounds = np.unique(self.round_).tolist()
        return key_of(case.target, case.material, case.seed).also(
            rows=[self.scan, self.round_, self.model, self.by],
            models={str(round_): case.archive.facts(round_)["models"] for round_ in rounds},
            joined=self.key,
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


def single_rounds(case: Case, attacks: Sequence[Attack], rounds: Sequence[int], by: By, workers: int | None) -> View:
    """Ask the models of these rounds: of the community about everybody, or of each learner about its own and nobody."""
    everybody = np.arange(len(case.nobody))
    models = (
        {COMMUNITY: everybody}
        if by == "learner"
        else {number: np.flatnonzero(own | case.nobody) for number, own in case.own.items()}
    )
    return _asked(case, attacks, rounds, models, "rounds", workers)


def trajectories(
    case: Case, seen: View, attacks: Sequence[Attack], rounds: Sequence[int], by: By, workers: int | None
) -> View:
    """Return one row a scan, with the signed error of all of these rounds: ``rounds``, and ``others`` for the server.

    ``others`` are the errors of the other learners' own models, brought to the level of the suspected one's: what it
    would say of who was not in it. A learner sees the community's models alone, and has none.

    Parameters
    ----------
    case
        What the attacks are about.
    seen
        What single rounds told of, which for a learner has these errors already.
    attacks
        Those that will read it.
    rounds
        Which; the server takes those of which every learner's own model is there.
    by
        A learner, or the server.
    workers
        Processes; one a core when left out.
    """
    everybody, label = np.arange(len(case.nobody)), case.material.scans.age
    if by == "learner":
        error = by_round(seen, COMMUNITY, rounds, everybody)
        return _whole(everybody, np.full(len(everybody), COMMUNITY), rounds, {"label": label, ROUNDS: error}, {})
    whole = [one for one in rounds if all(f"learner-{number}" in _models(case, one) for number in case.own)]
    if not whole:
        why = "there is no round of those looked at of which every learner's own model was kept"
        return replace(seen, refused={one.name: why for one in attacks})
    asked = _asked(case, (), whole, dict.fromkeys(case.own, everybody), "everybody", workers)
    errors = {one: by_round(asked, one, whole, everybody) for one in case.own}
    places = {number: np.flatnonzero(own | case.nobody) for number, own in case.own.items()}
    scan, model, own, others = beside_others(errors, levels_of(errors, label, case.pool), places)
    few = others.shape[2] < FEWEST_OTHERS
    refused = {one.name: f"it needs {FEWEST_OTHERS} other learners" for one in attacks if OTHERS in one.needs and few}
    return _whole(scan, model, whole, {"label": label[scan], ROUNDS: own, OTHERS: others}, refused)


def levels_of(
    errors: Mapping[int, Float[np.ndarray, "scan round"]], label: Float[np.ndarray, "scan"], on: Mask
) -> dict[int, Float[np.ndarray, "scan round"]]:
    """Return how every learner's model errs on everybody in each round: a polynomial of second degree in the label.

    It is fitted on people whom no learner has; beyond their labels it goes on as at the last one.

    Parameters
    ----------
    errors
        Of each learner's own model, of all scans.
    label
        Of all scans.
    on
        Scans of people whom no learner has, and the attacker knows.
    """
    design = powers(label, on)
    theirs = np.broadcast_to(on[:, None].astype(float), next(iter(errors.values())).shape)
    return {number: curve(design, error, theirs) for number, error in errors.items()}


def beside_others(
    errors: Mapping[int, Float[np.ndarray, "scan round"]],
    levels: Mapping[int, Float[np.ndarray, "scan round"]],
    places: Mapping[int, Int[np.ndarray, "some"]],
) -> tuple[
    Int[np.ndarray, "row"],
    Int[np.ndarray, "row"],
    Float[np.ndarray, "row round"],
    Float[np.ndarray, "row round other"],
]:
    """Return rows of each learner's model at its places: scan, model, its errors, and those of all other learners.

    Others are brought to the level of the row's model, and not that to theirs: the error of somebody it learned by
    heart is nothing, whatever its level is.
    """
    scan, model = np.concatenate(list(places.values())), np.repeat(list(places), [len(one) for one in places.values()])
    own = np.concatenate([errors[number][some] for number, some in places.items()])
    others = []
    for number, some in places.items():
        theirs = [(errors[one] - levels[one] + levels[number])[some] for one in errors if one != number]
        others.append(np.stack(theirs, axis=2) if theirs else np.empty((len(some), own.shape[1], 0)))
    return scan, model, own, np.concatenate(others)


def _models(case: Case, round_: int) -> Mapping[str, str]:
    """Return the hashes of the models that were kept of a round, by their names."""
    return dict(case.archive.facts(round_)["models"])


def _asked(
    case: Case,
    attacks: Sequence[Attack],
    rounds: Sequence[int],
    models: Mapping[int, Int[np.ndarray, "some"]],
    folder: str,
    workers: int | None,
) -> View:
    """Ask each of these models, of each of these rounds, about the scans at its places."""
    questions = [
        _Question(case, tuple(attacks), round_, model, places, folder)
        for round_ in rounds
        for model, places in models.items()
    ]
    answers = map_processes(_answer, questions, workers=workers, description="asking the rounds' models")
    counts = [len(one.places) for one in questions]
    common = [name for name in answers[0].seen if all(name in one.seen for one in answers)]
    return View(
        np.concatenate([one.places for one in questions]),
        np.repeat([one.round_ for one in questions], counts),
        np.repeat([one.model for one in questions], counts),
        np.full(sum(counts), ANYBODY),
        {name: Stack(tuple(one.seen[name] for one in answers)) for name in common},
        {name: why for one in reversed(answers) for name, why in one.refused.items()},  # one model is enough
        unsteady=next((one.unsteady for one in answers if one.unsteady), ""),
    )


def _answer(question: _Question) -> Asked:
    """Ask one model."""
    case, round_, model = question.case, question.round_, question.model
    path = case.archive.local(round_, model) if model else case.archive.community(round_)
    module = copy.deepcopy(case.target.module)  # what comes from another process is shared with it, and with its others
    fit(module, read_weights(path), path)
    folder = case.run.signals / question.folder / f"{round_:03d}" / path.stem
    return ask(
        replace(case.target, module=module.eval()), case.material.take(question.places), question.attacks, folder
    )


def by_round(
    seen: View, model: int, rounds: Sequence[int], scans: Int[np.ndarray, "scan"]
) -> Float[np.ndarray, "scan round"]:
    """Return a model's signed errors of all of these scans, in their order, a column a round."""
    error = seen.signals["error"]
    found = np.empty((len(scans), len(rounds)))
    for place, one in enumerate(rounds):
        rows = np.flatnonzero((seen.round_ == one) & (seen.model == model))
        if not np.array_equal(seen.scan[rows], scans):
            raise AssertionError(f"round {one} does not say something of everybody once")
        found[:, place] = np.asarray(error[rows])
    return found


def _whole(
    scan: Int[np.ndarray, "row"],
    model: Int[np.ndarray, "row"],
    rounds: Sequence[int],
    signals: Mapping[str, Array],
    refused: Mapping[str, str],
) -> View:
    """Return a view whose rows stand for all of these rounds together; they carry the number of the last."""
    last, anybody = np.full(len(scan), max(rounds)), np.full(len(scan), ANYBODY)
    return View(scan, last, model, anybody, signals, refused, hash_of(signals))
