"""Maps of brains to a table of one row a person: the mean of every parcel of an atlas, or every voxel of a mask.

One scan is in memory at a time. This module must not know what is published of the numbers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from remembrain._progress import progress
from remembrain._text import few, shown
from remembrain.cohort.cells import read_cells
from remembrain.cohort.nifti import Volume, read_volume
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.run import atomic_path

PERSON = "participant_id"
ENDINGS = (".nii", ".nii.gz")
_SAME_PLACE = 0.01
"""Millimetres by which the voxels of two files may lie apart and be the same."""


@dataclass(frozen=True, eq=False)
class Parcels:
    """Which voxels are measured together, in the order of ``names``; places among the voxels of the grid, flat."""

    grid: Volume
    names: tuple[str, ...]
    voxels: Int[np.ndarray, "inside"]
    parcel: Int[np.ndarray, "inside"]

    def means(self, values: Float[np.ndarray, "i j k"]) -> Float[np.ndarray, "parcel"]:
        """Return the mean of each parcel."""
        sums = np.bincount(self.parcel, weights=values.ravel()[self.voxels], minlength=len(self.names))
        return np.asarray(sums / np.bincount(self.parcel, minlength=len(self.names)))


def parcels_of(atlas: Path | None, mask: Path | None) -> Parcels:
    """Read an atlas of numbered parcels, named by a table of the same name beside it, or a mask of single voxels.

    Raises
    ------
    DataError
        Where there is neither or both, or nothing in it.
    """
    if (path := atlas or mask) is None or (atlas and mask):
        what = "both an atlas and a mask" if atlas else "neither an atlas nor a mask"
        raise DataError(what, expected="--atlas FILE or --mask FILE")
    grid = read_volume(path)
    labels = np.rint(grid.values).astype(int).ravel()
    voxels = np.flatnonzero(labels)
    if mask is not None:
        places = np.stack(np.unravel_index(voxels, grid.values.shape), axis=1)
        names = tuple("voxel-" + "-".join(map(str, place)) for place in places.tolist())
        return Parcels(grid, names, voxels, np.arange(len(voxels)))
    numbers, parcel = np.unique(labels[voxels], return_inverse=True)
    said = _names_beside(path)
    names = tuple(said.get(number, f"region-{number}") for number in numbers.tolist())
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"several parcels are called {shown(twice)!r}", where=path, expected="a name for each")
    return Parcels(grid, names, voxels, parcel)


def write_regions(
    maps: Path, out: Path, parcels: Parcels, *, pattern: str = "**/*", participants: Path | None = None
) -> list[str]:
    """Measure every map of a folder, write a row a person, and return what is to be told.

    Parameters
    ----------
    maps
        A folder with one NIfTI file a person, named by ``sub-XX`` or by the file; its folders are looked through.
    out
        The table, comma-separated.
    parcels
        What is measured; every map has to lie on its grid.
    pattern
        Of the names of files that are meant, where there are several a person.
    participants
        A table whose further columns stand beside the numbers.

    Raises
    ------
    DataError
        Where there is no map, or the table of people cannot be read.
    ProblemsError
        With every map that cannot be read or lies on another grid, and everybody who has several.
    """
    files = sorted(path for path in maps.glob(pattern) if path.name.endswith(ENDINGS) and path.is_file())
    if not files:
        raise DataError(f"holds no map that fits {pattern}", where=maps, expected=".nii or .nii.gz, one a person")
    people = _people(files, maps)
    beside, columns, told = _beside(participants, people)
    problems: list[Problem] = []
    with (
        atomic_path(out) as partial,
        partial.open("w", encoding="utf-8", newline="") as table,
        progress("measuring maps", len(files)) as step,
    ):
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow([PERSON, *columns, *parcels.names])
        for person, path in zip(people, files, strict=True):
            step()
            try:
                numbers = parcels.means(on_grid(path, parcels.grid))
            except DataError as error:
                problems.append(Problem(path.name, error.what))
                continue
            rows.writerow([person, *beside.get(person, [""] * len(columns)), *(f"{number:.9g}" for number in numbers)])
        if problems:
            raise ProblemsError(problems, where=maps)
    return told


def _people(files: Sequence[Path], maps: Path) -> list[str]:
    """Return whose each map is; one a person."""
    people = [_person(path) for path in files]
    several = [
        Problem(person, f"has several maps: {few(sorted(path.name for path in files if _person(path) == person))}")
        for person in dict.fromkeys(people)
        if people.count(person) > 1
    ]
    if several:
        raise ProblemsError(several, where=maps, try_next="--pattern '**/*_desc-NAME_*', which fits one a person")
    return people


def _person(path: Path) -> str:
    """Return whose a map is: ``sub-XX`` of its name, or else its name."""
    found = re.match(r"sub-[A-Za-z0-9+]+", path.name)
    return found.group() if found else path.name.removesuffix(".gz").removesuffix(".nii")


def on_grid(path: Path, grid: Volume, *, with_gaps: bool = False) -> Float[np.ndarray, "i j k"]:
    """Return the values of a map; ``with_gaps`` is as in :func:`~remembrain.cohort.nifti.read_volume`.

    Raises
    ------
    DataError
        Where it cannot be read or lies elsewhere.
    """
    volume = read_volume(path, with_gaps=with_gaps)
    if volume.values.shape != grid.values.shape or not np.allclose(volume.affine, grid.affine, atol=_SAME_PLACE):
        mine, theirs = (" x ".join(map(str, one.values.shape)) for one in (volume, grid))
        raise DataError(f"lies on another grid ({mine} voxels, expected {theirs} at the places of atlas or mask)")
    return np.asarray(volume.values, dtype=float)


def _names_beside(atlas: Path) -> Mapping[int, str]:
    """Return the names of parcels by number, from a table beside the atlas (BIDS: ``index`` and ``name``)."""
    table = atlas.with_name(atlas.name.removesuffix(".gz").removesuffix(".nii") + ".tsv")
    if not table.is_file():
        return {}
    frame = read_cells(table).frame
    if not {"index", "name"} <= set(frame.columns):
        raise DataError("has no columns index and name", where=table, expected="the number and the name of each parcel")
    return {int(float(index)): name for index, name in zip(frame["index"], frame["name"], strict=True) if name}


def _beside(
    participants: Path | None, people: Sequence[str]
) -> tuple[Mapping[str, Sequence[str]], Sequence[str], list[str]]:
    """Return the further columns of everybody, their names, and who stands in one of the two alone."""
    if participants is None:
        return {}, [], []
    frame = read_cells(participants).frame
    if PERSON not in frame.columns:
        raise DataError(f"has no column {PERSON}", where=participants, expected=f"{PERSON} and what is known of people")
    columns = [name for name in frame.columns if name != PERSON]
    named = {_same(name): list(row) for name, row in zip(frame[PERSON], frame[columns].to_numpy(), strict=True)}
    beside = {person: named[_same(person)] for person in people if _same(person) in named}
    told = list(_alone(participants, people, beside, named))
    if not beside:
        raise DataError("names nobody who has a map", where=participants, expected=f"such as {people[0]}")
    return beside, columns, told


def _alone(
    participants: Path, people: Sequence[str], beside: Mapping[str, object], named: Mapping[str, object]
) -> Iterator[str]:
    """Yield how many people have a map alone, or stand in the table alone."""
    if lacking := len(people) - len(beside):
        yield f"{lacking} of {len(people)} maps are of people who do not stand in {participants.name}: empty cells"
    if without := len(set(named) - {_same(person) for person in people}):
        yield f"{without} people of {participants.name} have no map, and are left out"


def _same(person: str) -> str:
    """Return a name without ``sub-``, as names are compared."""
    return person.removeprefix("sub-")
