"""One knob after another: what is published and what the adversary knows, from little to much.

Every point is the mean over *worlds*: another group, another reference, other noise each time. So a sweep speaks of the
procedure; what one release of it gives away is in the main evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from remembrain._parallel import map_processes
from remembrain.evidence.assess import as_number
from remembrain.evidence.worlds import difference_over_worlds, over_worlds
from remembrain.record.tables import Step, Swept, SweptPoint
from remembrain.run.kept import Key
from remembrain.survey.knobs import KNOBS, Knob, changed, realistic, values_of
from remembrain.survey.release import Release
from remembrain.survey.worlds import AWARE, PLAIN, SWEPT, TESTED, Point, Tried, try_point


def sweep(
    release: Release,
    declared: Mapping[str, Sequence[float]],
    *,
    worlds: int,
    seed: int,
    folder: Path,
    key: Key,
    workers: int | None = None,
) -> tuple[tuple[Swept, ...], tuple[Step, ...]]:
    """Try every value of every knob, and the steps from full to realistic knowledge.

    Parameters
    ----------
    release
        What is audited.
    declared
        Values by knob; where none is named, every knob has values of its own.
    worlds
        Releases for each point; the same draws for every point of a knob, as far as they can be.
    seed
        Of them.
    folder, key
        Where points are kept, and the key of the people, the tables and the code.
    workers
        Processes; one a core when left out.
    """
    survey, case = release.survey, replace(release.case, tested=min(release.case.tested, TESTED))
    values = [(knob, value) for knob in KNOBS for value in values_of(knob, declared, survey, case)]
    steps = realistic(survey, case)
    settings = [(changed(case, knob.name, value), value if knob.name == "tables" else 1.0) for knob, value in values]
    settings += [(limited, 1.0) for limited in steps.values()]
    points = [Point(survey, setting, tables, worlds, seed, folder, key) for setting, tables in settings]
    every = map_processes(try_point, points, workers=workers, description="sweeping")
    sweeps = []
    for knob in KNOBS:
        tried = {value: at for (swept, value), at in zip(values, every[: len(values)], strict=True) if swept is knob}
        if len(tried) > 1:
            sweeps.append(_swept(knob, tried))
    realism = zip(steps, every[len(values) :], strict=True)
    return tuple(sweeps), tuple(_step(words, tried) for words, tried in realism if not tried.why)


def _swept(knob: Knob, tried: Mapping[float, Tried]) -> Swept:
    """Return one sweep; intervals hold for all of its points together too."""
    points = tuple(_point(value, at, len(SWEPT) * len(tried)) for value, at in tried.items())
    return Swept(name=knob.name, title=knob.title, unit=knob.unit, protects=knob.protects, points=points)


def _point(value: float, tried: Tried, comparisons: int) -> SweptPoint:
    """Return one value of a knob: its figures, or why it could not be tried."""
    if tried.why:
        return SweptPoint(value=value, why=tried.why)
    worlds = tried.worlds
    people = min(world.n_members for world in worlds), min(world.n_nonmembers for world in worlds)
    aucs = {name: [world.auc[name] for world in worlds] for name in SWEPT}
    return SweptPoint(
        value=value,
        auc={name: as_number(over_worlds(aucs[name], *people)) for name in SWEPT},
        joint={name: as_number(over_worlds(aucs[name], *people, comparisons=comparisons)) for name in SWEPT},
        ahead=as_number(difference_over_worlds(aucs[AWARE], aucs[PLAIN], *people)),
        closed_form=_mean_of_known([world.theory for world in worlds]),
        whitened=_mean_of_known([world.whitened for world in worlds]),
        n=worlds[-1].n,
        n_members=people[0],
        n_nonmembers=people[1],
        loss=_mean_of_known([world.loss for world in worlds]),
        suppressed=float(np.mean([world.suppressed for world in worlds])),
        cells=float(np.mean([world.cells for world in worlds])),
    )


def _step(words: str, tried: Tried) -> Step:
    """Return one step from full to realistic knowledge."""
    at = _point(0.0, tried, 1)
    return Step(
        words=words,
        auc=at.auc,
        joint=at.joint,
        ahead=at.ahead,
        closed_form=at.closed_form,
        whitened=at.whitened,
        n=at.n,
        n_members=at.n_members,
        n_nonmembers=at.n_nonmembers,
        loss=at.loss,
        suppressed=at.suppressed,
        cells=at.cells,
    )


def _mean_of_known(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that are known."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
