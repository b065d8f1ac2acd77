"""What is said of files reaches those who read them, each under its own name."""

from __future__ import annotations

from pathlib import Path

from remembrain.config import DataOptions
from remembrain.config.reading import beside_of, columns_of, reading_of


def test_every_option_of_reading_is_handed_on() -> None:
    said = DataOptions(
        label="iq", label_units="unchanged", person_column="who", session_column="when", sex_column="s",
        site_column="c",
        drop=("a",), keep=("b",), decimal=",", missing_codes=("-9",), keep_values=("b=0",), raw_columns=True,
        more_features=(Path("more.tsv"),), participants=Path("people.tsv"),
    )  # fmt: skip
    columns, reading, beside = columns_of(said), reading_of(said), beside_of(said)
    assert vars(columns) == {
        "label": "iq", "label_units": "unchanged", "person": "who", "session": "when", "sex": "s", "site": "c",
    }  # fmt: skip
    assert (reading.drop, reading.keep, reading.decimal) == (("a",), ("b",), ",")
    assert (reading.missing_codes, reading.keep_values, reading.raw) == (("-9",), ("b=0",), True)
    assert beside.files == (Path("more.tsv"), Path("people.tsv"))
