"""Prepared scans on disk: one file a scan, named by its content, mapped into memory while it is read.

Files are shared between runs and hold people's scans, so the folder is readable by its owner alone.
"""

from __future__ import annotations

import io
import mmap
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from remembrain.errors import DataError, RemembrainError
from remembrain.run import clear_disk_errors, private_folder

FEWEST_FOR_A_MEAN = 10


def default_store() -> Path:
    """Return $REMEMBRAIN_CACHE/scans, or ~/.cache/remembrain/scans."""
    return Path(os.environ.get("REMEMBRAIN_CACHE") or Path.home() / ".cache" / "remembrain") / "scans"


def ready(folder: Path) -> None:
    """Make a folder for prepared scans that only its owner can read; one that is there may be others' too, and stays.

    Raises
    ------
    RemembrainError
        Where it cannot be made, or nothing can be written into it.
    """
    with clear_disk_errors(folder):
        private_folder(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise RemembrainError(
            "cannot be written: not allowed",
            where=folder,
            expected="a folder for prepared scans",
            try_next="--store FOLDER, or REMEMBRAIN_CACHE=FOLDER",
        )


@dataclass(frozen=True, eq=False)
class ScanStore:
    """Prepared scans, read one at a time; implements :class:`remembrain.types.Inputs`.

    ``statistics`` are intensity statistics of the scans as they were before standardising.
    """

    folder: Path
    names: tuple[str, ...]
    shape: tuple[int, ...]
    statistics: Float[np.ndarray, "scan statistic"]
    statistic_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> Float[np.ndarray, "*shape"]:
        """Return one scan as float32.

        The map is let go once the scan is copied out of it: memory does not grow with the scans that were read.

        Raises
        ------
        DataError
            Where the file is gone or damaged.
        """
        batch = np.empty((1, *self.shape), dtype=np.float32)
        self.fill(batch, np.array([index]))
        return np.asarray(batch[0])

    def fill(self, batch: Float[np.ndarray, "batch *shape"], places: Int[np.ndarray, "batch"]) -> None:
        """Convert several scans straight into a batch of float32; errors as for one."""
        for scan, place in zip(batch, places, strict=True):
            path = self.path(int(place))
            try:
                with path.open("rb") as file:
                    mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
                _copy_out(mapped, scan)
            except (OSError, ValueError) as error:
                raise DataError(
                    f"is gone or damaged ({error})", where=path, try_next="delete it and rerun: it is prepared again"
                ) from error

    def path(self, index: int) -> Path:
        """Return the file of one scan."""
        return file_of(self.folder, self.names[index])

    def keys(self) -> Sequence[str]:
        """Return the content hash of each scan."""
        return self.names

    def take(self, index: Int[np.ndarray, "some"]) -> ScanStore:
        """Return the same store with these scans alone."""
        names = tuple(self.names[place] for place in index)
        return ScanStore(self.folder, names, self.shape, self.statistics[index], self.statistic_names)

    def group_mean(self, index: Int[np.ndarray, "some"]) -> Float[np.ndarray, "x y z"]:
        """Return the mean volume of some scans.

        Raises
        ------
        DataError
            For fewer than 10 different scans: a mean of a few shows who they are.
        """
        different = len({self.names[place] for place in index})
        if different < FEWEST_FOR_A_MEAN:
            raise DataError(f"a mean brain of {different} scans", expected=f"at least {FEWEST_FOR_A_MEAN}")
        total = np.zeros(self.shape, dtype=np.float64)
        for place in index:
            total += self[int(place)]
        return np.asarray(total[0] / len(index))


def _copy_out(mapped: mmap.mmap, scan: Float[np.ndarray, "*shape"]) -> None:
    """Copy a mapped .npy file into a scan; halves by torch, whose conversion is six times faster than NumPy's."""
    for header in _headers(scan.shape):
        if mapped[: len(header)] == header and len(mapped) == len(header) + 2 * scan.size:
            import torch  # here, because workers that prepare scans write halves and never read them

            halves = torch.frombuffer(mapped, dtype=torch.float16, offset=len(header))
            torch.from_numpy(scan).copy_(halves.view(scan.shape))
            return
    scan[...] = np.load(io.BytesIO(mapped), allow_pickle=False).reshape(scan.shape)


@lru_cache(maxsize=8)
def _headers(shape: tuple[int, ...]) -> tuple[bytes, ...]:
    """Return how a .npy file of halves begins, with and without the axis of channels."""
    headers = []
    for its_shape in (shape, shape[1:]):
        begin = io.BytesIO()
        np.lib.format.write_array_header_1_0(begin, {"descr": "<f2", "fortran_order": False, "shape": its_shape})
        headers.append(begin.getvalue())
    return tuple(headers)


def file_of(folder: Path, key: str) -> Path:
    """Return where the scan of this key lies."""
    return folder / key[:2] / f"{key}.npy"
