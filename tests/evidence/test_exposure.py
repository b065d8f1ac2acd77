"""Who is exposed: joint coverage where the truth is known by group, and what is withheld."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from remembrain.evidence.exposure import Facts, exposure
from remembrain.evidence.rates import NotAssessed
from remembrain.types import Interval, Scores

SHIFT = {"F": 0.0, "M": 1.0}


def audit(rng, n=300, repeats=2):
    """Scores that tell men alone; half of the people are tested in each repeat."""
    member = np.arange(2 * n) < n
    sex = np.where(rng.random(2 * n) < 0.5, "F", "M")
    z = rng.normal(size=2 * n) + np.where(sex == "M", 1.0, 0.0) * member
    names = np.array([f"sub-{i:04d}" for i in range(2 * n)])
    found = []
    for repeat in range(repeats):
        tested = np.zeros(2 * n, dtype=bool)
        tested[rng.permutation(n)[: n // 2]] = tested[n + rng.permutation(n)[: n // 2]] = True
        found.append(Scores("a", repeat, names[tested], np.full(n // 2 * 2, ""), member[tested], z[tested]))
    return found, Facts(names, rng.normal(60, 7, 2 * n), sex, rng.choice(["A", "B"], 2 * n), np.ones(2 * n))


def test_all_intervals_hold_together():
    rng = np.random.default_rng(0)
    hits = []
    for _ in range(200):
        cells = [one for one in exposure(*audit(rng)).cells if one.factor == "sex"]
        truth = {level: stats.norm.cdf(shift / np.sqrt(2)) for level, shift in SHIFT.items()}
        hits.append(all(one.auc.low <= truth[one.level] <= one.auc.high for one in cells))
    assert np.mean(hits) >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / 200)


def test_groups_and_numbers_are_those_tested():
    found = exposure(*audit(np.random.default_rng(1)))
    factors = {one.factor for one in found.cells}
    assert factors == {"age band", "sex", "site", "distance from the mean age"}  # one scan each: no factor
    sex = {one.level: one for one in found.cells if one.factor == "sex"}
    assert sex["M"].auc.value > sex["F"].auc.value + 0.1
    assert sex["F"].n_members + sex["M"].n_members <= 150
    assert isinstance(sex["M"].recognised, Interval)
    assert sex["M"].recognised.value > sex["F"].recognised.value


def test_more_cells_widen_every_interval():
    scores, facts = audit(np.random.default_rng(2))
    many = exposure(scores, facts)
    one_site = Facts(facts.participant_id, facts.age, facts.sex, np.full(len(facts.sex), "A"), facts.scans)
    few = exposure(scores, one_site)
    width = [next(cell.auc.high - cell.auc.low for cell in found.cells if cell.level == "M") for found in (few, many)]
    assert width[0] < width[1]


def test_small_cells_are_withheld_and_cannot_be_subtracted():
    scores, facts = audit(np.random.default_rng(3))
    site = np.where(np.arange(600) % 30 == 0, "small", facts.site)
    found = exposure(scores, Facts(facts.participant_id, facts.age, facts.sex, site, facts.scans))
    cells = {one.level: one for one in found.cells if one.factor == "site"}
    withheld = [level for level, one in cells.items() if one.n_members is None]
    assert "small" in withheld
    assert len(withheld) == 2
    assert isinstance(cells["small"].auc, NotAssessed)
    told = next(one for one in found.to_json()["groups"] if one["level"] == "small")
    assert told["n_members"] == "<10"
    assert told["auc"]["value"] is None


def test_rare_values_are_not_named():
    scores, facts = audit(np.random.default_rng(4))
    site = facts.site.astype("<U20")
    site[:3] = "sub-0001's home"
    found = exposure(scores, Facts(facts.participant_id, facts.age, facts.sex, site, facts.scans))
    assert "home" not in str(found.to_json())


@pytest.mark.parametrize("order", [1, -1])
def test_facts_are_joined_by_name(order):
    scores, facts = audit(np.random.default_rng(5))
    turned = Facts(*(getattr(facts, name)[::order] for name in vars(facts)))
    assert exposure(scores, turned) == exposure(scores, facts)
