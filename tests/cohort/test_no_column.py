"""The error of a column that is not there names the nearest, and never that of another fact."""

from __future__ import annotations

import pandas as pd
import pytest

from remembrain.cohort.no_column import form_of, insist_on_column, no_column, without_other_facts
from remembrain.errors import DataError


def test_the_nearest_name_is_what_to_try() -> None:
    frame = pd.DataFrame(columns=["Participant ID", "age", "scan site"])
    insist_on_column(frame, "age", where="t.tsv", option="--label")
    with pytest.raises(DataError, match=r"t\.tsv: has no column 'participant_ids'") as caught:
        insist_on_column(frame, "participant_ids", where="t.tsv", option="--person-column")
    assert caught.value.try_next == "--person-column 'Participant ID'"
    assert caught.value.expected == "one of its columns: Participant ID"


def test_where_nothing_is_near_all_columns_are_named_or_a_usual_one_tried() -> None:
    error = no_column("zzz", ["a", "b"], "t.tsv", "--label")
    assert (error.expected, error.try_next) == ("one of its columns: a, b", None)
    assert no_column("zzz", ["a", "b"], "t.tsv", "--label", usual=["age"]).try_next == "--label age"
    assert no_column("zzz", ["a"], "t.tsv", "--label", everything=["a", "b"]).expected == "one of its columns: a, b"


def test_columns_of_other_facts_are_not_offered() -> None:
    names = ["session", "site", "sex", "age_at_scan", "visit", "region1"]
    assert without_other_facts(names, "session") == ["session", "visit", "region1"]
    assert without_other_facts(names, "site") == ["site", "region1"]


def test_a_form_has_nothing_between_its_words() -> None:
    assert form_of("Participant-ID (new)") == form_of("participant_id_new") == "participantidnew"
