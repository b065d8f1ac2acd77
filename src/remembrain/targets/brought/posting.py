"""One request over HTTP and its answer, and nothing that nobody asked for: no redirect, proxy, cookie or second try.

By the standard library alone, whose pieces do one thing each. A time limit holds for the whole, also for a server that
sends a byte now and then; an answer has a largest size. Knows no model.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from remembrain._text import shown
from remembrain.errors import UsageError
from remembrain.targets.brought.request import Post

MOST = 2**22
"""Bytes of an answer."""
_PORTS = {"http": 80, "https": 443}


class TooLong(OSError):
    """An answer that does not end."""


@dataclass(frozen=True)
class Address:
    """Where requests go."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> Address:
        """Read a URL.

        Raises
        ------
        UsageError
            Where it is none of HTTP, or holds a password, which would be written down.
        """
        said = f"--endpoint {shown(url, 80)}"
        if not url.isascii() or not url.isprintable() or " " in url:
            raise UsageError("has signs that no URL has", where=said, expected="https://host/path")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise UsageError(f"is no URL ({error})", where=said, expected="https://host/path") from None
        if parts.scheme not in _PORTS or not host:
            raise UsageError("is no URL of HTTP", where=said, expected="https://host/path")
        if parts.username is not None or parts.password is not None:
            raise UsageError(
                "holds a name or a password, which the run folder would keep",
                where=f"--endpoint {parts.scheme}://…@{host}",
                try_next="headers= of to_request, from a variable of the environment",
            )
        return cls(
            parts.scheme,
            host,
            port or _PORTS[parts.scheme],
            (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        )

    @property
    def place(self) -> str:
        """The host, and the port where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_open(self) -> bool:
        """Whether what is sent can be read on its way: it leaves this machine unencrypted."""
        if self.scheme == "https" or self.host == "localhost":
            return False
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return True


@dataclass(frozen=True, eq=False)
class Answer:
    """What came back; named as in ``requests`` and ``httpx``, for whoever reads it."""

    status_code: int
    content: bytes
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        """The content as text."""
        kind = re.search(r"charset=\"?([\w-]+)", self.headers.get("content-type", ""))
        try:
            return self.content.decode(kind[1] if kind else "utf-8", "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return what it says, where it is JSON."""
        return json.loads(self.content)

    def first_words(self, most: int = 100) -> str:
        """Return how it begins, on one line."""
        return shown(" ".join(self.text[: 10 * most].split()), most)


def send(address: Address, post: Post, time_limit: float) -> Answer:
    """Send one request, and return what comes back, whatever it is.

    Raises
    ------
    TimeoutError
        Where the whole takes longer than so many seconds.
    OSError, http.client.HTTPException
        Where there is no connection, or it breaks; :class:`TooLong` where the answer is too long.
    """
    end = time.monotonic() + time_limit
    if address.scheme == "https":
        context = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            address.host, address.port, timeout=time_limit, context=context
        )
    else:
        connection = http.client.HTTPConnection(address.host, address.port, timeout=time_limit)
    try:
        connection.connect()
        with _ending(connection.sock, end - time.monotonic()) as late:
            try:
                answer = _exchanged(connection, address, post)
            except (OSError, ValueError, http.client.HTTPException):
                if late.is_set():
                    raise TimeoutError from None
                raise
            if late.is_set():
                raise TimeoutError
        return answer
    finally:
        connection.close()


class _ending:  # noqa: N801  # used as a function
    """Ends what goes on over a connection after so many seconds; tells whether it did."""

    def __init__(self, connected: socket.socket, seconds: float) -> None:
        self._connected, self._late = connected, threading.Event()
        self._timer = threading.Timer(max(0.0, seconds), self._end)
        self._timer.daemon = True

    def _end(self) -> None:
        self._late.set()
        with suppress(OSError):
            socket.socket.shutdown(self._connected, socket.SHUT_RDWR)  # past what TLS would still say

    def __enter__(self) -> threading.Event:
        self._timer.start()
        return self._late

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _exchanged(connection: http.client.HTTPConnection, address: Address, post: Post) -> Answer:
    """Send, and read what comes back."""
    between = "&" if "?" in address.path else "?"
    path = f"{address.path}{between if post.query else ''}{post.query}"
    headers = {"Accept": "application/json", "User-Agent": "remembrain", "Connection": "close", **post.headers}
    with suppress(BrokenPipeError, ConnectionResetError):  # one who does not want all of it may have said why
        connection.request(post.method, path, post.body, headers)
    response = connection.getresponse()
    content = response.read(MOST + 1)
    if len(content) > MOST:
        raise TooLong(f"an answer of more than {MOST:,} bytes")
    if response.length:  # so many bytes were promised and did not come
        raise http.client.IncompleteRead(content, response.length)
    return Answer(response.status, content, {name.lower(): value for name, value in response.getheaders()})
