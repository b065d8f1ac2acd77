"""A table of regional measures, one row a person or scan, as a cohort: the same question asked of FreeSurfer or CAT12.

Who is who, what is predicted and which rows can be used; what a column measures is understood in :mod:`.features`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from remembrain._text import few, shown
from remembrain.cohort.columns import Features, Reading
from remembrain.cohort.dictionary import Described, read_dictionary
from remembrain.cohort.endings import one_person_in_several_names
from remembrain.cohort.facts import Columns, fact_column, label_column, read_sex, read_sites
from remembrain.cohort.features import read_features, refuse_no_measures, tell_missing
from remembrain.cohort.labels import Labels, read_labels
from remembrain.cohort.names import Named, people_of
from remembrain.cohort.no_column import insist_on_column
from remembrain.cohort.numbers import is_code, number
from remembrain.cohort.parquet import read_parquet
from remembrain.cohort.pasted import pasted_askew
from remembrain.cohort.same_labels import same_labels_in_rows
from remembrain.cohort.separators import Convention, convention
from remembrain.cohort.spellings import SUMMARY_ROWS
from remembrain.cohort.textfile import NAMELESS, TextTable, read_text_table, tidy_cell
from remembrain.cohort.tsv import is_missing
from remembrain.errors import DataError, Problem
from remembrain.types import Scans

SAME_PERSON_FEATURES = 5
FEWEST_VALUES = 5
FEWEST_ROWS = 20


@dataclass(frozen=True, eq=False)
class TableCohort:
    """The usable rows of a table, their features as read, and every problem (``fatal`` ones forbid going on).

    ``raw`` where a network scales the columns itself; ``rows`` are the places of rows in the file, the first being 0,
    and ``facts_alone`` says that no model reads the columns.
    """

    path: Path
    scans: Scans
    features: pd.DataFrame
    problems: tuple[Problem, ...]
    raw: bool = False
    rows: Int[np.ndarray, "scan"] | None = None
    facts_alone: bool = False

    def take(self, index: Int[np.ndarray, "some"]) -> TableCohort:
        """Return the cohort with these rows alone."""
        features = self.features.iloc[index].reset_index(drop=True)
        rows = None if self.rows is None else self.rows[index]
        return replace(self, scans=self.scans.take(index), features=features, rows=rows)


def read_table(path: Path, named: Columns, reading: Reading | None = None) -> TableCohort:
    """Read a table ending in .tsv, .csv, .txt or .parquet; every column that says nothing else is a feature.

    Sex and site are features as well as facts, unless dropped.

    Parameters
    ----------
    path
        The table.
    named
        Columns of the label and of facts.
    reading
        What the user says of columns and cells.

    Raises
    ------
    DataError
        Where the file cannot be read, or has no column of the label, of the person, or that the user names.
    """
    return table_cohort(read_cells(path), path, named, reading or Reading())


def table_cohort(table: TextTable, path: Path, named: Columns, reading: Reading) -> TableCohort:
    """Return a table that was read as a cohort, as :func:`read_table` does.

    Raises
    ------
    DataError
        As there.
    """
    where, frame = path.name, table.frame
    for column, option in reading.columns_named().items():
        insist_on_column(frame, column, where=where, option=option)
    features = Features(where, table.lines)
    for note in table.notes:
        features.note(note)
    facts = _fact_columns(frame, named, features)
    cells = {name: _without_codes(frame[name], reading.codes(name)) for name in map(str, frame.columns)}
    described = read_dictionary(path)
    who = _people(cells, facts, features)
    features.problems += pasted_askew(frame.drop(columns=[*reading.drop]), facts["person"], table.lines, where)
    sex, site = _sex_and_site(cells, facts, described, features)
    apart = {facts["label"], facts["person"], facts["session"], *reading.drop}
    wanted = reading.only or cells
    measures = {name: column for name, column in cells.items() if name in wanted and name not in apart}
    decided = _convention(measures, cells[facts["label"]], facts["label"], reading)
    labels = _labels(cells[facts["label"]], facts["label"], named, described, decided, where)
    levels = {facts["sex"]: sex, facts["site"]: site}
    read_features(measures, levels, who.people, decided, reading, features)
    label = np.array([np.nan if value is None else value for value in labels.values], dtype=float)
    if not reading.facts_alone or reading.brought:
        refuse_no_measures(label, facts["label"], reading, features)
    features.problems += [*labels.problems, *_rows_without(labels, who, features), *_twice(who, features)]
    _same_labels(labels, who, sex, frame, facts["label"], features)
    good = [place for place, value in enumerate(labels.values) if value is not None and who.people[place]]
    tell_missing(good, reading, features)
    if not features.kept and not reading.facts_alone:
        features.ask("has no column that could be a feature")
    scans = Scans(
        np.array([who.people[place] for place in good], dtype=str),
        np.array([who.sessions[place] for place in good], dtype=str),
        label[good],
        np.array([sex[place] for place in good], dtype=str),
        np.array([site[place] for place in good], dtype=str),
    )
    kept = pd.DataFrame(features.kept, index=range(len(frame))).iloc[good].reset_index(drop=True)
    rows = np.array(good, dtype=int)
    return TableCohort(path, scans, kept, tuple(features.problems), reading.raw, rows, reading.facts_alone)


def read_cells(path: Path) -> TextTable:
    """Read the file by its ending, every cell as text, so that nothing is guessed before it is looked at.

    Raises
    ------
    DataError
        Where it cannot be read.
    """
    if path.suffix.lower() != ".parquet":
        return read_text_table(path)
    frame = read_parquet(path)
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    names = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame.columns]
    frame = frame.set_axis([tidy_cell(name) for name in names], axis=1)
    doubled = sorted({name for name in frame.columns if list(frame.columns).count(name) > 1})
    if doubled:
        raise DataError(f"has the column {doubled[0]} several times", where=path, expected="a name for each column")
    texts = {name: [_cell_text(cell) for cell in frame[name]] for name in frame.columns}
    return TextTable(pd.DataFrame(texts, dtype=str), tuple(range(1, len(frame) + 1)))


def _cell_text(cell: object) -> str:
    """Return a cell as text; 12.0 of a numeric column is 12."""
    return str(int(cell)) if isinstance(cell, float | np.floating) and cell.is_integer() else tidy_cell(str(cell))


def _without_codes(column: pd.Series, codes: frozenset[str]) -> list[str]:
    """Return the cells of a column, empty where they hold a code for *missing* that the user names."""
    return ["" if codes and is_code(text, codes) else text for text in column]


def _fact_columns(frame: pd.DataFrame, named: Columns, features: Features) -> dict[str, str]:
    """Return the columns of the label and of every fact, empty where there is none."""
    found = {"label": label_column(frame, named.label, where=features.where)}
    for fact, asked in (("person", named.person), ("session", named.session), ("sex", named.sex), ("site", named.site)):
        found[fact] = fact_column(frame, fact, asked, where=features.where)  # type: ignore[arg-type]  # names of facts
    for column in found.values():
        features.problems += column.problems
    if not found["person"].name:
        listed = few(frame.columns)
        nameless = f" (perhaps --person-column '{NAMELESS}')" if NAMELESS in frame.columns else ""
        raise DataError(
            "has no column that names the person",
            where=features.where,
            expected=f"participant_id, or one of its columns: {listed}",
            try_next=f"--person-column NAME{nameless}",
        )
    return {fact: column.name for fact, column in found.items()}


def _people(cells: Mapping[str, Sequence[str]], facts: Mapping[str, str], features: Features) -> Named:
    """Return person and session of each row, and note rows that name nobody, or no person."""
    names = ["" if is_missing(text) else text for text in cells[facts["person"]]]
    sessions = [""] * len(names)
    if facts["session"]:
        sessions = ["" if is_missing(text) else text for text in cells[facts["session"]]]
    who = people_of(names, sessions, where=features.where)
    features.problems += who.problems
    for line, person in zip(features.lines, who.people, strict=True):
        row = f"{features.where} row {line}"
        if person.lower() in SUMMARY_ROWS:
            features.problems.append(Problem(row, f"{person} is no person: a row that sums up others?"))
    return who


def _sex_and_site(
    cells: Mapping[str, Sequence[str]], facts: Mapping[str, str], described: Mapping[str, Described], features: Features
) -> tuple[Sequence[str], Sequence[str]]:
    """Return sex and site of each row, ``"n/a"`` where there is none."""
    none = ("n/a",) * len(features.lines)
    sex, site = none, none
    if facts["sex"]:
        levels = described[facts["sex"]].levels if facts["sex"] in described else None
        read = read_sex(cells[facts["sex"]], where=features.where, levels=levels, heading=facts["sex"])
        sex = read.values
        features.problems += read.problems
    if facts["site"]:
        read = read_sites(cells[facts["site"]], where=features.where)
        site = read.values
        features.problems += read.problems
    return sex, site


def _convention(
    measures: Mapping[str, Sequence[str]], label: Sequence[str], named: str, reading: Reading
) -> Convention:
    """Return the decimal separator of the file: by its measures, and by the label where these do not show it."""
    decided = convention(measures, reading.decimal)
    with_label = convention({**measures, named: label}, reading.decimal) if decided.doubt else decided
    return decided if with_label.doubt else with_label


def _labels(
    cells: Sequence[str],
    label: str,
    named: Columns,
    described: Mapping[str, Described],
    decided: Convention,
    where: str,
) -> Labels:
    """Return the label of each row."""
    values = {text: number(text, decided.decimal) for text in set(cells)}
    plain = [text if (value := values[text]) is None else f"{value:.15g}" for text in cells]
    units = named.label_units or (described[label].units if label in described else "")
    return read_labels(
        plain,
        label,
        where=where,
        units=units,
        declared="--label-units" if named.label_units else f"{where}'s dictionary",
    )


def _rows_without(labels: Labels, who: Named, features: Features) -> list[Problem]:
    """Return rows that name nobody, or have no label, with what stands there."""
    problems = []
    for line, person, wrong, summary in zip(features.lines, who.people, labels.wrong, labels.summaries, strict=True):
        row = f"{features.where} row {line}"
        if not person:
            problems.append(Problem(row, "names no person", summary="a row names no person"))
        if wrong:
            problems.append(Problem(f"{row} ({shown(person)})", wrong, participant=person, summary=summary))
    return problems


def _same_labels(
    labels: Labels, who: Named, sex: Sequence[str], frame: pd.DataFrame, label: str, features: Features
) -> None:
    """Name people whose sessions lie years apart and have one age, and count those of whom nothing tells it."""
    problems, untold = same_labels_in_rows(who.people, who.sessions, labels.values, frame, label)
    features.problems += problems
    if not any(who.sessions):
        asked = any(problem.fatal for problem in who.problems)
        several = one_person_in_several_names(who.people, labels.values, sex, label, features.where)
        features.problems += () if asked else several
    if untold:
        features.note(f"{untold} people have several sessions and one {label}; nothing tells how far these lie apart")


def _twice(who: Named, features: Features) -> list[Problem]:
    """Return persons whose session stands twice, and rows that are the same under several persons."""
    problems, seen = [], set()
    for person, session in zip(who.people, who.sessions, strict=True):
        if (person, session) in seen:
            where = f"{features.where}: {person} {session}".rstrip()
            what = (
                "has several rows for one session"
                if session
                else "has several rows, and no column says the session (--session-column NAME)"
            )
            problems.append(Problem(where, what, participant=person, summary="several rows for one session"))
        seen.add((person, session))
    numeric = pd.DataFrame(features.numbers(), index=range(len(features.lines))).dropna(how="all")
    if numeric.shape[1] >= SAME_PERSON_FEATURES:
        for places in numeric.groupby(list(numeric.columns), dropna=False, sort=False).groups.values():
            names = sorted({who.people[int(place)] for place in places})
            if len(names) > 1:
                where = f"{features.where}: {few(names)}"
                what = "the same measures under several people"
                problems.append(Problem(where, what, summary=what))
    return problems


def label_of_classes(values: Float[np.ndarray, "scan"], label: str, where: str) -> list[Problem]:
    """Return a problem where a label has so few values that it looks like classes and not like a number."""
    levels = np.unique(values)
    if len(values) < FEWEST_ROWS or len(levels) >= FEWEST_VALUES:
        return []
    listed = ", ".join(f"{level:g}" for level in levels)
    what = (
        f"{label} has {len(levels)} different value{'s' * (len(levels) != 1)} ({listed}), which look like classes, and "
        "this program audits models of a number, such as age: say --label COLUMN, or --label-is-number if it is one"
    )
    return [Problem(where, what, summary=f"{label} has {len(levels)} different values")]
