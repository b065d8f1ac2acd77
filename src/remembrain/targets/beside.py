"""What a network reads beside the scan, such as the sex: how it travels with the scan, and is taken apart again.

A scan and what stands beside it become one row of numbers, so that whatever reads, trains and resumes works on arrays
as always; in front of the network the row is taken apart. Knows nothing of people or of what the numbers mean.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from remembrain._calling import leaves
from remembrain.errors import DataError
from remembrain.types import Inputs

_LARGEST = 2**24
"""Whole numbers up to here are kept exactly in single precision, in which everything travels."""


@dataclass(frozen=True)
class Beside:
    """How a row is taken apart: the shape of the scan, then shape and type of each further input.

    It is called by torch in front of the network (a forward pre-hook).
    """

    front: tuple[int, ...]
    shapes: tuple[tuple[int, ...], ...]
    whole: tuple[bool, ...]

    def __call__(self, _: nn.Module, given: tuple[Any, ...]) -> tuple[Tensor, ...]:
        """Return the scans and the further inputs of a batch of rows; of anything else, that."""
        (rows,) = given
        size = prod(self.front)
        inputs, at = [rows[:, :size].reshape(-1, *self.front)], size
        for shape, whole in zip(self.shapes, self.whole, strict=True):
            part = rows[:, at : at + prod(shape)].reshape(-1, *shape)
            inputs.append(part.round().long() if whole else part.clone())
            at += prod(shape)
        return tuple(inputs)

    @contextmanager
    def given_to(self, module: nn.Module) -> Iterator[None]:
        """Have a network take rows while the block runs."""
        handle = module.register_forward_pre_hook(self)
        try:
            yield
        finally:
            handle.remove()


@dataclass(frozen=True, eq=False)
class Accompanied:
    """Scans with what stands beside each, as rows; implements :class:`remembrain.types.Inputs`.

    ``front`` is the shape of the scan itself.
    """

    inputs: Inputs
    extra: Float[np.ndarray, "scan number"]

    @property
    def front(self) -> tuple[int, ...]:
        """Shape of a scan without what stands beside it."""
        return tuple(self.inputs.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one row."""
        return (prod(self.front) + self.extra.shape[1],)

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, index: int) -> Float[np.ndarray, "number"]:
        """Return one row."""
        return np.concatenate([np.asarray(self.inputs[index], dtype=np.float32).reshape(-1), self.extra[index]])

    def keys(self) -> Sequence[str]:
        """Return a content hash of each scan and of what stands beside it."""
        whose = self.inputs.keys()
        return [
            f"{key} {hashlib.sha256(row.tobytes()).hexdigest()}" for key, row in zip(whose, self.extra, strict=True)
        ]


def accompany(inputs: Inputs, extra: Sequence[object], names: Sequence[str]) -> tuple[Accompanied, Beside]:
    """Put further inputs beside scans.

    Parameters
    ----------
    inputs
        The scans.
    extra
        For each scan a number, an array or a tensor, or several of them in a tuple: one for each further argument of
        the network, without the axis of the batch.
    names
        What messages call each scan.

    Returns
    -------
    accompanied, beside
        Rows, and how they are taken apart.

    Raises
    ------
    DataError
        Where there are none, they are not finite numbers, or they have other shapes for one scan than for another.
    """
    rows, first = [], None
    for name, value in zip(names, extra, strict=True):
        parts = _tensors(value, name)
        made = tuple(tuple(part.shape) for part in parts), tuple(not part.is_floating_point() for part in parts)
        first = first or made
        if made != first:
            raise DataError(f"extra gives shapes {made[0]}, and {first[0]} for another scan", where=name)
        row = np.concatenate([part.detach().double().numpy(force=True).reshape(-1) for part in parts])
        if not np.isfinite(row).all() or np.abs(row[_whole(first)]).max(initial=0) > _LARGEST:
            raise DataError(
                f"extra gives {row.tolist()}", where=name, expected="finite numbers, whole ones up to 2**24"
            )
        rows.append(row.astype(np.float32))
    if first is None:
        raise DataError("there are no scans")
    return Accompanied(inputs, np.stack(rows)), Beside(tuple(inputs.shape), *first)


def _tensors(value: object, name: str) -> list[Tensor]:
    """Return the further inputs of one scan."""
    values = value if isinstance(value, tuple | list) else (value,)
    parts = []
    for one in values:
        if isinstance(one, int | np.integer | np.bool_) or (isinstance(one, np.ndarray) and one.dtype == bool):
            parts.append(torch.from_numpy(np.array(one, dtype=np.int64)))
        else:
            parts += [part for _, part in leaves(one)][:1]
    if not parts or len(parts) < len(values):
        raise DataError(f"extra gives {value!r}", where=name, expected="a number or a tensor for each further input")
    return parts


def _whole(made: tuple[tuple[tuple[int, ...], ...], tuple[bool, ...]]) -> np.ndarray:
    """Tell of each number of a row whether it is of whole numbers."""
    return np.concatenate([np.full(prod(shape), whole) for shape, whole in zip(*made, strict=True)])
