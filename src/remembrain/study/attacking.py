"""Signals to scores: every attack, in every repeat, on real membership and on the null, in parallel processes.

The null gives the same code people who are all non-members, half of them called members at random: whatever an attack
finds there is an error of the audit.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Bool, Int

from remembrain._parallel import map_processes
from remembrain.cohort.splits import Split
from remembrain.errors import DataError
from remembrain.run import atomic_path
from remembrain.types import Array, Attack, Known, Scans, Scores, Texts

Kind = Literal["real", "null"]
_NULL_STREAM = 7001


@dataclass(frozen=True, eq=False)
class Round:
    """One draw of whom the attacker knows: places of the known and of the tested scans, and who is called a member."""

    kind: Kind
    repeat: int
    known: Int[np.ndarray, "known"]
    tested: Int[np.ndarray, "tested"]
    member: Bool[np.ndarray, "scan"]


@dataclass(frozen=True, eq=False)
class Job:
    """All rounds of one attack, for one worker process; ``kept`` is where its scores stay for a rerun."""

    attack: Attack
    signals: Mapping[str, Path | Array]
    person: Texts
    rounds: tuple[Round, ...]
    seed: int
    kept: Path


def real_rounds(split: Split, draws: Sequence[Bool[np.ndarray, "scan"]]) -> tuple[Round, ...]:
    """Return one round a draw of known scans; all other members and non-members are tested."""
    member = split.role == "member"
    audited = member | (split.role == "nonmember")
    return tuple(
        Round("real", repeat, np.flatnonzero(audited & known), np.flatnonzero(audited & ~known), member)
        for repeat, known in enumerate(draws)
    )


def null_rounds(scans: Scans, split: Split, repeats: int, seed: int) -> tuple[Round, ...]:
    """Return rounds over the non-members alone, half of whose people are called members, at random and once for all."""
    nonmember = split.role == "nonmember"
    shuffled = np.random.default_rng([seed, _NULL_STREAM]).permutation(np.unique(scans.participant_id[nonmember]))
    half = len(shuffled) // 2
    called = nonmember & np.isin(scans.participant_id, shuffled[:half])
    rounds = []
    for repeat in range(repeats):
        rng = np.random.default_rng([seed, _NULL_STREAM, 1 + repeat])
        drawn = [rng.permutation(some)[: half // 2] for some in (shuffled[:half], shuffled[half:])]
        known = np.isin(scans.participant_id, np.concatenate(drawn))
        rounds.append(
            Round("null", repeat, np.flatnonzero(nonmember & known), np.flatnonzero(nonmember & ~known), called)
        )
    return tuple(rounds)


def run_attacks(
    attacks: Sequence[Attack],
    signals: Mapping[str, Array],
    scans: Scans,
    rounds: Sequence[Round],
    *,
    seed: int,
    folder: Path,
    key: str,
    workers: int | None = None,
) -> dict[tuple[str, Kind], list[Scores]]:
    """Run every attack on every round, one process an attack, keeping each attack's scores for a rerun.

    Parameters
    ----------
    attacks
        All of whose needed signals are there.
    signals
        Arrays whose first axis is the scans; memory-mapped ones are opened again by the workers.
    scans
        Who the scans are of.
    rounds
        Real and null ones.
    seed
        Seed of the audit; every attack and round has its own stream.
    folder, key
        Where scores are kept, and the hash of everything they depend on.
    workers
        Processes; one a core when left out.

    Returns
    -------
    scores
        For each attack name and kind, one ``Scores`` a repeat.
    """
    sources = {name: Path(str(a.filename)) if isinstance(a, np.memmap) else a for name, a in signals.items()}
    folder.mkdir(parents=True, exist_ok=True)
    jobs = []
    for attack in attacks:
        mine = {name: sources[name] for name in attack.needs}
        kept = folder / f"{hashlib.sha256(f'{key} {attack!r} {_identity(rounds)}'.encode()).hexdigest()[:32]}.npz"
        jobs.append(Job(attack, mine, scans.participant_id, tuple(rounds), seed, kept))
    answers = map_processes(_scores_of, jobs, workers=workers, description="attacking")
    found: dict[tuple[str, Kind], list[Scores]] = {}
    for job, answer in zip(jobs, answers, strict=True):
        for played, score in zip(rounds, answer, strict=True):
            place = played.tested
            found.setdefault((job.attack.name, played.kind), []).append(
                Scores(
                    job.attack.name,
                    played.repeat,
                    scans.participant_id[place],
                    scans.session_id[place],
                    played.member[place],
                    score,
                )
            )
    return found


def _identity(rounds: Sequence[Round]) -> str:
    """Return a hash of who is known, who is tested and who is called a member in every round."""
    digest = hashlib.sha256()
    for one in rounds:
        digest.update(f"{one.kind} {one.repeat} {len(one.known)} {len(one.tested)} {len(one.member)}\n".encode())
        digest.update(one.known.astype(np.int64).tobytes() + one.tested.astype(np.int64).tobytes())
        digest.update(one.member.tobytes())
    return digest.hexdigest()


def _scores_of(job: Job) -> list[Array]:
    """Return one array of scores a round, from the file of an earlier run where there is one."""
    if job.kept.exists():
        with np.load(job.kept, allow_pickle=False) as kept:
            return [kept[str(place)] for place in range(len(job.rounds))]
    signals = {name: _opened(source) for name, source in job.signals.items()}
    answers = []
    for played in job.rounds:
        stream = [job.seed, zlib.crc32(job.attack.name.encode()), played.repeat, int(played.kind == "null")]
        known = Known(_rows(signals, played.known), played.member[played.known], job.person[played.known])
        score = job.attack.score(known, _rows(signals, played.tested), np.random.default_rng(stream))
        if score.shape != played.tested.shape or not np.isfinite(score).all():
            raise DataError(
                f"the attack {job.attack.name} gave scores of shape {score.shape} "
                f"with {int(np.count_nonzero(~np.isfinite(score)))} not finite",
                expected=f"{len(played.tested)} finite numbers, one a scan",
            )
        answers.append(score)
    with atomic_path(job.kept) as partial, partial.open("wb") as file:
        np.savez(file, **{str(place): score for place, score in enumerate(answers)})  # type: ignore[arg-type]  # the stub takes a name for a flag
    return answers


def _rows(signals: Mapping[str, Array], index: Int[np.ndarray, "some"]) -> dict[str, Array]:
    """Return the signals of these scans."""
    return {name: np.asarray(array[index]) for name, array in signals.items()}


def _opened(source: Path | Array) -> Array:
    """Return the array, memory-mapped where it is a file."""
    return np.load(source, mmap_mode="r", allow_pickle=False) if isinstance(source, Path) else source
