"""A comparison of defences: every setting trained with every seed, attacked alike, in processes side by side.

Each model is an ordinary run in ``cells/DEFENCE-STRENGTH/seed-N``, with a report to be had of it; what is done is not
done again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch

from remembrain._parallel import map_processes
from remembrain.attacks import by_name
from remembrain.audit.outlook import foresee
from remembrain.cohort.check import Cohort, insist
from remembrain.config import Config
from remembrain.errors import RemembrainError, UsageError
from remembrain.evidence import disclosure
from remembrain.query import select_attacks
from remembrain.report import write as report
from remembrain.run import COMPARISON, EVIDENCE, RunFolder, read_json, sha256, write_json, write_text
from remembrain.run.kept import hash_of
from remembrain.study import audit
from remembrain.study.defences.comparison import compare
from remembrain.study.defences.grid import Cell, cells, check_options, read_grid, to_text
from remembrain.study.defences.trial import promise, refuse_untrainable
from remembrain.study.federated import federate
from remembrain.study.origin import run_facts
from remembrain.study.people import gather, read_cohort, read_once
from remembrain.study.recipe import network_of
from remembrain.study.roles import decide_split, divided_by, roles_of
from remembrain.types import Scans

_GRID = "grid.json"


@dataclass(frozen=True)
class Outcome:
    """What came of a cell: nothing where it went well, or why it failed."""

    cell: Cell
    why: str = ""


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
        As :func:`~remembrain.study.defences.grid.read_grid` reads it.
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
    refuse_untrainable(listed)
    run = RunFolder.usable(path).insist_on("defences")
    cohort = read_cohort(listed[0].config.source, listed[0].config.data)
    config = listed[0].config
    insist(cohort, roles_of(config), leaves_out=config.data.leave_out == "problems")
    _foresee(config, cohort, say)
    _begin(run, to_text(grid, source, _hash_of(source, cohort.scans)), grid.seeds[0])
    with run.alone():
        _prepare(listed, cohort, say)
        outcomes = map_processes(_work, listed, workers=workers, description="training and attacking")
        failed = [outcome for outcome in outcomes if outcome.why]
        for outcome in failed:
            say(f"{outcome.cell.setting.name}, seed {outcome.cell.seed}: {outcome.why}")
        if len(failed) == len(outcomes):
            raise RemembrainError(f"every model failed, the first with: {failed[0].why}", where=path)
        content = compare(grid, [outcome.cell for outcome in outcomes if not outcome.why], run)
        content["failed"] = [
            {"setting": f"{outcome.cell.setting.name}, seed {outcome.cell.seed}", "why": outcome.why}
            for outcome in failed
        ]
        write_json(path / COMPARISON, disclosure.leaving(content, cohort.scans.participant_id), public=True)
        run.log(f"compared {len(content['settings'])} settings of {len(grid.seeds)} seeds; {len(failed)} failed")
        return report.write([path])


def _hash_of(source: Path, scans: Scans) -> str:
    """Return a hash of who the people are, their facts, and their table or the sizes and times of their files."""
    people = [scans.participant_id, scans.session_id, scans.age, scans.sex, scans.site]
    files = {str(path.relative_to(source)): path.stat() for path in sorted(source.rglob("*.nii*"))}
    scanned = {name: [facts.st_size, facts.st_mtime_ns] for name, facts in files.items()}
    return hash_of([people, scanned, source if source.is_file() else None])


def _begin(run: RunFolder, text: str, seed: int) -> None:
    """Start or continue the folder of a comparison, unless it holds another one."""
    grid_file = run.path / _GRID
    if grid_file.exists() and grid_file.read_text(encoding="utf-8") != text:
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
    people = len(np.unique(material.of("member").scans.participant_id))
    for cell in listed:
        promise(cell, people)


def _work(cell: Cell) -> Outcome:
    """Train and attack one model, in a worker."""
    torch.set_num_threads(1)
    if _is_done(cell):
        return Outcome(cell)
    read = read_once()
    try:
        if cell.config.federation is not None:
            federate.federate(cell.config, cell.path)
        else:
            audit.train(cell.config, cell.path, read=read)
        audit.attack(cell.path, cell.config.attack, workers=1, read=read)
    except RemembrainError as error:
        return Outcome(cell, error.message().splitlines()[0])
    return Outcome(cell)


def _is_done(cell: Cell) -> bool:
    """Tell whether a cell has the evidence of this very training, by this version."""
    run, config_file = RunFolder(cell.path), cell.path / "config.toml"
    weights = run.target / "model.safetensors"
    if not (run.evidence.is_file() and config_file.is_file() and weights.is_file()):
        return False
    content = read_json(run.evidence)
    audited = content["audit"]
    if content["schema"] != EVIDENCE:
        return False
    if audited["version"] != metadata.version("remembrain") or audited["hashes"]["weights"] != sha256(weights):
        return False
    words, commands = cell.config.attack.attacks, audited.get("commands", ())
    named, ran = ({name for command in commands for name in command[key]} for key in ("named", "attacks"))
    # which are run whatever the defence
    least = {attack.name for attack in select_attacks(words) if attack.access == "outputs"}
    if not (named.issuperset(by_name(words)) and ran.issuperset(least)):
        return False
    if audited["repeats"] != cell.config.attack.repeats:
        return False
    training = cell.config.training.model_copy(update={"network": network_of(cell.config)})
    config = cell.config.model_copy(update={"training": training})
    return _without_data(Config.read(config_file)) == _without_data(config)


def _without_data(config: Config) -> dict[str, Any]:
    """Return all options but how scans are stored and in how many processes they are read."""
    content = config.model_dump(mode="json")
    for key in ("store", "workers", "site_column"):
        content["data"].pop(key, None)
    return content
