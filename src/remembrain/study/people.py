"""What is audited on: a BIDS folder or a table becomes scans, a split, and inputs as the target reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from jaxtyping import Int

from remembrain.cohort import bids, splits, store, table
from remembrain.cohort.check import Cohort, Roles, Settled, settle
from remembrain.cohort.grids import Grid, grid
from remembrain.cohort.material import Material, of_table, of_volumes
from remembrain.cohort.own_reading import read_own
from remembrain.cohort.volumes import Looked, look
from remembrain.config import Config, DataOptions, SplitOptions
from remembrain.config.reading import beside_of, columns_of, reading_of
from remembrain.errors import DataError, Problem
from remembrain.run import insist_on_folder
from remembrain.study.preparing import read_raw, selection_of
from remembrain.targets.defences import named
from remembrain.targets.model import Target

Read = Callable[[Path, DataOptions], Cohort]
"""Reads a cohort."""


def read_cohort(source: Path, options: DataOptions) -> Cohort:
    """Read a BIDS folder, or a table, without opening the volumes.

    Raises
    ------
    DataError
        Where there is nothing of that name.
    """
    cohort = _read(source, options)
    if options.label_is_number:
        return cohort
    classes = table.label_of_classes(cohort.scans.age, options.label, source.name)
    return replace(cohort, problems=(*cohort.problems, *classes))


def read_once() -> Read:
    """Return what reads a cohort when it is first asked to, for steps that are all of the same data."""
    cohorts: list[Cohort] = []

    def read(source: Path, options: DataOptions) -> Cohort:
        if not cohorts:
            cohorts.append(read_cohort(source, options))
        return cohorts[0]

    return read


def _read(source: Path, options: DataOptions) -> Cohort:
    """Read a folder as BIDS, and a file as a table."""
    if source.is_dir():
        if options.store is not None:
            insist_on_folder(options.store)
        cohort = bids.read_bids(source, columns_of(options), **selection_of(options))
        return read_raw(cohort, options) if options.raw else cohort
    if not source.is_file():
        what = "is neither a folder nor a table" if source.exists() else "no such file or folder"
        raise DataError(what, where=source, expected="a BIDS folder, or a table ending in .tsv, .csv or .parquet")
    return table.read_table(source, columns_of(options), reading_of(options), beside_of(options))


def settle_rows(
    cohort: table.TableCohort, roles: Roles, options: DataOptions, where: Path
) -> tuple[Settled, table.TableCohort]:
    """Return the rows of a table that are audited, of which there are no scans to open."""
    settled = settle(cohort, roles, _no_scans, leaves_out=options.leave_out == "problems")
    if not isinstance(settled.cohort, table.TableCohort):
        raise DataError("is no table", where=where)
    return settled, settled.cohort


def _no_scans(cohort: bids.BidsCohort) -> Looked:
    """Open no scans: there are none."""
    raise DataError("has no scans", where=cohort.folder)


def gather(
    config: Config, roles: Roles, *, target: Target | None = None, cohort: Cohort | None = None, protected: bool = False
) -> Material:
    """Read a cohort, decide whom an audit is of, and prepare their scans as the target reads them.

    Parameters
    ----------
    config
        Where the data are and how they are read.
    roles
        How people come by their roles.
    target
        A model that may have its own way of reading a file.
    cohort
        As read before, where it was.
    protected
        Whether members are to be protected, whatever ``config`` says of it.

    Raises
    ------
    ProblemsError
        With everything that is wrong with those who have a role.
    """
    cohort = cohort or read_cohort(config.source, config.data)
    own = _own_reading(target, cohort, config)
    look = partial(_looked, config=config)
    settled = settle(cohort, roles, own or look, leaves_out=config.data.leave_out == "problems")
    label = config.data.label
    if isinstance(settled.cohort, table.TableCohort):
        scaled_by = _scaled_by(settled.split, config, protected=protected)
        material = of_table(settled, settled.cohort, scaled_by, label)
    else:
        looked = settled.looked or look(settled.cohort)
        beside = look(settled.cohort) if own else None
        material = of_volumes(settled, looked, chosen_grid(config), label, beside=beside)
    notes = material.notes if roles.by_lot else (*material.notes, *_not_drawn(config.split, roles))
    return replace(material, by_lot=roles.by_lot, notes=notes)


def _not_drawn(options: SplitOptions, roles: Roles) -> tuple[Problem, ...]:
    """Say of a split that was kept, and that nobody gave, that it is not the one that was drawn."""
    if options.split is not None or options.members_list is not None:
        return ()
    what = "the split is not known to be as it was drawn, so people are compared as groups that were given"
    return tuple(Problem(path.name, what, fatal=False) for path, _ in roles.files)


def _own_reading(target: Target | None, cohort: Cohort, config: Config) -> Callable[[bids.BidsCohort], Looked] | None:
    """Return how a module reads files by itself, if it does."""
    if target is None or target.preprocess is None or target.source is None:
        return None
    if isinstance(cohort, table.TableCohort):
        raise DataError(
            "the module brings preprocess(path), which reads image files, and the data are a table",
            where=config.source,
            expected="a BIDS folder",
            try_next="remembrain.audit_module, with the arrays that the network was trained on",
        )
    return partial(read_own, preprocess=target.preprocess, store=_store(config), key=target.code)


def _looked(cohort: bids.BidsCohort, config: Config) -> Looked:
    """Return what became of scans as ours reads them."""
    return look(cohort, chosen_grid(config), _store(config), workers=config.data.workers)


def _store(config: Config) -> Path:
    """Return where prepared scans are kept."""
    return config.data.store or store.default_store()


def _scaled_by(split: splits.Split, config: Config, *, protected: bool) -> Int[np.ndarray, "scan"]:
    """Return whose values decide how columns of a table are scaled: members', unless these are to be protected.

    Scales that were learned from members would tell of them past any noise, so private training takes them from
    everybody who is not trained on.
    """
    training = config.training
    private = protected or training.epsilon is not None or training.noise_multiplier is not None
    if not (private or any(defence.promises for defence in named(training.defences))):
        return split.places["member"]
    others = split.index("nonmember", "validation", "population")
    if len(others) < splits.FEWEST_PEOPLE:
        raise DataError(
            f"{len(others)} rows are of people who are not trained on, and private training scales columns by these",
            where=config.source,
            expected=f"at least {splits.FEWEST_PEOPLE}",
        )
    return others


def chosen_grid(config: Config) -> Grid:
    """Return the grid asked for, or the one that goes with the network's form."""
    return grid(config.data.for_form(config.training.form))
