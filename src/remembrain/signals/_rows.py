"""One array on disk that grows a scan at a time: a ``.npy`` file, appended to, which a killed run continues.

Plain appends, not a writable memory map, so that what is resident does not grow with the number of scans.
"""

from __future__ import annotations

import io
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from jaxtyping import Shaped

from remembrain.run import clear_disk_errors


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

    def open_after(self, rows: int) -> BinaryIO:
        """Open the growing file behind its first rows; what stands behind them is cut off."""
        with clear_disk_errors(self.partial):
            self.folder.mkdir(parents=True, exist_ok=True)
            file = self.partial.open("r+b" if rows else "wb")
            if not rows:
                file.write(self._header())
            file.truncate(len(self._header()) + rows * self.row_bytes)
            file.seek(0, os.SEEK_END)
            return file

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
            for path in self.folder.glob(f"{self.stem}.{'[0-9a-f]' * len(self.key)}{suffix}"):
                if path not in (self.path, self.partial):
                    path.unlink()

    def read(self) -> Shaped[np.ndarray, "scan *shape"]:
        """Open the finished file memory-mapped and read-only."""
        array: np.ndarray = np.load(self.path, mmap_mode="r")
        return array

    def _header(self) -> bytes:
        """Return the header of the finished ``.npy`` file."""
        buffer = io.BytesIO()
        description = {"descr": self.dtype, "fortran_order": False, "shape": (self.rows, *self.shape)}
        np.lib.format.write_array_header_2_0(buffer, description)
        return buffer.getvalue()
