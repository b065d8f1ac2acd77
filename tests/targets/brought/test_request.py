"""Keyword arguments become the request that their names say, or a message."""

from __future__ import annotations

import email
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.targets.brought.request import Post


@pytest.mark.parametrize(
    ("words", "kind", "body"),
    [
        ({"json": {"a": 1.5}}, "application/json", b'{"a": 1.5}'),
        ({"data": {"a": "b c", "d": [1, 2]}}, "application/x-www-form-urlencoded", b"a=b+c&d=1&d=2"),
        ({"data": "text"}, "text/plain; charset=utf-8", b"text"),
        ({"content": b"\x00"}, "application/octet-stream", b"\x00"),
        ({"content": b"\x00", "headers": {"content-type": "image/nifti"}}, None, b"\x00"),
        ({"method": "get", "params": {"a": "b&c"}}, None, None),
    ],
)
def test_words_become_a_body(words: dict[str, Any], kind: str | None, body: bytes | None) -> None:
    post = Post.of(words, "to_request")
    assert (post.headers.get("Content-Type"), post.body) == (kind, body)
    assert (post.method, post.query) == (("GET", "a=b%26c") if "params" in words else ("POST", ""))


def test_numbers_and_arrays_of_numpy_are_json() -> None:
    words = {"json": {"a": np.float32(0.5), "b": np.arange(3), "c": Path("x")}}
    assert json.loads(Post.of(words, "f").body or b"") == {"a": 0.5, "b": [0, 1, 2], "c": "x"}


def test_files_become_a_form_that_others_read(tmp_path: Path) -> None:
    scan = tmp_path / "sub-01.nii"
    scan.write_bytes(b"abc\r\n--x")
    files = {
        "path": scan,
        "text": str(scan),
        "open": io.BytesIO(b"d"),
        "named": ('n"a\nme', b"e"),
        "kind": ("k", b"f", "a/b"),
    }
    post = Post.of({"files": files, "data": {"unit": "years"}}, "f")
    head = f"Content-Type: {post.headers['Content-Type']}\r\n\r\n".encode()
    parts = {}
    for part in email.message_from_bytes(head + (post.body or b"")).walk():
        if not part.is_multipart():
            name = str(part.get_param("name", header="content-disposition"))
            parts[name] = (part.get_filename(), part.get_payload(decode=True), part.get_content_type())
    binary = "application/octet-stream"
    assert parts == {
        "unit": (None, b"years", "text/plain"),
        "path": ("scan.nii", b"abc\r\n--x", binary),
        "text": ("scan.nii", b"abc\r\n--x", binary),
        "open": ("scan", b"d", binary),
        "named": ("n%22a%0Ame", b"e", binary),
        "kind": ("k", b"f", "a/b"),
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"jsn": 1}, "gives jsn"),
        ({"json": 1, "content": b""}, "json and content"),
        ({"json": {"a": float("nan")}}, "cannot be sent"),
        ({"json": {"a": object()}}, "object is nothing that JSON has"),
        ({"method": "DELETE"}, "asks by DELETE"),
        ({"content": 3}, "gives int as a file"),
        ({"files": {"a": "/no/such/file"}}, "no such file"),
        ({"files": {"a": None}}, "NoneType"),
        ({"files": 3}, "cannot be sent"),
        ({"files": {"a": (1, 2, 3, 4)}}, "cannot be sent"),
        ({"headers": "x"}, "cannot be sent"),
        ({"params": 3}, "cannot be sent"),
    ],
)
def test_what_cannot_be_sent_is_a_message(words: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError) as caught:
        Post.of(words, "to_request")
    assert said in str(caught.value)
