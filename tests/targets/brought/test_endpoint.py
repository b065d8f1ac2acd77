"""A server is asked once a scan, and said so before; whatever it answers but a number is one message."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from made_server import Asked, Reply, loopback
from remembrain.errors import DataError, UsageError
from remembrain.run import Key
from remembrain.targets.brought.asking import ask, unanswered
from remembrain.targets.brought.conversation import Hooks
from remembrain.targets.brought.endpoint import Endpoint, Limits

ROWS = pd.DataFrame({"thickness": [2.5, 1 / 3, np.nan], "site": ["a", "b", None], "n": [1, 2, 3]})
LABELS = ["sub-a", "sub-b", "sub-c"]
KEY = Key.of(server="this")


def counted(asked: Asked) -> Reply:
    """Answer with what stands in a row."""
    row = json.loads(asked.body)["instances"][0]
    return Reply(body=json.dumps({"model": 7, "predictions": [[row["n"] + 0.5]]}).encode())


class Talk:
    """An endpoint, what it said, and for how long it slept."""

    def __init__(self, url: str, hooks: Hooks | None = None, **limits: Any) -> None:
        self.said, self.slept, self.now = list[str](), list[float](), 0.0
        self.endpoint = Endpoint(
            url, hooks, Limits(**limits), say=self.said.append, sleep=self.sleep, clock=lambda: self.now
        )

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def __call__(self, scans: Any = ROWS) -> list[float]:
        return self.endpoint(scans).tolist()


def test_rows_are_asked_about_once_each_and_that_is_said_before() -> None:
    with loopback(counted) as server:
        talk = Talk(server.url)
        said_before = list[list[str]]()
        reply = server.reply
        server.reply = lambda asked: (said_before.append([*talk.said]), reply(asked))[1]
        assert talk() == [1.5, 2.5, 3.5]
        sent = [json.loads(asked.body)["instances"] for asked in server.asked]
    assert said_before[0] == [f"3 requests are sent to {server.place}: one a scan, and up to 3 more for one that fails"]
    assert "1.5 is taken out of the first answer" in talk.said[1]
    assert len(talk.said) == 2
    assert sent == [
        [{"thickness": 2.5, "site": "a", "n": 1}],
        [{"thickness": 1 / 3, "site": "b", "n": 2}],
        [{"thickness": None, "site": None, "n": 3}],
    ]
    assert {(asked.method, asked.path, asked.headers["content-type"]) for asked in server.asked} == {
        ("POST", "/predict", "application/json")
    }


def test_an_answer_of_several_numbers_is_as_long_for_every_scan() -> None:
    with loopback(
        lambda asked: Reply(
            body=json.dumps({"predictions": [json.loads(asked.body)["instances"][0]["n"], 2.5]}).encode()
        )
    ) as server:
        talk = Talk(server.url, Hooks(several=True))
        assert talk() == [[1.0, 2.5], [2.0, 2.5], [3.0, 2.5]]
    assert "2 numbers are taken out of the first answer" in talk.said[1]
    turns = itertools.count(1)
    uneven = loopback(lambda _: Reply(body=json.dumps([1.5] * next(turns)).encode()))
    with uneven as server, pytest.raises(DataError, match="answers with 2 numbers, and with 1 before"):
        Talk(server.url, Hooks(several=True))()
    with loopback(counted) as server, pytest.raises(DataError, match="answers with no numbers"):
        Talk(server.url, Hooks(lambda row: {"json": {"instances": [row]}}, lambda _: "old", several=True))()


def test_functions_of_the_user_s_say_what_is_sent_and_read(tmp_path: Path) -> None:
    file = tmp_path / "my_requests.py"
    file.write_text(
        "print('talk')\n"
        "def to_request(path):\n"
        "    print('more talk')\n"
        "    more = {'headers': {'X-Key': 'k'}, 'params': {'v': 2}}\n"
        "    return {'files': {'scan': path}, 'data': {'unit': 'years'}, **more}\n"
        "def from_response(response):\n"
        "    return response.json()['other'] if response.status_code == 201 else None\n"
    )
    scan = tmp_path / "sub-secret_T1w.nii.gz"
    scan.write_bytes(b"\x1f\x8bscan")
    with loopback(Reply(201, b'{"predictions": 1, "other": "61.25"}')) as server:
        assert Talk(server.url, Hooks.of(f"{file}:to_request"))([scan]) == [61.25]
        (asked,) = server.asked
    assert asked.path == "/predict?v=2"
    assert asked.headers["x-key"] == "k"
    assert b'name="scan"; filename="scan.nii.gz"\r\n' in asked.body
    assert b"\r\n\r\n\x1f\x8bscan\r\n" in asked.body
    assert b'name="unit"\r\n\r\nyears\r\n' in asked.body
    assert b"secret" not in asked.body


def test_what_was_answered_is_kept_and_a_rerun_asks_only_for_the_rest(tmp_path: Path) -> None:
    turns = itertools.count()
    with loopback(lambda asked: Reply(401, b"go away") if next(turns) == 2 else counted(asked)) as server:
        talk = Talk(server.url)

        def again() -> list[float]:
            left = unanswered(3, tmp_path, KEY)
            talk.endpoint.begin(left)
            return ask(talk.endpoint, ROWS, LABELS, name="theirs", batch=1, folder=tmp_path, key=KEY).tolist()

        with pytest.raises(DataError, match="refuses with status 401: 'go away'"):
            again()
        assert again() == [1.5, 2.5, 3.5]
        assert again() == [1.5, 2.5, 3.5]
        assert [json.loads(one.body)["instances"][0]["n"] for one in server.asked] == [1, 2, 3, 3]
    assert talk.said[-2].startswith(f"1 requests are sent to {server.place}")
    assert talk.said[-1] == f"no request is sent to {server.place}"


def test_more_requests_than_allowed_are_refused_before_the_first() -> None:
    with loopback(counted) as server:
        with pytest.raises(DataError, match="3 requests would be needed, one a scan, and 2 may be sent"):
            Talk(server.url, most=2)()
        assert server.asked == []
        assert Talk(server.url, most=3)() == [1.5, 2.5, 3.5]


def test_second_requests_count_as_well() -> None:
    turns = itertools.count()
    with loopback(lambda asked: Reply(503) if next(turns) == 0 else counted(asked)) as server:
        with pytest.raises(DataError, match="3 requests were sent, and no more may be"):
            Talk(server.url, most=3)()
        assert len(server.asked) == 3


@pytest.mark.parametrize("trouble", [Reply(429), Reply(500), Reply(503, b"busy"), Reply(cut=True)])
def test_trouble_that_passes_is_waited_for(trouble: Reply) -> None:
    turns = itertools.count()
    with loopback(lambda asked: trouble if next(turns) < 3 else counted(asked)) as server:
        talk = Talk(server.url)
        assert talk(ROWS[:1]) == [1.5]
        assert len(server.asked) == 4
    assert talk.slept == [1, 4, 15]


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Reply(429, b"slow down"), "status 429: 'slow down', 4 times in a row"),
        (Reply(500, b"<html>oops"), "status 500: '<html>oops', 4 times in a row"),
        (Reply(cut=True), "no connection (RemoteDisconnected: Remote end closed connection without response), 4 times"),
    ],
)
def test_trouble_that_does_not_pass_ends_after_four_times(trouble: Reply, said: str) -> None:
    with loopback(trouble) as server:
        with pytest.raises(DataError) as caught:
            Talk(server.url)()
        assert said in str(caught.value)
        assert len(server.asked) == 4


def test_a_server_that_is_not_there_is_one_message() -> None:
    with loopback(Reply()) as server:
        url = server.url
    talk = Talk(url)
    with pytest.raises(DataError, match="no connection"):
        talk()
    assert talk.slept == [1, 4, 15]


def test_the_time_that_a_server_asks_for_is_given_within_reason() -> None:
    after = iter(["7", "100000", "soon", "0"])
    with loopback(lambda _: Reply(429, headers={"Retry-After": next(after)})) as server:
        talk = Talk(server.url)
        with pytest.raises(DataError):
            talk()
    assert talk.slept == [7, 120, 15]


@pytest.mark.parametrize("reply", [Reply(hang=True), Reply(body=b'{"age": 1', drip=True)])
def test_a_slow_server_is_not_waited_for(reply: Reply) -> None:
    with loopback(reply) as server:
        with pytest.raises(DataError, match=r"did not answer within 0\.05 s"):
            Talk(server.url, time_limit=0.05)()
        assert len(server.asked) == 1


def test_requests_are_not_sent_faster_than_said() -> None:
    with loopback(counted) as server:
        talk = Talk(server.url, per_second=4)
        talk()
    assert talk.slept == [0.25, 0.25]
    assert "at most 4 a second" in talk.said[0]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_refused_and_nothing_is_sent_there(status: int) -> None:
    with loopback(counted) as other, loopback(Reply(status, headers={"Location": other.url})) as server:
        with pytest.raises(DataError, match="another host, and nothing is sent there") as caught:
            Talk(server.url)()
        assert other.url in str(caught.value)
        assert (len(server.asked), other.asked) == (1, [])


def test_a_redirect_within_a_host_is_said_and_not_followed() -> None:
    with loopback(Reply(307, headers={"Location": "/predict/"})) as server:
        with pytest.raises(DataError) as caught:
            Talk(server.url)()
        assert f"--endpoint {server.url}/" in str(caught.value)
        assert "another host" not in str(caught.value)
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!doctype html>\n<title>Log in</title>", "answers with no number: '<!doctype html> <title>Log in</title>'"),
        (b"", "answers with no number: ''"),
        (b'{"age": "old"}', "answers with no number"),
        (b'{"ok": true, "age": null}', "answers with no number"),
        (b'{"age": NaN}', "answers with no number"),
        (b'{"age": 1e999}', "answers with no number"),
        (b'{"age": ' + b"9" * 5000 + b"}", "answers with no number"),
        (b"[" * 100_000, "answers with no number"),
        (b"\xff\xfe\x00\x1b[31m" * 50, "answers with no number"),
        (b"x" * (2**22 + 1), "an answer of more than"),
    ],
)
def test_what_is_no_number_is_one_message_with_the_first_words(body: bytes, said: str) -> None:
    with loopback(Reply(body=body)) as server:
        with pytest.raises(DataError) as caught:
            Talk(server.url)()
        assert said in str(caught.value)
        assert len(str(caught.value)) < 600
        assert "from_response" in str(caught.value)
        assert "\x1b" not in str(caught.value)
        assert len(server.asked) == 1
    assert caught.value.exit_code == 3


def _hooks(to_request: Any = None, from_response: Any = None) -> Hooks:
    return Hooks(to_request, from_response)


@pytest.mark.parametrize(
    ("hooks", "said", "requests"),
    [
        (_hooks(lambda _: 1 / 0), "fails (ZeroDivisionError", 0),
        (_hooks(lambda _: [1]), "returns list", 0),
        (_hooks(lambda _: {"url": "http://elsewhere"}), "gives url", 0),
        (_hooks(None, lambda response: response.json()["years"]), "from_response fails (KeyError: 'years')", 1),
        (_hooks(None, lambda _: None), "answers with no number", 1),
        (_hooks(None, lambda _: [1.0, 2.0]), "answers with no number", 1),
        (_hooks(None, lambda _: 10**400), "answers with no number", 1),
    ],
)
def test_functions_that_fail_are_one_message(hooks: Hooks, said: str, requests: int) -> None:
    with loopback(counted) as server:
        with pytest.raises(DataError) as caught:
            Talk(server.url, hooks)()
        assert said in str(caught.value)
        assert len(server.asked) == requests


@pytest.mark.parametrize(
    "trouble", [Reply(422, b"cannot read it"), Reply(500, b"Traceback"), Reply(body=b'{"predictions": null}')]
)
def test_a_scan_that_its_model_cannot_read_is_no_number_and_the_others_are_asked_about(trouble: Reply) -> None:
    def reply(asked: Asked) -> Reply:
        return trouble if json.loads(asked.body)["instances"][0]["n"] == 2 else counted(asked)

    with loopback(reply) as server:
        talk = Talk(server.url)
        np.testing.assert_array_equal(talk(), [1.5, np.nan, 3.5])
        assert "has no answer to a scan" in talk.said[2]
        again = Talk(server.url, Hooks(several=True))
        again.endpoint.begin(1, 2)
        assert np.isnan(again(ROWS[1:2])).all()


def test_a_server_that_answers_no_more_is_left_alone() -> None:
    rows = pd.DataFrame({"n": range(20)})
    with loopback(lambda asked: counted(asked) if b": 0}" in asked.body else Reply(422)) as server:
        with pytest.raises(DataError, match="no answer to 4 scans in a row"):
            Talk(server.url)(rows)
        assert len(server.asked) == 5


def test_a_function_of_the_user_s_says_that_there_is_no_answer() -> None:
    with loopback(counted) as server:
        hooks = _hooks(
            None, lambda answer: float("nan") if b"1.5" in answer.content else answer.json()["predictions"][0][0]
        )
        np.testing.assert_array_equal(Talk(server.url, hooks)(), [np.nan, 2.5, 3.5])


def test_a_number_under_other_names_than_that_of_the_first_answer_is_not_read() -> None:
    turns = itertools.count()
    other = loopback(lambda asked: counted(asked) if next(turns) < 2 else Reply(body=b'{"message": 7}'))
    with other as server, pytest.raises(DataError, match="answers with no number"):
        Talk(server.url)()


def test_how_a_file_is_sent_has_to_be_said() -> None:
    with loopback(counted) as server:
        with pytest.raises(UsageError, match=r"--request my_requests\.py:to_request"):
            Talk(server.url)(["a.nii"])
        assert server.asked == []


def test_a_proxy_of_the_environment_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with loopback(Reply(500)) as proxy, loopback(counted) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert Talk(server.url)(ROWS[:1]) == [1.5]
        assert proxy.asked == []
