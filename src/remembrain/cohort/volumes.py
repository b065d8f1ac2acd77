"""NIfTI files to the target's grid: looked at, resampled, standardised and stored, in several processes.

No registration is done: volumes are taken to lie in MNI space, where the published studies put them first. Looking at
scans and preparing them is the same code, so that what is said of them is the same.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from remembrain._parallel import map_processes
from remembrain.cohort.bids import BidsCohort
from remembrain.cohort.files import insist_on_content, nameless
from remembrain.cohort.grids import Grid
from remembrain.cohort.nifti import read_values, read_volume
from remembrain.cohort.resampling import STATISTICS, intensity_statistics, standardise, to_grid
from remembrain.cohort.store import FEWEST_FOR_A_MEAN, ScanStore, file_of, ready
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.run import Key, read_json, remove_leftovers, sha256, write_array, write_json

RECIPE = 2
CHUNK = 8
UNMEASURED = (float("nan"),) * len(STATISTICS)


@dataclass(frozen=True)
class Answer:
    """What became of one file; ``image`` is a hash of its voxels, however they were compressed or turned.

    ``wrong`` is why it cannot be used, ``notes`` is what is to be told of it. Statistics are NaN where nothing could be
    measured.
    """

    key: str = ""
    image: str = ""
    statistics: tuple[float, ...] = UNMEASURED
    wrong: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Task:
    """A few files for one call of a worker; they are kept where there is a folder."""

    paths: tuple[Path, ...]
    grid: Grid
    folder: Path | None


@dataclass(frozen=True, eq=False)
class Looked:
    """What became of every scan of a cohort; row i is scan i in all."""

    cohort: BidsCohort
    answers: tuple[Answer, ...]
    folder: Path | None
    shape: tuple[int, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong with the scans, and (not ``fatal``) all that is to be told of them."""
        wrong = [self._problem(place, answer.wrong) for place, answer in enumerate(self.answers) if answer.wrong]
        notes = [
            self._problem(place, note, fatal=False)
            for place, answer in enumerate(self.answers)
            for note in answer.notes
        ]
        return (*wrong, *same_images(self.cohort, [answer.image for answer in self.answers]), *notes)

    def take(self, index: Int[np.ndarray, "some"]) -> Looked:
        """Return what became of these scans alone."""
        return replace(self, cohort=self.cohort.take(index), answers=tuple(self.answers[place] for place in index))

    def scans(self) -> ScanStore:
        """Return the prepared scans.

        Raises
        ------
        ProblemsError
            With everything that is wrong with any of them.
        """
        fatal = [problem for problem in self.problems if problem.fatal]
        if fatal:
            raise ProblemsError(fatal, where=self.cohort.folder, try_next=f"remembrain check {self.cohort.folder}")
        return self._store(range(len(self.answers)))

    def statistics(self) -> Float[np.ndarray, "scan statistic"]:
        """Return what was measured of each scan, NaN where nothing could be."""
        return np.array([answer.statistics for answer in self.answers], dtype=float).reshape(len(self.answers), -1)

    def mean_of(self, index: Int[np.ndarray, "some"]) -> Float[np.ndarray, "x y z"] | None:
        """Return the mean volume of some scans; none where one of them could not be used, or they are too few."""
        answers = [self.answers[place] for place in index]
        if any(answer.wrong for answer in answers) or len({answer.key for answer in answers}) < FEWEST_FOR_A_MEAN:
            return None
        return self._store(index.tolist()).group_mean(np.arange(len(index)))

    def _store(self, places: Sequence[int]) -> ScanStore:
        """Return the prepared scans at these places."""
        if self.folder is None:
            raise ValueError("these scans were looked at and not kept")
        keys = tuple(self.answers[place].key for place in places)
        return ScanStore(self.folder, keys, self.shape, self.statistics()[list(places)], STATISTICS)

    def _problem(self, place: int, what: str, *, fatal: bool = True) -> Problem:
        """Return what is to be said of one scan."""
        return problem_of(self.cohort, place, what, fatal=fatal)


def problem_of(cohort: BidsCohort, place: int, what: str, *, fatal: bool = True) -> Problem:
    """Return what is to be said of one scan of a cohort."""
    scans = cohort.scans
    return Problem(
        str(cohort.paths[place].relative_to(cohort.folder)),
        what,
        fatal,
        participant=str(scans.participant_id[place]),
        session=str(scans.session_id[place]),
        summary=f"a scan {nameless(what)}",
    )


def look(cohort: BidsCohort, grid: Grid, store: Path | None = None, *, workers: int | None = None) -> Looked:
    """Open every scan, bring it to a grid and standardise it; kept where a store is given, else only judged.

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
    """
    if store is not None:
        ready(store)
        remove_leftovers(store)
    paths = cohort.paths
    tasks = [_Task(paths[first : first + CHUNK], grid, store) for first in range(0, len(paths), CHUNK)]
    what = "checking scans" if store is None else "preparing scans"
    answers = map_processes(_look_at, tasks, workers=workers, description=what)
    return Looked(cohort, tuple(answer for chunk in answers for answer in chunk), store, (1, *grid.shape))


def same_images(cohort: BidsCohort, images: Sequence[str]) -> list[Problem]:
    """Return, for everybody, the images of theirs that stand under the names of others too."""
    owners: dict[str, list[int]] = {}
    for place, image in enumerate(images):
        if image:
            owners.setdefault(image, []).append(place)
    problems = []
    for places in owners.values():
        if len({cohort.scans.participant_id[place] for place in places}) > 1:
            names = [str(cohort.paths[place].relative_to(cohort.folder)) for place in places]
            for place, name in zip(places, names, strict=True):
                others = ", ".join(other for other in names if other != name)
                person = str(cohort.scans.participant_id[place])
                what = f"is the same image as {others}, of other people"
                problems.append(Problem(name, what, participant=person, summary="the same image under several people"))
    return problems


def _look_at(task: _Task) -> list[Answer]:
    """Look at a few files in a worker; of one that cannot be used, what can be measured is measured."""
    answers = []
    for path in task.paths:
        try:
            answers.append(_prepared(path, task.grid, task.folder))
        except DataError as error:
            answers.append(Answer(statistics=_measured(path), wrong=error.what))
    return answers


def _prepared(path: Path, grid: Grid, folder: Path | None) -> Answer:
    """Return what became of one scan, from the store where it is kept there."""
    insist_on_content(path)
    try:
        content = sha256(path)
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", where=path) from None
    key = Key.of(scan=content, shape=grid.shape, affine=grid.affine, recipe=RECIPE).digest
    if folder is None:
        on_grid, statistics, notes = _read(path, grid)
        return Answer(key, _hash(on_grid), statistics, notes=notes)
    target = file_of(folder, key)
    facts = target.with_suffix(".json")
    if not (target.exists() and facts.exists()):
        on_grid, statistics, notes = _read(path, grid)
        save(target, on_grid)
        write_json(facts, {"statistics": statistics, "notes": notes})
    kept = read_json(facts)
    return Answer(key, sha256(target), tuple(kept["statistics"]), notes=tuple(kept["notes"]))


def _read(path: Path, grid: Grid) -> tuple[Float[np.ndarray, "x y z"], tuple[float, ...], tuple[str, ...]]:
    """Return one scan on the grid, its statistics as it was, and what is to be told of it."""
    volume = read_volume(path)
    on_grid = standardise(to_grid(volume.values, volume.affine, grid)).astype(np.float16)
    return on_grid, tuple(float(value) for value in intensity_statistics(volume.values)), volume.notes


def _hash(array: Float[np.ndarray, "x y z"]) -> str:
    """Return the hash that the file of an array would have."""
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    return hashlib.sha256(content.getbuffer()).hexdigest()


def _measured(path: Path) -> tuple[float, ...]:
    """Return the statistics of a scan that cannot be used, NaN where there is nothing to measure."""
    try:
        return tuple(float(value) for value in intensity_statistics(read_values(path)))
    except DataError:
        return UNMEASURED


def save(target: Path, array: Float[np.ndarray, "..."]) -> None:
    """Write one prepared scan whole or not at all, into a folder that only its owner can read."""
    ready(target.parent)
    write_array(target, array)
