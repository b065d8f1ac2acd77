"""Numbers of ``evidence.json`` with their intervals. What is not known is ``None``. Knows no file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from jaxtyping import Float

from remembrain.errors import DataError

Count: TypeAlias = int | str


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number with its confidence interval, or none and the reason."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    why: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a number with both ends of its interval."""
        return self.value is not None and self.low is not None and self.high is not None

    def ends(self) -> tuple[float, float, float]:
        """Return value and interval of a number that is known."""
        if self.value is None or self.low is None or self.high is None:
            raise DataError("a number that was not assessed was asked for")
        return self.value, self.low, self.high


UNKNOWN = Number()
Numbers: TypeAlias = tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class Accuracy(Number):
    """Balanced accuracy, and the standard deviation over repeats."""

    sd: float | None = None


@dataclass(frozen=True, kw_only=True)
class MeanError(Number):
    """Mean absolute error of one group of ``n`` people."""

    n: Count | None = None


@dataclass(frozen=True, kw_only=True)
class NamedNumber(Number):
    """A number of one attack."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Beyond(Number):
    """AUC of an attack less that of the best black-box one."""

    baseline: str


def array(numbers: Sequence[float | None]) -> Float[np.ndarray, "point"]:
    """Return numbers as an array, with NaN for those that are not known."""
    return np.array([math.nan if number is None else number for number in numbers], dtype=float)
