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
from remembrain.record.tables import Setting, Step, Swept, SweptPoint
from remembrain.run.kept import Key
from remembrain.survey.knobs import KNOBS, Knob, changed, realistic, values_of
from remembrain.survey.release import Release
from remembrain.survey.worlds import AWARE, PLAIN, SWEPT, TESTED, Point, Tried, try_point

AS_DECLARED = 20
"""In so many worlds, or more, what is declared is tried as it is: whether protection is needed hangs on that."""


def sweep(
    release: Release,
    declared: Mapping[str, Sequence[float]],
    *,
    worlds: int,
    seed: int,
    folder: Path,
    key: Key,
    workers: int | None = None,
) -> tuple[tuple[Swept, ...], tuple[Step, ...], Setting]:
    """Try every value of every knob, the steps from full to realistic knowledge, and what is declared as it is.

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
    knobs = {knob: values_of(knob, declared, survey, case) for knob in KNOBS}
    settings = {
        (knob, value): (changed(case, knob.name, value), value if knob.name == "tables" else 1.0)
        for knob, values in knobs.items()
        for value in values
    }
    steps = {words: (limited, 1.0) for words, limited in realistic(survey, case).items()}
    different = list(dict.fromkeys([*settings.values(), *steps.values()]))
    points = [Point(survey, setting, tables, worlds, seed, folder, key) for setting, tables in different]
    points.append(Point(survey, case, 1.0, max(worlds, AS_DECLARED), seed, folder, key))
    *others, as_declared = map_processes(try_point, points, workers=workers, description="sweeping")
    every = dict(zip(different, others, strict=True))
    sweeps = tuple(
        _swept(knob, {value: every[settings[knob, value]] for value in values})
        for knob, values in knobs.items()
        if len(values) > 1
    )
    tried = {words: every[step] for words, step in steps.items()}
    realism = tuple(Step(words=words, **vars(_setting(at))) for words, at in tried.items() if not at.why)
    return sweeps, realism, _setting(as_declared)


def _swept(knob: Knob, tried: Mapping[float, Tried]) -> Swept:
    """Return one sweep."""
    points = tuple(SweptPoint(value=value, why=at.why, **vars(_setting(at))) for value, at in tried.items())
    return Swept(name=knob.name, title=knob.title, unit=knob.unit, protects=knob.protects, points=points)


def _setting(tried: Tried) -> Setting:
    """Return what a setting comes to over its worlds: nothing of one that could not be tried."""
    worlds = tried.worlds
    if not worlds:
        return Setting()
    people = min(world.n_members for world in worlds), min(world.n_nonmembers for world in worlds)
    aucs = {name: [world.auc[name] for world in worlds] for name in SWEPT}
    rates = {name: [world.rate[name] for world in worlds] for name in SWEPT if all(name in one.rate for one in worlds)}
    return Setting(
        auc={name: as_number(over_worlds(values, *people)) for name, values in aucs.items()},
        rate={name: as_number(over_worlds(values, *people)) for name, values in rates.items()},
        ahead=as_number(difference_over_worlds(aucs[AWARE], aucs[PLAIN], *people)),
        closed_form=_mean_of_known([world.theory for world in worlds]),
        whitened=_mean_of_known([world.whitened for world in worlds]),
        n=worlds[-1].n,
        n_members=people[0],
        n_nonmembers=people[1],
        loss=_mean_of_known([world.loss for world in worlds]),
        suppressed=float(np.mean([world.suppressed for world in worlds])),
        changed=float(np.mean([world.changed for world in worlds])),
        cells=float(np.mean([world.cells for world in worlds])),
    )


def _mean_of_known(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that are known."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
