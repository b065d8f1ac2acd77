"""What travels: every tensor as it is, and refusals that are a code."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")


import torch

from remembrain.errors import RemembrainError
from remembrain.federation.flare.wire import Code, packed, refusal, unpacked


def test_messages_carry_every_tensor_as_it_is():
    state = {"a": torch.randn(3, 2), "count": torch.tensor(7), "none": torch.zeros(0)}
    facts, found = unpacked(packed({"round": 3}, state))
    assert facts == {"round": 3}
    assert all(torch.equal(found[name], state[name]) and found[name].dtype == state[name].dtype for name in state)


def test_a_refusal_is_a_code_and_a_count_in_the_server_s_words():
    for code, problems, words in (
        (Code.DATA, 2, "data cannot be used: 2 problems; the site's log says which"),
        (Code.DATA, 1, "data cannot be used: 1 problem; the site's log says which"),
        (Code.LIMIT, 5, "the site's limit on epsilon does not allow it; the site's log says why"),
        (Code.STOPPED, 0, "was stopped; the site's log says why"),
    ):
        with pytest.raises(RemembrainError) as caught:
            unpacked(refusal(code, problems))
        assert caught.value.what == words
    with pytest.raises(RemembrainError, match="999 problems"):
        unpacked(refusal(Code.DATA, 10**9))


@pytest.mark.parametrize("code", ["sub-00002: age is 200", "", None, 3, ["data"]])
def test_what_else_a_refusal_says_is_not_repeated(code):
    reply = refusal(Code.FAILED)
    reply.set_header("remembrain_code", code)
    reply.set_header("remembrain_problems", "sub-00002")
    reply.set_header("remembrain_why", "sub-00002: age is 200")
    with pytest.raises(RemembrainError) as caught:
        unpacked(reply)
    assert caught.value.what == "failed; the site's log says why"
