"""Scans given from Python as one array: the same checks and the same blind view as for files. Any shape a scan."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Shaped

from remembrain._text import few, shown, unseen
from remembrain._validate import finite, same_length
from remembrain.cohort.names import people_of
from remembrain.cohort.splits import Split, draw_known, insist_on_people
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.run.streams import stream
from remembrain.types import Array, Scans, Texts

LARGEST_WHOLE = 1024


@dataclass(frozen=True, eq=False)
class ArrayInputs:
    """Rows of one array as the target reads them, float32; implements :class:`remembrain.types.Inputs`.

    ``values`` may be memory-mapped: one scan is read at a time.
    """

    values: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one scan."""
        return tuple(self.values.shape[1:])

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int) -> Float[np.ndarray, "*shape"]:
        """Return one scan."""
        return np.ascontiguousarray(self.values[index], dtype=np.float32)

    def keys(self) -> Sequence[str]:
        """Return a content hash a scan."""
        return [hashlib.sha256(self[place].tobytes()).hexdigest() for place in range(len(self))]

    def statistics(self) -> Float[np.ndarray, "scan statistic"]:
        """Return what the blind baseline sees of each scan: simple measurements, and a small scan as it is."""
        measured = np.array([_statistics(self[place]) for place in range(len(self))], dtype=float)
        if prod(self.shape) > LARGEST_WHOLE:
            return measured
        return np.hstack([measured, np.stack([self[place].reshape(-1) for place in range(len(self))])])


def make_scans(
    age: Float[np.ndarray, "scan"] | Float[np.ndarray, "scan 1"],
    person: Sequence[object] | None = None,
    session: Sequence[object] | None = None,
    sex: Sequence[object] | None = None,
    site: Sequence[object] | None = None,
) -> Scans:
    """Return the facts of each scan; where no person is named, each scan is a person of its own.

    Raises
    ------
    DataError
        Where lengths differ, an age is not a finite number, one person's session stands twice, or one person may stand
        under several names (``sub-01_ses-1`` and ``sub-01_ses-2``, ``sub-1`` and ``sub-01``).
    """
    try:
        age = np.asarray(age, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(f"ages are no numbers ({error})", expected="one number a scan") from None
    if age.shape[1:] not in ((), (1,)) or not age.ndim:
        raise DataError(f"ages have shape {age.shape}", expected="one number a scan, shape (scan,) or (scan, 1)")
    age = age.reshape(-1)
    finite(age, "age")
    names = person if person is not None else [f"person-{place:05d}" for place in range(len(age))]
    columns = {"person": names, "session": session, "sex": sex, "site": site}
    texts = {name: _texts(values, len(age), "" if name == "session" else "n/a") for name, values in columns.items()}
    same_length(age=age, **texts)
    for name in ("sex", "site"):
        if strange := next((text for text in set(texts[name].tolist()) if unseen(text)), None):
            raise DataError(f"{shown(strange)!r} holds {few(unseen(strange), most_letters=80)}", where=name)
    if person is not None:
        _insist_on_whole_people(texts["person"].tolist(), texts["session"].tolist())
    twice = [key for key, count in _counts(texts["person"], texts["session"]).items() if count > 1]
    if twice:
        raise DataError(
            f"{shown(' '.join(twice[0]).strip())} stands {_counts(texts['person'], texts['session'])[twice[0]]} times",
            expected="one row for each person and session",
            try_next="name the sessions of people who were scanned more than once",
        )
    return Scans(texts["person"], texts["session"], age, texts["sex"], texts["site"])


def _insist_on_whole_people(names: Sequence[str], sessions: Sequence[str]) -> None:
    """Raise where one person may stand under several names."""
    named = people_of(names, sessions, where="person")
    wrong = [problem for problem in named.problems if problem.fatal]
    if wrong:
        raise ProblemsError(wrong, where="the arrays")
    if len(set(named.people)) < len(set(names)):
        raise DataError(
            f"{len(set(names))} names are of {len(set(named.people))} people, with a session behind",
            where="person",
            expected="the same name for all scans of a person",
            try_next="person=['sub-01', ...], session=['ses-1', ...]",
        )


def check_arrays(inputs: ArrayInputs, scans: Scans) -> None:
    """Look at every scan once.

    Raises
    ------
    ProblemsError
        With every scan that is not finite or constant, and every one that stands under several people.
    """
    same_length(scans=np.arange(len(inputs)), ages=scans.age)
    labels, problems = list(scans.labels()), []
    owners: dict[str, set[str]] = {}
    for place, key in enumerate(inputs.keys()):
        scan = inputs[place]
        bad = int(np.count_nonzero(~np.isfinite(scan)))
        if bad:
            problems.append(Problem(labels[place], f"has {bad} values that are NaN or infinite"))
        elif scan.size > 1 and np.ptp(scan) == 0:
            problems.append(Problem(labels[place], f"has the same value {scan.flat[0]:g} everywhere"))
        owners.setdefault(key, set()).add(str(scans.participant_id[place]))
    shared = [few(sorted(people)) for people in owners.values() if len(people) > 1]
    problems += [Problem(names, "the same scan under several people") for names in shared]
    if problems:
        raise ProblemsError(problems, where="the arrays")


def _texts(values: Sequence[object] | None, length: int, unknown: str) -> Texts:
    """Return one text a scan."""
    return np.array([unknown] * length if values is None else [str(value) for value in values], dtype=str)


def _counts(person: Shaped[np.ndarray, "scan"], session: Shaped[np.ndarray, "scan"]) -> dict[tuple[str, str], int]:
    """Count the rows of each person and session."""
    counts: dict[tuple[str, str], int] = {}
    for pair in zip(person.tolist(), session.tolist(), strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def _statistics(scan: Float[np.ndarray, "*shape"]) -> tuple[float, ...]:
    """Return mean, SD, smallest, largest and quartiles of one scan."""
    values = scan.astype(float)
    return (
        float(values.mean()),
        float(values.std()),
        float(values.min()),
        float(values.max()),
        *(float(value) for value in np.quantile(values, (0.25, 0.5, 0.75))),
    )


def as_array(inputs: Any) -> Float[np.ndarray, "scan *shape"]:
    """Return the inputs as an array with the scans along the first axis, without a copy where there can be one."""
    array: np.ndarray = np.asanyarray(inputs)
    if isinstance(array, np.ma.MaskedArray):
        if np.ma.is_masked(array):
            raise DataError("inputs have values that are masked", expected="numbers as the network reads them")
        array = array.data
    if array.ndim < 2 or not np.issubdtype(array.dtype, np.number) or np.issubdtype(array.dtype, np.complexfloating):
        raise DataError(
            f"inputs of shape {array.shape} and type {array.dtype}", expected="real numbers of shape (scan, ...)"
        )
    return array


def draw_of_known(seed: int) -> np.random.Generator:
    """Return what it is drawn from whom the attacker knows, wherever somebody says who was trained on."""
    return stream(seed, "people known of arrays")


def split_of(scans: Scans, member: Bool[np.ndarray, "scan"], known: float, seed: int) -> Split:
    """Return who was trained on, and draw whom the attacker knows."""
    member = np.asarray(member)
    if member.dtype != bool or member.ndim != 1:
        raise DataError(f"member is {member.dtype} of shape {member.shape}", expected="True or False, one a scan")
    same_length(member=member, ages=scans.age)
    if not 0 < known < 1:
        raise DataError(f"the attacker knows a share of {known}", expected="above 0 and below 1")
    people = sorted(set(scans.participant_id[member]) & set(scans.participant_id[~member]))
    if people:
        what = "is member and non-member at once, and a person can have one role"
        raise ProblemsError([Problem(str(person), what) for person in people], where="member")
    split = Split(np.where(member, "member", "nonmember").astype("<U10"), np.zeros(len(scans), dtype=bool))
    insist_on_people(split, scans, Path("member"), known_too=False)
    split = Split(split.role, draw_known(split, scans, draw_of_known(seed), known))
    insist_on_people(split, scans, Path("member"))
    return split
