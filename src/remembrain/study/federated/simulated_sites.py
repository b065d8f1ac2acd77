"""Simulated sites on FLARE: all people are on this machine, and each site reads the run folder for its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from jaxtyping import Int
from nvflare.apis.fl_context import FLContext
from torch import Tensor

from remembrain.cohort.material import Material
from remembrain.cohort.subset import Subset
from remembrain.config import Config
from remembrain.config.roles import roles_kept
from remembrain.federation.flare.controller import FlareRounds
from remembrain.federation.flare.learner import FlareLearner
from remembrain.federation.in_process import mean_error
from remembrain.federation.learner import Local
from remembrain.federation.learners import read_learners, start_file
from remembrain.run import RunFolder
from remembrain.study.people import gather


class SimulatedLearner(FlareLearner):
    """A site whose people are those of one learner of a run folder."""

    def __init__(self, plan: str, run: str) -> None:
        super().__init__(plan)
        self.run = run

    def local(self, site: str, fl_ctx: FLContext) -> Local:  # noqa: ARG002 - simulated sites have no place of their own
        """Return the learner's people."""
        material, learner = _of_run(Path(self.run))
        places = np.flatnonzero(learner == self.plan.numbers[site])
        scans = material.scans
        return Local(Subset(material.inputs, places), scans.age[places], scans.participant_id[places])

    def kept(self, site: str, fl_ctx: FLContext) -> Path:  # noqa: ARG002
        """Return where a learner's mean age stays, as it told it."""
        return RunFolder(Path(self.run)).restricted / start_file(self.plan.numbers[site])


class SimulatedRounds(FlareRounds):
    """A server that has the people whom no learner has, since all are on one machine."""

    def error_of(self, state: Mapping[str, Tensor]) -> float | None:
        """Return a community model's mean absolute error on them."""
        material, learner = _of_run(Path(self.folder))
        community = self.plan.community(material.inputs.shape, state, Path("the community model"))
        return mean_error(community.module, material.inputs, material.scans.age, np.flatnonzero(learner == 0))


@cache
def _of_run(path: Path) -> tuple[Material, Int[np.ndarray, "scan"]]:
    """Return the scans of a run folder and whose they are (0 for nobody's)."""
    run = RunFolder.open(path)
    config = Config.read(run.path / "config.toml")
    material = gather(config, roles_kept(run.split))
    return material, read_learners(run, material.scans)[0]
