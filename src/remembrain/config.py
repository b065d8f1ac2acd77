"""Every option, once: the command line, its help, and the TOML file all come from these models.

This module knows the words a user may say and what is allowed in them, and nothing of what is done with them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import tomli_w
from cyclopts import Parameter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from remembrain._text import parted, shown
from remembrain.errors import UsageError
from remembrain.run import read_toml, write_text


class _Options(BaseModel):
    """Options that never change and have no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Recorded(_Options):
    """All options of one run."""

    def write(self, path: Path) -> None:
        """Write the options as TOML."""
        content = json.loads(self.model_dump_json(by_alias=True, exclude_none=True))
        write_text(path, tomli_w.dumps(content))


Words: TypeAlias = Annotated[tuple[str, ...], AfterValidator(parted)]
GridName: TypeAlias = Literal["32", "48", "64", "mni"]


@Parameter(name="*", group="Data")
class DataOptions(_Options):
    """Which scans or which table are read, and how."""

    label: str = Field("age", description="Column that the model predicts.")
    label_units: Literal["years", "months", "weeks", "days", "unchanged"] | None = Field(
        None,
        description="Unit of ages, which become years; as the column's name or participants.json says when left out. "
        "unchanged: as they stand, for a model that predicts that unit.",
    )
    derivatives: str | None = Field(None, description="Read derivatives/NAME of the BIDS folder instead of raw scans.")
    space: str | None = Field(None, description="Take the files with this space- entity; native: those without.")
    desc: str | None = Field(None, description="Take the files with this desc- entity.")
    entity: tuple[str, ...] = Field(
        (), description="Of several scans of a session, take the one with these entities: run=1 acq=mprage."
    )
    leave_out: Literal["nothing", "problems"] = Field(
        "nothing", description="problems: go on without people and scans that cannot be used; they are counted."
    )
    grid: GridName | None = Field(
        None, description="Grid the volumes are brought to; mni for the paper form, 48 otherwise."
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


@Parameter(name="*", group="Split")
class SplitOptions(_Options):
    """Who is trained on, who is not, and whom the attacker knows; shares are cut to what numbers leave."""

    split: Path | None = Field(
        None, description="A split.tsv to use: participant_id, session_id, role, attacker_knows."
    )
    members_list: Path | None = Field(
        None, description="Who was trained on: names on lines, or a table with a column of names."
    )
    nonmembers_list: Path | None = Field(None, description="Who was not, in the same form.")
    members: float = Field(0.4, gt=0, description="Members: a share of the people, or a number of them above 1.")
    nonmembers: float = Field(0.4, gt=0, description="Non-members: a share, or a number.")
    validation: float = Field(0.05, ge=0, description="Validation people: a share, or a number.")
    population: float = Field(
        0.15,
        ge=0,
        description="Others, on whom an attacker who knows no member trains a shadow model: a share, or a number.",
    )
    known: float = Field(0.5, gt=0, lt=1, description="Share of members and of non-members the attacker knows.")
    canaries: int = Field(
        0, ge=0, description="People trained on or not by the toss of a coin, with a wrong age, to audit an epsilon."
    )
    canary_shift: float = Field(20.0, gt=0, description="By how much the age of a canary is wrong.")


@Parameter(name="*", group="Training")
class TrainOptions(_Options):
    """The network and its training; what is left out comes from the network's own preset."""

    network: str | None = Field(
        None, description="cnn3d, slice-mean, mlp; or module:Class of a model to import. cnn3d or mlp when left out."
    )
    form: Literal["light", "paper"] = Field("light", description="light trains in a minute; paper is as published.")
    epochs: Annotated[int, Field(ge=1)] | None = Field(None, description="Passes over the members.")
    learning_rate: Annotated[float, Field(gt=0)] | None = Field(None, description="Step size of the optimiser.")
    weight_decay: Annotated[float, Field(ge=0)] | None = Field(None, description="L2 penalty of the optimiser.")
    batch_size: Annotated[int, Field(ge=1)] | None = Field(None, description="Scans a step.")
    dropout: Annotated[float, Field(ge=0, lt=1)] | None = Field(
        None, description="Share of numbers dropped in front of the output while training."
    )
    keep_every: int = Field(0, ge=0, description="Keep the weights of every k-th epoch; 0 keeps the last alone.")
    network_arguments: str = Field("{}", description="Arguments of a class of yours, as JSON.")
    epsilon: float | None = Field(
        None, description="Train under differential privacy and spend no more than this on any person."
    )
    noise_multiplier: float | None = Field(
        None, description="Train under differential privacy with noise of so many clipping norms."
    )
    delta: float = Field(1e-5, description="Privacy: chance that the promise fails; below 1 over the people.")
    clip: float = Field(1.0, description="Privacy: the norm that no person's gradient exceeds.")
    secure_noise: bool = Field(
        False, description="Privacy: cryptographic noise, which no seed gives again; needed before a model is released."
    )
    label_range: tuple[float, float] | None = Field(
        None, description="Privacy: between which the label lies; 0 100 for ages, must be said for others."
    )
    defences: tuple[str, ...] = Field((), description="Other defences, NAME=STRENGTH: remembrain defences lists them.")


@Parameter(name="*", group="Federation")
class FederationOptions(_Options):
    """How people are divided over learners, and for how many rounds these train one model."""

    environment: str = Field(
        "uniform-iid",
        description="uniform-iid, uniform-noniid, skewed-noniid; or a column that names everybody's site.",
    )
    learners: int = Field(8, ge=2, description="Learners; as many as there are sites where a column names them.")
    rounds: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Rounds; as published when left out (25 for cnn3d, 40 for slice-mean)."
    )
    unseen: float = Field(0.2, gt=0, lt=1, description="Share of people whom no learner has.")
    engine: Literal["in-process", "flare"] = Field("in-process", description="flare: NVIDIA FLARE.")
    simulate: bool = Field(False, description="FLARE: simulate all sites on this machine.")
    time_limit: int = Field(3600, ge=1, description="FLARE: seconds within which every site answers in a round.")
    allow_missing: bool = Field(False, description="FLARE: go on without sites that failed, and record it.")


@Parameter(name="*", group="Federation")
class SiteAuditOptions(_Options):
    """The audit of a federation's final model at one of its sites."""

    model: Path | None = Field(
        None, description="At a site: the final model, where the federation could not leave it in the kit."
    )
    identity: str | None = Field(
        None, description="At a site: which federation, where the kit took part in several; a folder of federations/."
    )


@Parameter(name="*", group="Model to import")
class ImportOptions(_Options):
    """A model that was trained elsewhere."""

    weights: Path | None = Field(None, description="Weights: safetensors, or a torch file of tensors alone.")
    weights_key: str | None = Field(
        None, description="Which weights, where a file holds several: the mapping, such as ema, or a prefix of names."
    )
    owner_predictions: Path | None = Field(
        None,
        description="Table of participant_id, session_id and predicted_age: what the model's owner gets for at least "
        "10 people. That ours are the same proves that it is fed right; without it nothing is called not detected.",
    )
    owner_tolerance: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        None,
        description="By how much these may differ from ours, in the unit of the label; a fiftieth of their standard "
        "deviation when left out.",
    )


@Parameter(name="*", group="Attack")
class AttackOptions(_Options):
    """Which attacks run, how often, and what counts as too much."""

    attacks: Words = Field(
        (),
        description="Attacks by name, parted by commas; core, published and all stand for several. The core when left "
        "out.",
    )
    access: Literal["outputs", "weights"] | None = Field(
        None, description="Run only attacks that need no more than this."
    )
    repeats: int = Field(5, ge=1, description="Fresh draws of whom the attacker knows.")
    references: int = Field(
        0,
        ge=0,
        description="Train so many models like the target (an even number) on halves of the people, and attack with "
        "them; in a federation every learner does, on its own people.",
    )
    queries: int = Field(1, ge=1, le=8, description="Ways to show each scan to models where there are references.")
    reference_engine: Annotated[Literal["processes", "ray"], Parameter(name=("--reference-engine", "--engine"))] = (
        Field("processes", description="Where reference models are trained; ray: on the machines of a Ray cluster.")
    )
    address: str | None = Field(
        None, description="Address of the Ray cluster; one on this machine is started when left out."
    )
    match: bool = Field(
        False, description="Attack and test only members and non-members who can be paired by sex, site and age."
    )
    last_rounds: int = Field(5, ge=1, description="Federation: insiders learn from the models of so many last rounds.")
    looks: int = Field(5, ge=1, description="Federation: leakage is followed at round 0 and so many later ones.")
    claimed_epsilon: float | None = Field(
        None, gt=0, description="Epsilon that the model's owner claims, to be held against what attacks show."
    )
    claimed_delta: float = Field(1e-5, gt=0, lt=1, description="Delta of that claim.")
    claimed_mechanism: Literal["any", "gaussian"] = Field(
        "any", description="Kind of noise that is claimed; of gaussian noise stronger bounds are known."
    )
    fail_above: str | None = Field(
        None,
        description="Exit with 4 where evidence may be above this, e.g. auc=0.6 (upper ends of intervals count, of all "
        "attacks in the evidence).",
    )


@Parameter(name="*", group="Release")
class ProtectionOptions(_Options):
    """How many people the tables are of, and how these are protected."""

    group_size: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Publish tables of a random group of so many people; of all of them when left out."
    )
    round_to: int = Field(0, ge=0, description="Round counts to multiples of this; 0 does not round.")
    suppress_below: int = Field(0, ge=0, description="Suppress cells of fewer people than this; 0 suppresses none.")
    complementary: bool = Field(True, description="Suppress more where subtraction would give a cell back.")
    noise_epsilon: Annotated[float, Field(gt=0)] | None = Field(
        None, description="Add noise to counts: epsilon of all tables together."
    )
    noise: Literal["laplace", "gaussian"] = Field("laplace", description="Kind of that noise.")
    noise_delta: float = Field(1e-6, gt=0, lt=1, description="Delta of Gaussian noise.")
    sample: float = Field(1.0, gt=0, le=1, description="Count only a random share of those who took part.")


class ReleaseOptions(ProtectionOptions):
    """What is published, and how it is protected: the section [release] of a release file."""

    margins: Literal["all"] | tuple[str, ...] = Field((), description="Columns with a table each, or all.")
    crosstabs: tuple[tuple[str, ...], ...] = Field((), description="Columns that are tabulated together.")
    means: Literal["all"] | tuple[str, ...] = Field((), description="Columns of numbers whose mean is published.")
    by: tuple[str, ...] = Field((), description="Columns within whose levels every table is published too.")
    weights: str | None = Field(None, description="Column of survey weights.")
    most_missing: float = Field(
        1.0, ge=0, le=1, description="all leaves out columns of which a greater share is missing."
    )


@Parameter(name="*", group="Adversary")
class AdversaryOptions(_Options):
    """What the adversary knows; the defaults are those of the strongest one."""

    known: float = Field(1.0, gt=0, le=1, description="Share of a person's answers that the adversary has.")
    known_columns: tuple[str, ...] = Field((), description="Or the columns of which it has everybody's answer.")
    answer_error: float = Field(0.0, ge=0, lt=1, description="Share of the answers it has that are wrong.")
    reference_size: Annotated[int, Field(ge=20)] | None = Field(
        None, description="People of the population whom it has; 1000 or a fifth of the file when left out."
    )
    reference_tilt: float = Field(
        0.0, description="By how many standard deviations these differ from the population along tilt_column."
    )
    tilt_column: str | None = Field(
        None, description="Column of that tilt; the main way in which answers differ when left out."
    )
    knows_n: bool = Field(True, description="Whether it knows how many people took part.")
    knows_weight: bool = Field(False, description="Whether it knows the survey weight of the person in question.")
    base_rates: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = Field(
        (0.01, 0.1, 0.5), description="Shares of those asked about who took part, for positive predictive values."
    )


@Parameter(name="*", group="Survey")
class SurveyOptions(_Options):
    """How the tables are audited."""

    person_column: str | None = Field(None, description="Column that names the person; participant_id or the row.")
    member_column: str = Field("member", description="With --tables: column that says who took part (1 or 0).")
    attacks: Words = Field((), description="Attacks by name, parted by commas; all when left out.")
    repeats: int = Field(20, ge=1, description="Fresh draws of what the adversary knows.")
    worlds: int = Field(6, ge=2, description="Releases that are drawn for every point of a sweep.")
    tested: int = Field(2000, ge=20, description="At most so many people of each side are tested.")
    exposed_by: tuple[str, ...] = Field(
        (), description="Columns whose levels are told apart among the exposed; those of by, or the first, if left out."
    )
    sweeps: bool = Field(True, description="Whether anything is swept at all.")
    auc_below: float = Field(0.6, gt=0.5, lt=1, description="Protection is sought that keeps the AUC below this.")
    fail_above: str | None = Field(
        None,
        description="Exit with 4 where evidence may be above this, e.g. auc=0.6 (upper ends of intervals count).",
    )


@Parameter(name="*")
class TablesOptions(_Options):
    """Files of an audit of tables, and what is swept."""

    release: Path = Field(
        description="TOML file of what is published: [release], and as wanted [adversary], [audit], [sweep], [columns]."
    )
    dictionary: Path | None = Field(
        None, description="What columns mean, as TOML or as JSON: kind, levels, missing, range of each."
    )
    reference: Path | None = Field(
        None, description="Table of people of the same population whom the adversary has; some of DATA when left out."
    )
    outsiders: Path | None = Field(
        None, description="Table of people who did not take part; some of DATA when left out."
    )
    tables: Path | None = Field(
        None, description="Folder of tables that were published; DATA are then the people to test, with who took part."
    )
    sweep: tuple[str, ...] = Field((), description="Values to try of a knob, NAME=V1,V2,...; several may be given.")


@Parameter(name="*")
class PhantomOptions(_Options):
    """Synthetic people."""

    people: int = Field(description="How many people.")
    grid: GridName = Field("48", description="Voxels a side, or mni for 91 x 109 x 91 at 2 mm.")
    sessions: int = Field(1, description="Scans a person: 1, or 2 some years apart.")


@Parameter(name="*")
class DemoOptions(_Options):
    """The demonstration."""

    people: int = Field(640, description="How many people.")
    grid: GridName = Field("48", description="Voxels a side: 32, 48 or 64, or mni.")


@Parameter(name="*")
class DefendOptions(_Options):
    """The comparison of defences."""

    grid: Path = Field(description="TOML file of defences, strengths, seeds and attacks; docs/defences.md shows one.")


@Parameter(name="*")
class SelftestOptions(_Options):
    """The simulation of audits."""

    audits: int = Field(1000, ge=20, description="Audits without a leak; a third as many have one.")


@Parameter(name="*")
class ReportOptions(_Options):
    """The report of one or several runs."""

    out: Path | None = Field(None, description="The file; RUN/report.html for one run.")


@Parameter(name="*")
class ShowOptions(_Options):
    """The evidence on the terminal."""

    json_: Annotated[bool, Parameter(name="--json", negative="")] = Field(
        False, description="Print evidence.json as it is."
    )


class Config(_Recorded):
    """All options of one run, as ``config.toml`` in the run folder records them."""

    source: Path = Field(description="The BIDS folder or the table.")
    seed: int = Field(0, ge=0, description="The one seed that everything random comes from.")
    data: DataOptions = DataOptions()
    split: SplitOptions = SplitOptions()
    training: TrainOptions = TrainOptions()
    federation: FederationOptions | None = None
    imported: ImportOptions = Field(ImportOptions(), alias="import")
    attack: AttackOptions = AttackOptions()

    @classmethod
    def read(cls, path: Path) -> Config:
        """Read what ``write`` wrote.

        Raises
        ------
        UsageError
            Naming the key that is wrong.
        """
        try:
            return cls.model_validate(read_toml(path, UsageError))
        except ValidationError as error:
            raise UsageError(first_complaint(error), where=path) from None


class SurveyConfig(_Recorded):
    """All options of an audit of tables, as ``config.toml`` in the run folder records them."""

    source: Path = Field(description="The table of answers, or of the people to test.")
    seed: int = Field(0, ge=0, description="The one seed that everything random comes from.")
    release: ReleaseOptions = ReleaseOptions()
    adversary: AdversaryOptions = AdversaryOptions()
    audit: SurveyOptions = SurveyOptions()
    sweep: dict[str, tuple[float, ...]] = Field(default_factory=dict, description="Values of each knob that is swept.")
    columns: dict[str, Any] = Field(default_factory=dict, description="What is declared of columns.")
    dictionary: Path | None = None
    reference: Path | None = None
    outsiders: Path | None = None
    tables: Path | None = None

    @classmethod
    def of_release(cls, path: Path, **said: Any) -> SurveyConfig:
        """Read a release file, with what was said on the command line counting for more.

        Parameters
        ----------
        path
            TOML with [release], and as wanted [adversary], [audit], [sweep] and [columns].
        said
            Other fields; of a model, the options that were set.

        Raises
        ------
        UsageError
            Naming the file and the key that is wrong.
        """
        content = read_toml(path, UsageError)
        allowed = ["seed", "release", "adversary", "audit", "sweep", "columns"]
        for section in content:
            if section not in (cls.model_fields if "source" in content else allowed):  # or a run's own record
                raise UsageError(
                    f"unknown section [{shown(section)}]", where=path, expected=f"one of {', '.join(allowed)}"
                )
        if "release" not in content and said.get("tables") is None:
            raise UsageError(
                "has no section [release]", where=path, expected='[release] and margins = "all", or columns'
            )
        for name, value in said.items():
            if isinstance(value, BaseModel):
                content[name] = {**content.get(name, {}), **value.model_dump(exclude_unset=True)}
            elif isinstance(value, Mapping):
                content[name] = {**content.get(name, {}), **value}
            elif value is not None:
                content[name] = value
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            raise UsageError(first_complaint(error), where=path) from None


SECTIONS: dict[str, tuple[type[BaseModel], ...]] = {
    "data": (DataOptions,),
    "split": (SplitOptions,),
    "training": (TrainOptions,),
    "federation": (SiteAuditOptions, FederationOptions),
    "import": (ImportOptions,),
    "attack": (AttackOptions,),
    "defend": (DefendOptions,),
    "release": (ProtectionOptions,),
    "adversary": (AdversaryOptions,),
    "survey": (TablesOptions, SurveyOptions),
    "phantom": (PhantomOptions,),
    "demo": (DemoOptions,),
    "selftest": (SelftestOptions,),
    "report": (ReportOptions,),
    "show": (ShowOptions,),
}
"""Where each option stands in a file for ``--config``; the seed stands above all sections."""


def fields_of(section: str) -> dict[str, FieldInfo]:
    """Return what may stand in a section, by key; above all sections (``""``), the seed."""
    if not section:
        return {"seed": Config.model_fields["seed"]}
    return {name.rstrip("_"): field for model in SECTIONS[section] for name, field in model.model_fields.items()}


def first_complaint(error: ValidationError) -> str:
    """Return the first thing pydantic found wrong, as one line."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])
