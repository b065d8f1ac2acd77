"""What no lower bound can be made of is refused, and a bound is written with whose scores it is of."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.evidence.lower_bounds import FEWEST, LowerBound, check

MEMBER = np.arange(2 * FEWEST) < FEWEST
SCORE = np.linspace(0, 1, 2 * FEWEST)


def test_enough_people_with_a_number_each_are_taken():
    check(SCORE, MEMBER, 1e-5, 0.95)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"score": SCORE[:, None]}, r"score has shape \(40, 1\)"),
        ({"member": MEMBER.astype(int)}, "member of type int64"),
        ({"score": SCORE.astype(complex)}, "score is of type complex128"),
        ({"score": SCORE[1:]}, "40"),
        ({"score": np.where(SCORE > 0.9, np.nan, SCORE)}, "score has 4 values that are NaN"),
        ({"member": np.arange(40) < FEWEST - 1}, "19 members and 21 non-members; expected at least 20 of each"),
        ({"delta": 0.0}, "delta"),
        ({"confidence": 1.0}, "confidence"),
    ],
)
def test_what_gives_no_bound_is_said(change, said):
    with pytest.raises(DataError, match=said):
        check(**{"score": SCORE, "member": MEMBER, "delta": 1e-5, "confidence": 0.95, **change})


def test_a_bound_is_written_with_its_source_and_whether_it_decides():
    bound = LowerBound("one-run", "One training run", 0.8, 1e-5, 0.95, 90, 110, 4, "Coins were fair.", "a paper")
    written = bound.written("canaries", "Canaries", decides=False)
    assert (written.source, written.source_title, written.decides) == ("canaries", "Canaries", False)
    for field in fields(LowerBound):
        assert getattr(written, field.name) == getattr(bound, field.name)
