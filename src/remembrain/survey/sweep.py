"""One knob after another: what is published and what the adversary knows, from little to much.

Every point is the mean over *worlds*: another group, another reference, other noise each time. So a sweep speaks of the
procedure; what one release of it gives away is in the main evidence. Points are kept in ``restricted/sweeps`` by a hash
of all they depend on, so that a stopped run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from remembrain._parallel import map_processes
from remembrain._text import shown
from remembrain.errors import DataError, UsageError
from remembrain.evidence.assess import interval_json
from remembrain.evidence.metrics import auc
from remembrain.evidence.worlds import difference_over_worlds, over_worlds
from remembrain.run.kept import Key, keep, libraries
from remembrain.run.streams import stream
from remembrain.survey.attacks import ATTACKS
from remembrain.survey.attacks.metric import influence
from remembrain.survey.closed_form import Theory, effective_cells, truth_of_answers
from remembrain.survey.counting import shares, tally_of
from remembrain.survey.layout import Layout, Table
from remembrain.survey.release import FEWEST_OTHERS, Case, Look, Release, Survey, draw_release, look
from remembrain.record.table_settings import Adversary, Protection

_PLAIN, _AWARE = "inner-product", "correlation-aware"
SWEPT = (_PLAIN, _AWARE, "likelihood-ratio")
TESTED = 300


@dataclass(frozen=True)
class Knob:
    """What is swept: its name in a file, in words, what a value is, and the values tried where none are declared."""

    name: str
    title: str
    unit: str
    values: tuple[float, ...]
    protects: bool = False


KNOBS: tuple[Knob, ...] = (
    Knob("group_size", "People in the tables", "", (25, 50, 100, 250, 500, 1000, 2000)),
    Knob("tables", "Published tables", "share of all", (0.05, 0.1, 0.25, 0.5, 1.0)),
    Knob("known", "Answers known", "share of all", (0.1, 0.25, 0.5, 0.75, 1.0)),
    Knob("answer_error", "Answers known wrongly", "share of the known", (0.0, 0.05, 0.1, 0.2, 0.3)),
    Knob("reference_size", "Size of the reference", "people", (50, 100, 200, 500, 1000)),
    Knob("reference_tilt", "Tilt of the reference", "standard deviations", (0.0, 0.25, 0.5, 1.0)),
    Knob("knows_n", "Whether it knows how many took part", "1 is yes", ()),
    Knob("round_to", "Rounding", "to multiples of", (0, 3, 5, 10, 20, 50), protects=True),
    Knob("suppress_below", "Suppression", "of cells below", (0, 5, 10, 20, 50), protects=True),
    Knob("noise_epsilon", "Noise", "epsilon of all tables", (1000, 300, 100, 30, 10, 3, 1), protects=True),
    Knob("sample", "Sampling", "share counted", (), protects=True),
)
"""All of them; those without values are swept where values are declared. :data:`REALISM` joins several."""

FULL: Mapping[str, Any] = {
    "known": 1.0,
    "known_columns": (),
    "answer_error": 0.0,
    "reference_tilt": 0.0,
    "knows_n": True,
}
REALISM: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("everything known", {}),
    ("half of the answers", {"known": 0.5}),
    ("and one in ten of them wrong", {"known": 0.5, "answer_error": 0.1}),
    ("and a reference of 500", {"known": 0.5, "answer_error": 0.1, "reference_size": 500}),
    (
        "and that tilted by half a standard deviation",
        {"known": 0.5, "answer_error": 0.1, "reference_size": 500, "reference_tilt": 0.5},
    ),
)
"""From full to realistic knowledge, one limit after another."""


@dataclass(frozen=True, eq=False)
class Point:
    """One setting to be tried in several worlds."""

    survey: Survey
    case: Case
    tables: float
    worlds: int
    seed: int
    folder: Path
    key: Key


def values_of(knob: Knob, declared: Mapping[str, Sequence[float]], survey: Survey, case: Case) -> list[float]:
    """Return the values of a knob that can be tried; only declared ones where any knob is declared."""
    people = len(survey.answers)
    values = list(declared.get(knob.name, () if declared else knob.values))
    if knob.name == "group_size":
        values = [n for n in values if n <= people // 2] if knob.name not in declared else values
    if knob.name == "reference_size" and knob.name not in declared:
        values = [r for r in values if r <= _most_reference(survey, case)]
    return sorted(set(values), reverse=knob.name in ("noise_epsilon", "sample"))


def check_declared(declared: Mapping[str, Sequence[float]]) -> None:
    """Raise where a sweep is declared of what is no knob.

    Raises
    ------
    UsageError
        Naming the knobs that there are.
    """
    names = [one.name for one in KNOBS]
    for name in declared:
        if name not in names:
            raise UsageError(
                f"no knob {shown(name)!r} to sweep", where="[sweep]", expected=f"one of {', '.join(names)}"
            )


def changed(case: Case, name: str, value: float) -> Case:
    """Return a case with one knob turned; protection is tried alone, and not beside what is declared."""
    rules, adversary = case.rules, case.adversary
    bare = Protection(sample=rules.sample, noise=rules.noise, noise_delta=rules.noise_delta)
    turned: dict[str, Callable[[], Case]] = {
        "group_size": lambda: replace(case, group_size=int(value)),
        "tables": lambda: case,
        "round_to": lambda: replace(case, rules=replace(bare, round_to=int(value))),
        "suppress_below": lambda: replace(case, rules=replace(bare, suppress_below=int(value))),
        "noise_epsilon": lambda: replace(case, rules=replace(bare, noise_epsilon=float(value))),
        "sample": lambda: replace(case, rules=replace(bare, sample=float(value))),
        "known": lambda: replace(case, adversary=replace(adversary, known=float(value), known_columns=())),
        "answer_error": lambda: replace(case, adversary=replace(adversary, answer_error=float(value))),
        "reference_size": lambda: replace(case, adversary=replace(adversary, reference_size=int(value))),
        "reference_tilt": lambda: replace(case, adversary=replace(adversary, reference_tilt=float(value))),
        "knows_n": lambda: replace(case, adversary=replace(adversary, knows_n=bool(value))),
    }
    return turned[name]()


def sweep(
    survey: Survey,
    case: Case,
    declared: Mapping[str, Sequence[float]],
    *,
    worlds: int,
    seed: int,
    folder: Path,
    key: Key,
    workers: int | None = None,
) -> dict[str, Any]:
    """Try every value of every knob, and the steps from full to realistic knowledge.

    Parameters
    ----------
    survey, case
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

    Returns
    -------
    content
        ``sweeps`` and ``realism`` as they stand in ``evidence.json``.
    """
    base = replace(case, tested=min(case.tested, TESTED))
    asked: list[tuple[Knob | None, float | str, Case, float]] = []
    for knob in KNOBS:
        for value in values_of(knob, declared, survey, case):
            tables = value if knob.name == "tables" else 1.0
            asked.append((knob, value, changed(base, knob.name, value), tables))
    for words, limits in REALISM:
        limited = {**FULL, **limits}
        if "reference_size" in limited:
            limited["reference_size"] = min(limited["reference_size"], _most_reference(survey, case))
        asked.append((None, words, replace(base, adversary=replace(base.adversary, **limited)), 1.0))
    points = [
        Point(survey, one, tables, worlds, seed, folder, _key(key, one, tables, worlds, seed))
        for _, _, one, tables in asked
    ]
    found = map_processes(_try, points, workers=workers, description="sweeping")
    sweeps = []
    for knob in KNOBS:
        mine = [(value, got) for (one, value, _, _), got in zip(asked, found, strict=True) if one is knob]
        if len(mine) > 1:
            sweeps.append(_told(knob, mine))
    realism = [
        {"words": value, **_figures(got, 1)}
        for (one, value, _, _), got in zip(asked, found, strict=True)
        if one is None and "why" not in got
    ]
    return {"sweeps": sweeps, "realism": realism, "worlds": worlds}


def _most_reference(survey: Survey, case: Case) -> int:
    """Return how many people a reference could have, while enough others are left to test."""
    if survey.reference is not None:
        return len(survey.reference)
    people = len(survey.answers)
    return people // 4 if case.group_size is None else max(20, people - case.group_size - FEWEST_OTHERS)


def _told(knob: Knob, points: Sequence[tuple[float | str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Return one sweep as it stands in ``evidence.json``; intervals hold for all of its points together too."""
    told = []
    for value, got in points:
        if "why" in got:
            told.append({"value": value, "why": got["why"]})
        else:
            told.append({"value": value, **_figures(got, len(SWEPT) * len(points))})
    return {"name": knob.name, "title": knob.title, "unit": knob.unit, "protects": knob.protects, "points": told}


def _figures(got: Mapping[str, Any], comparisons: int) -> dict[str, Any]:
    """Return the figures of one point."""
    counts = got["n_members"], got["n_nonmembers"]
    ahead = difference_over_worlds(got["auc"][_AWARE], got["auc"][_PLAIN], *counts)
    return {
        "auc": {name: interval_json(over_worlds(values, *counts)) for name, values in got["auc"].items()},
        "joint": {
            name: interval_json(over_worlds(values, *counts, comparisons=comparisons))
            for name, values in got["auc"].items()
        },
        "ahead": interval_json(ahead),
        "closed_form": _mean_of_known(got["theory"]),
        "n": got["n"],
        "n_members": counts[0],
        "n_nonmembers": counts[1],
        "loss": _mean_of_known(got["loss"]),
        "suppressed": float(np.mean(got["suppressed"])),
        "cells": float(np.mean(got["cells"])),
    }


def _mean_of_known(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that are known."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _key(key: Key, case: Case, tables: float, worlds: int, seed: int) -> Key:
    """Return the key of all that a point depends on."""
    return key.also(
        case=asdict(case), tables=tables, worlds=worlds, seed=seed, swept=SWEPT, tested=TESTED, libraries=libraries()
    )


def _try(point: Point) -> dict[str, Any]:
    """Try one setting in every world, or take what was kept."""
    return dict(keep(point.folder, point.key, lambda: _tried(point)))


def _tried(point: Point) -> dict[str, Any]:
    """Try one setting in every world, or say why it cannot be tried."""
    try:
        return _worlds(point)
    except DataError as error:
        return {"why": error.what}


def _worlds(point: Point) -> dict[str, Any]:
    """Try one setting in every world."""
    attacks = [one for one in ATTACKS if one.name in SWEPT]
    got: dict[str, Any] = {"auc": {name: [] for name in SWEPT}}
    got |= {name: [] for name in ("theory", "loss", "suppressed", "cells")}
    sides = []
    for world in range(point.worlds):
        some = _some(point.survey.layout, point.tables, stream(point.seed, "tables of a world", world))
        survey = replace(point.survey, layout=some)
        release = draw_release(survey, point.case, stream(point.seed, "release of a world", world))
        seen = look(release, stream(point.seed, "look at a world", world))
        for attack in attacks:
            score = attack.score(seen.view, stream(point.seed, "attack in a world", world, attack.name))
            if np.ptp(score) == 0:
                raise DataError(f"the attack {attack.name} gave everybody the same score")
            got["auc"][attack.name].append(auc(seen.member, score))
        tilted = point.case.adversary.reference_tilt != 0  # of which the closed form knows nothing
        got["theory"].append(None if tilted else theory_of(release, seen).auc())
        loss, suppressed = _loss(survey, seen)
        got["loss"].append(loss)
        got["suppressed"].append(suppressed)
        got["cells"].append(int(np.isfinite(seen.published.share).sum()))
        sides.append((int(seen.member.sum()), int((~seen.member).sum())))
    got["n_members"], got["n_nonmembers"] = (min(side) for side in zip(*sides, strict=True))
    got["n"] = release.n
    return got


def theory_of(release: Release, seen: Look) -> Theory:
    """Return what the closed form needs of a release, for cells that are not suppressed."""
    view = seen.view
    reference, adversary = view.reference, release.case.adversary
    shown = np.isfinite(seen.published.share)
    if not shown.any():
        return Theory(0.0, release.n, reference.size)
    rows = influence(view.layout, reference.cells, reference.values, reference)[:, shown]
    blur = seen.published.blur / (reference.variance / reference.answered)
    worth = effective_cells(rows)
    return Theory(
        worth,
        release.n,
        reference.size,
        float(np.nanmean(blur[shown])) * worth / int(shown.sum()),
        float(np.mean([_table_known(one, adversary) for one in view.layout.tables])),
        truth_of_answers(view.layout, reference.share, adversary.answer_error),
        release.case.rules.sample,
    )


def _table_known(table: Table, adversary: Adversary) -> float:
    """Return the chance that an adversary has every answer that says where a person stands in a table."""
    asked = (*table.within, *table.questions)
    if adversary.known_columns:
        return float(all(one.name in adversary.known_columns for one in asked))
    return float(adversary.known ** len(asked))


def _some(layout: Layout, share: float, rng: np.random.Generator) -> Layout:
    """Return a random share of the tables, at least one."""
    if share >= 1:
        return layout
    count = max(1, round(share * len(layout.tables)))
    kept = np.sort(rng.permutation(len(layout.tables))[:count])
    tables: list[Table] = []
    for place in kept:
        tables.append(replace(layout.tables[place], start=tables[-1].stop if tables else 0))
    return Layout(tuple(tables))


def _loss(survey: Survey, seen: Look) -> tuple[float | None, float]:
    """Return by how much shares that are told are off (nothing where none is), and which part is suppressed."""
    layout = survey.layout
    true = shares(layout, tally_of(layout, survey.answers.take(seen.group)))[: layout.n_counts]
    there = np.isfinite(true)
    off = np.abs(seen.published.share[: layout.n_counts] - true)[there]
    told = off[~np.isnan(off)]
    if not len(off):
        return None, 0.0
    return (float(told.mean()) if len(told) else None), 1 - len(told) / len(off)
