"""Cells of tables: what says nothing, how people are named, and words of a column's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.cohort.tsv import is_missing, person_name, read_rows, words_of
from remembrain.errors import DataError


@pytest.mark.parametrize("text", ["", " ", "n/a", "NA", "NaN", "None", "null", "<NA>", "NaT"])
def test_what_says_that_nothing_is_known(text: str) -> None:
    assert is_missing(text)


@pytest.mark.parametrize("text", ["0", "-", "no", "nan0", "n"])
def test_what_says_something(text: str) -> None:
    assert not is_missing(text)


def test_people_have_the_name_that_bids_gives_them() -> None:
    assert person_name("01") == person_name("sub-01") == "sub-01"


def test_words_of_a_name_however_they_are_joined() -> None:
    for name in ("predictedAge", "predicted_age", "Predicted Age", "PREDICTED-AGE"):
        assert words_of(name) == ("predicted", "age")
    assert words_of("MRIScanDate2") == ("mri", "scan", "date2")
    assert words_of("--") == ()


def test_every_cell_is_text_and_stripped(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("id\tage\n 007 \t 26.50\nsub-2\tn/a\n")
    assert read_rows(tmp_path / "a.tsv").to_numpy().tolist() == [["007", "26.50"], ["sub-2", "n/a"]]
    with pytest.raises(DataError, match=r"b\.tsv"):
        read_rows(tmp_path / "b.tsv")
