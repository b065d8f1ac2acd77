"""A federation on FLARE over people whom this machine has: simulated sites read the run folder for their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import torch
from nvflare.apis.fl_context import FLContext
from torch import Tensor

from remembrain.cohort.material import Material
from remembrain.cohort.subset import Subset
from remembrain.config import Config
from remembrain.federation.flare.controller import FlareRounds
from remembrain.federation.flare.learner import FlareLearner, Local
from remembrain.federation.flare.plan import SIMULATED, Plan, write_job
from remembrain.federation.flare.simulator import simulate
from remembrain.federation.in_process import mean_error
from remembrain.federation.learners import read_learners, start_file
from remembrain.run import RunFolder
from remembrain.study.people import gather
from remembrain.study.roles import roles_kept
from remembrain.targets import networks


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

    def __init__(self, plan: str, folder: str) -> None:
        super().__init__(plan, folder)

    def error_of(self, state: Mapping[str, Tensor]) -> float | None:
        """Return a community model's mean absolute error on them."""
        material, learner = _of_run(Path(self.folder))
        plan = self.plan
        network = networks.build(
            plan.network,
            plan.form,
            material.inputs.shape,
            mean_age=0.0,
            generator=torch.Generator(),
            width=plan.recipe.width,
        )
        network.load_state_dict(dict(state))
        return mean_error(network, material.inputs, material.scans.age, np.flatnonzero(learner == 0))


def simulate_rounds(run: RunFolder, plan: Plan, workers: int | None, complete: Callable[[], bool]) -> None:
    """Run the rounds of a run folder in FLARE's simulator.

    Raises
    ------
    RemembrainError
        Naming the site, where one failed.
    """
    folder = run.path / "flare"
    job = write_job(
        folder.resolve(),
        plan,
        server=(SIMULATED[0], {"folder": str(run.path.resolve())}),
        site=(SIMULATED[1], {"run": str(run.path.resolve())}),
    )
    simulate(job, plan, run.path, workers, complete)


@cache
def _of_run(path: Path) -> tuple[Material, np.ndarray]:
    """Return the scans of a run folder and whose they are (0 for nobody's)."""
    run = RunFolder.open(path)
    config = Config.read(run.path / "config.toml")
    material = gather(config, roles_kept(run.split))
    return material, read_learners(run, material.scans)[0]
