"""A server on this machine that answers as a test says, and keeps what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn


@dataclass
class Asked:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False
    """Answer nothing until the test is over."""
    drip: bool = False
    """Promise more, and send a byte now and then."""
    cut: bool = False
    """Close the connection without a word."""


class _Server(ThreadingMixIn, HTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asked may have gone."""


class Loopback:
    """What it answers is said by ``reply``, which gets what was asked; all of that is in ``asked``."""

    def __init__(self, reply: Callable[[Asked], Reply]) -> None:
        self.reply, self.asked, self.over = reply, list[Asked](), threading.Event()
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                loopback.asked.append(asked)
                self._answer(loopback.reply(asked))

            do_GET = do_PUT = do_POST  # noqa: N815  # as the standard library calls them

            def _answer(self, reply: Reply) -> None:
                if reply.hang:
                    loopback.over.wait(30)
                if reply.hang or reply.cut:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body) + 10_000 * reply.drip))
                self.end_headers()
                self.wfile.write(reply.body)
                while reply.drip and not loopback.over.wait(0.01):
                    self.wfile.write(b" ")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/predict"

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"


@contextmanager
def loopback(reply: Callable[[Asked], Reply] | Reply) -> Iterator[Loopback]:
    """Let a server answer while the block runs."""
    server = Loopback(reply if callable(reply) else lambda _: reply)
    thread = threading.Thread(target=server.server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.server.shutdown()
        with suppress(OSError):
            server.server.server_close()
        thread.join(5)
