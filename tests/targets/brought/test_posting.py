"""A URL is taken for what it is, and what is sent over the open says so."""

from __future__ import annotations

import pytest

from made_server import Reply, loopback
from remembrain.errors import UsageError
from remembrain.targets.brought.posting import Address, Answer, send
from remembrain.targets.brought.request import Post


@pytest.mark.parametrize(
    ("url", "place", "path", "is_open"),
    [
        ("https://example.org/v1/predict?m=2#part", "example.org", "/v1/predict?m=2", False),
        ("http://example.org:8080", "example.org:8080", "/", True),
        ("HTTP://LOCALHOST:5000/p", "localhost:5000", "/p", False),
        ("http://127.0.0.1/p", "127.0.0.1", "/p", False),
        ("http://[::1]:80/p", "[::1]", "/p", False),
        ("http://10.0.0.8/p", "10.0.0.8", "/p", True),
    ],
)
def test_an_address_is_read(url: str, place: str, path: str, is_open: bool) -> None:
    address = Address.of(url)
    assert (address.place, address.path, address.is_open) == (place, path, is_open)


@pytest.mark.parametrize(
    "url",
    [
        *("example.org/predict", "ftp://example.org/", "file:///etc/passwd", "http://", "", "http://h:port/"),
        *("http://h/\r\nX: y", "http://h/a b", "http://[::1/", "http://h:99999/", "http://ex\u00e4mple.org/"),
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        Address.of(url)


def test_a_password_is_refused_and_not_said_again() -> None:
    with pytest.raises(UsageError) as caught:
        Address.of("https://me:secret@example.org/")
    assert "secret" not in str(caught.value)


def test_what_was_promised_has_to_come() -> None:
    with loopback(Reply(body=b"61", headers={"X-Note": "a"})) as server:
        answer = send(Address.of(server.url), Post("POST", "a=1", b"row"), 5)
        assert (answer.text, answer.json(), answer.headers["x-note"]) == ("61", 61, "a")
        assert (server.asked[0].path, server.asked[0].body) == ("/predict?a=1", b"row")


def test_text_is_read_as_it_says() -> None:
    assert Answer(200, "é".encode("latin-1"), {"content-type": "text/plain; charset=ISO-8859-1"}).text == "é"
    assert Answer(200, b"\xe9", {"content-type": "text/plain; charset=nonsense"}).text == "\ufffd"
    assert Answer(200, b"a \n\x00 b", {}).first_words() == "a <U+0000> b"
