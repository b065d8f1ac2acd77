"""Whom an audit is of: everybody with a role that counts, or those of them who can be paired."""

from __future__ import annotations

import numpy as np

from in_memory import InMemory
from remembrain.audits.sample import draw_sample
from remembrain.cohort.arrays import make_scans
from remembrain.cohort.material import Material
from remembrain.cohort.splits import Split

PEOPLE = 300


def material() -> Material:
    rng = np.random.default_rng(0)
    member = np.arange(PEOPLE) % 2 == 0
    role = np.where(np.arange(PEOPLE) < 20, "population", np.where(member, "member", "nonmember"))
    age = rng.normal(60, 7, PEOPLE) + 6 * member
    scans = make_scans(age, sex=rng.choice(["F", "M"], PEOPLE).tolist(), site=["A"] * PEOPLE)
    rows = rng.normal(size=(PEOPLE, 3))
    split = Split(role, (rng.random(PEOPLE) < 0.5) & (role != "population"))
    return Material(scans, split, InMemory(rows), np.asarray(rows), "table", "3 columns")


def test_without_pairing_it_is_of_everybody_but_the_population() -> None:
    given = material()
    sample = draw_sample(given, 3, seed=1)
    assert sample.audited.scans.participant_id.tolist() == given.scans.participant_id[20:].tolist()
    assert (sample.matched, sample.places.tolist()) == (None, list(range(PEOPLE - 20)))
    assert [played.repeat for played in sample.real] == [0, 1, 2]
    split = sample.audited.split
    known = [int(((split.role == role) & split.attacker_knows).sum()) for role in ("member", "nonmember")]
    assert sample.known == tuple(known)


def test_with_pairing_it_is_of_pairs_and_places_say_where_they_were() -> None:
    given = material()
    sample, everybody = draw_sample(given, 2, seed=1, match=True), given.of("member", "nonmember", "validation")
    assert sample.matched is not None
    split = sample.audited.split
    assert len(split.index("member")) == len(split.index("nonmember")) == sample.matched.pairs < (PEOPLE - 20) // 2
    assert sample.audited.scans.age.tolist() == everybody.scans.age[sample.places].tolist()
    older = (
        sample.audited.scans.age[split.index("member")].mean()
        - sample.audited.scans.age[split.index("nonmember")].mean()
    )
    assert abs(older) < sample.matched.caliper < 3
