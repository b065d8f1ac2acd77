"""A table of regional measures, one row a person or scan, as a cohort: the same question asked of FreeSurfer or CAT12.

Scaling and imputation are learned from members alone: the target saw nobody else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from remembrain.cohort.bids import number
from remembrain.cohort.tsv import is_missing, read_rows, sex_of
from remembrain.errors import DataError, Problem
from remembrain.types import Scans

MOST_LEVELS = 50
SAME_PERSON_FEATURES = 5


@dataclass(frozen=True, eq=False)
class TableCohort:
    """The usable rows of a table, their features as read, and every problem (``fatal`` ones forbid going on)."""

    path: Path
    scans: Scans
    features: pd.DataFrame
    problems: tuple[Problem, ...]

    def take(self, index: Int[np.ndarray, "some"]) -> TableCohort:
        """Return the cohort with these rows alone."""
        features = self.features.iloc[index].reset_index(drop=True)
        return TableCohort(self.path, self.scans.take(index), features, self.problems)


@dataclass(frozen=True, eq=False)
class TableInputs:
    """Rows as the target reads them, float32; implements :class:`remembrain.types.Inputs`.

    ``statistics`` say how much of a row is missing and how unusual it is among all rows: the blind baseline's view.
    """

    values: Float[np.ndarray, "scan column"]
    columns: tuple[str, ...]
    statistics: Float[np.ndarray, "scan statistic"]
    statistic_names: tuple[str, ...] = ("share missing", "mean distance from the median", "largest distance")

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of columns."""
        return (self.values.shape[1],)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int) -> Float[np.ndarray, "column"]:
        """Return one row."""
        return np.asarray(self.values[index])

    def keys(self) -> Sequence[str]:
        """Return a content hash a row."""
        return [hashlib.sha256(row.tobytes()).hexdigest() for row in self.values]


def read_table(
    path: Path,
    *,
    label: str,
    person: str = "participant_id",
    session: str = "session_id",
    sex: str = "sex",
    site: str = "site",
    drop: Sequence[str] = (),
) -> TableCohort:
    """Read a table ending in .tsv, .csv, .txt or .parquet; every column not named here is a feature.

    Sex and site are features as well as facts, unless dropped. Text that may name people and columns with one value
    are left out, and said to be.

    Parameters
    ----------
    path
        The table.
    label
        Numeric column that the target predicts.
    person, session, sex, site
        Columns of these facts; only ``person`` has to be there.
    drop
        Columns that are not features.

    Raises
    ------
    DataError
        Where the file cannot be read, or has no column of the label, the person or one to be dropped.
    """
    frame = read_frame(path)
    for column in (label, person, *drop):
        if column not in frame.columns:
            listed = ", ".join(str(name) for name in frame.columns[:12])
            raise DataError(f"has no column {column!r}", where=path, expected=f"one of {listed} ...")
    problems: list[Problem] = []
    people = [cell_text(cell) for cell in frame[person]]
    sessions = [cell_text(cell) for cell in frame[session]] if session in frame.columns else [""] * len(frame)
    values = _labels(frame, path, label, people, problems)
    features = frame.drop(columns=[c for c in {label, person, session, *drop} if c in frame.columns])
    features = _typed(features, path, len(set(people) - {""}), problems)
    problems += _twice(path, people, sessions, features)
    problems += [
        Problem(f"{path.name} row {row}", f"{name!r} holds a tab or a line break")
        for row, pair in enumerate(zip(people, sessions, strict=True), start=2)
        for name in pair
        if not name.isprintable()
    ]
    good = [place for place, value in enumerate(values) if value is not None and people[place]]
    scans = Scans(
        np.array([people[place] for place in good], dtype=str),
        np.array([sessions[place] for place in good], dtype=str),
        np.array([values[place] for place in good], dtype=float),
        np.array([sex_of(cell_text(frame[sex].iloc[p])) if sex in frame else "n/a" for p in good], dtype=str),
        np.array([(cell_text(frame[site].iloc[p]) or "n/a") if site in frame else "n/a" for p in good], dtype=str),
    )
    return TableCohort(path, scans, features.iloc[good].reset_index(drop=True), tuple(problems))


def read_frame(path: Path) -> pd.DataFrame:
    """Read the file by its ending; text tables as text, so that nothing is guessed before it is looked at."""
    if path.suffix.lower() == ".parquet":
        try:
            frame = pd.read_parquet(path)
            return frame.reset_index() if any(name is not None for name in frame.index.names) else frame
        except FileNotFoundError:
            raise DataError("no such file", where=path) from None
        except (OSError, ValueError) as error:
            raise DataError(f"is not a Parquet file ({str(error).splitlines()[0]})", where=path) from None
    return read_rows(path)


def cell_text(cell: object) -> str:
    """Return a cell as text, empty where it says that nothing is known; 12.0 of a numeric column is 12."""
    text = str(int(cell)) if isinstance(cell, float | np.floating) and cell.is_integer() else str(cell).strip()
    return "" if is_missing(text) or text == "<NA>" else text


def _labels(
    frame: pd.DataFrame, path: Path, label: str, people: Sequence[str], problems: list[Problem]
) -> list[float | None]:
    """Return the label of each row, and note what is wrong with it or with the name beside it."""
    values = []
    for row, (cell, person) in enumerate(zip(frame[label], people, strict=True), start=2):
        value, wrong = number(cell_text(cell), label)
        if not person:
            problems.append(Problem(f"{path.name} row {row}", "names no person"))
        if value is None:
            problems.append(Problem(f"{path.name} row {row} ({person})", wrong))
        values.append(value)
    return values


def _typed(features: pd.DataFrame, path: Path, people: int, problems: list[Problem]) -> pd.DataFrame:
    """Return numeric columns as numbers and the others as text, without those that say nothing or name people.

    Text may name people where it has many values, or as many as there are people or filled cells.
    """
    kept: dict[str, pd.Series] = {}
    for name in features.columns:
        column = features[name]
        cells = [cell_text(cell) for cell in column]
        known = [cell for cell in cells if cell]
        numbers = pd.to_numeric(pd.Series(cells).replace("", None), errors="coerce")
        levels = len(set(known))
        if levels < 2:
            problems.append(Problem(f"{path.name}: {name}", "has one value and is left out", fatal=False))
        elif int(numbers.notna().sum()) == len(known):
            if np.isinf(numbers.to_numpy(dtype=float)).any():
                problems.append(Problem(f"{path.name}: {name}", "has infinite values"))
            kept[str(name)] = numbers.astype(float)
        elif levels > MOST_LEVELS or levels >= min(len(known), people):
            what = f"is text with {levels} different values and is left out: it may name people"
            problems.append(Problem(f"{path.name}: {name}", what, fatal=False))
        else:
            kept[str(name)] = pd.Series([cell or None for cell in cells], dtype=object)
    if not kept:
        problems.append(Problem(path.name, "has no column that could be a feature"))
    return pd.DataFrame(kept, index=range(len(features)))


def _twice(path: Path, people: Sequence[str], sessions: Sequence[str], features: pd.DataFrame) -> list[Problem]:
    """Return persons whose session stands twice, and rows that are the same under several persons."""
    problems, seen = [], set()
    for pair in zip(people, sessions, strict=True):
        if pair in seen:
            problems.append(Problem(f"{path.name}: {' '.join(pair).strip()}", "has several rows for one session"))
        seen.add(pair)
    numeric = features.select_dtypes("number").dropna(how="all")
    if numeric.shape[1] >= SAME_PERSON_FEATURES:
        for places in numeric.groupby(list(numeric.columns), dropna=False, sort=False).groups.values():
            names = sorted({people[int(place)] for place in places})
            if len(names) > 1:
                problems.append(
                    Problem(f"{path.name}: {', '.join(names[:5])}", "the same measures under several people")
                )
    return problems


def encode(cohort: TableCohort, members: Int[np.ndarray, "member"]) -> TableInputs:
    """Return the rows as numbers, by scales, medians and levels of the members alone.

    A numeric column is imputed by the members' median and scaled by their mean and SD (cut at 10 SD); where members
    have missing values a column beside it marks them. A column of text becomes one column for each level that members
    have.
    """
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
