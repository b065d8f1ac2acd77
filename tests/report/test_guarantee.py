"""What the evidence says of formal guarantees, held against itself."""

from __future__ import annotations

import pytest
from page_of import page

import example_guarantees
from remembrain.errors import DataError
from remembrain.report import write as report


def set_to(**privacy):
    return lambda evidence: evidence["privacy"].update(privacy)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (set_to(bounds=[example_guarantees.bound(3.01)]), "not contradicted, but gaussian-dp is at least 3.01"),
        (set_to(bounds=[]), "no bound was measured"),
        (set_to(bounds=[example_guarantees.bound(None)]), "no bound was measured"),
        (set_to(claim=None), "there is no claim"),
        (set_to(training=None), "training claims epsilon 3, but no epsilon of it is known"),
        (set_to(training=example_guarantees.training(epsilon=float("inf"))), "no epsilon of it is known"),
        (set_to(verdict={"status": "contradicted", "text": ""}), "no bound exceeds it"),
    ],
)
def test_a_verdict_that_its_bounds_deny_is_refused(tmp_path, change, said):
    with pytest.raises(DataError, match=said):
        report.write([example_guarantees.secure(tmp_path / "run", change)])


@pytest.mark.usefixtures("words_for_pictures")
def test_a_bound_at_a_smaller_delta_says_nothing_of_the_claim(tmp_path):
    smaller = {**example_guarantees.bound(3.5), "delta": 1e-7}
    page(example_guarantees.secure(tmp_path / "run", set_to(bounds=[smaller])))
    with pytest.raises(DataError, match=r"at least 3\.5"):
        larger = {**smaller, "delta": 1e-3}
        report.write([example_guarantees.secure(tmp_path / "other", set_to(bounds=[larger]))])
