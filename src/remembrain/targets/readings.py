"""How the numbers of bins or of ordinal steps are meant: as probabilities, as percentages, or as scores.

That is decided once a model, by the first rows of which it is certain, and held against every later row, so that no
answer depends on the scans that were asked about together. What may be either is asked about. Logarithms of
probabilities are scores: a softmax gives the probabilities back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from remembrain.errors import DataError

Form: TypeAlias = Literal["probabilities", "percent", "scores"]
FORMS: Sequence[Form] = get_args(Form)
UNITS: dict[Form, float] = {"probabilities": 1.0, "percent": 100.0}

_NEAR = 1e-3
"""By how much a probability may be outside of 0 and 1, and a sum miss 1, whatever a network computes with."""
_STEPS = (1e-4, 1e-3, 1 / 256, 1 / 255, 0.01, 0.1)
"""To what probabilities are rounded; a sum misses 1 by up to half a step for each."""
_MOST = 0.25
"""By how much a sum of rounded ones may miss 1 to be certain of them."""
_DOUBTFUL = 0.05
"""Numbers that are as little outside are no certain scores: they may be what interpolation makes of probabilities."""


@dataclass
class Reading:
    """What was found of a model, or ``None`` before it was asked."""

    form: Form | None = None

    def settle(self, rows: Float[Tensor, "row number"], *, of_bins: bool) -> Form:
        """Return how rows are meant, as those before were.

        Parameters
        ----------
        rows
            What a model puts out, a row a scan; rows with NaN say nothing.
        of_bins
            Whether the probabilities of a row add up to 1; or each is between 0 and 1 alone.

        Raises
        ------
        DataError
            Where it is not certain, or rows are meant in several ways.
        """
        values = rows.detach().cpu().double()
        values = values[~values.isnan().any(1)]
        if not len(values):
            return self.form or "scores"
        fits = {form: _fit(values / unit, of_bins=of_bins) for form, unit in UNITS.items() if of_bins or unit == 1}
        fits["scores"] = _certain_scores(values, of_bins=of_bins)
        if self.form is None:
            self.form = _decided(fits, values)
        wrong = ~fits[self.form]
        if self.form == "scores":  # any number may be one
            wrong = torch.stack([fits[form] for form in fits if form != "scores"]).any(0)
        if bool(wrong.any()):
            raise _unclear(f"{_described(values[wrong])}, and others have {self.form}")
        return self.form


def insist_on(form: Form, rows: Float[Tensor, "row number"], *, of_bins: bool) -> None:
    """Raise where rows cannot be what they are said to be.

    Raises
    ------
    DataError
        Where they hold anything but probabilities, of bins that can be made to add up to 1.
    """
    if form == "scores":
        return
    values = rows.detach().cpu().double() / UNITS[form]
    wrong = values.amin(1) < -_NEAR
    wrong = wrong | (values.sum(1) <= 0 if of_bins else values.amax(1) > 1 + _NEAR)
    if bool(wrong.any()):
        raise _unclear(f"{_described(rows[wrong])}, which are no {form}")


def _fit(values: Float[Tensor, "row number"], *, of_bins: bool) -> Bool[Tensor, "row"]:
    """Tell which rows are probabilities for certain."""
    low, high, total = values.amin(1), values.amax(1), values.sum(1)
    if of_bins:
        return (low >= -_NEAR) & ((total - 1).abs() <= _slack(values))
    return (low >= -_NEAR) & (high <= 1 + _NEAR)


def _certain_scores(values: Float[Tensor, "row number"], *, of_bins: bool) -> Bool[Tensor, "row"]:
    """Tell which rows are scores for certain: below 0, and not by what probabilities can be."""
    low, high, total = values.amin(1), values.amax(1), values.sum(1)
    below = low < -_NEAR
    if not of_bins:  # logarithms are never above 0, and a sigmoid does not give probabilities back
        return below & (high > _NEAR) & ((low < -_DOUBTFUL) | (high > 1 + _DOUBTFUL))
    for unit in UNITS.values():
        below = below & ~((low >= -_DOUBTFUL * unit) & ((total / unit - 1).abs() <= _MOST))
    return below


def _slack(values: Float[Tensor, "row number"]) -> Float[Tensor, "row"]:
    """Return by how much the sum of each row may miss 1, as its numbers are rounded."""
    slack = torch.full_like(values[:, 0], _NEAR)
    for step in _STEPS:
        steps = values / step
        rounded = (steps - steps.round()).abs().amax(1) < 1e-3
        slack[rounded] = max(_NEAR, min(_MOST, values.shape[1] * step / 2))
    return slack


def _decided(fits: dict[Form, Bool[Tensor, "row"]], values: Float[Tensor, "row number"]) -> Form:
    """Return the only way in which rows are meant for certain."""
    certain = [form for form, fit in fits.items() if bool(fit.any())]
    if len(certain) == 1:
        return certain[0]
    if certain:
        raise _unclear(f"the numbers of some scans are {certain[0]}, and of others {certain[1]}")
    raise _unclear(f"{_described(values)}, which may be probabilities or scores")


def _described(values: Float[Tensor, "row number"]) -> str:
    """Say what numbers are."""
    totals = values.sum(1)
    sums = dict.fromkeys(f"{float(total):.4g}" for total in (totals.min(), totals.max()))
    scans = "a scan has" if len(values) == 1 else f"{len(values)} scans have"
    between = f"from {float(values.min()):.3g} to {float(values.max()):.3g}"
    return f"{scans} numbers {between}, together {' to '.join(sums)}"


def _unclear(what: str) -> DataError:
    """Make the error of numbers of which nobody can be certain."""
    return DataError(
        what,
        where="output",
        expected="probabilities, percentages, or scores such as a network has before its softmax, the same for all",
        try_next=f"--output-form {', '.join(FORMS[:-1])} or {FORMS[-1]}, as its author says "
        '(from Python: Head(..., form="scores"))',
    )
