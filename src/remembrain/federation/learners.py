"""Which learner has whom: ``restricted/learners.tsv`` of a federated run, and what may be told of it."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Int

from remembrain.errors import DataError
from remembrain.evidence import disclosure
from remembrain.evidence.spread import spread_of
from remembrain.federation.environments import ENVIRONMENTS
from remembrain.record.federation import Learner
from remembrain.run import RunFolder, write_text
from remembrain.types import Scans

_FILE = "learners.tsv"
_HEADER = ("participant_id", "session_id", "learner", "name")


def write_learners(run: RunFolder, scans: Scans, learner: Int[np.ndarray, "scan"], names: Mapping[int, str]) -> None:
    """Write the learner of every scan that one has (0 is nobody's)."""
    rows = [
        f"{person}\t{session or 'n/a'}\t{number}\t{names[int(number)]}"
        for person, session, number in zip(scans.participant_id, scans.session_id, learner, strict=True)
        if number
    ]
    write_text(run.restricted / _FILE, "\n".join(["\t".join(_HEADER), *rows]) + "\n")


def read_learners(run: RunFolder, scans: Scans) -> tuple[Int[np.ndarray, "scan"], dict[int, str]]:
    """Return the learner of every scan, 0 for nobody's, and what the learners are called.

    Raises
    ------
    DataError
        Where the file is missing.
    """
    path = run.restricted / _FILE
    if not path.is_file():
        raise DataError("no such file", where=path, try_next="remembrain federate, to the same run folder")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    numbers = {(row["participant_id"], row["session_id"].replace("n/a", "")): int(row["learner"]) for row in rows}
    learner = [
        numbers.get((str(person), str(session)), 0)
        for person, session in zip(scans.participant_id, scans.session_id, strict=True)
    ]
    return np.array(learner, dtype=int), dict(sorted((int(row["learner"]), row["name"]) for row in rows))


def describe_learners(
    scans: Scans, own: Mapping[int, Bool[np.ndarray, "scan"]], names: Mapping[int, str]
) -> tuple[Learner, ...]:
    """Return how many people each learner has and how old they are, as far as it may be told."""
    people = {number: len(np.unique(scans.participant_id[mask])) for number, mask in own.items()}
    counts = dict(zip(people, disclosure.rounded(list(people.values())), strict=True))
    return tuple(_described(scans.take(mask), number, names[number], counts[number]) for number, mask in own.items())


def _described(scans: Scans, number: int, name: str, count: int) -> Learner:
    """Return one learner's people; ``count`` is their number as it is told beside others'."""
    _, person, times = np.unique(scans.participant_id, return_inverse=True, return_counts=True)
    ages = spread_of(np.bincount(person, weights=scans.age) / times)
    return Learner(
        number=number,
        name=name,
        people=count,
        scans=count + disclosure.further(len(times), len(scans)),
        age_mean=ages["mean"],
        age_sd=ages["sd"],
        p5=ages["p5"],
        p95=ages["p95"],
    )


def listed(learners: Sequence[Learner], nobody: int, title: str, unit: str) -> str:
    """Return who is where as lines for a person to read, as far as it may be told."""
    lines = [f"  {learner.name}: about {learner.people} people{_ages(learner, unit)}" for learner in learners]
    return "\n".join([f"{title}:", *lines, f"  nobody: {nobody} people"])


def _ages(learner: Learner, unit: str) -> str:
    """Return how old a learner's people are, as far as it may be told of so many."""
    if learner.age_mean is None:
        return ""
    return f", {learner.age_mean:g}{'' if learner.age_sd is None else f' ± {learner.age_sd:g}'} {unit}"


def title_of(name: str) -> str:
    """Return what an environment is called, or the sites that a column names."""
    environment = ENVIRONMENTS.get(name)
    return environment.title if environment else f"sites by {name}"


def start_file(number: int) -> str:
    """Return the name of the file that keeps the mean age a learner told before round 1, with cryptographic noise."""
    return f"start-{number}.json"
