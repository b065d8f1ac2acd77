"""Rows of a table to what a target reads: scales, medians and levels, learned from members alone.

The target saw nobody else. A network that scales by itself gets its columns as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from remembrain.cohort.rows import Rows
from remembrain.cohort.table import TableCohort


@dataclass(frozen=True, eq=False)
class TableInputs(Rows):
    """Rows as the target reads them, float32; implements :class:`remembrain.types.Inputs`.

    ``statistics`` say how much of a row is missing and how unusual it is among all rows: the blind baseline's view.
    """

    columns: tuple[str, ...]
    statistics: Float[np.ndarray, "scan statistic"]
    statistic_names: tuple[str, ...] = ("share missing", "mean distance from the median", "largest distance")

    def keys(self) -> Sequence[str]:
        """Return a content hash a row."""
        return [hashlib.sha256(row.tobytes()).hexdigest() for row in self.values]


def encode(cohort: TableCohort, members: Int[np.ndarray, "member"]) -> TableInputs:
    """Return the rows as numbers, by scales, medians and levels of the members alone.

    A numeric column is imputed by the members' median and scaled by their mean and SD (cut at 10 SD); where members
    have missing values a column beside it marks them. A column of text becomes one column for each level that members
    have. Where columns are ``raw``, they are the numbers that the file has, in its order.
    """
    if cohort.raw:
        values = cohort.features.to_numpy(dtype=np.float32)
        return TableInputs(values, tuple(map(str, cohort.features.columns)), _row_statistics(cohort.features))
    columns: list[Float[np.ndarray, "scan"]] = []
    names: list[str] = []
    for name in cohort.features.columns:
        column = cohort.features[name]
        missing = column.isna().to_numpy()
        if pd.api.types.is_numeric_dtype(column):
            columns.append(_scaled(column.to_numpy(dtype=float), members))
            names.append(str(name))
        else:
            text = column.fillna("").to_numpy(dtype=str)
            for level in sorted(set(text[members]) - {""}):
                columns.append((text == level).astype(float))
                names.append(f"{name}={level}")
        if missing[members].any():
            columns.append(missing.astype(float))
            names.append(f"{name} missing")
    values = np.column_stack(columns).astype(np.float32)
    return TableInputs(values, tuple(names), _row_statistics(cohort.features))


def _scaled(values: Float[np.ndarray, "scan"], members: Int[np.ndarray, "member"]) -> Float[np.ndarray, "scan"]:
    """Impute and scale one column by what the members have; 0 where members have nothing."""
    mine = values[members][np.isfinite(values[members])]
    if len(mine) == 0:
        return np.zeros_like(values)
    filled = np.where(np.isfinite(values), values, np.median(mine))
    spread = filled[members].std()
    return np.asarray(np.clip((filled - filled[members].mean()) / (spread if spread > 0 else 1.0), -10.0, 10.0))


def _row_statistics(features: pd.DataFrame) -> Float[np.ndarray, "scan 3"]:
    """Return for each row: share of missing cells, and mean and largest distance from the median in robust SDs."""
    missing = features.isna().to_numpy().mean(axis=1)
    numeric = features.select_dtypes("number").to_numpy(dtype=float)
    numeric = numeric[:, ~np.isnan(numeric).all(axis=0)]
    if numeric.shape[1] == 0:
        return np.column_stack([missing, np.zeros(len(features)), np.zeros(len(features))])
    centre = np.nanmedian(numeric, axis=0)
    spread = np.nanmedian(np.abs(numeric - centre), axis=0) * 1.4826
    away = np.abs(numeric - centre) / np.where(spread > 0, spread, np.nanstd(numeric, axis=0) + 1e-12)
    away = np.clip(np.nan_to_num(away, nan=0.0), 0.0, 20.0)
    return np.column_stack([missing, away.mean(axis=1), away.max(axis=1)])
