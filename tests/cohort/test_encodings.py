"""A file to its text: the encoding that its mark says, else UTF-8, else what Windows writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.cohort.encodings import read_text
from remembrain.errors import DataError

WORDS = "participant_id,Größe\np1,3\n"


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (WORDS.encode(), []),
        (WORDS.encode("utf-8-sig"), []),
        (WORDS.encode("utf-16"), ["is read as UTF-16"]),
        (WORDS.encode("utf-32"), ["is read as UTF-32"]),
        (WORDS.encode("cp1252"), ["is read as Windows-1252, being no UTF-8"]),
        ((WORDS + "\x81").encode("latin-1"), ["is read as Latin-1, being no UTF-8"]),
    ],
)
def test_text_is_decoded_and_told(tmp_path: Path, content: bytes, notes: list[str]) -> None:
    (tmp_path / "table.csv").write_bytes(content)
    text, told = read_text(tmp_path / "table.csv")
    assert text.startswith(WORDS)
    assert told == notes


def test_what_is_no_file_of_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_text(tmp_path / "none.csv")
    (tmp_path / "image.csv").write_bytes(bytes(range(256)))
    with pytest.raises(DataError, match="bytes that are no text"):
        read_text(tmp_path / "image.csv")
