"""How a run of one model begins: its folder, its people and their split, before any work."""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from remembrain.audits.feeding import read_owner
from remembrain.audits.outlook import Say
from remembrain.audits.people import WORDS
from remembrain.cohort.check import Roles
from remembrain.cohort.material import Material
from remembrain.cohort.split_files import write_split
from remembrain.config import Config
from remembrain.config.roles import roles_of
from remembrain.errors import DataError, UsageError
from remembrain.evidence.feeding import Owner
from remembrain.run import RunFolder, parse_json
from remembrain.run.origin import run_facts
from remembrain.study.people import Read, gather
from remembrain.targets import saved
from remembrain.targets.model import Target

Foresee = Callable[[Roles], Roles]
"""Has roles looked at once they are decided, before any work."""


def any_people(roles: Roles) -> Roles:
    """Take whatever people there are: a model may be trained on fewer than an audit needs."""
    return roles


def prepared(
    config: Config, path: Path, say: Say, foresee: Foresee, read: Read, target: Target | None = None
) -> tuple[Material, RunFolder, Owner | None]:
    """Check the run folder and the data, and prepare the scans; the run folder is not touched yet.

    Of a model that was trained elsewhere, what its owner predicts comes with them.
    """
    run = RunFolder.usable(path).insist_on("model")
    _insist_on_own(run, brought=bool(config.imported.weights))
    config_file = run.path / "config.toml"
    if run.split.exists() and config_file.exists() and Config.read(config_file).split != config.split:
        raise UsageError(
            "the people of this run were split by other options", where=config_file, try_next="a new run folder"
        )
    roles = foresee(roles_of(config, run.split))
    material = gather(config, roles, target=target, cohort=read(config.source, config.data))
    for line in material.lines():
        say(line)
    return material, run, _owner(config, material)


def _owner(config: Config, material: Material) -> Owner | None:
    """Return what the owner of a model says that it predicts."""
    path, tolerance = config.imported.owner_predictions, config.imported.owner_tolerance
    return read_owner(path, tolerance, material.scans, material.split, config.data.label)


def _insist_on_own(run: RunFolder, *, brought: bool) -> None:
    """Raise where the folder holds a model that came about in another way: it and its evidence would be lost."""
    trained = (run.target / "training.tsv").is_file() or any(run.epochs.glob("checkpoint.pt"))
    there = (run.target / saved.FACTS).is_file()
    if (run.path / "rounds").is_dir():
        origin = "was trained by the learners of a federation"
    elif trained and brought:
        origin = "was trained here"
    elif there and not trained and not brought:
        origin = "was brought in"
    else:
        return
    raise DataError(f"holds a model that {origin}", where=run.path, expected="a new folder for another one")


def begin_run(run: RunFolder, config: Config, material: Material) -> None:
    """Start or continue the run folder, once it is known that everything in it can be used."""
    facts = run_facts(config.seed)
    RunFolder.create(run.path, facts)
    counts = ", ".join(f"{len(material.split.places[role])} {word}" for role, word in WORDS.items())
    run.log(f"{facts['command']} (remembrain {metadata.version('remembrain')}): scans of {counts}")
    write_split(run.split, material.scans, material.split, by_lot=material.by_lot)
    material.write_left_out(run.restricted)
    config.located().write(run.path / "config.toml")


def arguments_of(text: str) -> dict[str, Any]:
    """Return the arguments of a class from JSON."""
    arguments = parse_json(text, "--network-arguments", UsageError)
    if not isinstance(arguments, dict):
        raise UsageError("--network-arguments is not a JSON object", expected='such as {"channels": 32}')
    return arguments
