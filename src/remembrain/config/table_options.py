"""Options of published tables: how they are made and protected, who reads them, how they are audited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from remembrain.config.base import FailAbove, Options, Words, options_of, section
from remembrain.record.table_settings import TESTED, Adversary, Blur, Protection

if TYPE_CHECKING:

    class _Protection(Options, Protection):
        """The settings of protection, as mypy sees them."""

    class _Adversary(Options, Adversary):
        """Those of the adversary."""

    class _Blur(Options, Blur):
        """What is public of tables of somebody else."""
else:
    _Protection, _Adversary, _Blur = options_of(Protection), options_of(Adversary), options_of(Blur)


@section("release", "Release")
class ProtectionOptions(_Protection):
    """How many people the tables are of, and how these are protected."""

    group_size: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Publish tables of a random group of so many people; of all of them when left out."
    )


class ReleaseOptions(ProtectionOptions):
    """What is published, and how it is protected: the section [release] of a release file."""

    margins: Literal["all"] | tuple[str, ...] = Field((), description="Columns with a table each, or all.")
    crosstabs: tuple[tuple[str, ...], ...] = Field((), description="Columns that are tabulated together.")
    means: Literal["all"] | tuple[str, ...] = Field((), description="Columns of numbers whose mean is published.")
    sds: Literal["all"] | tuple[str, ...] = Field(
        (), description="Columns of numbers whose standard deviation is published."
    )
    quantiles: Literal["all"] | tuple[str, ...] = Field(
        (), description="Columns of numbers whose quantiles are published."
    )
    quantiles_at: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = Field(
        (0.25, 0.5, 0.75), min_length=1, description="Which of them: the shares of people below."
    )
    contrast: str | None = Field(None, description="Column of two groups between which numbers are compared.")
    contrasts: Literal["all"] | tuple[str, ...] = Field(
        (), description="Columns of numbers of which that comparison is published."
    )
    contrast_as: Literal["d", "t", "z", "p"] = Field(
        "d", description="How a comparison is told: Cohen's d, Student's t, or that as a normal deviate or a p-value."
    )
    by: tuple[str, ...] = Field((), description="Columns within whose levels every table is published too.")
    weights: str | None = Field(None, description="Column of survey weights.")
    most_missing: float = Field(
        1.0, ge=0, le=1, description="all leaves out columns of which a greater share is missing."
    )


@section("adversary", "Adversary")
class AdversaryOptions(_Adversary):
    """What the adversary knows; the defaults are those of the strongest one."""

    base_rates: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = Field(
        (0.01, 0.1, 0.5), description="Shares of those asked about who took part, for positive predictive values."
    )


class PublishedOptions(_Blur):
    """What is public of the tables of --tables: the section [published] of a release file."""


class FilesOptions(Options):
    """Files of an audit of tables beside the people."""

    dictionary: Path | None = Field(
        None, description="What columns mean, as TOML or as JSON: kind, levels, missing, range of each."
    )
    reference: Path | None = Field(
        None, description="Table of people of the same population whom the adversary has; some of DATA when left out."
    )
    outsiders: Path | None = Field(
        None, description="Table of people who did not take part; some of DATA when left out."
    )
    sessions: Path | None = Field(
        None,
        description="Table of the same people measured again, for --reliability measured; the second session of DATA "
        "when left out.",
    )
    tables: Path | None = Field(
        None,
        description="Tables that were published, a folder or a file: CSV, Excel, JSON-stat, PxWeb, SDMX-CSV; DATA are "
        "then the people to test, with who took part.",
    )


@section("survey")
class TablesOptions(FilesOptions):
    """Files of an audit of tables, and what is swept."""

    release: Path = Field(
        description="TOML file of what is published: [release], and as wanted [adversary], [audit], [sweep], [columns]."
    )
    sweep: tuple[str, ...] = Field((), description="Values to try of a knob, NAME=V1,V2,...; several may be given.")


class GridOptions(Options):
    """What of a brain is measured."""

    atlas: Path | None = Field(None, description="Numbered parcels; names from a .tsv of the same name.")
    mask: Path | None = Field(None, description="Instead of an atlas: every voxel of this mask.")


@section("regions", "Maps")
class RegionsOptions(GridOptions):
    """How maps of brains become a table of regions."""

    pattern: str = Field("**/*", description="Which files are meant, where a person has several maps.")
    participants: Path | None = Field(
        None, description="Table of people whose columns stand beside: groups, site, age."
    )


@section("regions", "Maps")
class GroupMapsOptions(GridOptions):
    """How maps of a group become a table of what was published."""

    column: tuple[str, ...] = Field(
        (), description="What a file is, FILE=HEADING, where its name does not say it: 'spmT_0001.nii=t (a - b)'."
    )
    people: tuple[str, ...] = Field(
        (), description="How many people maps are of: N, or GROUP=N for each of the groups that files are named by."
    )


@section("survey", "Survey")
class SurveyOptions(Options):
    """How the tables are audited."""

    person_column: str | None = Field(None, description="Column that names the person; participant_id or the row.")
    session_column: str | None = Field(
        None, description="Column that names the session, for --reliability measured; found by its usual names."
    )
    member_column: str = Field("member", description="With --tables: column that says who took part (1 or 0).")
    attacks: Words = Field((), description="Attacks by name, parted by commas; all when left out.")
    repeats: int = Field(20, ge=1, description="Fresh draws of what the adversary knows.")
    worlds: int = Field(6, ge=2, description="Releases that are drawn for every point of a sweep.")
    tested: int = Field(TESTED, ge=20, description="At most so many people of each side are tested.")
    exposed_by: tuple[str, ...] = Field(
        (), description="Columns whose levels are told apart among the exposed; those of by, or the first, if left out."
    )
    sweeps: bool = Field(True, description="Whether anything is swept at all.")
    auc_below: float = Field(0.6, gt=0.5, lt=1, description="Protection is sought that keeps the AUC below this.")
    rate_below: float = Field(
        0.05,
        gt=0.01,
        le=1,
        description="And the share of those who took part that is recognised while 1 % of others are named below this.",
    )
    people_below: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="And the people recognised so, beyond as many as luck names, below this; no limit when left out.",
    )
    fail_above: FailAbove = None
