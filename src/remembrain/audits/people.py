"""Who was audited, how well the target predicts them, and who of them is exposed, as it stands in ``evidence.json``.

Nothing here names a person, and whatever counts or measures people goes through
:mod:`~remembrain.evidence.disclosure`. What is said of single people goes to ``restricted/``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain.audits.exposed import Exposed, exposed_to_best
from remembrain.cohort.matching import ON, Matched
from remembrain.cohort.material import Material
from remembrain.evidence import disclosure, exposure
from remembrain.evidence.assess import Assessment
from remembrain.evidence.factors import Groups
from remembrain.evidence.groups import compare_groups
from remembrain.evidence.spread import spread_of
from remembrain.record import people as record
from remembrain.run.streams import stream
from remembrain.types import Role, Scores, Texts

WORDS: dict[Role, str] = {
    "member": "members",
    "nonmember": "nonmembers",
    "validation": "validation",
    "population": "population",
}


@dataclass(frozen=True, eq=False)
class Kinds:
    """Every person of an audit once, in the order of names, and the kinds of people that may be told of.

    ``partitions`` has for each factor who is of which level: one partition, of at least ten members and ten non-members
    each, that every table of a document keeps to or joins further. ``levels`` has the level of each person, ``edges``
    are those of the bands of ages, ``ages`` what may be told of mean and spread, by role.
    """

    participant_id: Texts
    role: Texts
    age: Float[np.ndarray, "person"]
    scans: Int[np.ndarray, "person"]
    edges: tuple[float, ...]
    ages: Mapping[Role, Mapping[str, float | None]]
    partitions: Mapping[str, Mapping[str, Bool[np.ndarray, "person"]]]
    levels: Mapping[str, Texts]

    @classmethod
    def of(cls, material: Material) -> Kinds:
        """Return those of some scans; a person has the mean age of their scans, and the first sex and site."""
        scans = material.scans
        people, first, person, times = np.unique(
            scans.participant_id, return_index=True, return_inverse=True, return_counts=True
        )
        role, age = material.split.role[first], np.bincount(person, weights=scans.age) / times
        groups = [role == name for name in ("member", "nonmember")]
        factors = {"sex": scans.sex, "site": scans.site}
        partitions = {name: disclosure.joined(values[first], groups) for name, values in factors.items()}
        levels = {name: _levels(partition, len(role)) for name, partition in partitions.items()}
        edges = disclosure.edges_of(age, groups)
        ages = {name: spread_of(age[role == name], edges) for name in WORDS}
        return cls(people, role, age, times, edges, ages, partitions, levels)

    @property
    def centre(self) -> tuple[float, float] | None:
        """Mean and spread that distances are measured by: as they are told, so that they tell no more; or none."""
        moments = [self.ages[name][key] for key in ("mean", "sd") for name in ("member", "nonmember")]
        numbers = [moment for moment in moments if moment is not None]
        return (sum(numbers[:2]) / 2, sum(numbers[2:]) / 2) if len(numbers) == len(moments) else None


def _levels(partition: Mapping[str, Bool[np.ndarray, "person"]], people: int) -> Texts:
    """Return the level of each person as it may be told; one for all where nothing may."""
    levels = np.full(people, "n/a", dtype=object)
    for name, mask in partition.items():
        levels[mask] = name
    return levels.astype(str)


def describe_people(material: Material, kinds: Kinds) -> record.People:
    """Return who was audited, by role: counts, ages, sexes and sites. Roles of fewer than ten people are not told."""
    groups = tuple(_describe_role(kinds, role, word) for role, word in WORDS.items() if _enough(kinds.role == role))
    return record.People(
        source=material.source,
        n_people=sum(group.people for group in groups),
        n_scans=sum(group.scans for group in groups),
        groups=groups,
    )


def _enough(mask: Bool[np.ndarray, "person"]) -> bool:
    """Tell whether people are enough to be told of."""
    return int(mask.sum()) >= disclosure.FEWEST


def _describe_role(kinds: Kinds, role: Role, word: str) -> record.Group:
    """Return the people of one role; levels that are few in it alone are joined further."""
    in_role = kinds.role == role
    everybody, age = [np.ones(int(in_role.sum()), dtype=bool)], kinds.age[in_role]
    edges = disclosure.kept_edges(kinds.edges, age, everybody)
    counts = [int(mask.sum()) for mask in disclosure.bands(edges, age).values()]
    cells = {}
    for factor, levels in kinds.levels.items():
        masks = disclosure.joined(levels[in_role], everybody)
        cells[factor] = dict(zip(masks, disclosure.rounded([int(mask.sum()) for mask in masks.values()]), strict=True))
    people = disclosure.nearest(len(age))
    return record.Group(
        role=role,
        word=word,
        people=people,
        scans=people + disclosure.further(len(age), int(kinds.scans[in_role].sum())),
        age=record.Ages(**kinds.ages[role]),
        sex=cells["sex"],
        site=cells["site"],
        age_bands=record.Bands(edges=edges, counts=tuple(disclosure.rounded(counts))),
    )


def describe_notes(material: Material) -> tuple[record.Note, ...]:
    """Return who was left out and what was guessed or filled in, by kind."""
    return tuple(record.Note(text=text, count=disclosure.count(count)) for text, count in material.in_short())


def describe_groups(material: Material, kinds: Kinds) -> Groups:
    """Return in what members and non-members differ by themselves; told are the kinds of people that may be."""
    audited = material.of("member", "nonmember")
    scans = audited.scans
    place = np.searchsorted(kinds.participant_id, scans.participant_id)
    return compare_groups(
        audited.split.role == "member",
        scans,
        label=material.label,
        shown={factor: levels[place] for factor, levels in kinds.levels.items()},
        cuts=kinds.edges,
        by_lot=material.by_lot,
    )


def describe_matched(matched: Matched | None) -> record.Matched | None:
    """Return how members and non-members were paired, where they were."""
    if matched is None:
        return None
    return record.Matched(
        on=ON,
        n_members=disclosure.count(matched.pairs),
        n_nonmembers=disclosure.count(matched.pairs),
        left_out_members=disclosure.count(matched.left_out_members),
        left_out_nonmembers=disclosure.count(matched.left_out_nonmembers),
        caliper=matched.caliper,
    )


def describe_exposed(
    material: Material,
    kinds: Kinds,
    real: Mapping[str, Sequence[Scores]],
    of_several: Mapping[str, Assessment],
    seed: int,
) -> Exposed:
    """Return who is exposed to the best attack."""
    sex, site = kinds.levels["sex"], kinds.levels["site"]
    facts = exposure.Facts(kinds.participant_id, kinds.age, sex, site, kinds.scans.astype(float))

    def groups(repeats: Sequence[Scores], confidence: float) -> exposure.Exposure:
        label = material.label
        return exposure.exposure(repeats, facts, kinds.edges, kinds.centre, of_each=confidence, label=label)

    return exposed_to_best(real, of_several, groups, stream(seed, "folds of probabilities"))
