"""The dictionary beside a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from remembrain.cohort.dictionary import Described, codes_in, read_dictionary
from remembrain.errors import DataError


def said(folder: Path, column: Any) -> Described:
    (folder / "t.json").write_text(json.dumps({"age": column}))
    return read_dictionary(folder / "t.tsv")["age"]


@pytest.mark.parametrize(
    ("column", "units"),
    [
        ({"Units": "months"}, "months"),
        ({"Description": "age of the participant in months"}, "months"),
        ({"LongName": "Age in completed years", "Units": ""}, "years"),
        ({"Description": "age"}, ""),
        ({"Units": None}, ""),
        ("age in months", "months"),
    ],
)
def test_units_stand_by_themselves_or_in_the_description(tmp_path: Path, column: Any, units: str) -> None:
    assert said(tmp_path, column).units == units


@pytest.mark.parametrize(
    "column",
    [
        {"Levels": {"1": "male", "2": "female"}},
        {"Levels": {"1": {"Description": "male"}, "2": {"Description": "female"}}},
        {"Description": "sex (1 = male, 2 = female)"},
        {"Description": "1: male; 2: female"},
    ],
)
def test_levels_stand_by_themselves_or_in_the_description(tmp_path: Path, column: Any) -> None:
    assert said(tmp_path, column).levels == {"1": "male", "2": "female"}


def test_no_dictionary_says_nothing_and_a_broken_one_is_named(tmp_path: Path) -> None:
    assert read_dictionary(tmp_path / "t.tsv") == {}
    (tmp_path / "t.json").write_text("[]")
    assert read_dictionary(tmp_path / "t.tsv") == {}
    (tmp_path / "t.json").write_text("{age: months}")
    with pytest.raises(DataError, match=r"t\.json: not readable as JSON"):
        read_dictionary(tmp_path / "t.tsv")


def test_a_description_of_any_length_is_read_in_a_moment() -> None:
    assert codes_in("9" * 100_000 + " 1 = male; 2 = female") == {"1": "male", "2": "female"}
