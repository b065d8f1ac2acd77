"""How years stand in what a published network puts out: one number, bins of ages, ordinal steps, other units.

What is particular to a model stands in options, so that nobody has to write a function for it. Sources of the kinds:
bins of one year with a softmax, Peng et al. 2021, Med. Image Anal. 68:101871; sums of ordinal probabilities,
Leonardsen et al. 2022, NeuroImage 256:119210. A column of several, months and standardised ages are usual in others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from math import isfinite
from typing import Any, Literal, TypeAlias

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from remembrain._calling import leaves
from remembrain.errors import DataError, UsageError
from remembrain.targets.outputs import described
from remembrain.targets.readings import UNITS, Form, Reading, insist_on

Kind: TypeAlias = Literal["number", "bins", "ordinal"]
MONTHS = 12.0


@dataclass(frozen=True)
class Head:
    """How what a model puts out becomes years: tensors with their gradients, or arrays.

    Attributes
    ----------
    kind
        ``number``: years as they are; ``bins``: the expected middle of bins, of probabilities, their logarithms or what
        a softmax makes of scores; ``ordinal``: the sum of the probabilities of being older than each step.
    low, high
        Of bins: where the first begins and the last ends, in years.
    centres
        Of bins instead of these: the middle of the first and of the last, or of each.
    form
        Whether bins and steps have probabilities, percentages or scores; told by the numbers where it is left out.
    reading
        What they told.
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
    centres: tuple[float, ...] = ()
    form: Form | None = None
    reading: Reading = field(default_factory=Reading, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Raise where it cannot be.

        Raises
        ------
        UsageError
            Naming the option.
        """
        ranged = self.low is not None or self.high is not None
        if self.kind != "bins" and (ranged or self.centres):
            raise UsageError(f"{'--bins' if ranged else '--bin-centres'} goes with --head bins")
        if self.kind == "bins":
            self._insist_on_bins(ranged=ranged)
        if self.column is not None and self.kind != "number":
            raise UsageError("--output-column goes with a head of numbers")
        if self.form is not None and self.kind == "number":
            raise UsageError("--output-form goes with --head bins or --head ordinal")
        if not self.sd > 0:
            raise UsageError(f"--output-sd {self.sd:g}", expected="above 0")

    def _insist_on_bins(self, *, ranged: bool) -> None:
        """Raise where it is not said once where the bins lie, from the youngest to the oldest."""
        if ranged and self.centres:
            raise UsageError("--bins and --bin-centres say the same", try_next="one of them")
        said = self.centres if self.centres else (self.low, self.high)
        known = [year for year in said if year is not None and isfinite(year)]
        if len(known) < max(2, len(said)) or any(a >= b for a, b in pairwise(known)):
            raise UsageError(
                "--head bins needs the range of the bins, or their middles, from the youngest to the oldest",
                expected="--bins LOW HIGH, such as --bins 42 82; or --bin-centres FIRST LAST, or of each",
            )

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Head:
        """Return the head that :meth:`facts` said."""
        return cls(**{**facts, "centres": tuple(facts.get("centres", ()))})

    def facts(self) -> dict[str, Any]:
        """Return what TOML can hold of it."""
        said = {**asdict(self), "centres": list(self.centres)}
        return {name: value for name, value in said.items() if value is not None and name != "reading"}

    @property
    def plain(self) -> bool:
        """Whether it changes nothing."""
        return self == Head()

    def __str__(self) -> str:
        """Say it as options do."""
        words = {
            "head": "" if self.kind == "number" else self.kind,
            "bins": "" if self.low is None else f"{self.low:g} {self.high:g}",
            "bin-centres": " ".join(f"{year:g}" for year in self.centres),
            "output-form": self.form or "",
            "output-column": "" if self.column is None else str(self.column),
            "output-offset": f"{self.offset:g}" if self.offset else "",
            "output-mean": f"{self.mean:g}" if self.mean else "",
            "output-sd": f"{self.sd:g}" if self.sd != 1 else "",
        }
        said = [f"--{name} {value}" for name, value in words.items() if value]
        return " ".join([*said, *(["--output-months"] if self.months else [])])

    @property
    def several(self) -> bool:
        """Whether it reads several numbers a scan."""
        return self.kind != "number" or self.column is not None

    def of_array(self, output: Float[np.ndarray, "scan *number"]) -> Float[np.ndarray, "scan"]:
        """Return years of an array with a row of numbers a scan.

        Raises
        ------
        DataError
            Where the output is not of this kind.
        """
        return self(torch.from_numpy(np.array(np.atleast_1d(output), dtype=float))).numpy()

    def before(self, years: Float[np.ndarray, "scan"]) -> Float[np.ndarray, "scan"]:
        """Return the single numbers of which a head of single numbers makes these years."""
        numbers = (years - self.offset - self.mean) / self.sd
        return numbers * MONTHS if self.months else numbers

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
        form = self._form_of(flat)
        if form == "scores":
            chances = flat.softmax(1)
        else:
            chances = flat.clamp(min=0)
            chances = chances / chances.sum(1, keepdim=True)
        return (chances * self._middles(flat)).sum(1)

    def _middles(self, flat: Float[Tensor, "batch bin"]) -> Float[Tensor, "bin"]:
        """Return the middle of each bin."""
        bins, centres = flat.shape[1], np.array(self.centres)
        if len(centres) > 2 and len(centres) != bins:
            raise DataError(f"{bins} bins", where="output", expected=f"{len(centres)}, as --bin-centres says")
        if len(centres) == 2:
            centres = np.linspace(centres[0], centres[-1], bins)
        elif self.low is not None and self.high is not None:
            centres = self.low + (self.high - self.low) / bins * (np.arange(bins) + 0.5)
        return torch.from_numpy(centres).to(flat)

    def _ordinal(self, numbers: Float[Tensor, "batch *rest"]) -> Float[Tensor, "batch"]:
        """Return the sum of the probabilities of being older than each step, of scores what a sigmoid makes of them."""
        flat = _rows(numbers)
        form = self._form_of(flat)
        return (flat.sigmoid() if form == "scores" else (flat / UNITS[form]).clamp(0, 1)).sum(1)

    def _form_of(self, flat: Float[Tensor, "batch number"]) -> Form:
        """Return how numbers are meant: as said, or as they were from the first."""
        of_bins = self.kind == "bins"
        if self.form is None:
            return self.reading.settle(flat, of_bins=of_bins)
        insist_on(self.form, flat, of_bins=of_bins)
        return self.form


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
