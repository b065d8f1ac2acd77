"""What is known of scans in memory without any model: facts for the blind baseline, and names that tell them apart."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from remembrain.cohort.arrays import ArrayInputs
from remembrain.cohort.covariates import covariates
from remembrain.cohort.encode import encode
from remembrain.cohort.rows import NamedRows
from remembrain.cohort.table import TableCohort
from remembrain.types import Scans


def unasked(names: Sequence[str]) -> NamedRows:
    """Return rows of which nothing was answered yet, by name."""
    return NamedRows(np.empty((len(names), 0)), tuple(names))


def facts_of_scans(scans: Any, who: Scans) -> Float[np.ndarray, "scan column"]:
    """Return what can be known of each scan without the model: a row may differ by itself, whatever learned it."""
    statistics: Float[np.ndarray, "scan statistic"] = np.empty((len(who), 0))
    names: tuple[str, ...] = ()
    if isinstance(scans, np.ndarray) and scans.ndim == 2:
        scans = pd.DataFrame(scans)
    if isinstance(scans, pd.DataFrame):
        if scans.shape[1]:
            frame = scans.reset_index(drop=True).set_axis([str(name) for name in scans.columns], axis=1)
            encoded = encode(TableCohort(Path("table"), who, frame, ()), np.arange(len(who)))
            statistics = np.hstack([encoded.statistics, encoded.values])
            names = (*encoded.statistic_names, *encoded.columns)
    elif isinstance(scans, np.ndarray):
        statistics = ArrayInputs(scans).statistics()
    return covariates(who, statistics, names)[0]


def names_of(scans: Any, labels: Sequence[str]) -> tuple[str, ...]:
    """Return what tells each scan apart: its content where it is at hand, else what it is called."""
    if isinstance(scans, pd.DataFrame):
        return tuple(map(str, pd.util.hash_pandas_object(scans, index=False)))
    if isinstance(scans, np.ndarray):
        return tuple(
            hashlib.sha256(np.ascontiguousarray(scans[place]).tobytes()).hexdigest() for place in range(len(scans))
        )
    return tuple(f"{label} {scan}" for label, scan in zip(labels, scans, strict=True))
