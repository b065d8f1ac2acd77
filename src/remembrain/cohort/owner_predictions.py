"""What the owner of a model says that it predicts for some people: a table of participants and predictions.

This module must not know the model, or what follows where its predictions are others.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float

from remembrain._text import few, shown
from remembrain.cohort.answers_decimal import decimal_of_answers
from remembrain.cohort.facts import fact_column
from remembrain.cohort.numbers import is_number_missing, number
from remembrain.cohort.same_names import match_names
from remembrain.cohort.split_files import scans_of
from remembrain.cohort.textfile import read_text_table
from remembrain.cohort.tsv import is_missing
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.run import write_text
from remembrain.types import Scans

_VALUES = ("predicted", "prediction", "predictions", "predicted_value", "y_pred", "pred", "yhat")


def read_owner_predictions(path: Path, scans: Scans, label: str = "age") -> Float[np.ndarray, "scan"]:
    """Return the owner's prediction of each scan; NaN where the file has none.

    Rows of people who are not among these, and rows without a prediction, are passed over.

    Parameters
    ----------
    path
        A table of text in any usual form: ``participant_id``, ``session_id`` where a person has several scans,
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
    rows = read_text_table(path).frame
    person, session, value = _columns(rows, path, label)
    numeric = {str(name): rows[name].tolist() for name in rows.columns if name not in (person, session)}
    decimal = decimal_of_answers(numeric, [value], path.name)
    spelling = match_names(rows[person].tolist(), scans.participant_id.tolist(), where=path.name).spelling
    sessions = rows[session].tolist() if session else [""] * len(rows)
    predictions = np.full(len(scans), np.nan)
    problems = []
    for row, (name, its_session, text) in enumerate(zip(rows[person], sessions, rows[value], strict=True), start=2):
        places = scans_of(scans, spelling.get(name, name), "" if is_missing(its_session) else its_session)
        if is_number_missing(text) or not len(places):
            continue
        prediction = number(text, decimal)
        if prediction is None:
            what = f"{value} is {shown(text)!r}, which is no number"
            problems.append(Problem(_place(path, row, name), what, participant=name, summary=f"{value} is no number"))
        elif len(places) > 1:
            what = f"has {len(places)} scans, and the row does not say which session's it is"
            problems.append(Problem(_place(path, row, name), what))
        elif np.isfinite(predictions[places[0]]) and predictions[places[0]] != prediction:
            what = f"stands twice, with {predictions[places[0]]:g} and {prediction:g}"
            problems.append(Problem(_place(path, row, name), what, participant=name))
        else:
            predictions[places] = prediction
    if problems:
        raise ProblemsError(problems, where=path)
    if not np.isfinite(predictions).any():
        first = rows[person].iloc[0] if len(rows) else "none"
        what = f"has no prediction of anybody who is audited (its first is {shown(first)})"
        raise DataError(what, where=path, expected=f"names as {scans.participant_id[0]}" if len(scans) else None)
    return predictions


def _place(path: Path, row: int, name: str) -> str:
    """Return what a problem of a row is told to be in."""
    return f"{path.name}, row {row}: {shown(name)}"


def _columns(rows: pd.DataFrame, path: Path, label: str) -> tuple[str, str, str]:
    """Return the columns of the person, of the session ("" where there is none) and of the prediction."""
    person = fact_column(rows, "person", None, where=path.name).name
    if not person:
        what = f"has no column participant_id (it has {few(rows.columns)})"
        raise DataError(what, where=path, expected="participant_id")
    session = fact_column(rows, "session", None, where=path.name).name
    return person, session, _value_column(rows, _values(label), path, f"predicted_{label}")


def write_owner_predictions(path: Path, scans: Scans, predictions: Float[np.ndarray, "scan"], label: str) -> None:
    """Write what ``read_owner_predictions`` reads, of those scans that have a prediction."""
    write_text(path, owner_text(scans, predictions, label))


def owner_text(scans: Scans, predictions: Float[np.ndarray, "scan"], label: str) -> str:
    """Return what ``write_owner_predictions`` writes."""
    known = np.flatnonzero(np.isfinite(predictions))
    lines = [
        f"{scans.participant_id[place]}\t{scans.session_id[place] or 'n/a'}\t{float(predictions[place])!r}"
        for place in known
    ]
    return "\n".join([f"participant_id\tsession_id\tpredicted_{label}", *lines]) + "\n"


def _values(label: str) -> tuple[str, ...]:
    """Return how the column of predictions may be called."""
    return (f"predicted_{label}", f"prediction_{label}", f"{label}_predicted", f"pred_{label}", *_VALUES)


def _named(rows: pd.DataFrame, names: tuple[str, ...]) -> list[str]:
    """Return the columns of these names, however they are spelled."""
    wanted = {re.sub(r"[^a-z0-9]+", "_", name.lower()) for name in names}
    return [name for name in rows.columns if re.sub(r"[^a-z0-9]+", "_", str(name).strip().lower()) in wanted]


def _value_column(rows: pd.DataFrame, names: tuple[str, ...], path: Path, expected: str) -> str:
    """Return the one column of these names."""
    columns = _named(rows, names)
    if len(columns) == 1:
        return columns[0]
    listed = few(rows.columns)
    what = (
        f"has the columns {few(columns, between=' and ')}" if columns else f"has no column {expected} (it has {listed})"
    )
    raise DataError(what, where=path, expected=f"one column {expected}")
