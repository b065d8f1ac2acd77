"""What a federation on FLARE is to do, as it is written into a job and sent to the sites; no FLARE in here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from remembrain.run import write_json
from remembrain.run.streams import first_weights
from remembrain.targets import networks
from remembrain.targets._network import Network
from remembrain.targets.model import Target
from remembrain.targets.networks import Form
from remembrain.targets.recipes import Recipe
from remembrain.targets.weights import fit

BEGIN, TRAIN, RELEASED = "begin", "train", "released"
TASKS = (BEGIN, TRAIN, RELEASED)
TIME_LIMIT = 3600
FAILURE = "failure.json"
TOLD = "told.json"
"""What the coordinator is told beside the rounds: of which sites something is known, and nothing of their people."""
_STUDY = "remembrain.study.federated"
SIMULATED = (f"{_STUDY}.simulated_sites.SimulatedRounds", f"{_STUDY}.simulated_sites.SimulatedLearner")
SERVER, SITE = f"{_STUDY}.real_sites.ServerRounds", f"{_STUDY}.real_sites.SiteLearner"
METER = "remembrain.meter.LeakageMeter"
"""What a job of ours is made of: FLARE builds only classes that the machine's own settings allow."""
SERVER_CONFIG, SITE_CONFIG = "config_fed_server.json", "config_fed_client.json"


@dataclass(frozen=True)
class Plan:
    """What is trained, and by whom.

    Attributes
    ----------
    network, form
        Of the model.
    recipe
        Of a learner's round.
    rounds, seed
        How many, and the one seed.
    sites
        What each learner is called, by its client name; numbers of learners are in the order of these.
    time_limit
        Seconds within which every site has to answer in a round.
    allow_missing
        Whether a round may end without sites that failed.
    """

    network: str
    form: Form
    recipe: Recipe
    rounds: int
    seed: int
    sites: Mapping[str, str]
    time_limit: int = TIME_LIMIT
    allow_missing: bool = False

    @property
    def numbers(self) -> dict[str, int]:
        """Number of each learner from 1, by client name."""
        return {name: number for number, name in enumerate(self.sites, start=1)}

    @property
    def names(self) -> dict[int, str]:
        """What each learner is called, by number."""
        return dict(enumerate(self.sites.values(), start=1))

    @property
    def identity(self) -> str:
        """A short hash of all but how many rounds there are and how long they may take."""
        content = f"{self.network} {self.form} {self.recipe.identity} {self.seed} {list(self.sites.items())}"
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def network_for(self, shape: Sequence[int], mean_age: float = 0.0) -> Network:
        """Return the network for scans of this shape, with the weights that the seed gives."""
        recipe = self.recipe
        return networks.build(
            self.network,
            self.form,
            shape,
            mean_age=mean_age,
            generator=first_weights(self.seed),
            dropout=recipe.dropout,
            width=recipe.width,
        )

    def community(self, shape: Sequence[int], state: Mapping[str, Tensor], where: Path) -> Target:
        """Return a community model of the federation, which came from somewhere.

        Raises
        ------
        DataError
            Where these are not weights of it.
        """
        network = self.network_for(shape)
        fit(network, state, where)
        return Target(
            network.eval(),
            self.network,
            self.form,
            tuple(shape),
            width=self.recipe.width,
            defences=self.recipe.defences,
            seed=self.seed,
        )

    def to_text(self) -> str:
        """Return it as JSON."""
        plain = {key: value for key, value in vars(self).items() if key != "recipe"}
        return json.dumps({**plain, "recipe": self.recipe.as_options(), "sites": list(self.sites.items())})

    @classmethod
    def from_text(cls, text: str) -> Plan:
        """Return what :meth:`to_text` wrote."""
        content = json.loads(text)
        return cls(**{**content, "recipe": Recipe.of(content["recipe"]), "sites": dict(content["sites"])})


def write_job(
    folder: Path, plan: Plan, *, server: tuple[str, dict[str, Any]], site: tuple[str, dict[str, Any]]
) -> Path:
    """Write a job that FLARE can run or be sent; return its folder.

    Parameters
    ----------
    folder
        Gets ``job``.
    plan
        What is to be done.
    server, site
        Import paths of the classes that run there, and their arguments beside the plan.
    """
    job = folder / "job"
    names = list(plan.sites)
    write_json(
        job / "meta.json",
        {
            "name": "remembrain",
            "min_clients": len(names),
            "mandatory_clients": names,
            "resource_spec": {},
            "deploy_map": {"app": ["server", *names]},
        },
    )
    text = plan.to_text()
    write_json(job / "app" / "config" / SERVER_CONFIG, server_config(server[0], {"plan": text, **server[1]}))
    write_json(job / "app" / "config" / SITE_CONFIG, site_config(site[0], {"plan": text, **site[1]}))
    return job


def server_config(path: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a job says of the server: the one class that runs the rounds."""
    return {"format_version": 2, "workflows": [{"id": "rounds", "path": path, "args": arguments}], "components": []}


def site_config(path: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a job says of every site: the one class that trains."""
    executor = {"path": path, "args": arguments}
    return {"format_version": 2, "executors": [{"tasks": [*TASKS], "executor": executor}], "components": []}
