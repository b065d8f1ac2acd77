"""What an audit is of: whatever is taken of it, scans, roles, facts and inputs stay together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from in_memory import InMemory
from remembrain.cohort import left_out
from remembrain.cohort.material import Material
from remembrain.cohort.splits import Split
from remembrain.errors import Problem
from remembrain.types import Scans

ROLES = np.array(["member", "canary", "nonmember", "unused", "member", "validation"])


@pytest.fixture
def material() -> Material:
    """Six scans whose every number is their place."""
    place = np.arange(6)
    unknown = np.full(6, "n/a")
    scans = Scans(np.char.add("sub-", place.astype(str)), np.full(6, ""), place.astype(float), unknown, unknown)
    inputs = InMemory(np.repeat(place[:, None], 3, axis=1))
    left = (Problem("t.tsv", "sub-9 has no age", participant="sub-9", summary="age is missing"),)
    return Material(
        scans, Split(ROLES, place == 4), inputs, place[:, None] * 1.0, "table", "table of 3 columns", left=left,
        mean_brain=lambda index: np.full((1, 1, 1), float(np.mean(index))),
    )  # fmt: skip


def places_of(material: Material) -> list[int]:
    """Return which scans these are, which all parts have to say alike."""
    places = material.scans.age.astype(int).tolist()
    assert material.facts[:, 0].tolist() == places
    assert [int(material.inputs[row][0]) for row in range(len(places))] == places
    assert material.split.role.tolist() == ROLES[places].tolist()
    return places


def test_scans_of_roles_are_taken_with_all_that_belongs_to_them(material: Material) -> None:
    assert places_of(material.of("member", "validation")) == [0, 4, 5]
    assert places_of(material.take(np.array([5, 2]))) == [5, 2]
    assert places_of(material.of("member").take(np.array([1]))) == [4]
    assert material.of("member").split.attacker_knows.tolist() == [False, True]


def test_canaries_stand_last_so_that_places_of_others_stay_theirs(material: Material) -> None:
    assert places_of(material.ordered(("canary", "member", "nonmember"))) == [0, 2, 4, 1]


def test_a_mean_picture_is_of_the_scans_that_are_meant(material: Material) -> None:
    assert float(material.of("nonmember", "validation").mean_brain(np.array([0, 1])).mean()) == (2 + 5) / 2


def test_its_key_is_that_of_its_scans_in_order(material: Material) -> None:
    assert material.key() == material.take(np.arange(6)).key()
    assert material.key() != material.take(np.arange(6)[::-1]).key() != material.of("member").key()


def test_who_was_left_out_is_counted_and_named_in_the_folder_of_names_alone(material: Material, tmp_path: Path) -> None:
    assert "sub-9" not in "\n".join(material.lines())
    assert "age is missing" in "\n".join(material.lines())
    material.write_left_out(tmp_path)
    assert "sub-9" in (tmp_path / left_out.FILE).read_text()
