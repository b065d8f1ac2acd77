"""Which columns of a table say who and what its people are, and how its cells are to be read: of each file in its way.

A table may be of one file or of several that were joined; whatever is said of a column names the file that it is of.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from remembrain.cohort.columns import Features, Reading
from remembrain.cohort.dictionary import Described, read_dictionary
from remembrain.cohort.facts import Column, Columns, fact_column, label_column, label_if_any, read_sex, read_sites
from remembrain.cohort.no_column import form_of, no_person
from remembrain.cohort.separators import Convention, convention
from remembrain.cohort.text_table import TextTable
from remembrain.cohort.tsv import words_of
from remembrain.errors import DataError

TRUTH = frozenset(("true", "truth", "ytrue", "actual", "target", "observed", "chronological", "labels", "real"))
"""Words for what a model is to predict, beside its predictions."""


def fact_columns(table: TextTable, named: Columns, features: Features) -> dict[str, str]:
    """Return the columns of the label and of every fact, empty where there is none.

    Where several files were joined, people and sessions are those of the first, and facts are looked for first in the
    table of people.
    """
    frame, first = table.frame, table.frame.drop(columns=[*table.origins])
    of_people = frame[[name for name in frame.columns if name in table.facts]]
    label = label_if_any(of_people, named.label, where=features.where)
    found = {"label": label if label.name else _label_column(table, named, features)}
    for fact, asked in (("person", named.person), ("session", named.session)):
        said = asked if asked in first.columns or not table.origins else None
        found[fact] = fact_column(first, fact, said, where=features.where)  # type: ignore[arg-type]  # names of facts
    for fact, asked in (("sex", named.sex), ("site", named.site)):
        where = of_people if asked is None or asked in of_people.columns else frame
        found[fact] = fact_column(where, fact, asked, where=features.where)  # type: ignore[arg-type]
        if not found[fact].name:
            found[fact] = fact_column(frame, fact, asked, where=features.where)  # type: ignore[arg-type]
    for column in found.values():
        features.problems += [replace(problem, where=features.file(column.name)) for problem in column.problems]
    if not found["person"].name:
        raise no_person([*first.columns], features.where)
    return {fact: column.name for fact, column in found.items()}


def _label_column(table: TextTable, named: Columns, features: Features) -> Column:
    """Find the column of the label; where there is none, say that another table may have it."""
    try:
        return label_column(table.frame, named.label, where=features.where)
    except DataError as error:
        truth = next((name for name in map(str, table.frame.columns) if TRUTH & {*words_of(name), form_of(name)}), "")
        said = f"--label {shlex.quote(truth)}, if that is the true one; or " if truth else ""
        elsewhere = error.try_next or f"{said}--participants FILE, if a table of people says it"
        raise DataError(error.what, where=error.where, expected=error.expected, try_next=elsewhere) from None


def described_by(table: TextTable, path: Path) -> dict[str, Described]:
    """Return what the dictionary beside each file says of its columns."""
    said = {file: read_dictionary(file) for file in {path, *(one.path for one in table.origins.values())}}
    of = {name: said[table.origin(name, path).path].get(name) for name in map(str, table.frame.columns)}
    return {name: described for name, described in of.items() if described is not None}


def sex_and_site(
    cells: Mapping[str, Sequence[str]], facts: Mapping[str, str], described: Mapping[str, Described], features: Features
) -> tuple[Sequence[str], Sequence[str]]:
    """Return sex and site of each row, ``"n/a"`` where there is none."""
    none = ("n/a",) * len(features.lines)
    sex, site = none, none
    if facts["sex"]:
        levels = described[facts["sex"]].levels if facts["sex"] in described else None
        read = read_sex(cells[facts["sex"]], where=features.file(facts["sex"]), levels=levels, heading=facts["sex"])
        sex = read.values
        features.problems += read.problems
    if facts["site"]:
        read = read_sites(cells[facts["site"]], where=features.file(facts["site"]))
        site = read.values
        features.problems += read.problems
    return sex, site


def conventions_of(
    cells: Mapping[str, Sequence[str]], label: str, reading: Reading, features: Features
) -> dict[str, Convention]:
    """Return the decimal separator of each file: by its measures, and by the label where these do not show it."""
    conventions = {}
    for file in dict.fromkeys(features.file(name) for name in cells):
        theirs = {name: column for name, column in cells.items() if features.file(name) == file}
        measures = {name: column for name, column in theirs.items() if name != label}
        decided = convention(measures, reading.decimal)
        with_label = convention(theirs, reading.decimal) if decided.doubt else decided
        conventions[file] = decided if with_label.doubt else with_label
    return conventions
