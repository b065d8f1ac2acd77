"""What a network puts out: the years in it, or what a function that takes them out looks like. Knows no target."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from remembrain._calling import leaves
from remembrain.errors import DataError, with_article


def default_age(output: object) -> Float[Tensor, "batch"]:
    """Return an output of one number a scan, such as (batch, 1) or (batch, 1, 1, 1, 1), as (batch,).

    A tensor that is alone in whatever it comes in, such as ``(years, None)``, is taken out of it. An output without
    axes, as of a network that squeezes a single scan, counts as a batch of one.

    Raises
    ------
    DataError
        For every other output, naming what ``age(output)`` has to return.
    """
    parts = list(leaves(output))
    if len(parts) == 1:
        years = parts[0][1]
        real = not (years.is_complex() or years.dtype == torch.bool)
        if real and years.numel() == (len(years) if years.ndim else 1):
            return (years if years.is_floating_point() else years.float()).reshape(-1)
    listed = ", ".join(f"{name} of shape {tuple(part.shape)}" for name, part in parts[:6])
    raise DataError(
        f"the network puts out {described(output)}" + (f": {listed}" if listed and parts[0][0] != "output" else ""),
        expected="one number a scan",
        try_next="bring a function age(output) that returns years of shape (batch,), beside the class or from Python"
        + (f", such as\n    def age(output):\n        return {_advice(*parts[0])}" if parts else ""),
    )


def _advice(name: str, part: Tensor) -> str:
    """Return how years may be had from a part of an output."""
    if part.ndim and part.numel() == len(part):
        return f"{name}.flatten()"
    flat = part.detach().float().flatten(1) if part.ndim > 1 else part.detach().float().reshape(1, -1)
    centres = f"torch.linspace(YOUNGEST, OLDEST, {flat.shape[1]})"
    adds_up = (text for values, text in ((flat.exp(), ".exp()"), (flat, "")) if _adds_up(values))
    return f"({name}.flatten(1){next(adds_up, '.softmax(1)')} * {centres}).sum(1)  # the middle of each bin, in years"


def _adds_up(probabilities: Float[Tensor, "batch bin"]) -> bool:
    """Tell whether numbers are probabilities of bins."""
    return bool(torch.isclose(probabilities.sum(1), torch.ones(()), atol=1e-3).all())


def mean_squared_error(years: Float[Tensor, "batch"], age: Float[Tensor, "batch"]) -> Float[Tensor, ""]:
    """Return the mean of (years - age) ** 2; shapes must be equal, nothing is broadcast.

    Raises
    ------
    DataError
        Where they are not.
    """
    if years.shape != age.shape:
        raise DataError(f"predictions of shape {tuple(years.shape)} do not go with ages of shape {tuple(age.shape)}")
    return (years - age).square().mean()


def described(value: object) -> str:
    """Say what a value is, for messages."""
    return f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else with_article(type(value).__name__)
