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
from remembrain.cohort.dictionary import Described
from remembrain.cohort.endings import one_person_in_several_names
from remembrain.cohort.facts import Columns
from remembrain.cohort.features import read_features, refuse_no_measures, tell_missing
from remembrain.cohort.joining import ALONE, Beside, read_joined
from remembrain.cohort.labels import Labels, read_labels
from remembrain.cohort.names import Named, people_of
from remembrain.cohort.no_column import insist_on_column
from remembrain.cohort.numbers import is_code, number, written
from remembrain.cohort.pasted import pasted_askew
from remembrain.cohort.same_labels import same_labels_in_rows
from remembrain.cohort.separators import Convention
from remembrain.cohort.spellings import SUMMARY_ROWS
from remembrain.cohort.table_facts import conventions_of, described_by, fact_columns, sex_and_site
from remembrain.cohort.text_table import TextTable
from remembrain.cohort.tsv import is_missing
from remembrain.errors import Problem
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


def read_table(path: Path, named: Columns, reading: Reading | None = None, beside: Beside = ALONE) -> TableCohort:
    """Read a table ending in .tsv, .csv, .txt or .parquet; every column that says nothing else is a feature.

    Sex and site are features as well as facts, unless dropped or of a table of people.

    Parameters
    ----------
    path
        The table.
    named
        Columns of the label and of facts.
    reading
        What the user says of columns and cells.
    beside
        Tables that are joined to it.

    Raises
    ------
    DataError
        Where a file cannot be read, or has no column of the label, of the person, or that the user names.
    """
    reading = reading or Reading()
    return table_cohort(read_joined(path, beside, named, reading), path, named, reading)


def table_cohort(table: TextTable, path: Path, named: Columns, reading: Reading) -> TableCohort:
    """Return a table that was read as a cohort, as :func:`read_table` does.

    Raises
    ------
    DataError
        As there.
    """
    features, frame = _begun(table, path.name, reading), table.frame
    facts = fact_columns(table, named, features)
    cells = {name: _without_codes(frame[name], reading.codes(name)) for name in map(str, frame.columns)}
    described = described_by(table, path)
    who = _people(cells, facts, features)
    others = [*{*reading.drop, *table.facts} & {*frame.columns}]
    features.problems += pasted_askew(frame.drop(columns=others), facts["person"], table.lines, path.name)
    sex, site = sex_and_site(cells, facts, described, features)
    apart = {facts["label"], facts["person"], facts["session"], *reading.drop, *(table.facts - {*reading.keep})}
    wanted = reading.only or cells
    measures = {name: column for name, column in cells.items() if name in wanted and name not in apart}
    decided = conventions_of({**measures, facts["label"]: cells[facts["label"]]}, facts["label"], reading, features)
    of_label = features.file(facts["label"])
    labels = _labels(cells[facts["label"]], facts["label"], named, described, decided[of_label], of_label)
    levels = {facts["sex"]: sex, facts["site"]: site}
    read_features(measures, levels, who.people, decided, reading, features)
    label = np.array([np.nan if value is None else value for value in labels.values], dtype=float)
    if not reading.facts_alone or reading.brought:
        refuse_no_measures(label, facts["label"], reading, features)
    features.problems += [
        *labels.problems,
        *_rows_without(labels, facts["label"], who, features),
        *_twice(who, features),
    ]
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


def _begun(table: TextTable, where: str, reading: Reading) -> Features:
    """Return what is known before a cell is looked at, where every column that the user names is there."""
    for column, option in reading.columns_named().items():
        if column not in table.passed_over:
            insist_on_column(table.frame, column, where=where, option=option)
    features = Features(where, table.lines, origins=table.origins)
    for note in table.notes:
        features.note(note)
    features.problems += table.problems
    return features


def _without_codes(column: pd.Series, codes: frozenset[str]) -> list[str]:
    """Return the cells of a column, empty where they hold a code for *missing* that the user names."""
    return ["" if codes and is_code(text, codes) else text for text in column]


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
    plain = [text if (value := values[text]) is None else written(value) for text in cells]
    units = named.label_units or (described[label].units if label in described else "")
    return read_labels(
        plain,
        label,
        where=where,
        units=units,
        declared="--label-units" if named.label_units else f"{where}'s dictionary",
    )


def _rows_without(labels: Labels, label: str, who: Named, features: Features) -> list[Problem]:
    """Return rows that name nobody, or have no label, with what stands there."""
    problems = []
    for row, (person, wrong, summary) in enumerate(zip(who.people, labels.wrong, labels.summaries, strict=True)):
        if not person:
            where = f"{features.where} row {features.line(row)}"
            problems.append(Problem(where, "names no person", summary="a row names no person"))
        if wrong:
            where = f"{features.file(label)} row {features.line(row, label)} ({shown(person)})"
            problems.append(Problem(where, wrong, participant=person, summary=summary))
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
