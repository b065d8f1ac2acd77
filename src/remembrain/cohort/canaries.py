"""Canaries: people with a wrong age, trained on or not by the toss of a coin, so that one training audits its epsilon.

Whether each is in was decided by an independent fair coin, which is what a bound from one run rests on (Steinke, Nasr &
Jagielski 2023, arXiv 2305.08846). The age is wrong by as many years as fit, because what is odd is remembered best.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain.cohort.material import Material
from remembrain.cohort.tsv import read_rows
from remembrain.errors import DataError
from remembrain.run import RunFolder, write_text
from remembrain.run.streams import stream
from remembrain.types import Inputs, Texts

FILE = "canaries.tsv"


@dataclass(frozen=True, eq=False)
class Canaries:
    """Places of canaries' scans, of those trained on among them, and how wrong each scan's age is (0 for others)."""

    places: Int[np.ndarray, "some"]
    included: Int[np.ndarray, "some"]
    shift: Float[np.ndarray, "scan"]

    def ages(self, age: Float[np.ndarray, "scan"]) -> Float[np.ndarray, "scan"]:
        """Return the ages that are trained on."""
        return np.asarray(age + self.shift)


def draw(material: Material, shift: float, seed: int) -> Canaries:
    """Toss a coin for every canary of a split, and make its age wrong: younger than it is above the middle age, else
    older, so that ages stay those of people.
    """
    scans, places = material.scans, material.split.places["canary"]
    people, person = np.unique(scans.participant_id[places], return_inverse=True)
    heads = stream(seed, "canaries").random(len(people)) < 0.5
    wrong = np.zeros(len(scans))
    if len(people):
        own = np.bincount(person, weights=scans.age[places]) / np.bincount(person)
        others = material.split.index("nonmember", "validation", "population")  # never by whom it is to protect
        middle = np.median(scans.age[others]) if len(others) else 0.0
        wrong[places] = np.where(own > middle, -shift, shift)[person]
    return Canaries(places, places[heads[person]] if len(people) else places, wrong)


def write(run: RunFolder, material: Material, canaries: Canaries) -> None:
    """Write who the canaries are, who of them is trained on, and by how much their ages are wrong."""
    path = run.restricted / FILE
    if not len(canaries.places):
        path.unlink(missing_ok=True)
        return
    scans, inside = material.scans, set(canaries.included.tolist())
    lines = ["participant_id\tsession_id\tincluded\tshift"]
    for place in canaries.places.tolist():
        who = f"{scans.participant_id[place]}\t{scans.session_id[place] or 'n/a'}"
        lines.append(f"{who}\t{int(place in inside)}\t{canaries.shift[place]:g}")
    write_text(path, "\n".join(lines) + "\n")


@dataclass(frozen=True, eq=False)
class Lures:
    """Each canary's score, whether it was trained on, and by how many years ages are wrong."""

    score: Float[np.ndarray, "person"]
    member: Bool[np.ndarray, "person"]
    shift: float


def lured(run: RunFolder, material: Material, predict: Callable[[Inputs], Float[np.ndarray, "scan"]]) -> Lures | None:
    """Return each canary's score and whether it was trained on; none without any.

    The score is by how much the model's prediction lies toward the wrong age: nothing is learned for it, so that no
    canary says anything of another.

    Parameters
    ----------
    run, material
        Whose canaries.
    predict
        Returns what the model says of scans, in years.

    Raises
    ------
    DataError
        Where the canaries of the run are not those of its split.
    """
    path = run.restricted / FILE
    canaries = material.of("canary")
    if not path.is_file() or not len(canaries.scans):
        return None
    rows = read_rows(path)
    listed = {
        (person, "" if session == "n/a" else session): (included == "1", float(shift))
        for person, session, included, shift in rows[["participant_id", "session_id", "included", "shift"]].itertuples(
            index=False
        )
    }
    keys = list(zip(canaries.scans.participant_id.tolist(), canaries.scans.session_id.tolist(), strict=True))
    if set(keys) != set(listed):
        raise DataError("does not hold the canaries of the split", where=path, try_next="train again into a new run")
    shift = np.array([listed[key][1] for key in keys])
    years = predict(canaries.inputs)
    toward = np.sign(shift) * (years - canaries.scans.age)
    score, included = _by_person(canaries.scans.participant_id, toward, np.array([listed[key][0] for key in keys]))
    return Lures(score, included, float(np.abs(shift).max()))


def _by_person(
    person: Texts, score: Float[np.ndarray, "scan"], included: Bool[np.ndarray, "scan"]
) -> tuple[Float[np.ndarray, "person"], Bool[np.ndarray, "person"]]:
    """Return the mean score of each person, and whether the person was trained on."""
    _, first, place = np.unique(person, return_index=True, return_inverse=True)
    return np.bincount(place, weights=score) / np.bincount(place), included[first]
