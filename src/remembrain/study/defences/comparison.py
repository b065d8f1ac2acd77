"""What the models of a grid come to: their evidence, put together and said in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from remembrain.attacks import select
from remembrain.audits.comparison import Trained
from remembrain.audits.comparison import compare as put_together
from remembrain.config.grid import NONE, Cell, Grid, settings
from remembrain.errors import RemembrainError
from remembrain.evidence.over_seeds import private
from remembrain.record.defences import Audit, Defences, Failed
from remembrain.report.reading import read_audit
from remembrain.report.sections import defence_summary, trying
from remembrain.run import RunFolder, read_json
from remembrain.targets.private.accounting import repeated


def compare(grid: Grid, cells: Sequence[Cell], failed: Sequence[Failed], run: RunFolder) -> Defences:
    """Return what stands in ``defences.json``.

    Parameters
    ----------
    grid
        What was declared.
    cells, failed
        The models that were trained and attacked, and those that were not.
    run
        Folder of the comparison.
    """
    several = [[cell for cell in cells if cell.setting == setting] for setting in settings(grid)]
    trained = [_trained(of_setting, run) for of_setting in several if of_setting]
    if trained[0].defence != NONE:
        raise RemembrainError(
            "the undefended model failed with every seed: there is nothing to compare with", where=run.path
        )
    first = trained[0].audits[0].audit
    made = Audit(
        command=read_json(run.path / "run.json")["command"],
        created=first.created,
        version=first.version,
        seeds=grid.seeds,
        confidence=first.confidence,
        repeats=grid.repeats,
        versions=first.versions,
    )
    promised = private([audit for setting in trained for audit in setting.audits])
    delta = max((training.delta for training in promised), default=0.0)
    epsilon = repeated([training.spent for training in promised], delta) if promised else None
    cost = trying.cost(len(trained), len(cells), len(promised), epsilon, delta)
    compared = put_together(trained, select(grid.attacks), made, cost, failed, federated=grid.federation is not None)
    return replace(compared, head=defence_summary.head(compared))


def _trained(cells: Sequence[Cell], run: RunFolder) -> Trained:
    """Return what one setting comes to."""
    setting, runs = cells[0].setting, {cell.seed: str(cell.path.relative_to(run.path)) for cell in cells}
    return Trained(setting.defence, setting.strength, runs, tuple(read_audit(RunFolder(cell.path)) for cell in cells))
