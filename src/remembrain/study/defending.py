"""A comparison of defences: every setting trained with every seed, attacked alike, in processes side by side.

Each model is an ordinary run in ``cells/DEFENCE-STRENGTH/seed-N``, with a report to be had of it; what is done is not
done again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import torch

from remembrain import report
from remembrain._parallel import map_processes
from remembrain.attacks import select
from remembrain.config import Config
from remembrain.errors import RemembrainError, UsageError
from remembrain.run import RunFolder, read_json, write_json, write_text
from remembrain.signals import check_names
from remembrain.study import audit, federating
from remembrain.study.comparing import compare
from remembrain.study.facts import run_facts
from remembrain.study.grid import Cell, Grid, cells, read_grid, to_text
from remembrain.study.material import decide_split, insist, make_material, read_cohort
from remembrain.study.recipe import recipe_of

DEFENCES = "defences.json"
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
        As :func:`~remembrain.study.grid.read_grid` reads it.
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
    check_names([name for one in select(grid.attacks) for name in one.needs])
    listed = cells(grid, source, path)
    _try(listed)
    run = _begin(path, grid)
    with run.alone():
        _prepare(listed[0].config)
        outcomes = map_processes(_work, listed, workers=workers, description="training and attacking")
        failed = [one for one in outcomes if one.why]
        for one in failed:
            say(f"{one.cell.setting.name}, seed {one.cell.seed}: {one.why}")
        if len(failed) == len(outcomes):
            raise RemembrainError(f"every model failed, the first with: {failed[0].why}", where=path)
        content = compare(grid, [one.cell for one in outcomes if not one.why], run)
        content["failed"] = [
            {"setting": f"{one.cell.setting.name}, seed {one.cell.seed}", "why": one.why} for one in failed
        ]
        write_json(path / DEFENCES, content)
        run.log(f"compared {len(content['settings'])} settings of {len(grid.seeds)} seeds; {len(failed)} failed")
        return report.write_defences(path)


def _try(listed: Sequence[Cell]) -> None:
    """Raise where a setting cannot be trained as it is declared."""
    for cell in listed:
        name = cell.config.training.network or ("cnn3d" if cell.config.source.is_dir() else "mlp")
        federated = cell.config.federation is not None
        try:
            recipe = recipe_of(cell.config.training, name, cell.config.data.label, federated=federated)
            if recipe.privacy is not None and cell.config.split.members > 1 and not federated:
                recipe.privacy.over(int(cell.config.split.members), recipe.batch_size, recipe.epochs)
        except UsageError as error:
            error.within(cell.setting.name)
            raise


def _begin(path: Path, grid: Grid) -> RunFolder:
    """Start or continue the folder of a comparison, unless it holds another one."""
    run = RunFolder.usable(path)
    kept = path / _GRID
    if kept.exists() and kept.read_text(encoding="utf-8") != to_text(grid):
        raise UsageError("the folder holds the comparison of another grid", where=kept, try_next="a new folder")
    RunFolder.create(path, run_facts(grid.seeds[0]))
    write_text(kept, to_text(grid))
    run.log(f"comparing defences (remembrain {metadata.version('remembrain')})")
    return run


def _prepare(config: Config) -> None:
    """Prepare every scan once, before processes do it side by side; this is also where data that are unusable show."""
    cohort = read_cohort(config.source, config.data)
    insist(cohort, config.source)
    split = decide_split(cohort, config.split, config.seed, Path("there is no earlier split"))
    make_material(cohort, split, config.model_copy(update={"data": config.data.model_copy(update={"workers": None})}))


def _work(cell: Cell) -> Outcome:
    """Train and attack one model, in a worker."""
    torch.set_num_threads(1)
    if _done(cell):
        return Outcome(cell)
    try:
        if cell.config.federation is not None:
            federating.federate(cell.config, cell.path)
        else:
            audit.train(cell.config, cell.path)
        audit.attack(cell.path, cell.config.attack, workers=1)
    except RemembrainError as error:
        return Outcome(cell, error.message().splitlines()[0])
    return Outcome(cell)


def _done(cell: Cell) -> bool:
    """Tell whether a cell has the evidence of this very training, by this version."""
    run, kept = RunFolder(cell.path), cell.path / "config.toml"
    if not (run.evidence.is_file() and kept.is_file()):
        return False
    version = read_json(run.evidence)["audit"]["version"]
    network = cell.config.training.network or ("cnn3d" if cell.config.source.is_dir() else "mlp")
    training = cell.config.training.model_copy(update={"network": network})
    return bool(version == metadata.version("remembrain") and Config.read(kept).training == training)
