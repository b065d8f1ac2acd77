"""What is audited on: scans, who of them was trained on, how the target reads them. Knows no option and no model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from remembrain.cohort import left_out
from remembrain.cohort.check import Settled
from remembrain.cohort.covariates import covariates
from remembrain.cohort.encode import encode
from remembrain.cohort.grids import Grid
from remembrain.cohort.own_reading import unmeasured
from remembrain.cohort.resampling import STATISTICS
from remembrain.cohort.rows import NamedRows
from remembrain.cohort.splits import Split
from remembrain.cohort.subset import Subset
from remembrain.cohort.table import TableCohort
from remembrain.cohort.volumes import Looked
from remembrain.errors import Problem
from remembrain.types import Inputs, Role, Scans

AUDITED: tuple[Role, ...] = ("member", "nonmember", "validation")


@dataclass(frozen=True, eq=False)
class Material:
    """The scans of one audit, who of them was trained on, and how the target reads them; row i is scan i in all."""

    scans: Scans
    split: Split
    inputs: Inputs
    facts: Float[np.ndarray, "scan column"]
    source: str
    description: str
    label: str = "age"
    mean_brain: Callable[[Int[np.ndarray, "some"]], Float[np.ndarray, "x y z"] | None] | None = None
    notes: tuple[Problem, ...] = ()
    left: tuple[Problem, ...] = ()
    by_lot: bool = False
    """Whether who is a member was drawn by lot: then members and non-members are the same kind of people."""

    def of(self, *roles: Role) -> Material:
        """Return what belongs to the scans of these roles."""
        return self.take(self.split.index(*roles))

    def ordered(self, roles: Sequence[Role]) -> Material:
        """Return what belongs to the scans of these roles; canaries last, so that places of all others stay theirs."""
        others = self.split.index(*(role for role in roles if role != "canary"))
        return self.take(np.concatenate([others, self.split.places["canary"]]))

    def take(self, places: Int[np.ndarray, "some"]) -> Material:
        """Return what belongs to the scans at these places."""
        mean = self.mean_brain
        return replace(
            self,
            scans=self.scans.take(places),
            split=self.split.take(places),
            inputs=Subset(self.inputs, places),
            facts=self.facts[places],
            mean_brain=None if mean is None else lambda index: mean(places[index]),
        )

    def in_short(self) -> list[tuple[str, int]]:
        """Return who was left out, and what else is to be told of how the data were read, by kind and how often."""
        return left_out.in_short((*left_out.noted(self.left), *self.notes))

    def lines(self) -> list[str]:
        """Return the same as it is told on a terminal; nobody is named."""
        return left_out.lines(self.in_short())

    def write_left_out(self, folder: Path) -> None:
        """Write who was left out into a folder that names people."""
        left_out.write(folder / left_out.FILE, self.left)

    def key(self) -> str:
        """Return a hash of the scans' content, in order."""
        return hashlib.sha256("\n".join(self.inputs.keys()).encode()).hexdigest()


def of_table(settled: Settled, cohort: TableCohort, scaled_by: Int[np.ndarray, "some"], label: str) -> Material:
    """Return the rows of a table as the target reads them.

    Parameters
    ----------
    settled, cohort
        Whom an audit is of, and their rows.
    scaled_by
        Whose values decide how columns are scaled.
    label
        What is regressed.
    """
    encoded = encode(cohort, scaled_by)
    whole_row = np.hstack([encoded.statistics, encoded.values])  # a row may differ by itself, whatever learned it
    facts, _ = covariates(cohort.scans, whole_row, (*encoded.statistic_names, *encoded.columns))
    text = f"table of {encoded.shape[0]} columns"
    return Material(
        cohort.scans, settled.split, encoded, facts, "table", text, label, notes=settled.notes, left=settled.left
    )


def of_answers(
    settled: Settled, cohort: TableCohort, answers: Float[np.ndarray, "scan column"], hashed: str, label: str
) -> Material:
    """Return scans of which a model answered already: what was answered is all that is read of them.

    Parameters
    ----------
    settled, cohort
        Whom an audit is of, and the facts of their rows, which the blind baseline sees.
    answers
        What models answered, a row a scan.
    hashed
        SHA-256 of the table: by it and its place in it a row is known, whichever of its answers are looked at.
    label
        What was predicted.
    """
    statistics, names = np.empty((len(cohort.scans), 0)), tuple[str, ...]()
    if cohort.features.shape[1]:
        encoded = encode(cohort, np.arange(len(cohort.scans)))
        statistics = np.hstack([encoded.statistics, encoded.values])
        names = (*encoded.statistic_names, *encoded.columns)
    facts, _ = covariates(cohort.scans, statistics, names)
    rows = NamedRows(answers, tuple(f"{hashed} {row}" for row in (cohort.rows if cohort.rows is not None else ())))
    return Material(
        cohort.scans,
        settled.split,
        rows,
        facts,
        "table of predictions",
        "data that stay with it",
        label,
        notes=settled.notes,
        left=settled.left,
    )


def of_paths(settled: Settled, unopened: Looked, measured: Looked, label: str) -> Material:
    """Return scans that a function of the user's reads itself.

    Parameters
    ----------
    settled
        Whom an audit is of.
    unopened, measured
        Their files; and their scans as our own reading has them, for what the blind baseline sees.
    label
        What is predicted.
    """
    scans = unopened.cohort.scans
    facts, _ = covariates(scans, measured.statistics(), STATISTICS)
    names = tuple(answer.key for answer in unopened.answers)
    return Material(
        scans,
        settled.split,
        NamedRows(np.empty((len(scans), 0)), names),
        facts,
        "BIDS folder",
        "files that the model reads itself",
        label,
        measured.mean_of,
        (*settled.notes, *unmeasured(measured)),
        settled.left,
    )


def of_volumes(settled: Settled, looked: Looked, grid: Grid, label: str, *, beside: Looked | None = None) -> Material:
    """Return volumes as the target reads them.

    Parameters
    ----------
    settled
        Whom an audit is of.
    looked
        Their scans, as the target reads them.
    grid
        That ours are brought to.
    label
        What is regressed.
    beside
        Their scans as our own reading has them, where a module reads files by itself: for what the blind baseline sees.
    """
    inputs = looked.scans()
    shape = " x ".join(str(side) for side in (inputs.shape if beside else grid.shape))
    text = f"tensor of shape {shape} from the module's own preprocess" if beside else ""
    measured = beside or looked
    facts, _ = covariates(looked.cohort.scans, measured.statistics(), STATISTICS)
    return Material(
        looked.cohort.scans,
        settled.split,
        inputs,
        facts,
        "BIDS folder",
        text or f"volume {shape} at {grid.spacing:g} mm",
        label,
        measured.mean_of,
        (*settled.notes, *(unmeasured(beside) if beside else ())),
        settled.left,
    )
