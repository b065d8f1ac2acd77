"""Small cohorts for tests: facts in memory, BIDS folders of empty files, and folders of real volumes."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import nibabel as nib
import numpy as np

from remembrain.cohort.bids import BidsCohort
from remembrain.cohort.grids import Grid, grid
from remembrain.cohort.splits import Split, make_split
from remembrain.cohort.store import ScanStore
from remembrain.cohort.volumes import look
from remembrain.types import Scans

COARSE = grid("32")
SHAPE = (22, 26, 20)
AFFINE = np.array([[8.0, 0, 0, -84], [0, 8, 0, -122], [0, 0, 8, -58], [0, 0, 0, 1]])


def facts(people: int, sessions: int = 1, seed: int = 0) -> Scans:
    """People of several sites; rows shuffled, so that no order can be relied on."""
    rng = np.random.default_rng(seed)
    person = np.repeat([f"sub-{place:04d}" for place in range(people)], sessions)
    session = np.tile([f"ses-{place}" for place in range(sessions)] if sessions > 1 else [""], people)
    age = np.repeat(rng.uniform(45, 82, people), sessions) + np.tile(np.arange(sessions), people)
    sex = np.repeat(rng.choice(["F", "M"], people), sessions)
    site = np.repeat(rng.choice(["A", "B", "C"], people, p=[0.5, 0.3, 0.2]), sessions)
    return Scans(person, session, age, sex, site).take(rng.permutation(people * sessions))


def split_of(scans: Scans, seed: int = 0, *, known: float = 0.5, **numbers: float) -> Split:
    rng = np.random.default_rng(seed)
    return make_split(scans, rng, {"member": 0.4, "nonmember": 0.4, "validation": 0.1, **numbers}, known)


def people_of(scans: Scans, split: Split, role: str) -> set[str]:
    return set(scans.participant_id[split.role == role].tolist())


def one_value_each(scans: Scans, values: np.ndarray) -> bool:
    """Whether all scans of each person have the same value."""
    pairs = set(zip(scans.participant_id.tolist(), values.tolist(), strict=True))
    return len(pairs) == len(set(scans.participant_id.tolist()))


def bids_folder(folder: Path, files: Sequence[str], participants: str | bytes, **tables: str) -> Path:
    """A BIDS folder whose images are empty files; more tables by the person they are of (``_`` for ``-``)."""
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    folder.mkdir(exist_ok=True)
    content = participants if isinstance(participants, bytes) else participants.encode()
    (folder / "participants.tsv").write_bytes(content)
    for person, text in tables.items():
        name = person.replace("_", "-")
        (folder / name).mkdir(exist_ok=True)
        (folder / name / f"{name}_sessions.tsv").write_text(text)
    return folder


def raw(*people: str) -> list[str]:
    return [f"{person}/anat/{person}_T1w.nii.gz" for person in people]


def write_volume(path: Path, values: np.ndarray, affine: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(values, affine), path)
    return path


def cohort_of(folder: Path, paths: Sequence[Path], people: Sequence[str] | None = None) -> BidsCohort:
    """The cohort of some files, a person each unless said otherwise."""
    count = len(paths)
    names = np.array(people if people is not None else [f"sub-{place:02d}" for place in range(count)], dtype=str)
    session = np.array(["" if people is None else f"ses-{place}" for place in range(count)], dtype=str)
    unknown = np.full(count, "n/a")
    return BidsCohort(folder, Scans(names, session, np.full(count, 60.0), unknown, unknown), tuple(paths), ())


def head(shape: tuple[int, int, int], seed: int = 0) -> np.ndarray:
    """A lopsided smooth ball with some noise, brighter towards the ends of the axes by different amounts."""
    rng = np.random.default_rng(seed)
    places = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    ball = np.exp(-4 * sum(place**2 for place in places))
    slope = 1 + 0.4 * places[0] + 0.2 * places[1] - 0.3 * places[2]
    return (900 * ball * slope + rng.uniform(0, 20, shape)).astype(np.int16)


def scan(path: Path, seed: int = 0) -> Path:
    """A small head of another grid than any that volumes are brought to, about where MNI space has it."""
    return write_volume(path, head(SHAPE, seed), AFFINE)


def several(folder: Path, count: int) -> BidsCohort:
    return cohort_of(folder, [scan(folder / f"sub-{place:02d}.nii.gz", place) for place in range(count)])


def prepared(cohort: BidsCohort, space: Grid, store: Path, workers: int | None = 1) -> ScanStore:
    """The scans of a cohort on a grid, as an audit has them."""
    return look(cohort, space, store, workers=workers).scans()


def checked(cohort: BidsCohort) -> list[str]:
    """All that is wrong with the scans of a cohort, as ``check`` finds it."""
    return [str(problem) for problem in look(cohort, COARSE, workers=1).problems if problem.fatal]


def patched(offset: int, form: str, *values: float) -> Callable[[bytes], bytes]:
    """A change of some fields of the header."""

    def change(content: bytes) -> bytes:
        changed = bytearray(content)
        struct.pack_into(form, changed, offset, *values)
        return bytes(changed)

    return change


def flip_of(axis: int) -> np.ndarray:
    """Matrix from the indices of a volume flipped along an axis to its own."""
    matrix = np.eye(4)
    matrix[axis, axis], matrix[axis, 3] = -1, SHAPE[axis] - 1
    return matrix


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
