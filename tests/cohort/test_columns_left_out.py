"""Each reason to leave a column out is told once; columns that a network needs as they are stay."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from remembrain.cohort.columns import Features, Reading
from remembrain.cohort.columns_left_out import leave_out_what_says_nothing

N = 30
PEOPLE = [f"p{place}" for place in range(N)]


def features() -> Features:
    measure = pd.Series(np.random.default_rng(0).normal(size=N))
    kept = {
        "measure": measure,
        "again": measure.copy(),
        "one": pd.Series(np.ones(N)),
        "row": pd.Series(np.arange(N) * 1.0),
        "surname": pd.Series(PEOPLE, dtype=object),
        "group": pd.Series(["a", "b", None] * 10, dtype=object),
    }
    return Features("t.csv", range(2, N + 2), kept)


def test_what_says_nothing_is_left_out() -> None:
    found = features()
    leave_out_what_says_nothing(PEOPLE, Reading(), found)
    assert list(found.kept) == ["measure", "group"]
    assert len(found.problems) == 4
    assert not any(one.fatal for one in found.problems)


def test_raw_columns_keep_their_places_but_for_names_and_numbers_of_rows() -> None:
    found = features()
    leave_out_what_says_nothing(PEOPLE, Reading(raw=True), found)
    assert list(found.kept) == ["measure", "again", "one", "group"]


def test_the_user_has_the_last_word() -> None:
    found = features()
    leave_out_what_says_nothing(PEOPLE, Reading(keep=("again", "row")), found)
    assert list(found.kept) == ["measure", "again", "row", "group"]


@pytest.mark.parametrize(
    ("form", "asks"),
    [
        ("${:.2f}", True),
        ("[{:.3f}]", True),
        ("{0:.1f} ± {0:.2f}", True),
        ("{0:.1f} - {0:.2f}", True),
        ("{:.0f}€", True),
        ("~{:.0f}", True),
        ("{:.0f}*", True),
        ("1·{:.0f}", True),
        ("tensor({:.4f})", True),
        ("np.float64({:.2f})", True),
        ("1.{:.0f}D-03", True),
        ("12,34,5{:02.0f}", True),
        ("S{:.0f}", False),
        ("#{:.0f}", False),
        ("12-{:.0f}", False),
        ("2019-03-{:02.0f}", False),
        ("{:.0f}.03.2019", False),
        ("1.2.840.{:.0f}", False),
        ("ward {:.1f}", False),
    ],
)
def test_measures_written_with_other_signs_are_not_taken_for_names(form: str, asks: bool) -> None:
    found = features()
    found.kept["odd"] = pd.Series([form.format(place + 0.25) for place in range(N)], dtype=object)
    leave_out_what_says_nothing(PEOPLE, Reading(), found)
    assert any(one.fatal for one in found.problems) is asks
