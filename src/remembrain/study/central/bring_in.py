"""A model that was trained elsewhere, with the people it was and was not trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from remembrain.audits.feeding import keep_owner, owner_differs
from remembrain.audits.outlook import Say, quiet
from remembrain.cohort.material import Material
from remembrain.cohort.split_files import split_text
from remembrain.config import AttackOptions, Config, ImportOptions
from remembrain.config.named import head_of, how_of
from remembrain.errors import UsageError
from remembrain.evidence.feeding import Owner
from remembrain.query.extra_inputs import accompany
from remembrain.run import RunFolder, holds
from remembrain.study.central.begin import Foresee, any_people, arguments_of, begin_run, prepared
from remembrain.study.people import Read, read_cohort
from remembrain.targets import imported, saved
from remembrain.targets.model import Target, try_one


def bring_in(
    config: Config, path: Path, say: Say = quiet, foresee: Foresee = any_people, read: Read = read_cohort
) -> RunFolder:
    """Bring in a model that was trained elsewhere, with the people it was and was not trained on.

    ``foresee`` looks at the people and their split before any work, and ``read`` reads the data.

    Raises
    ------
    UsageError
        Where weights, the class or the split are not named.
    DataError
        Where weights do not fit, the model cannot read the scans, or its owner's predictions cannot be read.
    """
    options = config.training
    if not config.imported.weights or not options.network or ":" not in options.network:
        raise UsageError(
            "a model to import needs its weights and its class", expected="--weights F --network module:Class"
        )
    if config.split.split is None and config.split.members_list is None:
        raise UsageError(
            "who the model was trained on is not said",
            expected="--split split.tsv, or --members-list and --nonmembers-list",
        )
    torch.set_num_threads(1)
    target = _loaded(options.network, arguments_of(options.network_arguments), config.imported)
    for note in target.notes:
        say(note)
    material, run, owner = prepared(config, path, say, foresee, read, target)
    target, material = accompany(target, material)
    try_one(target, material.inputs[0])
    with run.alone():
        if _changes(run, config, target, material, owner):
            run.forget()
        begin_run(run, config, material)
        keep_owner(run, owner, material.scans, material.label)
        saved.save(target, run.target)
    size = f", {target.parameters} parameters" if target.parameters else ""
    run.log("; ".join([f"brought in {target.name.rpartition('/')[2]}{size}", *target.notes]))
    return run


def _loaded(network: str, arguments: dict[str, Any], options: ImportOptions) -> Target:
    """Return the network with its weights, or the ensemble of several."""

    def load(weights: Path) -> Target:
        return imported.load(network, weights, arguments, options.weights_key, head_of(options))

    if len(options.weights) == 1:
        return load(options.weights[0])
    return imported.load_several(options.weights, how_of(options), load)


def _changes(run: RunFolder, config: Config, target: Target, material: Material, owner: Owner | None) -> bool:
    """Tell whether a model that is brought in, its people or what its owner says are other than what is here."""
    config_file = run.path / "config.toml"
    if not config_file.is_file() or _of_evidence(Config.read(config_file)) != _of_evidence(config):
        return True
    if owner_differs(run, owner, material.scans, material.label):
        return True
    return not (saved.is_saved(target, run.target) and holds(run.split, split_text(material.scans, material.split)))


def _of_evidence(config: Config) -> Config:
    """Return the options that decide what evidence is concluded from, beside those of attacks."""
    located = config.located()
    data = located.data.model_copy(update={"store": None, "workers": None})
    return located.model_copy(update={"data": data, "attack": AttackOptions()})
