"""Canaries: fair coins, ages that are wrong away from the middle, and scores that nothing is learned for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from in_memory import InMemory
from remembrain.cohort.canaries import FILE, draw, lured, write
from remembrain.cohort.material import Material
from remembrain.cohort.splits import Split
from remembrain.errors import DataError
from remembrain.run import RunFolder
from remembrain.types import Scans


def of(canaries: int, others: int = 20) -> Material:
    """Canaries of two scans each, of ages from 40 to 80, and others around 60."""
    age = np.concatenate([np.repeat(np.linspace(40, 80, canaries), 2), np.linspace(55, 65, others)])
    person = np.concatenate([np.repeat(np.arange(canaries), 2), canaries + np.arange(others)]).astype(str)
    session = np.array(["1", "2"] * canaries + [""] * others)
    unknown = np.full(len(age), "n/a")
    role = np.array(["canary"] * 2 * canaries + ["nonmember"] * others)
    scans = Scans(np.char.add("sub-", person), session, age, unknown, unknown)
    return Material(
        scans, Split(role, np.zeros(len(age), dtype=bool)), InMemory(age[:, None]), age[:, None], "table", ""
    )


def test_ages_are_wrong_toward_the_middle_and_all_scans_of_a_person_are_in_or_none() -> None:
    material = of(100)
    drawn = draw(material, 20.0, 3)
    shift = drawn.shift[:200]
    assert np.array_equal(shift, np.where(material.scans.age[:200] > 60, -20.0, 20.0))
    assert not drawn.shift[200:].any()
    assert np.array_equal(drawn.ages(material.scans.age), material.scans.age + drawn.shift)
    assert np.array_equal(drawn.places, np.arange(200))
    included = np.isin(np.arange(200), drawn.included)
    assert np.array_equal(included[::2], included[1::2])
    assert 30 < included[::2].sum() < 70  # four standard deviations of a hundred coins


def test_without_canaries_nobody_is_drawn_and_no_file_is_left(tmp_path: Path) -> None:
    run, material = RunFolder.create(tmp_path / "run", {}), of(0)
    drawn = draw(material, 20.0, 3)
    assert (len(drawn.places), len(drawn.included), drawn.shift.any()) == (0, 0, False)
    (run.restricted / FILE).write_text("of before")
    write(run, material, drawn)
    assert not (run.restricted / FILE).exists()
    assert lured(run, material, lambda inputs: np.zeros(len(inputs))) is None


def test_a_score_is_by_how_much_a_prediction_lies_toward_the_wrong_age(tmp_path: Path) -> None:
    run, material = RunFolder.create(tmp_path / "run", {}), of(12)
    drawn = draw(material, 20.0, 3)
    write(run, material, drawn)
    inside = np.isin(np.arange(24), drawn.included)

    def by_heart(inputs: InMemory) -> np.ndarray:
        """Who was trained on is predicted at the wrong age, everybody else at the true one."""
        return material.scans.age[:24] + np.where(inside, drawn.shift[:24], 0.0)

    lures = lured(run, material, by_heart)
    assert lures.shift == 20.0
    assert len(lures.score) == 12
    np.testing.assert_allclose(lures.score, np.where(lures.member, 20.0, 0.0), atol=1e-12)
    assert lures.member.sum() == inside.sum() / 2
    with pytest.raises(DataError, match="does not hold the canaries of the split"):
        lured(run, of(11), by_heart)
