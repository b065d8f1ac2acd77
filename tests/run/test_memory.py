"""How much memory there is, in bytes and in words."""

from __future__ import annotations

from remembrain.run.memory import in_words, memory_left


def test_memory_is_counted_in_bytes_and_said_in_words() -> None:
    assert 2**20 < memory_left() < 2**50
    assert [in_words(size) for size in (10, 3 * 2**20, 5.5 * 2**30, 2**43)] == [
        "10 bytes",
        "3.0 MB",
        "5.5 GB",
        "8.0 TB",
    ]
