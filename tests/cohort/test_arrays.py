"""Facts of scans that are given from Python."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.arrays import make_scans
from remembrain.errors import DataError


@pytest.mark.parametrize(
    "person",
    [
        ["sub-01_ses-1", "sub-01_ses-2", "sub-02"],
        ["sub-1", "sub-01", "sub-02"],
        ["sub-A", "sub-a", "sub-02"],
        ["S01_v1", "S01_v2", "S02_v1"],
    ],
)
def test_one_person_under_several_names_is_refused(person: list[str]) -> None:
    with pytest.raises(DataError):
        make_scans(np.array([50.0, 51.0, 60.0]), person=person)


def test_names_with_a_session_behind_are_fine_where_nobody_has_two() -> None:
    assert len(make_scans(np.array([50.0, 51.0]), person=["sub-01_ses-1", "sub-02_ses-1"])) == 2
    assert len(make_scans(np.array([50.0, 51.0]), person=[1, 2])) == 2
