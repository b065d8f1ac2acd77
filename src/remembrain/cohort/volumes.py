"""NIfTI files to the target's grid: resampled, standardised and stored, in several processes.

No registration is done: volumes are taken to lie in MNI space, where the published studies put them first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy import ndimage, stats

from remembrain._parallel import map_processes
from remembrain._validate import finite
from remembrain.cohort.bids import BidsCohort
from remembrain.cohort.grids import Grid
from remembrain.cohort.nifti import first_line, read_volume
from remembrain.cohort.store import ScanStore, file_of, private_folder
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.run import read_json, sha256, write_array, write_json

RECIPE = 1
CHUNK = 8
STATISTICS = ("mean", "sd", "skewness", "quantile 25 %", "quantile 50 %", "quantile 75 %", "quantile 99 %", "zeros")
LEAST_OVERLAP = 0.5


@dataclass(frozen=True)
class _Task:
    """A few files for one call of a worker."""

    paths: tuple[Path, ...]
    names: tuple[str, ...]
    grid: Grid | None
    folder: Path | None


@dataclass(frozen=True)
class _Answer:
    """What became of one file; ``image`` is a hash of its voxels, however they were compressed or turned."""

    key: str = ""
    image: str = ""
    statistics: tuple[float, ...] = ()
    problem: Problem | None = None


def check_volumes(cohort: BidsCohort, workers: int | None = None) -> tuple[Problem, ...]:
    """Open every file and return all that is wrong with any of them; nothing is stored."""
    answers = _work(cohort, None, None, workers, "checking scans")
    return (*(answer.problem for answer in answers if answer.problem), *_same_images(cohort, answers))


def prepare(cohort: BidsCohort, grid: Grid, store: Path, *, workers: int | None = None) -> ScanStore:
    """Bring every scan to a grid, standardised, in a store that keeps what was prepared before.

    Each volume is turned to RAS+, resampled by its affine (not at all where it has the grid; linearly otherwise, after
    a Gaussian of 0.42 of what the spacing grows by where it grows more than 1.5 times), z-scored over all its voxels
    as in Gupta et al. 2021, and kept as float16, cut at 1,000 standard deviations.

    Parameters
    ----------
    cohort
        Scans and their files.
    grid
        Shape, spacing and origin in mm.
    store
        Folder of prepared scans, shared between runs; a stopped preparation goes on there.
    workers
        Processes; one a core when left out.

    Raises
    ------
    ProblemsError
        With every file that cannot be used.
    """
    private_folder(store)
    answers = _work(cohort, grid, store, workers, "preparing scans")
    _raise_problems(cohort, answers)
    return ScanStore(
        store,
        tuple(answer.key for answer in answers),
        (1, *grid.shape),
        np.array([answer.statistics for answer in answers], dtype=float),
        STATISTICS,
    )


def prepare_with(cohort: BidsCohort, preprocess: Callable[[Path], Any], store: Path, *, key: str) -> ScanStore:
    """Read every scan by a stranger's own ``preprocess(path)``, kept as float32 in the shape it returns.

    ``key`` identifies the code, so that other code is other content.

    Raises
    ------
    ProblemsError
        With every file on which the function fails, or gives NaN or another shape than on the first.
    """
    private_folder(store)
    names, problems, shapes = [], [], []
    for path in cohort.paths:
        names.append(hashlib.sha256(f"{key} {sha256(path)} {RECIPE}".encode()).hexdigest())
        try:
            shapes.append(_preprocessed(path, preprocess, file_of(store, names[-1])))
        except DataError as error:
            problems.append(Problem(str(path.relative_to(cohort.folder)), error.what))
    if not problems and len(set(shapes)) > 1:
        problems.append(Problem(str(cohort.folder), f"preprocess gave several shapes: {sorted(set(shapes))}"))
    if problems:
        raise ProblemsError(problems, where=cohort.folder)
    return ScanStore(store, tuple(names), shapes[0], np.zeros((len(names), 0)), ())


def _preprocessed(path: Path, preprocess: Callable[[Path], Any], target: Path) -> tuple[int, ...]:
    """Keep what a stranger's function makes of one file, and return its shape."""
    if not target.exists():
        try:
            array = np.asarray(preprocess(path), dtype=np.float32)
            finite(array, "its result")
        except Exception as error:
            raise DataError(f"preprocess failed: {first_line(error)}", where=path) from error
        _save(target, array)
    return tuple(np.load(target, mmap_mode="r", allow_pickle=False).shape)


def _work(
    cohort: BidsCohort, grid: Grid | None, store: Path | None, workers: int | None, description: str
) -> list[_Answer]:
    """Call the workers on all files."""
    names = [str(path.relative_to(cohort.folder)) for path in cohort.paths]
    tasks = [
        _Task(cohort.paths[first : first + CHUNK], tuple(names[first : first + CHUNK]), grid, store)
        for first in range(0, len(names), CHUNK)
    ]
    return [
        answer
        for some in map_processes(_prepare_some, tasks, workers=workers, description=description)
        for answer in some
    ]


def _raise_problems(cohort: BidsCohort, answers: list[_Answer]) -> None:
    """Raise everything that is wrong with the files, at once."""
    problems = [answer.problem for answer in answers if answer.problem] + _same_images(cohort, answers)
    if problems:
        raise ProblemsError(problems, where=cohort.folder, try_next=f"remembrain check {cohort.folder}")


def _same_images(cohort: BidsCohort, answers: list[_Answer]) -> list[Problem]:
    """Return the images that stand under the names of several people."""
    owners: dict[str, list[int]] = {}
    for place, answer in enumerate(answers):
        if answer.image:
            owners.setdefault(answer.image, []).append(place)
    problems = []
    for places in owners.values():
        if len({cohort.scans.participant_id[place] for place in places}) > 1:
            names = ", ".join(str(cohort.paths[place].relative_to(cohort.folder)) for place in places)
            problems.append(Problem(names, "the same image under several people"))
    return problems


def _prepare_some(task: _Task) -> list[_Answer]:
    """Prepare a few files in a worker; a file that cannot be used is answered by its problem."""
    answers = []
    for path, name in zip(task.paths, task.names, strict=True):
        try:
            answers.append(_prepare_one(path, task.grid, task.folder))
        except DataError as error:
            answers.append(_Answer(problem=Problem(name, error.what)))
    return answers


def _prepare_one(path: Path, grid: Grid | None, folder: Path | None) -> _Answer:
    """Return the key and the statistics of one scan, from the store where both are there."""
    try:
        content = sha256(path)
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", where=path) from None
    if grid is None or folder is None:
        return _Answer(content, hashlib.sha256(read_volume(path)[0].tobytes()).hexdigest())
    recipe = f"{content} {grid.shape} {grid.affine.tolist()} {RECIPE}"
    key = hashlib.sha256(recipe.encode()).hexdigest()
    target = file_of(folder, key)
    facts = target.with_suffix(".json")
    if not (target.exists() and facts.exists()):
        volume, affine = read_volume(path)
        on_grid = to_grid(volume, affine, grid)
        _save(target, standardise(on_grid).astype(np.float16))
        write_json(facts, [float(value) for value in intensity_statistics(volume)])
    return _Answer(key, sha256(target), tuple(read_json(facts)))


def _save(target: Path, array: Float[np.ndarray, "..."]) -> None:
    """Write one prepared scan whole or not at all, into a folder that only its owner can read."""
    private_folder(target.parent)
    write_array(target, array)


def to_grid(
    volume: Float[np.ndarray, "i j k"], affine: Float[np.ndarray, "4 4"], grid: Grid
) -> Float[np.ndarray, "x y z"]:
    """Resample a RAS+ volume to a grid by its affine alone.

    Raises
    ------
    DataError
        Where less than half of what is brighter than the volume's mean falls into the grid.
    """
    if volume.shape == grid.shape and np.allclose(affine, grid.affine, atol=1e-3):
        return volume
    spacing = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    bright = np.argwhere(volume > volume.mean())
    places = bright @ affine[:3, :3].T + affine[:3, 3]
    index = (places - np.asarray(grid.origin)) / grid.spacing
    inside = ((index > -1) & (index < np.asarray(grid.shape))).all(axis=1).mean()
    if inside < LEAST_OVERLAP:
        raise DataError(
            f"only {inside:.0%} of the head lies inside the grid {grid.name} in MNI space; is it registered?"
        )
    grows = grid.spacing / spacing
    sigma = np.where(grows > 1.5, 0.42 * grows, 0.0)
    smooth = ndimage.gaussian_filter(volume, sigma) if sigma.any() else volume
    to_voxels = np.linalg.inv(affine) @ grid.affine
    onto = ndimage.affine_transform(
        smooth, to_voxels[:3, :3], to_voxels[:3, 3], output_shape=grid.shape, order=1, output=np.float32
    )
    return np.asarray(onto)


def standardise(volume: Float[np.ndarray, "x y z"]) -> Float[np.ndarray, "x y z"]:
    """Return (volume - mean) / SD over all voxels, cut to what float16 can hold."""
    spread = float(volume.std(dtype=np.float64))
    if spread == 0:
        raise DataError("is constant on the grid")
    return np.asarray(np.clip((volume - volume.mean(dtype=np.float64)) / spread, -1000.0, 1000.0))


def intensity_statistics(volume: Float[np.ndarray, "i j k"]) -> tuple[float, ...]:
    """Return what the blind baseline sees of a raw volume, in the order of ``STATISTICS``; of voxels above 0."""
    inside = volume[volume > 0] if (volume > 0).any() else volume.ravel()
    quantiles = np.quantile(inside, (0.25, 0.5, 0.75, 0.99))
    skewness = float(stats.skew(inside.astype(float))) if np.ptp(inside) > 0 else 0.0
    return (
        float(inside.mean(dtype=float)),
        float(inside.std(dtype=float)),
        skewness,
        *(float(value) for value in quantiles),
        float((volume == 0).mean()),
    )
