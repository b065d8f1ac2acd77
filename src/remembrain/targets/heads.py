"""How years stand in what a published network puts out: one number, bins of ages, ordinal steps, other units.

What is particular to a model stands in options, so that nobody has to write a function for it. Sources of the kinds:
bins of one year with a softmax, Peng et al. 2021, Med. Image Anal. 68:101871; sums of ordinal probabilities,
Leonardsen et al. 2022, NeuroImage 256:119210. A column of several, months and standardised ages are usual in others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from remembrain._calling import leaves
from remembrain.errors import DataError, UsageError
from remembrain.targets.outputs import described

Kind: TypeAlias = Literal["number", "bins", "ordinal"]
MONTHS = 12.0
_SUM = 1e-3


@dataclass(frozen=True)
class Head:
    """How a network's output becomes years.

    Attributes
    ----------
    kind
        ``number``: years as they are; ``bins``: the expected middle of bins, of probabilities, their logarithms or what
        a softmax makes of scores; ``ordinal``: the sum of the probabilities of being older than each step.
    low, high
        Of bins: where the first begins and the last ends, in years.
    column
        Of several numbers a scan, which one; counted from 0.
    offset
        Added, in years.
    mean, sd
        Of standardised ages: what 0 is, and how many years 1 is.
    months
        Whether it puts out months.
    """

    kind: Kind = "number"
    low: float | None = None
    high: float | None = None
    column: int | None = None
    offset: float = 0.0
    mean: float = 0.0
    sd: float = 1.0
    months: bool = False

    def __post_init__(self) -> None:
        """Raise where it cannot be.

        Raises
        ------
        UsageError
            Naming the option.
        """
        if self.kind == "bins" and (self.low is None or self.high is None or not self.low < self.high):
            raise UsageError(
                "--head bins needs the range of the bins", expected="--bins LOW HIGH, such as --bins 42 82"
            )
        if self.kind != "bins" and (self.low is not None or self.high is not None):
            raise UsageError("--bins goes with --head bins")
        if self.column is not None and self.kind != "number":
            raise UsageError("--output-column goes with a head of numbers")
        if not self.sd > 0:
            raise UsageError(f"--output-sd {self.sd:g}", expected="above 0")

    @property
    def plain(self) -> bool:
        """Whether it changes nothing."""
        return self == Head()

    def __call__(self, output: Any) -> Float[Tensor, "batch"]:
        """Return years.

        Raises
        ------
        DataError
            Where the output is not of this kind.
        """
        numbers = _only(output)
        years = getattr(self, f"_{self.kind}")(numbers)
        years = years / MONTHS if self.months else years
        return torch.as_tensor(self.mean + self.sd * years + self.offset)

    def _number(self, numbers: Float[Tensor, "batch *rest"]) -> Float[Tensor, "batch"]:
        """Return one number a scan, of several the chosen one."""
        flat = numbers.flatten(1) if numbers.ndim > 1 else numbers.reshape(-1, 1)
        column = 0 if self.column is None else self.column
        if (self.column is None and flat.shape[1] != 1) or not 0 <= column < flat.shape[1]:
            expected = f"--output-column from 0 to {flat.shape[1] - 1}"
            raise DataError(f"{flat.shape[1]} numbers a scan", where="output", expected=expected)
        return flat[:, column]

    def _bins(self, numbers: Float[Tensor, "batch *rest"]) -> Float[Tensor, "batch"]:
        """Return the expected middle of the bins."""
        flat = _rows(numbers)
        assert self.low is not None  # noqa: S101  # as __post_init__ saw to
        assert self.high is not None  # noqa: S101
        width = (self.high - self.low) / flat.shape[1]
        middles = self.low + width * (torch.arange(flat.shape[1], dtype=flat.dtype, device=flat.device) + 0.5)
        return (_probabilities(flat) * middles).sum(1)

    def _ordinal(self, numbers: Float[Tensor, "batch *rest"]) -> Float[Tensor, "batch"]:
        """Return the sum of the probabilities of being older than each step, of scores what a sigmoid makes of them."""
        flat = _rows(numbers)
        inside = bool(((flat >= 0) & (flat <= 1)).all())
        return (flat if inside else flat.sigmoid()).sum(1)


def _only(output: Any) -> Float[Tensor, "batch *rest"]:
    """Return the one tensor in an output."""
    parts = [part for _, part in leaves(output)]
    if len(parts) != 1 or parts[0].is_complex() or parts[0].ndim == 0:
        raise DataError(f"the network puts out {described(output)}", expected="one tensor, a row a scan")
    return parts[0] if parts[0].is_floating_point() else parts[0].float()


def _rows(numbers: Float[Tensor, "batch *rest"]) -> Float[Tensor, "batch bin"]:
    """Return several numbers a scan."""
    flat = numbers.flatten(1) if numbers.ndim > 1 else numbers.reshape(-1, 1)
    if flat.shape[1] < 2:
        raise DataError("one number a scan", where="output", expected="a number for each bin or step")
    return flat


def _probabilities(flat: Float[Tensor, "batch bin"]) -> Float[Tensor, "batch bin"]:
    """Return probabilities: as they are, of their logarithms, or of scores."""
    for values in (flat, flat.exp()):
        if bool((values >= 0).all()) and bool(((values.sum(1) - 1).abs() < _SUM).all()):
            return values
    return flat.softmax(1)
