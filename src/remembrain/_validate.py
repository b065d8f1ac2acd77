"""Small checks that raise a :class:`~remembrain.errors.DataError` with the name of what was wrong."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from jaxtyping import Shaped

from remembrain.errors import DataError


def same_length(**arrays: Shaped[np.ndarray, "..."]) -> int:
    """Return the common length of the first axes.

    Raises
    ------
    DataError
        Where they differ.
    """
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise DataError(f"arrays that belong together have different lengths: {listed}")
    return next(iter(lengths.values()))


def one_number_a_scan(array: Shaped[np.ndarray, "..."], name: str) -> None:
    """Raise unless the array is one-dimensional and finite: no silent broadcasting of (n, 1) against (n,)."""
    if array.ndim != 1:
        raise DataError(f"{name} has shape {array.shape}", expected="one number a scan, shape (scan,)")
    finite(array, name)


def finite(array: Shaped[np.ndarray, "..."], name: str) -> None:
    """Raise where a value is NaN or infinite, and say how many are."""
    bad = int(np.count_nonzero(~np.isfinite(array)))
    if bad:
        raise DataError(f"{name} has {bad} values that are NaN or infinite", expected="finite numbers")


def unique(items: Iterable[object], name: str) -> None:
    """Raise where an item stands twice, naming the first that does."""
    seen = set()
    for item in items:
        if item in seen:
            raise DataError(f"{name} holds {item} twice", expected="each once")
        seen.add(item)
