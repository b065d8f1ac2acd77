"""Who is exposed: joint coverage where the truth is known by group, and what is withheld."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from remembrain.errors import DataError
from remembrain.evidence.almost_separated import newcombe
from remembrain.evidence.exposure import FPR, Facts, by_distance, exposure, exposure_by
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


def true_figures(cell):
    """AUC and share recognised; half of all other groups are men, since nothing depends on sex but the leak."""
    shifts = [SHIFT[cell.level]] if cell.factor == "sex" else list(SHIFT.values())
    auc = np.mean([stats.norm.cdf(shift / np.sqrt(2)) for shift in shifts])
    return auc, np.mean([stats.norm.sf(stats.norm.isf(FPR) - shift) for shift in shifts])


def check_joint_coverage(audits):
    rng = np.random.default_rng(0)
    hits, cells_of_sex = [], []
    for _ in range(audits):
        cells = exposure(*audit(rng)).cells
        inside = [
            [one.auc.low <= auc <= one.auc.high, one.recognised.low <= share <= one.recognised.high]
            for one, (auc, share) in ((one, true_figures(one)) for one in cells)
        ]
        hits.append(np.all(inside))
        cells_of_sex.append(np.all([both for one, both in zip(cells, inside, strict=True) if one.factor == "sex"]))
    print(f"all {len(inside)} cells: {np.mean(hits):.3f}; sex alone: {np.mean(cells_of_sex):.3f} of {audits} audits")
    assert np.mean(hits) >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / audits)


def test_all_intervals_of_both_figures_hold_together():
    check_joint_coverage(80)


@pytest.mark.slow
def test_all_intervals_of_both_figures_hold_together_over_a_thousand_audits():
    check_joint_coverage(1000)


@pytest.mark.parametrize("broken", ["missing", "twice", "age", "length"])
def test_facts_that_do_not_fit_are_refused(broken):
    """Whoever is missing must not be given the facts of somebody else."""
    scores, facts = audit(np.random.default_rng(6))
    tested = facts.participant_id == scores[0].participant_id[0]
    rows = {"missing": np.flatnonzero(~tested), "twice": np.r_[0, np.arange(600)]}.get(broken, np.arange(600))
    changed = {name: values[rows] for name, values in vars(facts).items()}
    if broken == "age":
        changed["age"][3] = np.nan
    elif broken == "length":
        changed["sex"] = changed["sex"][1:]
    with pytest.raises(DataError):
        exposure(scores, Facts(**changed))


def told_of_sites(member_counts, other_counts):
    """One repeat with so many members and non-members of each site: how many of each level are told."""
    member = np.repeat([True, False], [sum(member_counts), sum(other_counts)])
    sites = np.array(list("abcdef"))[: len(member_counts)]
    site = np.r_[np.repeat(sites, member_counts), np.repeat(sites, other_counts)]
    n, rng = len(member), np.random.default_rng(7)
    names = np.array([f"sub-{i:04d}" for i in range(n)])
    same = np.full(n, "F")
    scores = [Scores("a", 0, names, np.full(n, ""), member, rng.normal(size=n))]
    found = exposure(scores, Facts(names, np.full(n, 60.0), same, site, np.ones(n)))
    told = {cell.level: (cell.n_members, cell.n_nonmembers) for cell in found.written().groups}
    return told, found.untold


@pytest.mark.parametrize(
    ("members", "others", "told"),
    [
        ((40, 30, 20), (42, 31, 18), {"a": (40, 40), "b": (30, 30), "c": (20, 20)}),
        ((40, 30, 9), (40, 30, 9), {"a": (40, 40), "others": (40, 40)}),  # c alone could be subtracted
        ((40, 30, 9, 9), (40, 30, 9, 9), {"a": (40, 40), "b": (30, 30), "others": (20, 20)}),
        ((40, 30, 15, 15), (40, 30, 0, 0), {"a": (40, 40), "others": (60, 30)}),  # that c has none could be
        ((40, 5), (40, 5), {}),
    ],
)
def test_few_are_joined_with_others_until_they_are_enough(members, others, told):
    assert told_of_sites(members, others) == (told, () if told else ("site",))


def test_a_level_is_joined_where_one_repeat_tests_too_few_of_it():
    scores, facts = audit(np.random.default_rng(8), repeats=3)
    first = np.flatnonzero(scores[0].member)[:12]
    site = facts.site.astype("<U9")
    site[np.searchsorted(facts.participant_id, scores[0].participant_id[first])] = "rare"
    site[[450 + i for i in range(40)]] = "rare"
    found = exposure(scores, Facts(facts.participant_id, facts.age, facts.sex, site, facts.scans))
    joined = next(one for one in found.cells if one.level == "others")
    mine = np.isin(facts.participant_id, facts.participant_id[site != "A"])
    expected = []
    for one in scores:
        some = mine[np.searchsorted(facts.participant_id, one.participant_id)]
        expected.append(roc_auc_score(one.member[some], one.score[some]))
    assert {one.level for one in found.cells if one.factor == "site"} == {"A", "others"}
    assert joined.auc.value == pytest.approx(np.mean(expected))


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


def test_shares_are_told_in_steps_that_one_person_does_not_fill():
    for cell in exposure(*audit(np.random.default_rng(3))).written().groups:
        ends = np.array([*cell.auc.ends(), *cell.recognised.ends()])
        steps = [step for step in (0.01, 0.02, 0.05, 0.1) if np.allclose(ends / step, np.round(ends / step))]
        assert max(steps) >= 1 / (min(cell.n_members, cell.n_nonmembers) + 4)
        assert cell.auc.low <= cell.auc.value <= cell.auc.high


def test_rare_values_are_not_named():
    scores, facts = audit(np.random.default_rng(4))
    site = facts.site.astype("<U20")
    site[:3] = "sub-0001's home"
    found = exposure(scores, Facts(facts.participant_id, facts.age, facts.sex, site, facts.scans))
    assert "home" not in str(found.written())


@pytest.mark.parametrize("order", [1, -1])
def test_facts_are_joined_by_name(order):
    scores, facts = audit(np.random.default_rng(5))
    turned = Facts(*(getattr(facts, name)[::order] for name in vars(facts)))
    assert exposure(scores, turned) == exposure(scores, facts)


def test_the_interval_of_a_group_that_is_almost_told_apart_is_as_wide_as_that_of_all_attacks_there():
    """One of 20 women who are members below one of 20 others: the influence of these two says too little."""
    member, sex = np.arange(80) < 40, np.where(np.arange(80) % 40 < 20, "F", "M")
    score = np.where(member, 100.0, 0.0) + np.arange(80)
    score[0] = 58.5
    names = np.arange(80).astype(str)
    women, _ = exposure_by(
        [Scores("a", 0, names, np.full(80, ""), member, score)], names, {"sex": sex}, confidence=0.95
    ).cells
    assert women.auc.value == pytest.approx(1 - 1 / 400)
    assert women.auc.low <= newcombe(1 - 1 / 400, 20, 20, 1 - 0.05 / 4)[0] < 0.9


@pytest.mark.parametrize(
    ("mean", "spread", "levels"),
    [
        (62, 10, {"60 to 70": [60, 65], "50 to 60": [50, 55], "70 to 80": [70, 75], "below 50, 80 or more": None}),
        (35, 10, {"below 40": [30, 35], "40 to 50": [40, 45], "50 or more": [50, 55, 60, 65, 70, 75, 80, 85, 90]}),
        (65, 100, {}),  # all bands are near
        (60, 18, {"50 to 70": [50, 55, 60, 65], "40 to 50, 70 to 80": [40, 45, 70, 75], "below 40, 80 or more": None}),
    ],
)
def test_distances_are_bands_of_age_taken_together(mean, spread, levels):
    """Whoever crosses no edge of a band of age is counted nowhere else."""
    age = np.arange(30.0, 95.0, 5.0)
    found = {name: age[mask].tolist() for name, mask in by_distance((40, 50, 60, 70, 80), age, (mean, spread)).items()}
    named = [years for years in levels.values() if years]
    rest = sorted(set(age) - {year for years in named for year in years})
    assert found == {name: years or rest for name, years in levels.items()}
