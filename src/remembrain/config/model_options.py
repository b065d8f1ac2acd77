"""Options of one model and of who trains it, brings it in, attacks it; and of commands that need nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from pydantic import Field

from remembrain.config.base import FailAbove, Files, GridName, Options, Words, section


@section("split", "Split")
class SplitOptions(Options):
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


@section("training", "Training")
class TrainOptions(Options):
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


@section("import", "Model to import")
class ImportOptions(Options):
    """A model that was trained elsewhere."""

    weights: Files = Field(
        (), description="Weights: safetensors, or a torch file of tensors alone; several files are an --ensemble."
    )
    weights_key: str | None = Field(
        None, description="Which weights, where a file holds several: the mapping, such as ema, or a prefix of names."
    )
    head: Literal["number", "bins", "ordinal"] = Field(
        "number",
        description="What it puts out: years; probabilities of bins, their logarithms or scores (--bins); or the "
        "probability of being older than each step, which are added up. It and what follows hold for a model that is "
        "asked (audit) as well.",
    )
    bins: tuple[float, float] | None = Field(None, description="Range of the bins in years, such as 42 82.")
    bin_centres: tuple[float, ...] = Field(
        (), description="Instead of the range: the middles of the first and last bin, such as 3 95, or of each."
    )
    output_form: Literal["probabilities", "percent", "scores"] | None = Field(
        None,
        description="What bins and steps have: probabilities, percentages, or scores (logarithms too); told by the "
        "numbers when left out, and asked about where these may be either.",
    )
    output_column: Annotated[int, Field(ge=0)] | None = Field(
        None, description="Which of several numbers is the age; the first is 0."
    )
    output_offset: float = Field(0.0, description="Added to its answers, in years.")
    output_mean: float = Field(0.0, description="Of a model of standardised ages: the mean, in years.")
    output_sd: float = Field(1.0, gt=0, description="And their standard deviation.")
    output_months: Annotated[bool, Parameter(negative="")] = Field(False, description="It puts out months.")
    ensemble: Literal["mean", "median"] | None = Field(
        None, description="How the answers of several files of weights, or of several models in files, become one."
    )
    owner_predictions: Path | None = Field(
        None,
        description="Table of participant_id, session_id and predicted_age: what the model's owner gets for at least "
        "10 people. That ours are the same proves that it is fed right. Without it "
        "nothing is called not detected of a model that we give bare numbers.",
    )
    owner_tolerance: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        None,
        description="By how much these may differ from ours, in the unit of the label; a fiftieth of their standard "
        "deviation when left out.",
    )


@section("attack", "Attack")
class AttackOptions(Options):
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
        description="Train so many models like the target (an even number) on parts of the people, and attack with "
        "them; in a federation every learner does, on halves of its own people.",
    )
    reference_share: float | None = Field(
        None,
        ge=0.05,
        le=0.95,
        description="Share of the people whom each reference model is trained on, drawn by lot: 0.5, 0.8 (all but a "
        "fifth), 0.2; others as near as equal parts allow. When left out, that of the target among them, as near as "
        "the number of models allows.",
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
    fail_above: FailAbove = None


@section("federation", "Federation")
class SiteAuditOptions(Options):
    """The audit of a federation's final model at one of its sites."""

    model: Path | None = Field(
        None, description="At a site: the final model, where the federation could not leave it in the kit."
    )
    identity: str | None = Field(
        None, description="At a site: which federation, where the kit took part in several; a folder of federations/."
    )


@section("federation", "Federation")
class RoundsOptions(Options):
    """For how many rounds sites train one model, and how long one waits for another."""

    rounds: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Rounds; as published when left out (25 for cnn3d, 40 for slice-mean)."
    )
    time_limit: int = Field(3600, ge=1, description="FLARE: seconds within which every site answers in a round.")
    allow_missing: Annotated[bool, Parameter(negative="")] = Field(
        False, description="FLARE: go on without sites that failed, and record it."
    )


@section("federation", "Federation")
class FederationOptions(RoundsOptions):
    """How people are divided over learners, and for how many rounds these train one model."""

    environment: str = Field(
        "uniform-iid",
        description="uniform-iid, uniform-noniid, skewed-noniid; or a column that names everybody's site.",
    )
    learners: int = Field(8, ge=2, description="Learners; as many as there are sites where a column names them.")
    unseen: float = Field(0.2, gt=0, lt=1, description="Share of people whom no learner has.")
    engine: Literal["in-process", "flare"] = Field("in-process", description="flare: NVIDIA FLARE.")
    simulate: bool = Field(False, description="FLARE: simulate all sites on this machine.")


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
