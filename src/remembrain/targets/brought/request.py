"""What is sent to a server about one scan, from keyword arguments named as in ``requests`` and ``httpx``.

A file is called by its ending alone, since its name may name somebody. Knows no server.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from remembrain._text import shown
from remembrain.errors import DataError
from remembrain.run import read_bytes

WORDS = ("json", "data", "files", "content", "params", "headers", "method")
_MOST_SENT = 2**31
_METHODS = ("POST", "PUT", "PATCH", "GET")


@dataclass(frozen=True, eq=False)
class Post:
    """What is sent."""

    method: str
    query: str = ""
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Mapping[str, Any], where: str) -> Post:
        """Return the request that is made of keyword arguments, named as in ``requests`` and ``httpx``.

        Raises
        ------
        DataError
            Where there is no such argument, two say what is sent, or it cannot be sent.
        """
        if strange := [name for name in words if name not in WORDS]:
            raise DataError(f"gives {shown(strange[0])}", where=where, expected=", ".join(WORDS))
        sent = [name for name in ("json", "content", "data", "files") if words.get(name) is not None]
        if len(sent) > 1 and sent != ["data", "files"]:
            raise DataError(f"gives {' and '.join(sent)}, of which one is sent", where=where)
        method = str(words.get("method") or "POST").upper()
        if method not in _METHODS:
            raise DataError(f"asks by {shown(method)}", where=where, expected=", ".join(_METHODS))
        try:
            kind, body = _body(words, where)
            query = urlencode(words.get("params") or {}, doseq=True)
            headers = {str(name): str(value) for name, value in dict(words.get("headers") or {}).items()}
        except (TypeError, ValueError, AttributeError, OSError) as error:
            raise DataError(f"gives what cannot be sent ({shown(error, 120)})", where=where) from None
        if kind and "content-type" not in map(str.lower, headers):
            headers["Content-Type"] = kind
        return cls(method, query, body, headers)


def _body(words: Mapping[str, Any], where: str) -> tuple[str, bytes | None]:
    """Return of which kind the body is, and its bytes."""
    if words.get("json") is not None:
        return "application/json", json.dumps(words["json"], allow_nan=False, default=_plain).encode()
    if words.get("files") is not None:
        return _multipart(_pairs(words.get("data") or {}), _pairs(words["files"]), where)
    sent = words.get("content", words.get("data"))
    if isinstance(sent, Mapping):
        return "application/x-www-form-urlencoded", urlencode(sent, doseq=True).encode()
    if isinstance(sent, str):
        return "text/plain; charset=utf-8", sent.encode()
    return ("application/octet-stream", _bytes_of(sent, where)) if sent is not None else ("", None)


def _multipart(fields: Sequence[tuple[str, Any]], files: Sequence[tuple[str, Any]], where: str) -> tuple[str, bytes]:
    """Return fields and files as a form; a file is called by its ending alone, since its name may name somebody."""
    border = secrets.token_hex(16)
    parts: list[bytes] = []

    def part(disposition: str, kind: str, content: bytes) -> None:
        head = f"--{border}\r\nContent-Disposition: form-data; {disposition}\r\n{kind}\r\n"
        parts.extend((head.encode(), content, b"\r\n"))

    for name, value in fields:
        part(f'name="{_quoted(name)}"', "", str(value).encode())
    for name, value in files:
        called, content, kind = value if isinstance(value, tuple) and len(value) == 3 else (*_named(value), None)
        kind = f"Content-Type: {_quoted(kind or 'application/octet-stream')}\r\n"
        part(f'name="{_quoted(name)}"; filename="{_quoted(called)}"', kind, _bytes_of(content, where))
    return f"multipart/form-data; boundary={border}", b"".join((*parts, f"--{border}--\r\n".encode()))


def _named(value: Any) -> tuple[str, Any]:
    """Return how a file is called, and the file."""
    if isinstance(value, tuple):
        name, content = value
        return str(name), content
    name = value if isinstance(value, str | Path) else getattr(value, "name", "")
    ending = re.search(r"(\.nii)?\.\w{1,8}$", str(name))
    return f"scan{ending[0] if ending else ''}", value


def _bytes_of(content: Any, where: str) -> bytes:
    """Return what is to be sent of a file, its path, or bytes."""
    if isinstance(content, str | Path):
        return read_bytes(Path(content), _MOST_SENT)
    if hasattr(content, "read"):
        with content:
            content = content.read()
    content = content.encode() if isinstance(content, str) else content
    if not isinstance(content, bytes | bytearray | memoryview):
        raise DataError(f"gives {type(content).__name__} as a file", where=where, expected="a path, a file, or bytes")
    return bytes(content)


def _pairs(named: Any) -> list[tuple[str, Any]]:
    """Return names and values, of a mapping or of pairs."""
    pairs: Iterable[Any] = named.items() if isinstance(named, Mapping) else named
    return [(str(name), value) for name, value in pairs]


def _quoted(text: object) -> str:
    """Return a text as it stands within quotation marks of a heading."""
    return re.sub(r"[\x00-\x1f\"\\]", lambda sign: f"%{ord(sign[0]):02X}", str(text))


def _plain(value: Any) -> Any:
    """Return numbers and arrays of NumPy as JSON has them."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} is nothing that JSON has")
