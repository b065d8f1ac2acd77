"""Who is exposed: what an attack achieves by age, sex, site, number of scans, and distance from the mean age.

Intervals hold for all cells together (Bonferroni), so that the worst of many groups may be read off. Levels of fewer
than ten tested members or non-members are joined with others, and a factor with one level is not told (see
:mod:`~remembrain.evidence.disclosure`). This module must not know which attacks exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain._validate import finite, same_length, unique
from remembrain.errors import DataError
from remembrain.evidence import disclosure
from remembrain.evidence.almost_separated import also_near_one
from remembrain.evidence.assess import as_number
from remembrain.evidence.influence import by_repeat, share_interval, standard_error
from remembrain.evidence.metrics import auc_parts
from remembrain.evidence.people import People, Repeat, join
from remembrain.evidence.rates import NotAssessed, tpr_interval
from remembrain.record import people as record
from remembrain.types import Interval, Scores, Texts

FPR = 0.1
DISTANCES = (0.5, 1.0, 1.5)
"""Distances from the mean age, in standard deviations, between which bands of age are taken together."""


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of each person, in any order: name, age (mean over scans), sex, site, and number of scans."""

    participant_id: Texts
    age: Float[np.ndarray, "person"]
    sex: Texts
    site: Texts
    scans: Float[np.ndarray, "person"]


Levels: TypeAlias = Mapping[str, Bool[np.ndarray, "person"]]


@dataclass(frozen=True)
class Cell:
    """One level of one factor, and how many people of it are tested (in the smallest repeat)."""

    factor: str
    level: str
    n_members: int
    n_nonmembers: int
    auc: Interval
    recognised: Interval | NotAssessed

    def written(self, n_members: int, n_nonmembers: int) -> record.Cell:
        """Return it as it stands in the evidence, with counts as they are told beside those of other levels."""
        people = min(self.n_members, self.n_nonmembers)
        return record.Cell(
            factor=self.factor,
            level=self.level,
            n_members=n_members,
            n_nonmembers=n_nonmembers,
            auc=disclosure.share_in_steps(as_number(self.auc), people),
            recognised=disclosure.share_in_steps(as_number(self.recognised), people),
        )


@dataclass(frozen=True)
class Exposure:
    """Every cell, how many of them the intervals hold for together, and the factors that are not told."""

    attack: str
    confidence: float
    cells: tuple[Cell, ...]
    untold: tuple[str, ...] = ()

    def written(self) -> record.Exposure:
        """Return it as it stands in the evidence."""
        groups: list[record.Cell] = []
        for _, of_factor in groupby(self.cells, key=lambda cell: cell.factor):
            cells = list(of_factor)
            counts = (disclosure.rounded([getattr(cell, n) for cell in cells]) for n in ("n_members", "n_nonmembers"))
            groups += [cell.written(*both) for cell, *both in zip(cells, *counts, strict=True)]
        return record.Exposure(
            attack=self.attack,
            confidence=self.confidence,
            cells=len(self.cells),
            fpr=FPR,
            smallest_cell=disclosure.FEWEST,
            groups=tuple(groups),
            untold=self.untold,
        )


def exposure(
    repeats: Sequence[Scores],
    facts: Facts,
    edges: Sequence[float] | None = None,
    centre: tuple[float, float] | None = None,
    *,
    confidence: float = 0.95,
    of_each: float | None = None,
    label: str = "age",
) -> Exposure:
    """Return what one attack achieves in each group of people.

    Parameters
    ----------
    repeats
        What the attack said; higher means member.
    facts
        Of everybody who was tested (others are passed over).
    edges
        Of the bands of age that are told elsewhere; found here where they are left out.
    centre
        Mean and standard deviation as they are told elsewhere, by which bands of age are taken together; no distance is
        told where they are not, and those of the tested are taken where ``edges`` are left out as well.
    confidence
        That all intervals together contain the truth.
    of_each
        At which intervals of all attacks hold at once, where this one was chosen as the best of them.
    label
        What ``age`` is called.

    Returns
    -------
    Exposure
        For each level of a factor: the AUC of its members against its non-members, and the share of its members above
        the threshold that wrongly accuses a tenth of all non-members. Levels are joined until every repeat tests ten
        members and ten non-members of each. With m cells, each of the 2 m intervals has confidence
        1 - (1 - confidence) / (2 m). Numbers of people are those of the smallest repeat.

    Raises
    ------
    DataError
        Where facts have different lengths, hold a person twice or an age or a number of scans that is not finite, or
        lack somebody who was tested.
    """
    people = join(repeats)
    place = _places(facts, people.names)
    groups = _groups(people)
    age, scans = facts.age[place], np.minimum(facts.scans[place], 3)
    if edges is None:
        edges, centre = disclosure.edges_of(age, groups), (float(age.mean()), float(age.std()) or 1.0)
    kept = disclosure.kept_edges(edges, age, groups)
    levels = {
        f"{label} band": disclosure.bands(kept, age),
        "sex": disclosure.joined(facts.sex[place], groups),
        "site": disclosure.joined(facts.site[place], groups),
        "scans a person": disclosure.bands(disclosure.kept_edges((2, 3), scans, groups), scans),
        f"distance from the mean {label}": by_distance(kept, age, centre),
    }
    several = {
        f"{label} band": np.ptp(age) > 0,
        "sex": len(np.unique(facts.sex[place])) > 1,
        "site": len(np.unique(facts.site[place])) > 1,
    }
    return _exposed(people, levels, [factor for factor, differ in several.items() if differ], confidence, of_each)


def exposure_by(
    repeats: Sequence[Scores],
    participant_id: Texts,
    factors: Mapping[str, Texts],
    *,
    confidence: float = 0.95,
    of_each: float | None = None,
) -> Exposure:
    """Return what one attack achieves in each level of factors of any name.

    Parameters
    ----------
    repeats
        What the attack said; higher means member.
    participant_id, factors
        Of everybody who was tested (others are passed over), and the level of each in every factor.
    confidence, of_each
        As of :func:`exposure`.

    Returns
    -------
    Exposure
        As of :func:`exposure`.

    Raises
    ------
    DataError
        Where a person stands twice, or somebody who was tested is missing.
    """
    people = join(repeats)
    known = np.asarray(participant_id, dtype=str)
    place = _place_of(known, people.names)
    groups = _groups(people)
    levels = {factor: disclosure.joined(np.asarray(values)[place], groups) for factor, values in factors.items()}
    return _exposed(people, levels, list(factors), confidence, of_each)


def _exposed(
    people: People, levels: Mapping[str, Levels], expected: Sequence[str], confidence: float, of_each: float | None
) -> Exposure:
    """Return every cell, with intervals that hold for all together, and the expected factors that are not told."""
    m = sum(len(masks) for masks in levels.values())
    each = 1 - (1 - (of_each or confidence)) / (2 * max(1, m))
    cells = [
        _cell(people, factor, level, mask, each) for factor, masks in levels.items() for level, mask in masks.items()
    ]
    return Exposure(people.attack, confidence, tuple(cells), tuple(factor for factor in expected if not levels[factor]))


def _groups(people: People) -> list[Bool[np.ndarray, "person"]]:
    """Return who is tested as a member and who as a non-member, repeat by repeat."""
    number = np.arange(len(people.is_member))
    tested = [np.isin(number, repeat.person) for repeat in people.repeats]
    return [in_repeat & group for in_repeat in tested for group in (people.is_member, ~people.is_member)]


def by_distance(
    edges: Sequence[float], values: Float[np.ndarray, "person"], centre: tuple[float, float] | None
) -> Levels:
    """Return who lies about as far from the mean, as bands that are told taken together, so that it tells nothing more.

    Distances of people themselves would be further edges, which tell an age beside those of the bands. An open band
    lies at its one edge.
    """
    if centre is None or not len(edges):
        return {}
    places = np.array([edges[0], *((low + high) / 2 for low, high in pairwise(edges)), edges[-1]])
    levels = np.digitize(np.abs(places - centre[0]) / centre[1], DISTANCES)
    together = [np.flatnonzero(levels == level) for level in np.unique(levels)]
    band = np.digitize(values, edges)
    bands = {_name_of(numbers, edges): np.isin(band, numbers) for numbers in together}
    return bands if len(bands) > 1 else {}


def _name_of(numbers: Int[np.ndarray, "band"], edges: Sequence[float]) -> str:
    """Return what some bands between edges are called together; neighbours are one band."""
    ends = (-np.inf, *edges, np.inf)
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1)
    return ", ".join(disclosure.name_of(ends[run[0]], ends[run[-1] + 1]) for run in runs)


def _places(facts: Facts, names: Texts) -> Int[np.ndarray, "person"]:
    """Return where the facts of each of these people stand."""
    same_length(**vars(facts))
    finite(facts.age, "ages of people")
    finite(facts.scans, "scans a person")
    return _place_of(facts.participant_id.astype(str), names)


def _place_of(known: Texts, names: Texts) -> Int[np.ndarray, "person"]:
    """Return where each of these people stands among the known."""
    unique(known.tolist(), "facts of people")
    order = np.argsort(known)
    if len(missing := np.setdiff1d(names, known)):
        raise DataError(
            "was tested, but nothing is known of them", where=str(missing[0]), expected="facts of everybody"
        )
    return np.asarray(order[np.searchsorted(known, names, sorter=order)])


def _cell(people: People, factor: str, level: str, mask: Bool[np.ndarray, "person"], confidence: float) -> Cell:
    """Return the figures of one level."""
    of_level = replace(people, repeats=tuple(_of(repeat, mask[repeat.person]) for repeat in people.repeats))
    counts = of_level.count(member=True), of_level.count(member=False)
    values, influence = by_repeat(of_level, auc_parts)
    value = float(values.mean())
    low, high = share_interval(value, standard_error(influence, of_level, values), min(counts), confidence)
    kept = tuple(_of(repeat, mask[repeat.person] | ~repeat.member) for repeat in people.repeats)
    recognised = tpr_interval(replace(people, repeats=kept), FPR, confidence)
    auc = also_near_one(Interval(value, low, high, *counts, confidence))
    return Cell(factor, level, *counts, auc, recognised)


def _of(repeat: Repeat, mask: Bool[np.ndarray, "scan"]) -> Repeat:
    """Return some scans of a repeat."""
    return Repeat(repeat.member[mask], repeat.score[mask], repeat.person[mask])
