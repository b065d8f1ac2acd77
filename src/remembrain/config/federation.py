"""Options of a model that several learners train."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from pydantic import Field

from remembrain.config.base import Options, section


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
