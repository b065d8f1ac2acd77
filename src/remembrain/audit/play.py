"""Signals to scores: every attack, in every repeat, on real membership and on the null, in parallel processes.

The null gives the same code people who are all non-members, half of them called members at random: whatever an attack
finds there is an error of the audit.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain._calling import nameless
from remembrain._parallel import map_processes
from remembrain.attacks import is_fixed
from remembrain.attacks.shadow import ShadowAttack
from remembrain.attacks.standing import reads
from remembrain.audit.joining import code_of_joining, joint_scores
from remembrain.cohort.splits import Split
from remembrain.errors import DataError, RemembrainError
from remembrain.evidence.people import by_person
from remembrain.evidence.power import FEWEST_KNOWN
from remembrain.run import Key, read_array, read_json, write_array, write_json
from remembrain.run.kept import hash_of, identity_of
from remembrain.run.streams import stream
from remembrain.types import Array, Attack, Known, Rows, Scans, Scores, Signals, Texts

Kind = Literal["real", "null", "everybody", "swapped"]
"""Of a round: on the target, on nobody's membership, or for the test of all attacks together.

``everybody`` is for attacks that learn from nobody's membership, ``swapped`` for the blind baseline, which is taught by
those who were tested in the first real round and asked about those who were known.
"""
_NULL_REPEATS = 2


@dataclass(frozen=True, eq=False)
class Round:
    """One draw of whom the attacker knows: places of the known and of the tested scans, and who is called a member."""

    kind: Kind
    repeat: int
    known: Int[np.ndarray, "known"]
    tested: Int[np.ndarray, "tested"]
    member: Bool[np.ndarray, "scan"]


Source: TypeAlias = "Path | Array | tuple[Source, ...]"


@dataclass(frozen=True, eq=False)
class Stack:
    """Arrays one behind the other along the first axis, of which only the rows that are asked for are read."""

    parts: tuple[Array | Stack, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of all of them together."""
        return (sum(part.shape[0] for part in self.parts), *self.parts[0].shape[1:])

    def __getitem__(self, index: Int[np.ndarray, "some"]) -> Array:
        """Return these rows, in this order."""
        starts = np.cumsum([0, *(part.shape[0] for part in self.parts)])
        part = np.searchsorted(starts, index, side="right") - 1
        rows = {place: np.flatnonzero(part == place) for place in np.unique(part).tolist()}
        read = {place: self.parts[place][index[some] - starts[place]] for place, some in rows.items()}
        found = np.empty((len(index), *self.shape[1:]), dtype=np.result_type(*read.values()))
        for place, some in rows.items():
            found[some] = read[place]
        return found


class AttackFailed(DataError):
    """A stranger's code, which an attack holds, raised: the attack ends, and the others do not."""

    def __init__(self, attack: str, why: str) -> None:
        super().__init__(why, where=attack)
        self.attack = attack


@dataclass(frozen=True, eq=False)
class Taught:
    """What an attacker who knows no member learns from: signals of a shadow model, and who was its member.

    ``key`` names all it depends on, ``facts`` is what the report says of the shadow, ``refused`` why some attacks
    cannot learn from it, by name.
    """

    signals: Mapping[str, Array]
    member: Bool[np.ndarray, "scan"]
    participant_id: Texts
    key: Key
    facts: Mapping[str, Any]
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Job:
    """One attack in one round, for a worker process; ``kept`` is where its scores stay for a rerun, if they do."""

    attack: Attack
    signals: Mapping[str, Source]
    person: Texts
    played: Round
    seed: int
    kept: Path | None
    taught: Taught | None = None
    taught_signals: Mapping[str, Source] | None = None
    joined: bool = False
    kept_joint: Path | None = None


@dataclass(frozen=True, eq=False)
class _Answer:
    """Scores of one round, and how long they took, in this run or in the one that computed them.

    ``joint`` are those of people, where scans are put together and known people show how.
    """

    score: Float[np.ndarray, "tested"]
    seconds: float | None
    joint: Float[np.ndarray, "person"] | None = None


def real_rounds(split: Split, draws: Sequence[Bool[np.ndarray, "scan"]]) -> tuple[Round, ...]:
    """Return one round a draw of known scans; all other members and non-members are tested."""
    member = split.role == "member"
    audited = member | (split.role == "nonmember")
    return tuple(
        Round("real", repeat, np.flatnonzero(audited & known), np.flatnonzero(audited & ~known), member)
        for repeat, known in enumerate(draws)
    )


def null_rounds(scans: Scans, split: Split, repeats: int, seed: int) -> tuple[Round, ...]:
    """Return rounds over the non-members alone, half of whose people are called members, at random and once for all.

    Two are enough, or as many as there are real repeats: their p-value counts how few they are.
    """
    nonmember = split.role == "nonmember"
    shuffled = stream(seed, "null division").permutation(np.unique(scans.participant_id[nonmember]))
    half = len(shuffled) // 2
    called = nonmember & np.isin(scans.participant_id, shuffled[:half])
    rounds = []
    for repeat in range(min(repeats, _NULL_REPEATS)):
        rng = stream(seed, "null repeat", repeat)
        drawn = [rng.permutation(some)[: half // 2] for some in (shuffled[:half], shuffled[half:])]
        known = np.isin(scans.participant_id, np.concatenate(drawn))
        rounds.append(
            Round("null", repeat, np.flatnonzero(nonmember & known), np.flatnonzero(nonmember & ~known), called)
        )
    return tuple(rounds)


def rounds_of_everybody(first: Round) -> tuple[Round, ...]:
    """Return the rounds in which everybody of a real one is asked about; none where too few are known."""
    known = first.member[first.known]
    if min(np.count_nonzero(known), np.count_nonzero(~known)) < FEWEST_KNOWN:
        return ()
    everybody = np.sort(np.concatenate([first.known, first.tested]))
    return (
        replace(first, kind="everybody", tested=everybody),
        replace(first, kind="swapped", known=first.tested, tested=first.known),
    )


def _plays(attack: Attack, kind: Kind) -> bool:
    """Tell whether an attack plays the rounds of this kind; the blind baseline is the one with access to nothing."""
    if kind == "everybody":
        return is_fixed(attack)
    return kind != "swapped" or attack.access == "nothing"


def run_attacks(
    attacks: Sequence[Attack],
    signals: Mapping[str, Array | Stack],
    scans: Scans,
    rounds: Sequence[Round],
    *,
    seed: int,
    folder: Path | None,
    key: Key,
    taught: Taught | None = None,
    here: Collection[str] = (),
    workers: int | None = None,
    join_scans: bool = True,
) -> dict[tuple[str, Kind], list[Scores]]:
    """Run every attack on every round in parallel processes, keeping the scores of each for a rerun.

    Parameters
    ----------
    attacks
        All of whose needed signals are there.
    signals
        Arrays, or stacks of them, whose first axis is the scans; memory-mapped ones are opened again by the workers.
    scans
        Who the scans are of.
    rounds
        Real and null ones.
    seed
        Seed of the audit; every attack and round has its own stream.
    folder, key
        Where scores are kept, if they are, and the key of everything they depend on but the attack and the round.
    taught
        What attacks that know only the population learn from.
    here
        Attacks that run in this process, because they hold a stranger's code that a worker could not import.
    workers
        Processes; one a core when left out.
    join_scans
        Whether people who have several scans get one score; not where rows are something else than scans.

    Returns
    -------
    scores
        For each attack name and kind, one ``Scores`` a repeat: of people, where any who is tested has several scans.

    Raises
    ------
    AttackFailed
        Where an attack of ``here`` raised; without it the others can be run, and find what they kept.
    """
    identities = [hash_of(vars(played)) for played in rounds]
    several = join_scans and _several(scans.participant_id, rounds)
    jobs = [
        _job(attack, signals, scans.participant_id, played, seed, taught, folder, key.also(round=identity), joins)
        for attack in attacks
        for played, identity in zip(rounds, identities, strict=True)
        if _plays(attack, played.kind)
        for joins in [several and played.kind != "everybody"]  # how scans go together is learned from those known
    ]
    order = sorted(range(len(jobs)), key=lambda place: -_size(jobs[place]))  # the longest first, so that none is last
    apart, together = ([place for place in order if (jobs[place].attack.name in here) is out] for out in (True, False))
    answers: dict[int, _Answer] = {}
    for places, call, processes in ((apart, _scores_of_stranger, 1), (together, _answer_of, workers)):
        found = map_processes(call, [jobs[place] for place in places], workers=processes, description="attacking")
        answers.update(zip(places, found, strict=True))
    scores: dict[tuple[str, Kind], list[Scores]] = {}
    joint: dict[tuple[str, Kind], list[Float[np.ndarray, "person"] | None]] = {}
    for place, job in enumerate(jobs):
        played, tested = job.played, job.played.tested
        scores.setdefault((job.attack.name, played.kind), []).append(
            Scores(
                job.attack.name,
                played.repeat,
                scans.participant_id[tested],
                scans.session_id[tested],
                played.member[tested],
                answers[place].score,
                answers[place].seconds,
            )
        )
        joint.setdefault((job.attack.name, played.kind), []).append(answers[place].joint)
    return {name: by_person(said, joint[name]) for name, said in scores.items()} if several else scores


def _several(participant_id: Texts, rounds: Sequence[Round]) -> bool:
    """Tell whether anybody who is tested has several scans."""
    return any(len(np.unique(participant_id[one.tested])) < len(one.tested) for one in rounds)


def _job(
    attack: Attack,
    signals: Mapping[str, Array | Stack],
    person: Texts,
    played: Round,
    seed: int,
    taught: Taught | None,
    folder: Path | None,
    key: Key,
    several: bool,
) -> Job:
    """Return one attack in one round with what it needs, as it goes to a worker."""
    teacher = taught if isinstance(attack, ShadowAttack) else None
    key = key.also(attack=identity_of(attack), taught=teacher.key if teacher else None)
    kept = folder and folder / f"{key.digest}.npy"
    needs = (*attack.needs, *(reads(attack) if several else ()))
    theirs = _sources(teacher.signals, needs) if teacher else None
    bare = replace(teacher, signals={}) if teacher else None
    kept_joint = folder and folder / f"{key.also(joint=code_of_joining()).digest}.npy"
    return Job(attack, _sources(signals, needs), person, played, seed, kept, bare, theirs, several, kept_joint)


def _sources(signals: Mapping[str, Array | Stack], needs: Sequence[str]) -> dict[str, Source]:
    """Return the signals that are needed, with all their parts; those on disk by their path."""
    return {name: _source(array) for name, array in signals.items() if name.partition("/")[0] in needs}


def _source(array: Array | Stack) -> Source:
    """Return an array as it goes to a worker."""
    if isinstance(array, Stack):
        return tuple(_source(part) for part in array.parts)
    return Path(str(array.filename)) if isinstance(array, np.memmap) and array.filename else array


def _size(job: Job) -> int:
    """Return about how long a job takes: numbers a scan of its signals, times the scans learned from."""
    numbers = sum(int(np.prod(_opened(source).shape[1:])) for source in job.signals.values())
    return (numbers + 1) * len(job.played.known)


def _scores_of_stranger(job: Job) -> _Answer:
    """Return the scores of one round of an attack that holds a stranger's code."""
    try:
        return _answer_of(job)
    except Exception as error:  # a stranger's code may raise anything
        if isinstance(error, RemembrainError) and not isinstance(error, DataError):
            raise  # of the disk, which no other attack would find better
        raise AttackFailed(job.attack.name, nameless(error)) from error


def _scores_of(job: Job) -> _Answer:
    """Return the scores of one round, from the file of an earlier run where there is one."""
    took = job.kept and job.kept.with_suffix(".json")
    if job.kept and took and job.kept.exists():
        seconds = float(read_json(took)["seconds"]) if took.exists() else None
        return _Answer(read_array(job.kept), seconds)
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
    if job.kept and took:
        write_json(took, {"seconds": seconds})
        write_array(job.kept, score)  # last: what is there is whole
    return _Answer(score, seconds)


def _answer_of(job: Job) -> _Answer:
    """Return the scores of one round, with those of people where their scans are put together."""
    answer = _scores_of(job)
    if not job.joined:
        return answer
    if job.kept_joint and job.kept_joint.exists():
        kept = read_array(job.kept_joint)
        return replace(answer, joint=kept if len(kept) else None)
    known, tested = _known_and_tested(job)
    rng = stream(job.seed, "halves of known people", job.attack.name, job.played.repeat, job.played.kind)
    joint = joint_scores(job.attack, known, tested, job.person[job.played.tested], answer.score, rng)
    if job.kept_joint:
        write_array(job.kept_joint, np.empty(0) if joint is None else joint)
    return replace(answer, joint=joint)


def _known_and_tested(job: Job) -> tuple[Known, Signals]:
    """Return whom the attack learns from, and the signals of those it decides about."""
    played = job.played
    signals = {name: _opened(source) for name, source in job.signals.items()}
    if job.taught is not None and job.taught_signals is not None:
        theirs = {name: _opened(source) for name, source in job.taught_signals.items()}
        everybody = np.arange(len(job.taught.member))
        known = Known(_rows(theirs, everybody), job.taught.member, job.taught.participant_id)
    else:
        known = Known(_rows(signals, played.known), played.member[played.known], job.person[played.known])
    return known, _rows(signals, played.tested)


def _rows(signals: Mapping[str, Array | Stack], index: Int[np.ndarray, "some"]) -> dict[str, Rows]:
    """Return the signals of these scans, read when they are asked for."""
    return {name: Rows(array, index) for name, array in signals.items()}


def _opened(source: Source) -> Array | Stack:
    """Return the array, memory-mapped where it is a file."""
    if isinstance(source, tuple):
        return Stack(tuple(_opened(part) for part in source))
    return read_array(source, mapped=True) if isinstance(source, Path) else source
