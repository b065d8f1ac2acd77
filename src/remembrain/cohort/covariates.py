"""What can be known of a scan without asking any model: the blind baseline's features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from remembrain.types import Scans, Texts

FEWEST_SCANS = 5


def covariates(
    scans: Scans, statistics: Float[np.ndarray, "scan statistic"], names: Sequence[str]
) -> tuple[Float[np.ndarray, "scan column"], tuple[str, ...]]:
    """Return age, sex, site, number of scans and intensity statistics as numbers, and the names of the columns.

    How many scans there are of a person is a column where people differ in it.

    Sexes and sites of fewer than 5 scans share one column: single people must not be what is learned. A statistic that
    could not be measured (NaN) is that of the mean scan, whoever is a member, and a column says of which scans.
    """
    columns = [np.asarray(scans.age, dtype=float)]
    labels = ["age"]
    for title, values in (("sex", scans.sex), ("site", scans.site)):
        for level, indicator in _indicators(values):
            columns.append(indicator)
            labels.append(f"{title}={level}")
    _, person, number = np.unique(scans.participant_id, return_inverse=True, return_counts=True)
    if np.ptp(number) > 0:
        columns.append(number[person].astype(float))
        labels.append("scans of the person")
    measured = np.asarray(statistics, dtype=float).reshape(len(scans), -1)
    lost = np.isnan(measured)
    if lost.any():
        known = np.where(lost, 0.0, measured).sum(axis=0) / np.maximum((~lost).sum(axis=0), 1)
        measured = np.column_stack([np.where(lost, known, measured), lost.any(axis=1)])
        names = (*names, "not measured")
    return np.column_stack([*columns, measured]), (*labels, *names)


def _indicators(values: Texts) -> list[tuple[str, Float[np.ndarray, "scan"]]]:
    """Return one column of 0 and 1 a level."""
    levels, counts = np.unique(values.astype(str), return_counts=True)
    common = [str(level) for level, count in zip(levels, counts, strict=True) if count >= FEWEST_SCANS]
    found = [(level, (values == level).astype(float)) for level in common]
    if len(common) < len(levels):
        found.append(("rare", (~np.isin(values.astype(str), common)).astype(float)))
    return found
