"""What is known of scans in memory without any model: facts for the blind baseline, and names that tell them apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
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
from remembrain.errors import DataError
from remembrain.types import Scans

_FORMS = "an array, a DataFrame or a list, with one entry a scan"


def unasked(names: Sequence[str]) -> NamedRows:
    """Return rows of which nothing was answered yet, by name."""
    return NamedRows(np.empty((len(names), 0)), tuple(names))


def as_given(scans: Any, number: int) -> Any:
    """Return scans in a form of which each can be taken: arrays of texts or objects, such as paths, as a list.

    Raises
    ------
    DataError
        Where they are no such form, or not one for each of this number of ages.
    """
    kind = f"X is a {type(scans).__name__}"
    if hasattr(scans, "toarray"):
        raise DataError(f"{kind}, which is sparse", expected=_FORMS, try_next="X.toarray()")
    if type(scans).__module__.partition(".")[0] in ("polars", "pyarrow"):
        raise DataError(kind, expected=_FORMS, try_next="X.to_pandas()")
    listed = hasattr(scans, "__len__") and hasattr(scans, "__getitem__")
    if not listed or isinstance(scans, str | bytes | Mapping) or not getattr(scans, "shape", (0,)):
        advice = (
            "pandas.DataFrame(X)" if isinstance(scans, Mapping) else "list(X)" if isinstance(scans, Iterable) else None
        )
        raise DataError(kind, expected=_FORMS, try_next=None if isinstance(scans, str | bytes) else advice)
    if len(scans) != number:
        raise DataError(f"X has {len(scans)} scans, and there are {number} ages", expected="one of each")
    if isinstance(scans, np.ndarray) and scans.dtype.kind in "mMV":
        raise DataError(f"X is an array of {scans.dtype}", expected=_FORMS, try_next="a DataFrame")
    if isinstance(scans, np.ndarray) and scans.dtype.kind in "OSUT" and scans.ndim == 1:
        return scans.tolist()
    return scans


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
    if isinstance(scans, np.ndarray) and scans.dtype.kind == "O":  # whose bytes are places in memory
        return names_of(pd.DataFrame(scans.reshape(len(scans), -1)).astype(str), labels)
    if isinstance(scans, np.ndarray):
        return tuple(
            hashlib.sha256(np.ascontiguousarray(scans[place]).tobytes()).hexdigest() for place in range(len(scans))
        )
    return tuple(f"{label} {scan}" for label, scan in zip(labels, scans, strict=True))
