"""Where networks run: on the graphics processor where there is one that torch can use, otherwise on the processor.

Single precision everywhere. Half precision is not used: bfloat16 keeps 8 bits of a number, so that an age of 60 years
is known to a quarter of a year, as large as the errors of members that an attack reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import torch
from torch import Tensor, nn


def device() -> torch.device:
    """Return where to run; ``CUDA_VISIBLE_DEVICES=`` keeps everything on the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def like_of(module: nn.Module) -> Tensor | None:
    """Return a tensor that is where, and of the precision, in which a network computes; ``None`` where it has none."""
    tensors = chain(module.parameters(), module.buffers())
    return next((value for value in tensors if value.is_floating_point()), None)


def device_of(module: nn.Module) -> torch.device:
    """Return where a network's parameters are."""
    like = like_of(module)
    return torch.device("cpu") if like is None else like.device


@contextmanager
def on_device(module: nn.Module) -> Iterator[None]:
    """Have a network on :func:`device` while the block runs, and back where it was afterwards."""
    before = device_of(module)
    module.to(device())
    try:
        yield
    finally:
        module.to(before)
