"""Claims beside bounds: contradicted or not, rounding that never flatters, and no word of comfort."""

from dataclasses import replace
from math import inf, nan

import pytest

from remembrain.errors import DataError
from remembrain.evidence.claims import statement
from remembrain.evidence.lower_bounds import LowerBound

BOUND = LowerBound("one-run", "One training run", 0.8049, 1e-5, 0.9875, 90, 110, 4, "Coins were fair.", "a paper")
FOUR = [
    replace(BOUND, estimator=name, value=value) for name, value in zip("abcd", (0.1, 0.8049, 0.0, 0.7), strict=True)
]


def test_a_claim_above_every_bound_is_not_contradicted_and_not_confirmed():
    found = statement(3, 1e-5, FOUR, confidence=0.95)
    assert found.status == "not contradicted"
    assert found.text == (
        "claimed 3; at 95 % confidence at least 0.8 (One training run); "
        "not contradicted, but a lower bound can never confirm a claim"
    )
    assert (found.value, found.estimator, found.confidence) == (0.8049, "b", 0.95)
    assert found.why == "One training run assumes: Coins were fair."
    assert found.written().status == "not contradicted"


def test_a_claim_below_the_largest_bound_is_contradicted():
    found = statement(0.5, 1e-5, FOUR)
    assert found.status == "contradicted"
    assert found.text == "claimed 0.5; at 95 % confidence at least 0.8 (One training run); contradicted"


def test_rounding_never_hides_a_contradiction_nor_makes_one():
    assert "at least 0.804 (" in statement(0.8, 1e-5, [BOUND]).text
    assert statement(0.8, 1e-5, [BOUND]).status == "contradicted"
    assert "at least 0.8 (" in statement(0.8049, 1e-5, [BOUND]).text
    assert statement(0.8049, 1e-5, [BOUND]).status == "not contradicted"
    assert statement(0.0, 1e-5, [replace(BOUND, value=1e-4)]).status == "contradicted"


@pytest.mark.parametrize("claimed", [None, inf])
def test_without_a_claim_only_the_bound_is_said(claimed):
    found = statement(claimed, 1e-5, FOUR, confidence=0.95)
    assert found.status == "not assessed"
    assert found.text.startswith("no epsilon is claimed; at 95 % confidence at least 0.8 (One training run)")
    assert found.claimed is None
    assert found.value == 0.8049


def test_without_bounds_nothing_is_assessed():
    found = statement(3, 1e-5, [], why="7 members and 9 non-members")
    assert (found.status, found.value, found.confidence) == ("not assessed", None, None)
    assert found.text == "claimed 3; not assessed: 7 members and 9 non-members"
    assert statement(None, 1e-5, []).text == "no epsilon is claimed; not assessed: no lower bound was computed"


def test_a_bound_of_0_names_no_estimator():
    found = statement(3, 1e-5, [replace(BOUND, value=0.0)])
    assert "at least 0; not contradicted" in found.text
    assert found.why == "no bound is above 0"


def test_the_confidence_is_that_of_all_bounds_together():
    assert statement(3, 1e-5, FOUR).confidence == pytest.approx(0.95)
    assert statement(3, 1e-5, FOUR[:1]).text.startswith("claimed 3; at 98.75 % confidence")
    with pytest.raises(DataError, match="4 bounds said to hold together at 99 % confidence"):
        statement(3, 1e-5, FOUR, confidence=0.99)


@pytest.mark.parametrize(
    ("claimed", "delta", "said"), [(-1, 1e-5, "-1"), (nan, 1e-5, "nan"), (3, 1e-6, "at delta 1e-05")]
)
def test_what_does_not_fit_is_refused(claimed, delta, said):
    with pytest.raises(DataError, match=said):
        statement(claimed, delta, FOUR)


def test_no_text_comforts():
    for claimed in (None, 0.0, 0.5, 3.0):
        for bounds in ([], FOUR, [replace(BOUND, value=0.0)]):
            found = statement(claimed, 1e-5, bounds)
            assert "safe" not in (found.text + found.why).lower()
            assert "confirmed" not in found.text
