"""A federation on FLARE over people whom this machine has: simulated sites read the run folder for their own."""

from __future__ import annotations

import math
import shutil
import tomllib
from collections.abc import Callable, Mapping, Sequence
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
from remembrain.federation.flare.plan import FAILURE, Plan, write_job
from remembrain.federation.flare.provision import SITE_FILE
from remembrain.federation.flare.session import run_job
from remembrain.federation.flare.simulator import raise_failure, simulate
from remembrain.federation.in_process import mean_error
from remembrain.run import RunFolder, read_json, write_json
from remembrain.run.streams import stream
from remembrain.study.learners import read_learners, start_file
from remembrain.study.material import gather, roles_kept
from remembrain.target import networks
from remembrain.target.private.accounting import compact, epsilon_of, repeated, spent_of
from remembrain.target.recipes import Recipe
from remembrain.types import Scans

_ROUNDING = 1 + 1e-9


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
        server=("remembrain.study.flaring.SimulatedRounds", {"folder": str(run.path.resolve())}),
        site=("remembrain.study.flaring.SimulatedLearner", {"run": str(run.path.resolve())}),
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
        folder = Path(fl_ctx.get_engine().get_workspace().get_root_dir()) / "federations"
        return folder / f"{self.plan.identity}-{site}.json"

    def spend(self, site: str, fl_ctx: FLContext, people: int) -> None:  # noqa: ARG002
        """Put down what a round is about to spend of this site's people, over all federations, or refuse it."""
        recipe = self.plan.recipe
        if recipe.privacy is None:
            return
        workspace = fl_ctx.get_engine().get_workspace()
        most = read_site(Path(workspace.get_site_config_dir()) / SITE_FILE).most_epsilon
        path = Path(workspace.get_root_dir()) / "federations" / "spent.json"
        ledger = read_json(path) if path.is_file() else {}
        write_json(path, charged(ledger, self.plan.identity, recipe, people, most))

    def local(self, site: str, fl_ctx: FLContext) -> Local:
        """Return the people of this site whom it trains on."""
        path = Path(fl_ctx.get_engine().get_workspace().get_site_config_dir()) / SITE_FILE
        own = read_site(path)
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
            raise DataError("nobody is left to train on", where=path)
        count = len(np.unique(mine.scans.participant_id))
        insist_on_limit(own.most_epsilon, self.plan.recipe, count)
        self.log_info(fl_ctx, f"{site} trains on {len(mine.scans)} scans of {count}")
        return Local(mine.inputs, mine.scans.age, mine.scans.participant_id)

    def __init__(self, plan: str, grid: str) -> None:
        super().__init__(plan)
        self.grid = grid


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
        folder.mkdir(parents=True, exist_ok=True)
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


def charged(
    ledger: Mapping[str, Sequence[Sequence[float]]], plan: str, recipe: Recipe, people: int, most: float | None
) -> dict[str, list[list[float]]]:
    """Return a site's ledger with one more round: by federation, noise multiplier, sampling rate and steps.

    The first entry of each is its mean age. A round that is asked for again counts again.

    Raises
    ------
    DataError
        Where all federations together would spend more than the site allows.
    """
    found = {name: [list(one) for one in entries] for name, entries in ledger.items()}
    if recipe.privacy is None:
        return found
    mechanism = recipe.privacy.over(people, recipe.batch_size, recipe.epochs)
    mine = found.setdefault(plan, [[mechanism.mean_noise, 1.0, 1]])
    mine.append([mechanism.noise_multiplier, mechanism.rate, mechanism.steps * recipe.epochs])
    spends = repeated([spent_of(entries) for entries in found.values()], recipe.privacy.delta)
    if most is not None and spends > most * _ROUNDING:
        raise DataError(
            f"this site allows epsilon {most:g} over all federations, and this round would make it {spends:.4g}"
        )
    return {name: [list(one) for one in compact(spent_of(entries))] for name, entries in found.items()}


def insist_on_limit(most: float | None, recipe: Recipe, people: int) -> None:
    """Raise where a training would spend more on a site's people than the site allows, or promises nothing.

    Raises
    ------
    DataError
        With what it would spend.
    """
    if most is None:
        return
    if recipe.privacy is not None and not recipe.privacy.secure_noise:
        raise DataError(
            "this site limits epsilon, and the noise of this training comes from a seed that the server has"
        )
    spends = math.inf
    if recipe.privacy is not None:
        mechanism = recipe.privacy.over(people, recipe.batch_size, recipe.epochs)
        spends = epsilon_of(mechanism.spent(recipe.privacy.epochs or recipe.epochs), recipe.privacy.delta)
    if spends > most:
        what = f"epsilon {spends:.3g}" if math.isfinite(spends) else "what no epsilon bounds"
        raise DataError(f"this site allows epsilon {most:g}, and the training would spend {what} on its people")


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
        server=("remembrain.study.flaring.ServerRounds", {}),
        site=("remembrain.study.flaring.SiteLearner", {"grid": grid}),
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
