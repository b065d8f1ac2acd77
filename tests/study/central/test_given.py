"""Whose scans were given from Python."""

from __future__ import annotations

import numpy as np

from remembrain.study.central.given import People


def test_facts_become_scans_and_marks_roles_and_a_person_is_on_one_side() -> None:
    person = np.repeat([f"p{place:02d}" for place in range(40)], 2)
    age, member, sessions = np.arange(80) + 20.0, np.arange(80) < 40, ["1", "2"] * 40
    people = People(age, member, person.tolist(), sessions, sex=["F", "F", "M", "M"] * 20, known=0.25)
    scans = people.scans()
    assert (scans.participant_id.tolist(), scans.age.tolist()) == (person.tolist(), age.tolist())
    split = people.split(scans, seed=1)
    assert split.index("member").tolist() == list(range(40))
    for side in (member, ~member):
        known = scans.participant_id[side & split.attacker_knows]
        assert len(set(known)) == 5, "a quarter of twenty"
        assert len(known) == 10, "with both scans of each"
