"""Which scans stand out, by fixed bounds and from the others."""

from __future__ import annotations

import numpy as np
import pytest

from made_raw import measures
from remembrain.cohort.raw.quality import FEWEST, doubts_of, misfits, outliers


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"overlap": 0.85}, "overlap with the template's mask 0.85 (outside 0.9 to 1)"),
        ({"overlap": 0.8996}, "overlap with the template's mask 0.89 (outside 0.9 to 1)"),
        ({"likeness": float("nan")}, "correlation with the template nan (outside 0.5 to 1)"),
        ({"brain_ml": 640.0}, "brain volume in ml 640 (outside 800 to 2200)"),
        ({"brain_ml": 2300.0}, "brain volume in ml 2300 (outside 800 to 2200)"),
        ({"symmetry": 0.8}, "likeness of left and right 0.80 (outside 0.92 to 1)"),
        ({"likeness": 0.1}, "correlation with the template 0.10 (outside 0.5 to 1)"),
        ({"stretch": 1.4}, "unequal stretching of axes 1.40 (outside 1 to 1.25)"),
    ],
)
def test_what_is_beyond_a_bound_stands_out_however_few_there_are(changed: dict[str, float], words: str) -> None:
    assert outliers([measures(), measures(**changed)]) == [(), (words,)]


def test_what_is_far_from_the_others_stands_out_within_the_bounds() -> None:
    volumes = np.linspace(1400, 1600, FEWEST - 1)
    cohort = [measures(brain_ml=float(volume)) for volume in volumes]
    found = outliers([*cohort, measures(brain_ml=950.0)])
    assert found[:-1] == [()] * len(cohort)
    assert found[-1] == ("brain volume in ml 950 (far from the median, 1488)",)


def test_of_fewer_than_ten_nobody_is_far_from_the_others() -> None:
    assert outliers([measures(brain_ml=1500.0)] * (FEWEST - 2) + [measures(brain_ml=950.0)]) == [()] * (FEWEST - 1)


def test_scans_that_are_much_alike_do_not_make_a_small_difference_a_large_one() -> None:
    cohort = [measures(overlap=0.96 + 1e-4 * place) for place in range(20)]
    assert not any(outliers([*cohort, measures(overlap=0.95)]))


def test_the_share_that_stands_out_of_a_normal_cohort_is_small() -> None:
    volumes = np.random.default_rng(0).normal(1500, 130, 2000)
    found = outliers([measures(brain_ml=float(volume)) for volume in volumes])
    assert sum(map(bool, found)) / 2000 < 0.002  # beyond 3.5 standard deviations: 0.0005


def test_a_header_that_contradicts_itself_on_sides_is_looked_at() -> None:
    note = "has a sform and a qform that contradict each other on left and right; its sform is used"
    assert doubts_of([measures(), measures()], [("has NaN around the head",), (note,)]) == [(), (note,)]


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"overlap": 0.84, "stretch": 1.2}, []),
        ({"overlap": 0.84, "stretch": 2.13}, ["one axis is stretched 2.13 times as much as another, at most 1.5"]),
        ({"overlap": 0.7996}, ["the masks overlap by 0.79, at least 0.8"]),
        ({"overlap": 0.3, "stretch": 1.501}, ["overlap", "stretched 1.51"]),
    ],
)
def test_only_what_is_out_of_bounds_is_named(changed, wrong):
    said = misfits(measures(**changed))
    assert len(said) == len(wrong)
    assert all(words in text for words, text in zip(wrong, said, strict=True))
