"""Whatever a server says instead of an answer, the message names what may help."""

from __future__ import annotations

import pytest

from remembrain.errors import DataError
from remembrain.targets.brought.posting import Answer
from remembrain.targets.brought.refused import insist_on_success, may_be_of_one_scan, pause_after

URL = "http://127.0.0.1:8000/predict"


@pytest.mark.parametrize(
    ("status", "helps"),
    [
        (401, "headers"),
        (403, "headers"),
        (404, "--endpoint with the whole path"),
        (405, '"method"'),
        (422, "to_request"),
        (451, "the same command again"),
        (301, "--endpoint http://127.0.0.1:8000/other"),
    ],
)
def test_every_refusal_names_a_next_step(status: int, helps: str) -> None:
    with pytest.raises(DataError) as refused:
        insist_on_success(Answer(status, b"no", {"location": "/other"}), URL)
    assert helps in str(refused.value.try_next)
    assert refused.value.where == "127.0.0.1:8000"


def test_an_answer_passes() -> None:
    insist_on_success(Answer(200, b"", {}), URL)
    assert not may_be_of_one_scan(401)


@pytest.mark.parametrize(("asked", "pause"), [("7", 7), ("0", 4), ("1000", 120), ("soon", 4)])
def test_the_pause_that_is_asked_for_is_kept_within_reason(asked: str, pause: float) -> None:
    assert pause_after(Answer(429, b"", {"retry-after": asked}), 4.0) == pause
