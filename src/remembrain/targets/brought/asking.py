"""Any function that predicts, asked batch by batch, each scan once: arrays, tables of any columns, or paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from remembrain._progress import progress
from remembrain._text import few, reason
from remembrain.errors import DataError, Problem, ProblemsError, RemembrainError
from remembrain.run import Key, read_array, write_array

Predict: TypeAlias = Callable[[Any], Any]
"""Takes several scans as its owner hands them over, and returns one number each."""

BATCH = 256
_MOST_IN_A_ROW = 3
"""Scans in a row that a model may fail to read before it is called broken."""


def take(scans: Any, places: Int[np.ndarray, "some"]) -> Any:
    """Return some scans, as a copy: what a model does to them is done to nobody else's."""
    if isinstance(scans, pd.DataFrame | pd.Series):
        return _laid_out(scans.iloc[places].copy())
    if isinstance(scans, np.ndarray):
        return np.array(scans[places], order="C")
    return [scans[place] for place in places.tolist()]


def ask(
    predict: Predict,
    scans: Any,
    labels: Sequence[str],
    *,
    name: str,
    batch: int = BATCH,
    folder: Path | None = None,
    key: Key | None = None,
) -> Float[np.ndarray, "scan"]:
    """Return what a model predicts of every scan; parameters and errors are those of :func:`asked`.

    Raises
    ------
    ProblemsError
        With every scan of which it answers with no finite number; a rerun asks about these again.
    """
    answers = asked(predict, scans, labels, name=name, batch=batch, folder=folder, key=key)
    insist_on_answers(answers, labels, name)
    return answers


def insist_on_answers(
    answers: Float[np.ndarray, "scan"], labels: Sequence[str], name: str, try_next: str | None = None
) -> None:
    """Raise with every scan that has no finite answer."""
    if len(bad := np.flatnonzero(~np.isfinite(answers))):
        wrong = [
            Problem(labels[place], f"{name} answers {answers[place]}", summary="no answer") for place in bad.tolist()
        ]
        raise ProblemsError(wrong, where=name, try_next=try_next)


def asked(
    predict: Predict,
    scans: Any,
    labels: Sequence[str],
    *,
    name: str,
    batch: int = BATCH,
    folder: Path | None = None,
    key: Key | None = None,
) -> Float[np.ndarray, "scan"]:
    """Return what a model predicts of every scan; no finite number where it answers with none.

    Parameters
    ----------
    predict
        Asked about one batch after another.
    scans
        An array or a memory map (scans along the first axis), a DataFrame, or a list.
    labels
        One name a scan, for messages.
    name
        What the model is called in messages.
    batch
        How many scans at once.
    folder, key
        Where answers are kept after every batch, and under what; a rerun asks for those alone that are missing. Without
        a key nothing tells that the model is the same, and everything is asked anew.

    Raises
    ------
    DataError
        Where it fails or answers with anything but one number a scan; what was answered before is kept.
    """
    number = len(labels)
    if len(scans) != number:
        raise DataError(f"{len(scans)} scans for {number} labels", where=name, expected="one row a scan")
    file = _file(folder, key)
    answers = _kept(file, number)
    missing = np.flatnonzero(~np.isfinite(answers))
    starts = range(0, len(missing), batch)
    with progress(f"asking {name}", len(starts)) as advance:
        for start in starts:
            places = missing[start : start + batch]
            answers[places] = _numbers(predict, take(scans, places), len(places), name)
            if file is not None and np.isfinite(answers).any():
                write_array(file, answers)
            advance()
    return answers


def one_by_one(predict: Predict, *, answered: bool) -> Predict:
    """Return what asks about scans one by one where several together fail: NaN for one that cannot be read.

    A model that fails of several in a row, or has ``answered`` nothing before, is broken, and what it raises is raised.
    """
    in_a_row, ever = 0, answered

    def alone(scan: Any) -> float:
        nonlocal in_a_row, ever
        try:
            (number,) = np.asarray(predict(scan), dtype=float).reshape(-1)
        except Exception:  # a stranger's code may raise anything
            in_a_row += 1
            if not ever or in_a_row > _MOST_IN_A_ROW:
                raise
            return np.nan
        in_a_row, ever = 0, True
        return float(number)

    def ask_all(scans: Any) -> Any:
        nonlocal ever
        try:
            answer = predict(scans)
        except Exception:
            if len(scans) < 2 and not ever:
                raise
            return np.array([alone(take(scans, np.array([place]))) for place in range(len(scans))])
        ever = True
        return answer

    return ask_all


def numbers_of(answer: Any, scans: Any, name: str) -> Float[np.ndarray, "scan *number"]:
    """Return what a model called so answers as numbers, in the order of the scans where both have names.

    Rows that are numbered from 0 have no names: they are in the order given.

    Raises
    ------
    DataError
        Where it is of other scans, or holds anything but real numbers.
    """
    tables = pd.DataFrame | pd.Series
    if isinstance(answer, tables) and isinstance(scans, tables):
        answer = _ordered(answer, scans.index, name)
    try:
        values = np.asarray(answer)
        if values.dtype.kind not in "cmM":  # NumPy would make numbers of dates, and forget imaginary parts
            return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        pass
    what = f"answers with {type(answer).__name__}"
    raise DataError(what, where=name, expected="one number a scan") from None


def _ordered(answer: pd.DataFrame | pd.Series, names: pd.Index, name: str) -> pd.DataFrame | pd.Series:
    """Return rows in the order of these names; those that are numbered anew are in it."""
    anew = answer.index.dtype.kind in "iu" and np.array_equal(answer.index, np.arange(len(names)))
    same = len(answer) == len(names) and set(answer.index) == set(names)
    if same and not (anew and not answer.index.equals(names)):
        return answer.loc[names]
    if anew and not same:
        return answer
    what = f"answers for other rows than {few(map(str, names[:3]))}, ..."
    if same:
        what = (
            "answers for rows 0, 1, 2, ..., and nobody can tell whether these are the numbers of the rows it was given"
        )
    raise DataError(what, where=name, expected="an array in the order of the rows, or the index that they have")


def unanswered(number: int, folder: Path, key: Key) -> int:
    """Return of how many scans no answer is kept, so that a model is going to be asked about them."""
    return int((~np.isfinite(_kept(_file(folder, key), number))).sum())


def _file(folder: Path | None, key: Key | None) -> Path | None:
    """Return where answers are kept, if they are."""
    return folder / f"answers-{key.digest[:16]}.npy" if folder and key else None


def _kept(file: Path | None, number: int) -> Float[np.ndarray, "scan"]:
    """Return what was answered before; NaN of what was not."""
    if file is None or not file.is_file():
        return np.full(number, np.nan)
    answers = read_array(file)
    if answers.shape != (number,) or answers.dtype != float:
        raise DataError(f"holds {answers.shape} answers for {number} scans", where=file, try_next="remove it")
    return answers


def _laid_out(rows: pd.DataFrame | pd.Series) -> pd.DataFrame | pd.Series:
    """Return rows of numbers laid out in memory in one way: sums in another order differ in their last digit."""
    kinds = set(rows.dtypes) if isinstance(rows, pd.DataFrame) else set()
    kind = next(iter(kinds), None)
    if len(kinds) != 1 or not isinstance(kind, np.dtype) or kind.kind not in "fiub":
        return rows
    values = np.array(rows.to_numpy(), order="C")
    return pd.DataFrame(values, index=rows.index, columns=rows.columns)


def _numbers(predict: Predict, scans: Any, number: int, name: str) -> Float[np.ndarray, "some"]:
    """Return what a model answers to a batch, in the order of the batch."""
    try:
        numbers = numbers_of(predict(scans), scans, name)
    except RemembrainError:  # of what asks a model for us, in its own words
        raise
    except Exception as error:  # a stranger's code may raise anything
        raise DataError(f"cannot be asked ({reason(error)})", where=name, expected="one number a scan") from error
    if numbers.size != number or numbers.shape[0] != number:
        several = numbers.ndim > 1 and len(numbers) == number
        advice = (
            "say how its output becomes years: --head or --output-column; from Python head=remembrain.Head(column=0)"
            if several
            else None
        )
        what = f"answers {numbers.shape} for {number} scans"
        raise DataError(what, where=name, expected="one number a scan", try_next=advice)
    return numbers.reshape(number)
