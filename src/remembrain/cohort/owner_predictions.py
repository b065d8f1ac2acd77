"""What the owner of a model says that it predicts for some people: a table of participants and predictions.

This module must not know the model, or what follows where its predictions are others.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float

from remembrain.cohort.names import match_names
from remembrain.cohort.tsv import is_missing, read_rows
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.run import write_text
from remembrain.types import Scans

_PERSONS = ("participant_id", "participant", "subject_id", "subject", "id")
_SESSIONS = ("session_id", "session", "ses")
_VALUES = ("predicted", "prediction", "predictions", "predicted_value", "y_pred", "pred", "yhat")


def read_owner_predictions(path: Path, scans: Scans, label: str = "age") -> Float[np.ndarray, "scan"]:
    """Return the owner's prediction of each scan; NaN where the file has none.

    Rows of people who are not among these, and rows without a prediction, are passed over.

    Parameters
    ----------
    path
        Separated by tabs, semicolons or commas: ``participant_id``, ``session_id`` where a person has several scans,
        and ``predicted_age`` (``predicted_`` and the label).
    scans
        Who is audited.
    label
        What is predicted.

    Raises
    ------
    DataError
        Where a column is missing or may be one of several, or nobody of the file is among those audited.
    ProblemsError
        With every row that is no number, stands for several scans, or says another number of the same scan.
    """
    separator = _separator(path)
    rows = read_rows(path)
    person, session = _column(rows, _PERSONS, path, "participant_id"), _optional(rows, _SESSIONS)
    value = _column(rows, _values(label), path, f"predicted_{label}")
    found = np.full(len(scans), np.nan)
    problems = []
    spelling = match_names(rows[person].tolist(), scans.participant_id.tolist(), where=path.name).spelling
    names = [spelling.get(name, name) for name in rows[person].tolist()]
    sessions = rows[session].tolist() if session else [""] * len(rows)
    for row, (name, its_session, text) in enumerate(zip(names, sessions, rows[value].tolist(), strict=True), start=2):
        places = _places(scans, name, "" if is_missing(its_session) else its_session)
        if is_missing(text) or not len(places):
            continue
        where = f"{path.name}, row {row}: {name}"
        number = _number(text, comma=separator != ",")
        if number is None:
            problems.append(Problem(where, f"{value} is {text!r}, which is no number", participant=name))
        elif len(places) > 1:
            problems.append(Problem(where, f"has {len(places)} scans, and the row does not say which session's it is"))
        elif np.isfinite(found[places[0]]) and found[places[0]] != number:
            problems.append(Problem(where, f"stands twice, with {found[places[0]]:g} and {number:g}", participant=name))
        else:
            found[places] = number
    if problems:
        raise ProblemsError(problems, where=path)
    if not np.isfinite(found).any():
        first = rows[person].iloc[0] if len(rows) else "none"
        raise DataError(
            f"has no prediction of anybody who is audited (its first is {first})",
            where=path,
            expected=f"names as {scans.participant_id[0]}" if len(scans) else None,
        )
    return found


def write_owner_predictions(path: Path, scans: Scans, predictions: Float[np.ndarray, "scan"], label: str) -> None:
    """Write what ``read_owner_predictions`` reads, of those scans that have a prediction."""
    known = np.flatnonzero(np.isfinite(predictions))
    lines = [
        f"{scans.participant_id[place]}\t{scans.session_id[place] or 'n/a'}\t{float(predictions[place])!r}"
        for place in known
    ]
    write_text(path, "\n".join([f"participant_id\tsession_id\tpredicted_{label}", *lines]) + "\n")


def _separator(path: Path) -> str:
    """Return what separates the cells of the heading."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            heading = file.readline()
    except FileNotFoundError:
        raise DataError("no such file", where=path, expected="participant_id and the model's own predictions") from None
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror})", where=path) from None
    return next((mark for mark in ("\t", ";", ",") if mark in heading), "\t")


def _values(label: str) -> tuple[str, ...]:
    """Return how the column of predictions may be called."""
    return (f"predicted_{label}", f"prediction_{label}", f"{label}_predicted", f"pred_{label}", *_VALUES)


def _named(rows: pd.DataFrame, names: tuple[str, ...]) -> list[str]:
    """Return the columns of these names, however they are spelled."""
    wanted = {re.sub(r"[^a-z0-9]+", "_", name.lower()) for name in names}
    return [name for name in rows.columns if re.sub(r"[^a-z0-9]+", "_", str(name).strip().lower()) in wanted]


def _optional(rows: pd.DataFrame, names: tuple[str, ...]) -> str:
    """Return the first column of these names; nothing where there is none."""
    return next(iter(_named(rows, names)), "")


def _column(rows: pd.DataFrame, names: tuple[str, ...], path: Path, expected: str) -> str:
    """Return the one column of these names."""
    columns = _named(rows, names)
    if len(columns) == 1:
        return columns[0]
    listed = ", ".join(map(str, rows.columns))
    what = f"has the columns {' and '.join(columns)}" if columns else f"has no column {expected} (it has {listed})"
    raise DataError(what, where=path, expected=f"one column {expected}")


def _places(scans: Scans, person: str, session: str) -> np.ndarray:
    """Return the places of a person's scans, of one session where one is named."""
    mine = scans.participant_id == person
    if session:
        mine &= np.isin(scans.session_id, [session, f"ses-{session}", session.removeprefix("ses-")])
    return np.flatnonzero(mine)


def _number(text: str, *, comma: bool) -> float | None:
    """Return a number, with a decimal comma where commas do not separate cells; ``None`` where it is none."""
    try:
        value = float(text.replace(",", ".") if comma and text.count(",") == 1 and "." not in text else text)
    except ValueError:
        return None
    return value if np.isfinite(value) and "_" not in text else None
