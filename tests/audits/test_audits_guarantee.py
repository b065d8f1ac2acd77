"""A claim is held against bounds of the first repeat, where nothing keeps these from deciding."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from in_memory import InMemory
from remembrain.attacks import BOUNDING
from remembrain.audits.guarantee import Claimed, Reservations, describe_privacy
from remembrain.cohort.arrays import make_scans
from remembrain.cohort.material import Material
from remembrain.cohort.splits import Split
from remembrain.record.privacy import Privacy
from remembrain.run import RunFolder
from remembrain.types import Scores

PEOPLE = 400
MEMBER = np.arange(PEOPLE) % 2 == 0
NAMES = np.array([f"sub-{place:03d}" for place in range(PEOPLE)])
NOTHING: Any = None


def described(folder: Path, apart: float, claimed: Claimed, reservations: Reservations) -> Privacy:
    scans = make_scans(np.linspace(50, 80, PEOPLE), NAMES.tolist())
    split = Split(np.where(MEMBER, "member", "nonmember"), np.zeros(PEOPLE, dtype=bool))
    material = Material(scans, split, InMemory(np.zeros((PEOPLE, 1))), np.zeros((PEOPLE, 1)), "table", "1 column")
    noise = np.random.default_rng(0).normal(size=PEOPLE)
    other = Scores("other", 0, NAMES, np.full(PEOPLE, ""), MEMBER, noise + 100 * MEMBER)
    real = {BOUNDING[0]: [Scores(BOUNDING[0], 0, NAMES, np.full(PEOPLE, ""), MEMBER, noise + apart * MEMBER)]}
    attacks: Any = [SimpleNamespace(name=name, title=name) for name in (BOUNDING[0], "other")]
    return describe_privacy(
        RunFolder(folder), NOTHING, material, attacks, {**real, "other": [other]}, claimed, reservations
    )


@pytest.mark.parametrize(("apart", "status"), [(8.0, "contradicted"), (0.0, "not contradicted")])
def test_a_claim_is_contradicted_by_a_bound_above_it(tmp_path: Path, apart: float, status: str) -> None:
    privacy = described(tmp_path, apart, Claimed(1.0, 1e-5, any_mechanism=True), Reservations())
    assert privacy.verdict.status == status
    assert {bound.source for bound in privacy.bounds} == {BOUNDING[0]}, "the bounding attacks alone, where any ran"
    assert privacy.contradicted is (status == "contradicted")
    assert privacy.claim is not None
    assert (privacy.claim.by, privacy.claim.epsilon) == ("owner", 1.0)
    assert (privacy.training, privacy.canaries) == (None, None)


def test_where_scores_are_in_doubt_there_are_no_bounds_and_no_verdict(tmp_path: Path) -> None:
    reservations = Reservations("the null control is: failed")
    privacy = described(tmp_path, 8.0, Claimed(1.0, 1e-5, any_mechanism=True), reservations)
    assert privacy.bounds == ()
    assert privacy.verdict.status == "not assessed"
    assert "the null control is: failed" in privacy.verdict.text


def test_what_may_have_been_seen_in_part_passes_no_claim(tmp_path: Path) -> None:
    reservations = Reservations(unproven="answers differ")
    privacy = described(tmp_path, 0.0, Claimed(1.0, 1e-5, any_mechanism=True), reservations)
    assert privacy.verdict.status == "not assessed"
    assert privacy.verdict.text.endswith("answers differ")
