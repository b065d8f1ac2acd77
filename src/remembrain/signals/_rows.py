"""One array on disk that grows a scan at a time: a ``.npy`` file, appended to, which a killed run continues.

Plain appends, not a writable memory map, so that what is resident does not grow with the number of scans.
"""

from __future__ import annotations

import glob
import io
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from remembrain.errors import DataError
from remembrain.run import clear_disk_errors, open_private, read_array


@dataclass(frozen=True)
class RowFile:
    """A file of ``rows`` arrays of ``shape``; its name carries a key of all that decides its content."""

    folder: Path
    stem: str
    key: str
    rows: int
    shape: tuple[int, ...]
    dtype: str

    @property
    def path(self) -> Path:
        """The finished file."""
        return self.folder / f"{self.stem}.{self.key}.npy"

    @property
    def partial(self) -> Path:
        """The file while it grows."""
        return self.path.with_suffix(".npy.part")

    @property
    def complete(self) -> bool:
        """Whether the finished file is there."""
        return self.path.is_file()

    @property
    def row_bytes(self) -> int:
        """Size of one row."""
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize

    def rows_done(self) -> int:
        """Return how many whole rows the growing file holds."""
        if not self.partial.is_file():
            return 0
        return max(0, self.partial.stat().st_size - len(self._header())) // self.row_bytes

    def append_after(self, rows: int, name_of: Callable[[int], str]) -> Appender:
        """Open the growing file behind its first rows; what stands behind them is cut off.

        ``name_of`` names a row in messages.
        """
        with clear_disk_errors(self.partial):
            file = open_private(self.partial, os.O_RDWR)
            if not rows:
                file.truncate(0)
                _write(file, self._header())
            file.truncate(len(self._header()) + rows * self.row_bytes)
            file.seek(0, os.SEEK_END)
            return Appender(self, file, rows, name_of)

    def finish(self) -> None:
        """Give the file its final name, and remove those of the same signal with other keys."""
        with clear_disk_errors(self.path):
            with self.partial.open("rb") as file:
                os.fsync(file.fileno())
            self.partial.replace(self.path)
        self.remove_stale()

    def remove_stale(self) -> None:
        """Remove files of the same signal whose content was decided by something else."""
        for suffix in (".npy", ".npy.part"):
            for path in self.folder.glob(f"{glob.escape(self.stem)}.{'[0-9a-f]' * len(self.key)}{suffix}"):
                if path not in (self.path, self.partial):
                    path.unlink()

    def read(self) -> Shaped[np.ndarray, "scan *shape"]:
        """Open the finished file memory-mapped and read-only."""
        return read_array(self.path, mapped=True)

    def _header(self) -> bytes:
        """Return the header of the finished ``.npy`` file."""
        buffer = io.BytesIO()
        description = {"descr": self.dtype, "fortran_order": False, "shape": (self.rows, *self.shape)}
        np.lib.format.write_array_header_2_0(buffer, description)
        return buffer.getvalue()


class Appender:
    """Takes rows one by one and writes some at a time: 32, or as many as fit into a megabyte.

    A row that is not finite is not taken. Rows that wait are written when the block ends, however it ends.
    """

    def __init__(self, rows: RowFile, file: io.FileIO, done: int, name_of: Callable[[int], str]) -> None:
        self._file, self._partial, self._stem = file, rows.partial, rows.stem
        self._done, self._waiting, self._name_of = done, 0, name_of
        self._rows = np.empty((max(1, min(32, 2**20 // rows.row_bytes)), *rows.shape), dtype=rows.dtype)

    def __enter__(self) -> Appender:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._write_waiting()
        finally:
            self._file.close()

    def append(self, row: Shaped[np.ndarray, "*shape"]) -> None:
        """Add one row.

        Raises
        ------
        DataError
            Where it is NaN or infinite.
        RemembrainError
            Where the disk is full.
        """
        self._rows[self._waiting] = row
        if not np.isfinite(self._rows[self._waiting]).all():
            where = self._name_of(self._done + self._waiting)
            raise DataError(f"the signal {self._stem} is NaN or infinite", where=where)
        self._waiting += 1
        if self._waiting == len(self._rows):
            self._write_waiting()

    def discard(self) -> None:
        """Take what was written off the disk: there will be no such signal."""
        self._waiting = 0
        self._partial.unlink(missing_ok=True)

    def _write_waiting(self) -> None:
        """Write the rows that wait."""
        waiting, self._waiting = self._rows[: self._waiting], 0
        with clear_disk_errors(self._partial):
            _write(self._file, waiting.tobytes())
        self._done += len(waiting)


def _write(file: io.FileIO, content: bytes) -> None:
    """Write all bytes, however few the system takes at a time."""
    while content:
        content = content[file.write(content) :]
