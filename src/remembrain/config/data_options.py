"""Options of the data: which scans or tables are read, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from cyclopts import Parameter
from pydantic import Field

from remembrain.config.base import GridName, Options, section


def _at(folder: Path, value: object) -> Path | tuple[Path, ...] | None:
    """Return a path, or several, as they are meant in a folder; None for what is no path."""
    if isinstance(value, Path):
        return folder / value.expanduser()
    if isinstance(value, tuple) and value:
        paths = tuple(folder / one.expanduser() for one in value if isinstance(one, Path))
        return paths if len(paths) == len(value) else None
    return None


@section("data", "Data")
class GridOptions(Options):
    """On which grid volumes are."""

    grid: GridName | None = Field(
        None, description="Grid the volumes are brought to; mni for the paper form, 48 otherwise."
    )

    def for_form(self, form: str) -> GridName:
        """Return the grid asked for, or the one that goes with a network's form."""
        return self.grid or ("mni" if form == "paper" else "48")

    def at(self, folder: Path) -> Self:
        """Return these options with every path as it is meant in this folder."""
        paths = {name: _at(folder, value) for name, value in self}
        return self.model_copy(update={name: path for name, path in paths.items() if path is not None})


@section("data", "Data")
class ScanOptions(Options):
    """Which scans of a BIDS folder are read."""

    derivatives: str | None = Field(None, description="Read derivatives/NAME of the BIDS folder instead of raw scans.")
    space: str | None = Field(None, description="Take the files with this space- entity; native: those without.")
    desc: str | None = Field(None, description="Take the files with this desc- entity.")
    entity: tuple[str, ...] = Field(
        (), description="Of several scans of a session, take the one with these entities: run=1 acq=mprage."
    )


@section("data", "Data")
class DataOptions(ScanOptions, GridOptions):
    """Which scans or which table are read, and how."""

    label: str = Field("age", description="Column that the model predicts.")
    label_units: Literal["years", "months", "weeks", "days", "unchanged"] | None = Field(
        None,
        description="Unit of ages, which become years; as the column's name or participants.json says when left out. "
        "unchanged: as they stand, for a model that predicts that unit.",
    )
    raw: Annotated[bool, Parameter(negative="")] = Field(
        False,
        description="BIDS: prepare raw scans first (bias field, brain extraction, MNI space), and keep them in the "
        "store; needs the extra raw.",
    )
    participants: Path | None = Field(
        None,
        description="Table: another one (participants.tsv) with label, sex and site of the same people, joined by "
        "person and session.",
    )
    more_features: tuple[Path, ...] = Field(
        (), description="Table: further ones with measures of the same people, joined by person and session."
    )
    leave_out: Literal["nothing", "problems"] = Field(
        "nothing", description="problems: go on without people and scans that cannot be used; they are counted."
    )
    person_column: str | None = Field(
        None, description="Column that names the person; found by its usual names when left out."
    )
    session_column: str | None = Field(
        None, description="Column that names the session; found by its usual names when left out."
    )
    sex_column: str | None = Field(None, description="Column with the sex; found by its usual names when left out.")
    site_column: str | None = Field(None, description="Column with the site; found by its usual names when left out.")
    drop: tuple[str, ...] = Field((), description="Table: columns that are not features.")
    keep: tuple[str, ...] = Field((), description="Table: columns that are features, whatever they look like.")
    decimal: Literal[".", ","] | None = Field(None, description="Table: decimal separator; found when left out.")
    missing_codes: tuple[str, ...] = Field(
        (), description="Table: codes that say missing, as COLUMN=-9999, or CODE for all columns."
    )
    keep_values: tuple[str, ...] = Field(
        (), description="Table: numbers that are values though they look like such codes, as COLUMN=-1, or all NUMBER."
    )
    raw_columns: bool = Field(
        False, description="Table: give columns to the network as they are, neither scaled nor filled in."
    )
    label_is_number: bool = Field(False, description="The label is a number, though it has few different values.")
    store: Path | None = Field(None, description="Folder for prepared volumes; the user's cache when left out.")
    workers: Annotated[int, Field(ge=1)] | None = Field(None, description="Worker processes; one a core by default.")
