"""Which of a network's outputs is the prediction."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from remembrain._text import few, nearest, shown
from remembrain.errors import DataError, UsageError


def prediction_among(names: Sequence[str], wanted: str | None, path: Path) -> str:
    """Return the name of the output that is the prediction: the one asked for, or the only one.

    Raises
    ------
    UsageError
        Where there is none of the name asked for.
    DataError
        Where none was asked for, and there is not exactly one.
    """
    if wanted is not None and wanted not in names:
        near = nearest(wanted, names)
        raise UsageError(
            f"has no output {shown(wanted)!r}",
            where=path,
            expected=f"one of {few(names)}",
            try_next=f"--output-name {near}" if near else None,
        )
    if wanted is None and len(names) != 1:
        raise DataError(
            f"has {len(names)} outputs ({few(names)})",
            where=path,
            expected="one, the prediction",
            try_next=f"--output-name {names[0]}" if names else None,
        )
    return names[0] if wanted is None else wanted
