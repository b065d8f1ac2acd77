"""The weighted mean, in one order; and what is no model of this round, refused by the learner's name."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from remembrain.errors import RemembrainError
from remembrain.federation.aggregate import Reply, check, weighted_mean


def state(seed, shape=(4, 3)):
    generator = torch.Generator().manual_seed(seed)
    return {"weight": torch.randn(shape, generator=generator), "seen": torch.tensor(5)}


def test_it_is_the_mean_weighted_by_scans():
    replies = {1: Reply(state(1), 10, "p"), 2: Reply(state(2), 30, "p"), 3: Reply(state(3), 60, "p")}
    found = weighted_mean(replies)
    expected = sum(share * replies[number].state["weight"].double() for number, share in ((1, 0.1), (2, 0.3), (3, 0.6)))
    torch.testing.assert_close(found["weight"].double(), expected, rtol=1e-6, atol=1e-6)
    assert found["weight"].dtype == torch.float32
    assert found["seen"].item() == 5


def test_the_order_of_arrival_changes_no_bit_and_no_reply():
    replies = {number: Reply(state(number, (50, 50)), 7 * number, "p") for number in range(1, 9)}
    before = {number: one.state["weight"].clone() for number, one in replies.items()}
    turned = dict(reversed(list(replies.items())))
    assert torch.equal(weighted_mean(replies)["weight"], weighted_mean(turned)["weight"])
    assert all(torch.equal(one.state["weight"], before[number]) for number, one in replies.items())


def test_one_learner_s_mean_is_its_model():
    assert torch.equal(weighted_mean({4: Reply(state(1), 3, "p")})["weight"], state(1)["weight"])


def test_nobody_and_counts_that_differ_are_refused():
    with pytest.raises(RemembrainError, match="no learner replied"):
        weighted_mean({})
    other = {**state(2), "seen": torch.tensor(6)}
    with pytest.raises(RemembrainError, match="seen is a count that differs"):
        weighted_mean({1: Reply(state(1), 1, "p"), 2: Reply(other, 1, "p")})


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(state(1), 5, "old"), "another round's community model"),
        (Reply(state(1), 0, "p"), "says it trained on 0 scans"),
        (Reply({"weight": torch.zeros(4, 3)}, 5, "p"), "lacks seen and adds nothing"),
        (Reply({**state(1), "more": torch.zeros(1)}, 5, "p"), "lacks nothing and adds more"),
        (Reply(state(1, (3, 4)), 5, "p"), r"sent weight of shape \(3, 4\)"),
        (Reply({**state(1), "weight": torch.zeros(4, 3).double()}, 5, "p"), "type torch.float64"),
        (Reply({**state(1), "weight": torch.full((4, 3), np.nan)}, 5, "p"), "NaN or infinite"),
    ],
)
def test_what_is_no_model_of_this_round_names_its_learner(reply, message):
    with pytest.raises(RemembrainError, match=f"Rome.*{message}|{message}") as raised:
        check(reply, state(0), "p", "Rome")
    assert raised.value.where == "Rome"
    check(Reply(state(1), 5, "p"), state(0), "p", "Rome")
