"""A comparison of defences: every setting trained with every seed, attacked alike, in processes side by side.

Each model is an ordinary run in ``cells/DEFENCE-STRENGTH/seed-N``, with a report to be had of it; what is done is not
done again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

from remembrain._parallel import map_processes
from remembrain.attacks import by_name
from remembrain.audits.outlook import foresee
from remembrain.audits.records import write_evidence
from remembrain.cohort.check import Cohort, insist, stamp
from remembrain.config import Config
from remembrain.config.grid import Cell, cells, check_options, insist_on_promises, read_grid, to_text
from remembrain.config.reading import beside_of
from remembrain.config.recipe import network_of
from remembrain.config.roles import decide_split, divided_by, roles_of
from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.query import select_attacks
from remembrain.record.defences import Failed
from remembrain.report import write as report
from remembrain.report.reading import read_audit
from remembrain.run import COMPARISON, RunFolder, holds, sha256, write_text
from remembrain.run.origin import run_facts
from remembrain.study import audit
from remembrain.study.defences.comparison import compare
from remembrain.study.federated import federate
from remembrain.study.people import gather, read_cohort, read_once

_GRID = "grid.json"


def defend(
    source: Path, path: Path, grid_file: Path, workers: int | None = None, say: Callable[[str], None] = lambda _: None
) -> Path:
    """Train and attack every setting of a grid with every seed, and compare; a rerun goes on where it stopped.

    Parameters
    ----------
    source
        A BIDS folder or a table.
    path
        Gets ``cells/``, ``defences.json`` and ``report.html``.
    grid_file
        As :func:`~remembrain.config.grid.read_grid` reads it.
    workers
        Processes, each of which trains and attacks a model at a time; one a core when left out.
    say
        Told which models failed, if any did.

    Returns
    -------
    path
        Of the report.

    Raises
    ------
    RemembrainError
        Where the grid, the data or the folder cannot be used, or every model failed; what is wrong with a setting is
        told before anything is trained.
    """
    grid = read_grid(grid_file)
    select_attacks(grid.attacks)
    listed = cells(grid, source, path)
    check_options(grid, listed, grid_file)
    insist_on_promises(listed)
    run = RunFolder.usable(path).insist_on("defences")
    cohort = read_cohort(listed[0].config.source, listed[0].config.data)
    config = listed[0].config
    insist(cohort, roles_of(config), leaves_out=config.data.leave_out == "problems")
    _foresee(config, cohort, say)
    _begin(run, to_text(grid, source, stamp(source, cohort.scans, beside_of(config.data).files)), grid.seeds[0])
    with run.alone():
        _prepare(listed, cohort, say)
        whys = map_processes(_work, listed, workers=workers, description="training and attacking")
        outcomes = list(zip(listed, whys, strict=True))
        failed = [Failed(setting=f"{cell.setting.name}, seed {cell.seed}", why=why) for cell, why in outcomes if why]
        for model in failed:
            say(f"{model.setting}: {model.why}")
        if len(failed) == len(listed):
            raise RemembrainError(f"every model failed, the first with: {failed[0].why}", where=path)
        compared = compare(grid, [cell for cell, why in outcomes if not why], failed, run)
        write_evidence(path / COMPARISON, compared, cohort.scans.participant_id)
        run.log(f"compared {len(compared.settings)} settings of {len(grid.seeds)} seeds; {len(failed)} failed")
        return report.write([path])


def _begin(run: RunFolder, text: str, seed: int) -> None:
    """Start or continue the folder of a comparison, unless it holds another one."""
    grid_file = run.path / _GRID
    if grid_file.exists() and not holds(grid_file, text):
        raise UsageError(
            "the folder holds the comparison of another grid, or on other people",
            where=grid_file,
            try_next="a new folder",
        )
    RunFolder.create(run.path, run_facts(seed))
    write_text(grid_file, text)
    run.log(f"comparing defences (remembrain {metadata.version('remembrain')})")


def _foresee(config: Config, cohort: Cohort, say: Callable[[str], None]) -> None:
    """Say what attacks on these people could see, and raise where that is nothing; a federation divides them itself."""
    if config.federation is None:
        split, attacks = decide_split(cohort.scans, config.split, config.seed), select_attacks(config.attack.attacks)
        foresee(cohort.scans, split, attacks, divided_by(config.split), say, match=config.attack.match)


def _prepare(listed: Sequence[Cell], cohort: Cohort, say: Callable[[str], None]) -> None:
    """Prepare every scan once, before processes do it side by side, and compute every promise before any training."""
    config = listed[0].config
    if config.federation is not None:
        return
    config = config.model_copy(update={"data": config.data.model_copy(update={"workers": None})})
    material = gather(config, roles_of(config), cohort=cohort)
    for line in material.lines():
        say(line)
    insist_on_promises(listed, len(set(material.of("member").scans.participant_id.tolist())))


def _work(cell: Cell) -> str:
    """Train and attack one model, in a worker; return why it failed, or nothing."""
    torch.set_num_threads(1)
    if _is_done(cell):
        return ""
    read = read_once()
    try:
        if cell.config.federation is not None:
            federate.federate(cell.config, cell.path)
        else:
            audit.train(cell.config, cell.path, read=read)
        audit.attack(cell.path, cell.config.attack, workers=1, read=read)
    except RemembrainError as error:
        return error.message().splitlines()[0]
    return ""


def _is_done(cell: Cell) -> bool:
    """Tell whether a cell has the evidence of this very training, by this version."""
    run, config_file = RunFolder(cell.path), cell.path / "config.toml"
    weights = run.target / "model.safetensors"
    if not (run.evidence.is_file() and config_file.is_file() and weights.is_file()):
        return False
    try:
        made = read_audit(run).audit
    except DataError:  # of another version, or not whole
        return False
    if made.version != metadata.version("remembrain") or made.hashes.get("weights") != sha256(weights):
        return False
    words = cell.config.attack.attacks
    named = {name for command in made.commands for name in command.named}
    ran = {name for command in made.commands for name in command.attacks}
    # which are run whatever the defence
    least = {attack.name for attack in select_attacks(words) if attack.access == "outputs"}
    if not (named.issuperset(by_name(words)) and ran.issuperset(least)):
        return False
    training = cell.config.training.model_copy(update={"network": network_of(cell.config)})
    config = cell.config.model_copy(update={"training": training})
    same = _without_data(Config.read(config_file)) == _without_data(config)
    return same and made.repeats == cell.config.attack.repeats


def _without_data(config: Config) -> dict[str, Any]:
    """Return all options but how scans are stored and in how many processes they are read."""
    return config.model_dump(mode="json", exclude={"data": {"store", "workers", "site_column"}})
