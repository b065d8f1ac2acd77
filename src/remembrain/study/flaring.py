"""A federation on FLARE over people whom this machine has: simulated sites read the run folder for their own."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from nvflare.apis.fl_context import FLContext
from nvflare.apis.signal import Signal
from torch import Tensor

from remembrain.cohort.check import Roles
from remembrain.cohort.material import Material
from remembrain.cohort.splits import Split
from remembrain.cohort.subset import Subset
from remembrain.config import Config, DataOptions, TrainOptions
from remembrain.errors import DataError, RemembrainError
from remembrain.federation.flare.controller import FlareRounds
from remembrain.federation.flare.learner import FlareLearner, Local
from remembrain.federation.flare.ledger import charge, insist_on_limit
from remembrain.federation.flare.own import own_key, word_of
from remembrain.federation.flare.plan import FAILURE, SERVER, SIMULATED, SITE, Plan, write_job
from remembrain.federation.flare.provision import SITE_FILE
from remembrain.federation.flare.session import run_job
from remembrain.federation.flare.simulator import raise_failure, simulate
from remembrain.federation.in_process import mean_error
from remembrain.run import RunFolder, private_folder
from remembrain.run.streams import stream
from remembrain.study.learners import read_learners, start_file
from remembrain.study.material import gather, roles_kept
from remembrain.target import networks
from remembrain.types import Scans


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


class SiteLearner(FlareLearner):
    """A real site: ``local/remembrain.toml`` of its start-up kit says where its people are, and what may be spent."""

    def kept(self, site: str, fl_ctx: FLContext) -> Path:
        """Return where this site's mean age stays, as it told it: a file a federation."""
        return _federations(fl_ctx) / f"{self.plan.identity}-{site}.json"

    def allow(self, site: str, fl_ctx: FLContext, people: int) -> None:  # noqa: ARG002
        """Refuse a plan that would spend more on this site's people than the site allows, or promises nothing."""
        insist_on_limit(_own_file(fl_ctx).most_epsilon, self.plan.recipe, people)

    def spend(self, site: str, fl_ctx: FLContext, people: int, epochs: int) -> None:  # noqa: ARG002
        """Put down what is about to be spent of this site's people, over all federations, or refuse it."""
        plan, most = self.plan, _own_file(fl_ctx).most_epsilon
        if plan.recipe.privacy is not None:
            charge(_federations(fl_ctx) / "spent.json", plan.identity, plan.recipe, people, most, epochs)

    def same(self, local: Local, fl_ctx: FLContext) -> str:
        """Return a hash of this site's scans and ages under a key that never leaves the kit, and of the plan."""
        key = own_key(_federations(fl_ctx) / "site.key")
        return word_of(key, self.plan.identity, local.inputs.keys(), local.age)

    def local(self, site: str, fl_ctx: FLContext) -> Local:
        """Return the people of this site whom it trains on."""
        own = _own_file(fl_ctx)
        source, unseen, data = own.source, own.unseen, own.data
        config = Config(
            source=source,
            data=data.model_copy(update={"grid": self.grid}),
            training=TrainOptions(network=self.plan.network, form=self.plan.form),
        )
        roles = Roles(lambda scans, _: _members(scans, unseen, self.plan.seed))
        material = gather(config, roles, protected=self.plan.recipe.privacy is not None)
        for line in material.lines():
            self.log_info(fl_ctx, line)
        mine = material.of("member")
        if not len(mine.scans):
            raise DataError("nobody is left to train on", where=own.source)
        count = len(np.unique(mine.scans.participant_id))
        self.log_info(fl_ctx, f"{site} trains on {len(mine.scans)} scans of {count}")
        return Local(mine.inputs, mine.scans.age, mine.scans.participant_id)

    def __init__(self, plan: str, grid: str) -> None:
        super().__init__(plan)
        self.grid = grid


def _own_file(fl_ctx: FLContext) -> SiteFile:
    """Return what a site says of its own people."""
    return read_site(Path(fl_ctx.get_engine().get_workspace().get_site_config_dir()) / SITE_FILE)


def _federations(fl_ctx: FLContext) -> Path:
    """Return the folder of a kit where what is kept of federations lies."""
    return Path(fl_ctx.get_engine().get_workspace().get_root_dir()) / "federations"


def _members(scans: Scans, unseen: float, seed: int) -> Split:
    """Return a split of a site's people into those it trains on and a share of others."""
    role = np.full(len(scans), "member", dtype="<U10")
    if unseen:
        people = np.unique(scans.participant_id)
        kept = stream(seed, "people a site keeps back").permutation(people)[: round(unseen * len(people))]
        role[np.isin(scans.participant_id, kept)] = "validation"
    return Split(role, np.zeros(len(scans), dtype=bool))


class ServerRounds(FlareRounds):
    """A real server: rounds stay in its start-up kit, so that a job that is sent again goes on where one ended.

    The coordinator gets community models and manifests alone: what a site's own model says of its people is much more.
    """

    def __init__(self, plan: str) -> None:
        super().__init__(plan, "")

    def control_flow(self, abort_signal: Signal, fl_ctx: FLContext) -> None:
        """Run the rounds, and leave what the coordinator downloads in the job's own folder."""
        workspace = fl_ctx.get_engine().get_workspace()
        folder = Path(workspace.get_root_dir()) / "federations" / self.plan.identity
        private_folder(folder)
        self.folder = str(folder)
        try:
            super().control_flow(abort_signal, fl_ctx)
        finally:
            result = Path(workspace.get_run_dir(fl_ctx.get_job_id())) / "remembrain"
            shutil.copytree(folder, result, dirs_exist_ok=True, ignore=shutil.ignore_patterns("learner-*"))


@dataclass(frozen=True)
class SiteFile:
    """Where a site's people are, the share who are not trained on, how they are read, and the epsilon that may be spent
    on any of them; none where no limit is set.
    """

    source: Path
    unseen: float
    data: DataOptions
    most_epsilon: float | None = None


def read_site(path: Path) -> SiteFile:
    """Read what a site says of its own people.

    Raises
    ------
    DataError
        Where the file is missing or wrong, naming the key.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        source, unseen = Path(found.pop("source")), float(found.pop("unseen", 0.2))
        most = found.pop("most_epsilon", None)
        limit = None if most is None else float(most)
        data = DataOptions(**found.pop("data", {}))
    except OSError as error:
        raise DataError(f"not readable ({error.strerror})", where=path) from None
    except KeyError as error:
        raise DataError(f"has no {error}", where=path) from None
    except (tomllib.TOMLDecodeError, ValueError, TypeError) as error:
        raise DataError(f"{str(error).splitlines()[0]}", where=path) from None
    if found:
        raise DataError(
            f"unknown key {next(iter(found))!r}", where=path, expected="source, unseen, most_epsilon, [data]"
        )
    if not 0 <= unseen < 1:
        raise DataError(f"unseen = {unseen}", where=path, expected="from 0 to below 1")
    if limit is not None and not limit > 0:
        raise DataError(f"most_epsilon = {limit:g}", where=path, expected="a number above 0")
    return SiteFile(source, unseen, data, limit)


def start_rounds(kit: Path, run: RunFolder, plan: Plan, grid: str, look: Callable[[], object]) -> None:
    """Send a federation to its server, wait for its end, and bring its rounds into the run folder.

    Parameters
    ----------
    kit
        The coordinator's start-up kit.
    run
        Gets ``rounds``.
    plan, grid
        What is to be done, and on which grid.
    look
        Called about every two seconds meanwhile.

    Raises
    ------
    RemembrainError
        Where the server cannot be reached, or the federation failed, naming the site.
    """
    job = write_job(
        (run.path / "flare").resolve(),
        plan,
        server=(SERVER, {}),
        site=(SITE, {"grid": grid}),
    )
    result = run_job(kit, job, run.path / "flare", plan.time_limit, look)
    found = next(iter(result.rglob("remembrain/rounds")), None)
    if found:
        shutil.copytree(found, run.path / "rounds", dirs_exist_ok=True)
    failure = next(iter(result.rglob(f"remembrain/{FAILURE}")), None)
    if failure:
        shutil.copy(failure, run.path / FAILURE)
    raise_failure(run.path)
    if not found:
        raise RemembrainError("the server left no rounds", where=result, try_next="its own log says why")
