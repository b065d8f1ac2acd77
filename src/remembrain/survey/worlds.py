"""One setting tried in several *worlds*: another group, another reference, other noise each time.

What it comes to in all of them is kept under a key of all that it depends on, so that a stopped run goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from remembrain.errors import DataError
from remembrain.evidence.metrics import auc, tpr_at_fpr
from remembrain.record.table_settings import Protection
from remembrain.record.written import as_json
from remembrain.run.kept import Key, keep, libraries
from remembrain.run.streams import stream
from remembrain.survey.advice import FPR
from remembrain.survey.attacks import ATTACKS
from remembrain.survey.closed_form import theory_of, whitened_theory_of
from remembrain.survey.counting import shares
from remembrain.survey.layout import Layout, Table
from remembrain.survey.moments import published_numbers, tally_of_numbers
from remembrain.survey.release import Case, Look, Survey, draw_release, look

PLAIN, AWARE = "inner-product", "correlation-aware"
SWEPT = (PLAIN, AWARE, "likelihood-ratio")
TESTED = 300
FEWEST_FOR_A_RATE = 100


@dataclass(frozen=True, eq=False)
class Point:
    """One setting to be tried in several worlds, with a share of the tables."""

    survey: Survey
    case: Case
    tables: float
    worlds: int
    seed: int
    folder: Path
    key: Key


@dataclass(frozen=True, kw_only=True)
class World:
    """What a setting comes to in one world, the share recognised while 1 % of others are named where people tell it.

    ``theory`` and ``whitened`` are the AUCs of the closed forms of the inner product and of the correlation-aware
    attack, ``loss`` by how much shares that are told are off.
    """

    auc: Mapping[str, float]
    rate: Mapping[str, float]
    theory: float | None
    whitened: float | None
    loss: float | None
    suppressed: float
    changed: float
    cells: int
    n: float
    n_members: int
    n_nonmembers: int


@dataclass(frozen=True)
class Tried:
    """What a setting comes to in each world, or why it cannot be tried."""

    worlds: tuple[World, ...] = ()
    why: str = ""


def try_point(point: Point) -> Tried:
    """Try one setting in every world, or take what was kept."""
    key = point.key.also(
        case=asdict(point.case),
        tables=point.tables,
        worlds=point.worlds,
        seed=point.seed,
        swept=SWEPT,
        tested=TESTED,
        libraries=libraries(),
    )
    kept = keep(point.folder, key, lambda: as_json(_tried(point)))
    return Tried(tuple(World(**world) for world in kept["worlds"]), kept["why"])


def _tried(point: Point) -> Tried:
    """Try one setting in every world, or say why it cannot be tried."""
    try:
        return Tried(tuple(_world(point, number) for number in range(point.worlds)))
    except DataError as error:
        return Tried(why=error.what)


def _world(point: Point, number: int) -> World:
    """Try one setting in one world.

    Raises
    ------
    DataError
        Where no such release can be drawn, or an attack tells nobody from anybody.
    """
    layout = _share_of(point.survey.layout, point.tables, stream(point.seed, "tables of a world", number))
    survey = replace(point.survey, layout=layout)
    release = draw_release(survey, point.case, stream(point.seed, "release of a world", number))
    seen = look(release, stream(point.seed, "look at a world", number))
    aucs, rates = {}, {}
    for attack in (attack for attack in ATTACKS if attack.name in SWEPT):
        score = attack.score(seen.view, stream(point.seed, "attack in a world", number, attack.name))
        if np.ptp(score) == 0:
            raise DataError(f"the attack {attack.name} gave everybody the same score")
        aucs[attack.name] = auc(seen.member, score)
        if (~seen.member).sum() >= FEWEST_FOR_A_RATE:
            rates[attack.name] = tpr_at_fpr(seen.member, score, FPR)
    price = _price(survey, seen, point.case.rules)
    tilted = point.case.adversary.reference_tilt != 0  # of which closed forms know nothing
    return World(
        auc=aucs,
        rate=rates,
        theory=None if tilted else theory_of(release, seen).auc(),
        whitened=None if tilted else whitened_theory_of(release, seen).auc(),
        loss=price.loss,
        suppressed=price.suppressed,
        changed=price.changed,
        cells=int(np.isfinite(seen.published.share).sum()),
        n=release.n,
        n_members=int(seen.member.sum()),
        n_nonmembers=int((~seen.member).sum()),
    )


def _share_of(layout: Layout, share: float, rng: np.random.Generator) -> Layout:
    """Return a random share of the tables, at least one."""
    if share >= 1:
        return layout
    count = max(1, round(share * len(layout.tables)))
    kept = np.sort(rng.permutation(len(layout.tables))[:count])
    tables: list[Table] = []
    for place in kept:
        tables.append(replace(layout.tables[place], start=tables[-1].stop if tables else 0))
    return Layout(tuple(tables))


@dataclass(frozen=True)
class _Price:
    """By how much shares that are told are off (nothing where none is), which part is not told, which is changed."""

    loss: float | None
    suppressed: float
    changed: float


def _price(survey: Survey, seen: Look, rules: Protection) -> _Price:
    """Return what protection costs the tables; a mean that is not the true one is changed, too."""
    layout, true = survey.layout, seen.published.share
    if rules != Protection():
        answers = survey.answers.take(seen.group)
        bare = replace(seen.published, share=shares(layout, tally_of_numbers(layout, answers)))
        true = published_numbers(layout, answers, bare, Protection()).share
    there = np.isfinite(true)
    changed = float((seen.published.share[there] != true[there]).mean()) if there.any() else 0.0
    off = np.abs(seen.published.share - true)[: layout.n_counts][there[: layout.n_counts]]
    known = off[~np.isnan(off)]
    if not len(off):
        return _Price(None, 0.0, changed)
    return _Price(float(known.mean()) if len(known) else None, 1 - len(known) / len(off), changed)
