"""Files from anybody: whatever they claim, they are read in a moment or refused in one message."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import numpy as np
import pytest

from remembrain.errors import DataError, UsageError
from remembrain.run import read_array, read_bytes, read_json, read_toml, reading, write_array

DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    "text",
    [
        DEEP,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        "[" * 101 + "]" * 101,  # the parser takes it, and who walks through it may not come back
        '{"a": ' + "[" * 500 + "]" * 500 + "}",
    ],
)
def test_json_that_is_nested_too_deep_is_one_message(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DataError, match=r"a\.json: is nested too deep; expected at most 100 lists or objects"):
        read_json(tmp_path / "a.json")


def test_json_of_any_depth_that_somebody_means_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[" * 100 + "]" * 100)
    assert str(read_json(tmp_path / "a.json")) == "[" * 100 + "]" * 100


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"n": ' + "9" * 5000 + "}", "a number of 5,000 digits"),
        ('{"n": ' + "9" * 101 + "}", "a number of 101 digits"),
        ('{"age": 1, "sex": 2, "age": 3}', "the key 'age' stands twice"),
        ('[{"a": {"b\\u202e": 1, "b\\u202e": 1}}]', r"the key 'b\\u202e' stands twice"),
        ("{", "Expecting property name"),
        ("", "Expecting value"),
        ('"\xff', "Unterminated string"),
    ],
)
def test_json_that_every_reader_would_take_for_something_else_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(UsageError, match=rf"a\.json: not readable as JSON \({said}"):
        read_json(tmp_path / "a.json", UsageError)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_json_of_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.json").write_text('{"Größe": [1, 2.5]}', encoding=encoding)
    assert read_json(tmp_path / "a.json") == {"Größe": [1, 2.5]}


@pytest.mark.parametrize(
    "text",
    [
        f"a = {DEEP}",
        "a = " + "{b = " * 50_000 + "1" + "}" * 50_000,
        "a" + ".a" * 200_000 + " = 1",  # would take minutes: each part is looked up again for those behind it
        "[" + "a." * 200_000 + "a]",
        "a = " + "[" * 150 + "]" * 150,
        "a" + ".a" * 150 + " = 1",
    ],
)
def test_toml_that_is_nested_too_deep_is_one_message(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(DataError, match=r"a\.toml: is nested too deep; expected at most 100"):
        read_toml(tmp_path / "a.toml")


@pytest.mark.parametrize(
    "text", ["a = " + "9" * 5000, "a = 1\na = 2", "[a]\n[a]", "a = ", "\ud800".encode("utf-8", "surrogatepass")]
)
def test_toml_that_says_nothing_certain_is_one_message(tmp_path: Path, text: str | bytes) -> None:
    (tmp_path / "a.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError, match=r"a\.toml: not readable as TOML \("):
        read_toml(tmp_path / "a.toml", UsageError)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_toml_that_begins_with_a_mark_of_its_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.toml").write_text("title = 'Größe'\nnumbers = [0.1, 0.2]\n", encoding=encoding)
    assert read_toml(tmp_path / "a.toml") == {"title": "Größe", "numbers": [0.1, 0.2]}


def test_what_is_no_file_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for path, said in (
        (tmp_path / "pipe", "is a named pipe; expected a file"),
        (tmp_path / "link", "is a device or a socket; expected a file"),
        (tmp_path, "is a folder; expected a file"),
        (tmp_path / "none", "no such file"),
        (tmp_path / "zero\0", "cannot be read"),
    ):
        for read in (read_json, read_toml, read_array, lambda one: read_bytes(one, 10)):
            with pytest.raises(DataError, match=said):
                read(path)


def test_a_file_is_read_up_to_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"x" * 10)
    assert read_bytes(tmp_path / "a", 10) == b"x" * 10
    with pytest.raises(DataError, match=r"a: is too large \(10 bytes\); expected at most 9 bytes"):
        read_bytes(tmp_path / "a", 9)
    monkeypatch.setattr(reading, "MOST_JSON", 9)
    with pytest.raises(DataError, match="is too large"):
        read_json(tmp_path / "a")


def header(shape: tuple[int, ...], descr: str = "<f8") -> bytes:
    begin = io.BytesIO()
    np.lib.format.write_array_header_1_0(begin, {"descr": descr, "fortran_order": False, "shape": shape})
    return begin.getvalue()


def as_bytes(write, *given) -> bytes:
    content = io.BytesIO()
    write(content, *given)
    return content.getvalue()


ARRAYS = {
    "claims terabytes": (header((10**12,)), "7.3 TB"),
    "claims more than numbers can say": (header((10**9,) * 8), "its header speaks of"),
    "lacks a number": (header((3,)) + bytes(16), "holds 16 bytes of numbers, and its header speaks of 24 bytes"),
    "has one too many": (header((3,)) + bytes(32), "holds 32 bytes"),
    "holds objects": (as_bytes(np.save, np.array([{1: 2}, None], dtype=object)), "holds Python objects"),
    "is an archive": (as_bytes(np.savez_compressed, np.zeros(10**6)), "not readable as an array"),
    "is a pickle": (b"\x80\x04N.", "not readable as an array"),
    "is empty": (b"", "not readable as an array"),
    "has a shape below nothing": (header((-1,)) + bytes(8), "its header speaks of|not readable"),
}


@pytest.mark.parametrize("kind", ARRAYS)
@pytest.mark.parametrize("mapped", [False, True])
def test_an_array_is_what_its_file_holds_and_not_what_its_header_claims(
    tmp_path: Path, kind: str, mapped: bool
) -> None:
    content, said = ARRAYS[kind]
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_array(tmp_path / "a.npy", mapped=mapped)


@pytest.mark.parametrize(
    "array", [np.arange(6.0).reshape(2, 3), np.empty((0, 4)), np.array(["ä", "bc"]), np.float32(2)]
)
def test_an_array_is_read_as_it_was_written(tmp_path: Path, array: np.ndarray) -> None:
    write_array(tmp_path / "a.npy", array)
    for mapped in (False, True):
        found = read_array(tmp_path / "a.npy", mapped=mapped)
        np.testing.assert_array_equal(found, array)
        assert found.dtype == np.asarray(array).dtype


def test_what_is_written_as_json_is_ascii(tmp_path: Path) -> None:
    from remembrain.run import write_json

    write_json(tmp_path / "evidence.json", {"name": "a\u202eb"})
    assert (tmp_path / "evidence.json").read_bytes().isascii()
    assert json.loads((tmp_path / "evidence.json").read_text()) == {"name": "a\u202eb"}
