"""A table or a BIDS folder as a model that is asked reads it: who the people are, and what the model is given."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from remembrain.audits.outlook import Say, foreseen
from remembrain.cohort import table as tables
from remembrain.cohort.answer_columns import member_column
from remembrain.cohort.as_read import columns_of_model, insist_on_names, numbers_of, rows_in_file
from remembrain.cohort.bids import BidsCohort
from remembrain.cohort.check import Roles, settle
from remembrain.cohort.columns import Reading
from remembrain.cohort.grids import grid
from remembrain.cohort.joining import read_joined
from remembrain.cohort.material import Material, of_paths, of_volumes
from remembrain.cohort.no_column import insist_on_column
from remembrain.cohort.own_reading import unopened
from remembrain.cohort.store import default_store
from remembrain.cohort.table import TableCohort
from remembrain.cohort.text_table import TextTable
from remembrain.cohort.volumes import Looked, look
from remembrain.cohort.without_model import facts_of_scans, names_of, unasked
from remembrain.config import BroughtConfig
from remembrain.config.reading import beside_of, columns_of, reading_of
from remembrain.config.roles import divided_by, listed_by, roles_by_column, roles_of
from remembrain.errors import DataError, UsageError
from remembrain.query import attacks_on_answers
from remembrain.study.people import read_cohort, settle_rows
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.asking import BATCH
from remembrain.targets.brought.shapes import fitted

VOLUMES, PATHS = 8, 16
"""So many volumes, or paths of scans, are asked about at once."""


@dataclass(frozen=True, eq=False)
class Brought:
    """A model as it reads these scans, the scans as it reads them, how many at once, and whose they are."""

    model: Answering
    scans: object
    batch: int
    material: Material


def _looked_at(roles: Roles, config: BroughtConfig, say: Say) -> Roles:
    """Return roles with a look at the people before any work."""
    attacks, divided = attacks_on_answers(config.attack.attacks), replace(divided_by(config.split), given=True)
    return foreseen(roles, attacks, divided, say, match=config.attack.match)


def of_table(model: Answering, config: BroughtConfig, say: Say) -> Brought:
    """Return the rows of a table as a model reads them."""
    path = config.source
    if not path.is_file():
        raise DataError("no such file or folder", where=path, expected="a table, or a BIDS folder")
    table = read_joined(path, beside_of(config.data), columns_of(config.data), reading_of(config.data))
    names = [str(name) for name in table.frame.columns]
    said = config.brought.member_column
    if said is not None:
        insist_on_column(table.frame, said, where=path.name, option="--member-column")
    member = said or member_column([name for name in names if name not in (*config.data.drop, *model.columns)])
    cohort = _cohort(table, model, member, config)
    assert cohort.rows is not None  # noqa: S101  # it was read from a file
    cells = [str(table.frame[member].iloc[row]) for row in cohort.rows] if member else []
    roles = _looked_at(roles_by_column(config, member, cells, cohort.scans), config, say)
    settled, rows = settle_rows(cohort, roles, config.data, path)
    facts, scans, model = _rows(model, table, rows, config)
    who = rows.scans
    material = Material(
        who,
        settled.split,
        unasked(names_of(scans, list(who.labels()))),
        facts_of_scans(facts, who),
        "table",
        f"table of {scans.shape[1]} columns",
        config.data.label,
        notes=settled.notes,
        left=settled.left,
    )
    return Brought(model, scans, BATCH, material)


def _rows(
    model: Answering, table: TextTable, cohort: TableCohort, config: BroughtConfig
) -> tuple[pd.DataFrame, pd.DataFrame | np.ndarray, Answering]:
    """Return what can be known of rows without the model, the rows as it reads them, and the model as it reads them."""
    path, features = config.source, cohort.features
    if model.reads == "file":
        assert cohort.rows is not None  # noqa: S101  # it was read from a file
        return features, rows_in_file(table, cohort.rows, reading_of(config.data)), model
    if model.reads in ("columns", "features"):
        names = model.columns or tuple(map(str, features.columns))
        named = columns_of_model(features, names, model.name, path)
        return named, named, model
    wanted = model.shape[0] if model.shape is not None and len(model.shape) == 1 else None
    numbers = numbers_of(features, wanted, model.name, path).astype(model.kind)
    predict = fitted(model.predict, model.shape, numbers.shape[1:], model.name, "--drop NAME")
    return features, numbers, replace(model, predict=predict)


def _cohort(table: TextTable, model: Answering, member: str, config: BroughtConfig) -> TableCohort:
    """Read the people of a table, and its columns as far as a model may read them."""
    path, reading = config.source, reading_of(config.data)
    there = [str(name) for name in table.frame.columns if name not in (*reading.drop, config.data.label)]
    insist_on_names(there, model.columns, model.name, path)
    apart = (*reading.drop, *([member] if member else []))
    keep = tuple(dict.fromkeys((*reading.keep, *model.columns)))
    reading = Reading(
        apart,
        keep,
        reading.decimal,
        reading.missing_codes,
        reading.keep_values,
        facts_alone=model.reads == "file",
        brought=True,
        only=model.columns,
    )
    cohort = tables.table_cohort(table, path, columns_of(config.data), reading)
    if config.data.label_is_number:
        return cohort
    classes = tables.label_of_classes(cohort.scans.age, config.data.label, path.name)
    return replace(cohort, problems=(*cohort.problems, *classes))


def of_folder(model: Answering, config: BroughtConfig, say: Say) -> Brought:
    """Return the scans of a BIDS folder as a model reads them."""
    if not listed_by(config.split):
        raise UsageError(
            "who the model was trained on is not said",
            expected="--split split.tsv, or --members-list and --nonmembers-list",
        )
    if model.estimator is not None and config.attack.references:
        raise UsageError("models like it are trained on the rows of a table alone", try_next="leave out --references")
    if model.reads == "columns":
        what = f"reads columns by name ({', '.join(model.columns[:3])}, ...), and the data are scans"
        raise DataError(what, where=model.name, expected="a table")
    label, space = config.data.label, grid(config.data.for_form("light"))
    if not model.reads_files:
        hint = "--grid, one that the model was trained on"
        predict = fitted(model.predict, model.shape, (1, *space.shape), model.name, hint)
        model = replace(model, predict=predict, estimator=None)
    cohort, roles = read_cohort(config.source, config.data), _looked_at(roles_of(config), config, say)

    def prepared(part: BidsCohort) -> Looked:
        return look(part, space, config.data.store or default_store(), workers=config.data.workers)

    opened, leaves_out = unopened if model.reads_files else prepared, config.data.leave_out == "problems"
    settled = settle(cohort, roles, opened, leaves_out=leaves_out)
    looked = settled.looked
    if looked is None:
        raise DataError("has no scans", where=config.source)
    if model.reads_files:
        material = of_paths(settled, looked, prepared(looked.cohort), label)
        return Brought(model, list(looked.cohort.paths), PATHS, material)
    material = of_volumes(settled, looked, space, label)
    return Brought(model, material.inputs, VOLUMES, material)
