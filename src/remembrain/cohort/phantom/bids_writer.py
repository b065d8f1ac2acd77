"""A BIDS folder of synthetic people, written by several processes; a stopped one is continued."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
from threadpoolctl import threadpool_limits

from remembrain._parallel import map_processes
from remembrain.cohort.grids import grid as find_grid
from remembrain.cohort.phantom.anatomy import anatomy
from remembrain.cohort.phantom.image import image
from remembrain.cohort.phantom.person import Person, person
from remembrain.errors import DataError, UsageError
from remembrain.run import atomic_path, is_leftover, read_json, remove_leftovers, write_json, write_text

RECIPE = 2
CHUNK = 8


@dataclass(frozen=True)
class _Chunk:
    """A few people for one call of a worker."""

    folder: Path
    first: int
    last: int
    grid: str
    seed: int
    sessions: int


def write_cohort(
    folder: Path, *, people: int, grid: str, seed: int, sessions: int = 1, workers: int | None = None
) -> Path:
    """Write synthetic people as a BIDS folder: the same seed gives the same bytes with any number of workers.

    Parameters
    ----------
    folder
        New or empty, or a phantom of the same arguments that was stopped.
    people
        How many people, at least 1.
    grid
        Name of the grid.
    seed
        Seed of the cohort.
    sessions
        Scans a person, 1 or 2.
    workers
        Processes; one a core when left out.

    Returns
    -------
    folder
        As given.

    Raises
    ------
    UsageError
        For numbers that make no cohort.
    DataError
        Where the folder holds something else.
    """
    if people < 1 or sessions not in (1, 2) or seed < 0:
        raise UsageError(
            f"{people} people, {sessions} sessions, seed {seed}",
            expected="at least 1 person, 1 or 2 sessions, and a seed of 0 or more",
        )
    made_from: dict[str, object] = {
        "people": people,
        "grid": grid,
        "seed": seed,
        "sessions": sessions,
        "recipe": RECIPE,
    }
    anatomy(find_grid(grid))
    _start(folder, made_from)
    chunks = [
        _Chunk(folder, first, min(first + CHUNK, people), grid, seed, sessions) for first in range(0, people, CHUNK)
    ]
    everybody = [
        one
        for some in map_processes(_write_people, chunks, workers=workers, description="making people")
        for one in some
    ]
    _write_participants(folder, everybody)
    return folder


def _start(folder: Path, made_from: dict[str, object]) -> None:
    """Write what describes the folder, or make sure that it describes this cohort."""
    description = folder / "dataset_description.json"
    if description.exists():
        remove_leftovers(folder)
        before = read_json(description).get("GeneratedBy", [{}])[0].get("Description")
        if before != json.dumps(made_from):
            raise DataError(
                "holds another data set", where=folder, expected="a new folder, or a phantom of the same arguments"
            )
        return
    if folder.exists() and not all(map(is_leftover, folder.iterdir())):
        raise DataError("holds files that are not a phantom", where=folder, expected="a new or empty folder")
    text = (
        "Synthetic T1-weighted brains made by deforming the ICBM152 2009a template (Fonov et al. 2011).\n"
        "No person was scanned. Rates of re-identification measured on these people say nothing about real cohorts.\n"
    )
    write_text(folder / "README", text)
    write_json(
        description,
        {
            "Name": "remembrain phantom cohort",
            "BIDSVersion": "1.10.0",
            "DatasetType": "raw",
            "License": "CC0",
            "Authors": ["The remembrain developers", "nobody was scanned"],
            "GeneratedBy": [{"Name": "remembrain phantom", "Description": json.dumps(made_from)}],
        },
    )


def _write_people(chunk: _Chunk) -> list[Person]:
    """Write the scans of a few people and return who they are."""
    some = [person(chunk.seed, index, chunk.sessions) for index in range(chunk.first, chunk.last)]
    with threadpool_limits(1):
        for someone in some:
            for session in range(chunk.sessions):
                _write_scan(chunk, someone, session)
            if chunk.sessions > 1:
                rows = [f"ses-{number + 1}\t{age:.1f}" for number, age in enumerate(someone.ages)]
                path = chunk.folder / someone.participant_id / f"{someone.participant_id}_sessions.tsv"
                write_text(path, "\n".join(["session_id\tage", *rows]) + "\n")
    return some


def _write_scan(chunk: _Chunk, someone: Person, session: int) -> None:
    """Write one scan and its side-car, unless both are there."""
    visit = f"ses-{session + 1}" if chunk.sessions > 1 else ""
    stem = "_".join(part for part in (someone.participant_id, visit, "T1w") if part)
    folder = chunk.folder / someone.participant_id / visit / "anat"
    scan, sidecar = folder / f"{stem}.nii.gz", folder / f"{stem}.json"
    if scan.exists() and sidecar.exists():
        return
    space = find_grid(chunk.grid)
    nifti = nib.Nifti1Image(image(someone, chunk.grid, session), space.affine)
    nifti.header.set_xyzt_units("mm", "sec")
    nifti.set_sform(space.affine, code="mni")
    nifti.set_qform(space.affine, code="mni")
    with atomic_path(scan) as partial:
        partial.write_bytes(gzip.compress(nifti.to_bytes(), 1, mtime=0))
    write_json(
        sidecar,
        {
            "Modality": "MR",
            "MagneticFieldStrength": 3,
            "Manufacturer": "none (synthetic)",
            "InstitutionName": someone.site,
        },
    )


def _write_participants(folder: Path, everybody: list[Person]) -> None:
    """Write the table of people, last, so that a folder that has it is whole."""
    columns = {
        "age": {"Description": "Age at the first scan", "Units": "year"},
        "sex": {"Description": "Sex", "Levels": {"F": "female", "M": "male"}},
        "site": {"Description": "Synthetic scanner", "Levels": {"A": "scanner A", "B": "scanner B", "C": "scanner C"}},
    }
    write_json(folder / "participants.json", columns)
    rows = [f"{one.participant_id}\t{one.ages[0]:.1f}\t{one.sex}\t{one.site}" for one in everybody]
    write_text(folder / "participants.tsv", "\n".join(["participant_id\tage\tsex\tsite", *rows]) + "\n")
