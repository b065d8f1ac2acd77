"""A federation on FLARE over people whom this machine has: simulated sites read the run folder for their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import torch
from nvflare.apis.fl_context import FLContext
from torch import Tensor

from remembrain.cohort.splits import read_split
from remembrain.cohort.subset import Subset
from remembrain.config import Config
from remembrain.federation.flare.controller import FlareRounds
from remembrain.federation.flare.learner import FlareLearner, Local
from remembrain.federation.flare.plan import Plan, write_job
from remembrain.federation.flare.simulator import simulate
from remembrain.federation.in_process import mean_error
from remembrain.run import RunFolder
from remembrain.study.learners import read_learners
from remembrain.study.material import Material, make_material, read_cohort
from remembrain.target import networks


class SimulatedLearner(FlareLearner):
    """A site whose people are those of one learner of a run folder."""

    def __init__(self, plan: str, run: str) -> None:
        super().__init__(plan)
        self.run = run

    def local(self, site: str, fl_ctx: FLContext) -> Local:  # noqa: ARG002 - simulated sites have no place of their own
        """Return the learner's people."""
        material, learner = _of_run(Path(self.run))
        places = np.flatnonzero(learner == self.plan.numbers[site])
        return Local(Subset(material.inputs, places), material.scans.age[places])


class SimulatedRounds(FlareRounds):
    """A server that has the people whom no learner has, since all are on one machine."""

    def __init__(self, plan: str, folder: str) -> None:
        super().__init__(plan, folder)

    def error_of(self, state: Mapping[str, Tensor]) -> float | None:
        """Return a community model's mean absolute error on them."""
        material, learner = _of_run(Path(self.folder))
        plan = self.plan
        network = networks.build(
            plan.network, plan.form, material.inputs.shape, mean_age=0.0, generator=torch.Generator()
        )
        network.load_state_dict(dict(state))
        return mean_error(network, material.inputs, material.scans.age, np.flatnonzero(learner == 0))


def simulate_rounds(run: RunFolder, plan: Plan, workers: int | None, look: Callable[[], object]) -> None:
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
        server=("remembrain.study.flaring.SimulatedRounds", {"folder": str(run.path.resolve())}),
        site=("remembrain.study.flaring.SimulatedLearner", {"run": str(run.path.resolve())}),
    )
    simulate(job, plan, run.path, workers, look)


@cache
def _of_run(path: Path) -> tuple[Material, np.ndarray]:
    """Return the scans of a run folder and whose they are (0 for nobody's)."""
    run = RunFolder.open(path)
    config = Config.read(run.path / "config.toml")
    cohort = read_cohort(config.source, config.data)
    material = make_material(cohort, read_split(run.split, cohort.scans), config)
    return material, read_learners(run, material.scans)[0]
