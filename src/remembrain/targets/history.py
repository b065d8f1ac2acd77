"""The history of a training: a line an epoch in ``training.tsv``, and what was predicted after each."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from remembrain.run import read_array, write_text
from remembrain.types import Role

TOLD: tuple[Role, ...] = ("member", "nonmember", "validation")
COLUMNS = ("epoch", "loss", *(f"mae_{role}" for role in TOLD))


def write_history(history: Sequence[Mapping[str, float]], path: Path) -> None:
    """Write ``training.tsv`` with one line an epoch."""
    columns = (*COLUMNS, *(("epsilon",) if any("epsilon" in row for row in history) else ()))
    lines = ["\t".join(columns)]
    for row in history:
        values = (f"{row[name]:.6g}" if math.isfinite(row[name]) else "n/a" for name in columns[1:])
        lines.append("\t".join([str(int(row["epoch"])), *values]))
    write_text(path, "\n".join(lines) + "\n")


def read_history(
    path: Path, epochs_folder: Path
) -> tuple[list[dict[str, float | None]], Float[np.ndarray, "epoch scan"]]:
    """Return the errors after each epoch, and the predictions of every scan (years); nothing where there is no file."""
    if not path.exists():
        return [], np.empty((0, 0))
    with path.open(encoding="utf-8", newline="") as file:
        history = [
            {name: float(cell) if cell != "n/a" else None for name, cell in row.items()}
            for row in csv.DictReader(file, delimiter="\t")
        ]
    files = [epochs_folder / f"epoch-{place:03d}.npy" for place in range(1, len(history) + 1)]
    return history, np.stack([read_array(file) for file in files])
