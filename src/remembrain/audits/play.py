"""Attacks on a view, round by round: every attack in every repeat, in parallel processes, kept and resumed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float

from remembrain._parallel import map_processes
from remembrain._text import nameless
from remembrain.attacks import is_fixed, learns_on_shadow
from remembrain.attacks.standing import reads
from remembrain.audits.joint_scores import code_of_joining, joint_scores
from remembrain.audits.rounds import Kind, Round
from remembrain.audits.stack import Source, opened, rows_of, source_of
from remembrain.audits.view import View
from remembrain.errors import DataError, RemembrainError
from remembrain.evidence.people import by_person
from remembrain.run import Key, read_array, read_json, write_array, write_json
from remembrain.run.kept import hash_of, identity_of
from remembrain.run.streams import stream
from remembrain.types import Attack, Known, Scores, Signals, Texts


class AttackFailed(DataError):
    """A stranger's code, which an attack holds, raised: the attack ends, and the others do not."""

    def __init__(self, attack: str, why: str) -> None:
        super().__init__(why, where=attack)
        self.attack = attack


@dataclass(frozen=True, eq=False)
class Played:
    """What attacks said: one ``Scores`` a repeat, by kind of round and attack; and why others said nothing, by name.

    Scores are of people, where any who is tested has several scans.
    """

    scores: Mapping[Kind, Mapping[str, Sequence[Scores]]]
    refused: Mapping[str, str]

    def of(self, kind: Kind) -> Mapping[str, Sequence[Scores]]:
        """Return what was said in the rounds of one kind, by attack."""
        return self.scores.get(kind, {})


@dataclass(frozen=True, eq=False)
class _Taught:
    """What an attack learns from that knows no member: signals of a shadow model, and who was its member."""

    signals: Mapping[str, Source]
    member: Bool[np.ndarray, "row"]
    participant_id: Texts


@dataclass(frozen=True, eq=False)
class _Job:
    """One attack in one round, for a worker process; ``scores_file`` keeps its scores for a rerun, if any does."""

    attack: Attack
    signals: Mapping[str, Source]
    person: Texts
    played: Round
    seed: int
    scores_file: Path | None
    taught: _Taught | None
    joined: bool
    joint_file: Path | None


@dataclass(frozen=True, eq=False)
class _Answer:
    """Scores of one round, and how long they took, in this run or in the one that computed them.

    ``joint`` are those of people, where scans are put together and known people show how.
    """

    score: Float[np.ndarray, "tested"]
    seconds: float | None
    joint: Float[np.ndarray, "person"] | None = None


def play(
    view: View,
    attacks: Sequence[Attack],
    rounds: Sequence[Round],
    *,
    seed: int,
    folder: Path | None = None,
    workers: int | None = None,
) -> Played:
    """Run every attack that the view does not refuse on every round, keeping the scores of each for a rerun.

    Parameters
    ----------
    view
        With all signals that these attacks need.
    attacks
        The blind baseline among them, where it is to run.
    rounds
        Of any kinds; an attack plays those that are for it.
    seed
        Seed of the audit; every attack and round has its own stream.
    folder
        Where scores are kept, if they are.
    workers
        Processes; one a core when left out.

    Returns
    -------
    played
        An attack is refused, and the others are run, where it reads what is not in the view, the code of a stranger
        that it holds raised, or its equations cannot be solved.
    """
    refused = {**view.refused, **view.lacking(attacks)}
    while True:
        able = [attack for attack in attacks if attack.name not in refused]
        try:
            return Played(_played(view, able, rounds, seed, folder, workers), refused)
        except AttackFailed as failed:  # the others find what they kept
            refused[failed.attack] = failed.what


def _played(
    view: View, attacks: Sequence[Attack], rounds: Sequence[Round], seed: int, folder: Path | None, workers: int | None
) -> dict[Kind, dict[str, list[Scores]]]:
    """Return what attacks said, by kind of round and attack."""
    scans, several = view.scans, view.puts_scans_together and _several(view.scans.participant_id, rounds)
    keys = [view.key.also(round=hash_of(vars(played))) for played in rounds]
    jobs = [
        _job(view, attack, played, key, seed, folder, joined=several and played.kind != "everybody")
        for attack in attacks
        for played, key in zip(rounds, keys, strict=True)
        if _plays(attack, played.kind)
    ]  # of everybody nobody is left to learn from how scans go together
    answers = _answers(jobs, view.in_process, workers)
    scores: dict[Kind, dict[str, list[Scores]]] = {}
    joint: dict[tuple[Kind, str], list[Float[np.ndarray, "person"] | None]] = {}
    for job, answer in zip(jobs, answers, strict=True):
        name, played, tested = job.attack.name, job.played, job.played.tested
        scores_of_round = Scores(
            name, played.repeat, scans.participant_id[tested], scans.session_id[tested], played.member[tested],
            answer.score, answer.seconds,
        )  # fmt: skip
        scores.setdefault(played.kind, {}).setdefault(name, []).append(scores_of_round)
        joint.setdefault((played.kind, name), []).append(answer.joint)
    if not several:
        return scores
    return {
        kind: {name: by_person(repeats, joint[kind, name]) for name, repeats in by_name.items()}
        for kind, by_name in scores.items()
    }


def _answers(jobs: Sequence[_Job], in_process: frozenset[str], workers: int | None) -> list[_Answer]:
    """Return the answer of each job; those of attacks ``in_process`` come from this process."""
    order = sorted(range(len(jobs)), key=lambda place: -_size(jobs[place]))  # the longest first, so that none is last
    answers: dict[int, _Answer] = {}
    for own_process, call, processes in ((True, _answer_of_stranger, 1), (False, _answer_of, workers)):
        places = [place for place in order if (jobs[place].attack.name in in_process) is own_process]
        several = map_processes(call, [jobs[place] for place in places], workers=processes, description="attacking")
        answers.update(zip(places, several, strict=True))
    return [answers[place] for place in range(len(jobs))]


def _plays(attack: Attack, kind: Kind) -> bool:
    """Tell whether an attack plays the rounds of this kind; the blind baseline is the one with access to nothing."""
    if kind == "everybody":
        return is_fixed(attack)
    return kind != "swapped" or attack.access == "nothing"


def _several(participant_id: Texts, rounds: Sequence[Round]) -> bool:
    """Tell whether anybody who is tested has several scans."""
    return any(len(np.unique(participant_id[played.tested])) < len(played.tested) for played in rounds)


def _job(view: View, attack: Attack, played: Round, key: Key, seed: int, folder: Path | None, *, joined: bool) -> _Job:
    """Return one attack in one round with what it needs, as it goes to a worker."""
    teacher = view.teacher if learns_on_shadow(attack) else None
    key = key.also(attack=identity_of(attack), taught=teacher.key if teacher else None)
    needs = (*attack.needs, *(reads(attack) if joined else ()))
    return _Job(
        attack,
        _sources(view, needs),
        view.scans.participant_id,
        played,
        seed,
        folder and folder / f"{key.digest}.npy",
        _Taught(_sources(teacher, needs), teacher.member, teacher.scans.participant_id) if teacher else None,
        joined,
        folder and folder / f"{key.also(joint=code_of_joining()).digest}.npy",
    )


def _sources(view: View, needs: Sequence[str]) -> dict[str, Source]:
    """Return the signals that are needed, with all their parts; those on disk by their path."""
    return {name: source_of(array) for name, array in view.signals.items() if name.partition("/")[0] in needs}


def _size(job: _Job) -> int:
    """Return about how long a job takes: numbers a scan of its signals, times the scans learned from."""
    numbers = sum(int(np.prod(opened(source).shape[1:])) for source in job.signals.values())
    return (numbers + 1) * len(job.played.known)


def _answer_of_stranger(job: _Job) -> _Answer:
    """Return the scores of one round of an attack that holds a stranger's code."""
    try:
        return _answer_of(job)
    except Exception as error:  # a stranger's code may raise anything
        if isinstance(error, RemembrainError) and not isinstance(error, DataError):
            raise  # of the disk, which no other attack would find better
        raise AttackFailed(job.attack.name, nameless(error)) from error


def _scores_of(job: _Job) -> _Answer:
    """Return the scores of one round, from the file of an earlier run where there is one."""
    took = job.scores_file and job.scores_file.with_suffix(".json")
    if job.scores_file and took and job.scores_file.exists():
        seconds = float(read_json(took)["seconds"]) if took.exists() else None
        return _Answer(read_array(job.scores_file), seconds)
    start = time.perf_counter()
    played = job.played
    known, tested = _known_and_tested(job)
    rng = stream(job.seed, "attack", job.attack.name, played.repeat, played.kind)
    try:
        score = job.attack.score(known, tested, rng)
    except np.linalg.LinAlgError as error:  # signals that are alike for everybody, as of a network that says one number
        raise AttackFailed(job.attack.name, f"its equations cannot be solved for these signals ({error})") from error
    if score.shape != played.tested.shape or not np.isfinite(score).all():
        raise DataError(
            f"the attack {job.attack.name} gave scores of shape {score.shape} "
            f"with {int(np.count_nonzero(~np.isfinite(score)))} not finite",
            expected=f"{len(played.tested)} finite numbers, one a scan",
        )
    seconds = time.perf_counter() - start
    if job.scores_file and took:
        write_json(took, {"seconds": seconds})
        write_array(job.scores_file, score)  # last: what is there is whole
    return _Answer(score, seconds)


def _answer_of(job: _Job) -> _Answer:
    """Return the scores of one round, with those of people where their scans are put together."""
    answer = _scores_of(job)
    if not job.joined:
        return answer
    if job.joint_file and job.joint_file.exists():
        kept_scores = read_array(job.joint_file)
        return replace(answer, joint=kept_scores if len(kept_scores) else None)
    known, tested = _known_and_tested(job)
    rng = stream(job.seed, "halves of known people", job.attack.name, job.played.repeat, job.played.kind)
    joint = joint_scores(job.attack, known, tested, job.person[job.played.tested], answer.score, rng)
    if job.joint_file:
        write_array(job.joint_file, np.empty(0) if joint is None else joint)
    return replace(answer, joint=joint)


def _known_and_tested(job: _Job) -> tuple[Known, Signals]:
    """Return whom the attack learns from, and the signals of those it decides about."""
    played, taught = job.played, job.taught
    signals = {name: opened(source) for name, source in job.signals.items()}
    if taught is None:
        known = Known(rows_of(signals, played.known), played.member[played.known], job.person[played.known])
    else:
        shadow_signals = {name: opened(source) for name, source in taught.signals.items()}
        everybody = np.arange(len(taught.member))
        known = Known(rows_of(shadow_signals, everybody), taught.member, taught.participant_id)
    return known, rows_of(signals, played.tested)
