"""Attacks on one release, repeat by repeat: what every attack says of everybody who is tested, and of the null.

Attacks on tables learn of no member, so the null needs no second run: the scores of those who did not take part, half
of whom are called members, once for all repeats, or anew in each where roles are drawn anew. The scores of each attack
and repeat are kept under a key of all they depend on, so that an audit that was stopped goes on, and one with further
attacks runs these alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cache, partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float

from remembrain import evidence as evidence_room
from remembrain import survey as survey_room
from remembrain._parallel import map_processes
from remembrain._text import nearest, parted, shown
from remembrain.audits.play import Played
from remembrain.errors import RemembrainError, UsageError
from remembrain.run.kept import Key, code_of_rooms, identity_of, keep_array, libraries
from remembrain.run.streams import own_seed, stream
from remembrain.survey.answers import Answers
from remembrain.survey.attacks import ATTACKS, BLIND, TableAttack
from remembrain.survey.attacks.simulated import middle, simulated
from remembrain.survey.parts import Parts, taken_apart
from remembrain.survey.release import Look, Release, Survey, look
from remembrain.survey.view import View
from remembrain.types import Repeated, Scores, Texts

Trial: TypeAlias = tuple[View, Bool[np.ndarray, "person"]]


@dataclass(frozen=True, eq=False)
class Attacked:
    """What came out of one repeat; ``parts`` are scores taken apart by table.

    ``reference`` is how many people the adversary had, and ``n_taken`` how many it took to have taken part.
    """

    real: dict[str, Scores]
    null: dict[str, Scores]
    refused: dict[str, str]
    participant_id: Texts
    member: Bool[np.ndarray, "person"]
    parts: Parts
    reference: int
    n_taken: float


@dataclass(frozen=True, eq=False)
class _Job:
    """Some repeats for one worker."""

    release: Release
    attacks: tuple[TableAttack, ...]
    repeats: tuple[int, ...]
    seed: int
    folder: Path
    key: Key


def attack_release(
    release: Release,
    attacks: Sequence[TableAttack],
    *,
    repeats: int,
    seed: int,
    folder: Path,
    key: Key,
    workers: int | None = None,
) -> list[Attacked]:
    """Run the attacks and the blind baseline in every repeat, in parallel processes.

    Parameters
    ----------
    release
        The group and its tables.
    attacks
        Which to run.
    repeats
        Fresh draws of what the adversary knows.
    seed
        Of these.
    folder, key
        Where scores are kept, and the key of the people, the tables and the code.
    workers
        Processes; one a core when left out.
    """
    chunk = max(1, min(5, repeats // 2))
    key = key.also(release=_parts_of_release(release), seed=seed, libraries=libraries())
    jobs = [
        _Job(release, tuple(attacks), tuple(range(start, min(start + chunk, repeats))), seed, folder, key)
        for start in range(0, repeats, chunk)
    ]
    chunks = map_processes(_work, jobs, workers=workers, description="attacking the tables")
    return [attacked for chunk in chunks for attacked in chunk]


def _parts_of_release(release: Release) -> dict[str, object]:
    """Return all that a release adds to its survey, as a key names it."""
    own = {field.name: getattr(release, field.name) for field in fields(release) if field.name != "survey"}
    return {**own, "case": asdict(release.case), "published": vars(release.published)}


def decided(attack: TableAttack, view: View, trial: Sequence[Trial], rng: np.random.Generator) -> np.ndarray:
    """Return an attack's scores less the threshold that simulated releases show, so that above 0 says *took part*."""
    middles = [middle(attack.score(released, rng), added) for released, added in trial]
    return np.asarray(attack.score(view, rng) - np.mean(middles))


def _work(job: _Job) -> list[Attacked]:
    """Work off some repeats."""
    return [_repeat(job, repeat) for repeat in job.repeats]


def seen_in(release: Release, seed: int, repeat: int) -> Look:
    """Return what the adversary sees in one repeat."""
    return look(release, stream(seed, "look at a release", repeat))


def _repeat(job: _Job, repeat: int) -> Attacked:
    """Draw what the adversary knows, and attack, or take what was kept."""
    seen = seen_in(job.release, job.seed, repeat)
    view, names, member = seen.view, seen.participant_id, seen.member
    anew = (repeat,) if job.release.kept_out else ()
    called = _called_members(names[~member], job.seed, *anew)
    fixed, learned = repeated_of(job.release)
    parts = taken_apart(view)  # first, for what it computes the attacks need too

    @cache
    def trial() -> list[Trial]:
        return list(simulated(view, stream(job.seed, "simulated releases", repeat), releases=2, people=100))

    def kept(attack: object, compute: Callable[[], np.ndarray]) -> np.ndarray:
        return keep_array(job.folder, job.key.also(attack=identity_of(attack), repeat=repeat), compute)

    real, null, refused = {}, {}, {}
    for attack in job.attacks:
        rng = stream(job.seed, "attack on tables", attack.name, repeat)
        try:
            score = kept(attack, partial(_score, attack, view, trial, rng))
        except _Refused as error:
            refused[attack.name] = str(error)
            continue
        real[attack.name] = scores_of(attack.name, repeat, names, member, score, fixed)
        if called is not None:
            null[attack.name] = scores_of(attack.name, repeat, names[~member], called, score[~member], fixed)
    rng = stream(job.seed, "attack on tables", BLIND.name, repeat)
    score = kept(BLIND, lambda: _blind(view, member, called, rng))
    real[BLIND.name] = scores_of(BLIND.name, repeat, names, member, score[: len(names)], learned)
    if called is not None:
        null[BLIND.name] = scores_of(BLIND.name, repeat, names[~member], called, score[len(names) :], learned)
    return Attacked(real, null, refused, names, member, parts, len(view.reference), view.n)


class _Refused(Exception):
    """Why an attack says nothing of these tables; not what is wrong with what was kept, or with the disk."""


def _score(
    attack: TableAttack, view: View, trial: Callable[[], Sequence[Trial]], rng: np.random.Generator
) -> np.ndarray:
    """Return an attack's scores of everybody.

    Raises
    ------
    _Refused
        Where it cannot be run.
    """
    try:
        return attack.score(view, rng) if attack.name == "learned" else decided(attack, view, trial(), rng)
    except RemembrainError as error:
        raise _Refused(error.what) from error


def _blind(
    view: View,
    member: Bool[np.ndarray, "person"],
    called: Bool[np.ndarray, "other"] | None,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return what the blind baseline says of everybody, and after them of those of whom some are called members."""
    real = BLIND.score(view, member, rng)
    return real if called is None else np.concatenate([real, BLIND.score(_of(view, ~member), called, rng)])


def played(attacked: Sequence[Attacked]) -> Played:
    """Return what those attacks said that could be run in every repeat, and why others said nothing."""
    refused = {name: why for repeat in attacked for name, why in repeat.refused.items()}
    real: dict[str, list[Scores]] = {}
    null: dict[str, list[Scores]] = {}
    for repeat in attacked:
        for by_attack, scores in ((real, repeat.real), (null, repeat.null)):
            for name in scores:
                if name not in refused:
                    by_attack.setdefault(name, []).append(scores[name])
    return Played({"real": real, "null": null}, refused)


def key_of(survey: Survey) -> Key:
    """Return the key of all people, of the tables, and of the code that makes and attacks them."""
    files = {"answers": survey.answers, "outsiders": survey.outsiders, "reference": survey.reference}
    people = {name: None if answers is None else _parts_of_key(answers) for name, answers in files.items()}
    again = None if survey.again is None else [survey.again.value, survey.again.reliability]
    code = code_of_rooms(survey_room, evidence_room)
    return Key.of(**people, again=again, layout=repr(survey.layout.tables), code=code)


def _parts_of_key(answers: Answers) -> list[object]:
    """Return people and their answers as a key names them."""
    questions = repr((answers.categorical, answers.numeric))
    return [answers.participant_id, answers.code, answers.value, answers.weight, questions]


def repeated_of(release: Release) -> tuple[Repeated, Repeated]:
    """Return what the repeats of a table attack have to do with one another, and those of the blind baseline.

    A table attack is a rule that learned from nobody who is tested, where the reference is of another file, and where
    roles are drawn anew, so that what two people say of one another cancels. Otherwise whoever is tested in one repeat
    is the reference of others in another, as people are who are known to an attack that learns from them. The baseline
    learns from some of the tested about others.
    """
    if release.kept_out:
        return "fixed rule by lot", "learned by lot"
    return ("fixed rule" if release.survey.reference is not None else "known people"), "known people"


def scores_of(
    name: str,
    repeat: int,
    names: Texts,
    member: Bool[np.ndarray, "person"],
    score: Float[np.ndarray, "person"],
    repeated: Repeated,
) -> Scores:
    """Return scores joined to whom they are of."""
    return Scores(name, repeat, names, np.full(len(names), ""), member, score, repeated=repeated)


def _called_members(names: Texts, seed: int, *anew: int) -> Bool[np.ndarray, "other"] | None:
    """Return which of those who did not take part are called members, or nothing where they are too few.

    It hangs on the name, the seed and what it is drawn ``anew`` for, so that it does not hang on who else is tested.
    """
    if len(names) < 4:
        return None
    called = np.array([own_seed(seed, "called members of tables", str(name), *anew) % 2 == 0 for name in names])
    return called if 2 <= called.sum() <= len(called) - 2 else None


def _of(view: View, mask: Bool[np.ndarray, "person"]) -> View:
    """Return the view of some of the people."""
    published = view.published if view.published.ndim == 1 else view.published[mask]
    numbers = None if view.coincidence is None else view.coincidence[mask]
    asked = {"cells": view.cells[mask], "values": view.values[mask], "counts": view.counts[mask]}
    return replace(view, **asked, published=published, coincidence=numbers)


def chosen(names: Sequence[str]) -> tuple[TableAttack, ...]:
    """Return attacks by name, parted by commas; all where none is named.

    Raises
    ------
    UsageError
        Where a name is unknown.
    """
    known = {attack.name: attack for attack in ATTACKS}
    words = parted(names) or ("all",)
    for name in set(words) - {"all"}:
        if name not in known:
            raise UsageError(
                f"no attack {shown(name)!r} on tables",
                expected=f"one of {', '.join(known)}, or all",
                try_next=nearest(name, known) or "remembrain survey attacks",
            )
    return ATTACKS if "all" in words else tuple(known[name] for name in words)
