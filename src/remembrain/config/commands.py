"""Options of one command each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from pydantic import Field

from remembrain.config.base import GridName, Options, section


class _Made(Options):
    """People that are made here."""

    grid: GridName = Field("48", description="Voxels a side, or mni for 91 x 109 x 91 at 2 mm.")


@section("phantom")
class PhantomOptions(_Made):
    """Synthetic people."""

    people: int = Field(description="How many people.")
    sessions: int = Field(1, description="Scans a person: 1, or 2 some years apart.")


@section("demo")
class DemoOptions(_Made):
    """The demonstration."""

    people: int = Field(640, description="How many people.")


@section("defend")
class DefendOptions(Options):
    """The comparison of defences."""

    grid: Path = Field(description="TOML file of defences, strengths, seeds and attacks; docs/defences.md shows one.")


@section("selftest")
class SelftestOptions(Options):
    """The simulation of audits."""

    audits: int = Field(1000, ge=20, description="Audits without a leak; a third as many have one.")


@section("report")
class ReportOptions(Options):
    """The report of one or several runs."""

    out: Path | None = Field(None, description="The file; RUN/report.html for one run.")


@section("show")
class ShowOptions(Options):
    """The evidence on the terminal."""

    json_: Annotated[bool, Parameter(name="--json", negative="")] = Field(
        False, description="Print evidence.json as it is."
    )
