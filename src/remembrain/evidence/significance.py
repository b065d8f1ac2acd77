"""The correction of p-values for several attacks.

This module must not know what follows from a small p-value; that stands in :mod:`~remembrain.evidence.findings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from remembrain.errors import DataError


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return p-values adjusted for there being several (Holm 1979, Scand. J. Stat. 6:65), in the order given.

    Calling everything below alpha a finding errs in any of them with probability at most alpha, whatever their
    dependence.
    """
    if not p_values:
        return {}
    _check(list(p_values.values()))
    ordered = sorted(p_values, key=lambda name: p_values[name])
    steps = [(len(ordered) - rank) * p_values[name] for rank, name in enumerate(ordered)]
    adjusted = dict(zip(ordered, np.minimum(1.0, np.maximum.accumulate(steps)), strict=True))
    return {name: float(adjusted[name]) for name in p_values}


def _check(p_values: Sequence[float]) -> None:
    """Raise where a p-value is none."""
    if not p_values or not all(0 <= p <= 1 for p in p_values):
        raise DataError(f"p-values {list(p_values)}", expected="numbers from 0 to 1")
