"""The weighted mean of models (McMahan et al. 2017, AISTATS, FedAvg), in one order, in single precision.

The order is that of the learners' numbers, whatever the order in which replies arrive: engines agree to the bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from remembrain._text import few
from remembrain.errors import RemembrainError

State = Mapping[str, Tensor]


@dataclass(frozen=True, eq=False)
class Reply:
    """What a learner sends after a round: its model, on how many scans it was trained, and from which community model.

    ``parent`` is the fingerprint of the community model it started from.
    """

    state: State
    scans: int
    parent: str


def weighted_mean(replies: Mapping[int, Reply]) -> dict[str, Tensor]:
    """Return the mean of the models, each weighted by its learner's number of scans.

    Raises
    ------
    RemembrainError
        Where there is no reply, or a tensor of whole numbers differs between learners.
    """
    if not replies:
        raise RemembrainError("no learner replied")
    total = sum(reply.scans for reply in replies.values())
    found: dict[str, Tensor] = {}
    for number in sorted(replies):
        reply = replies[number]
        share = torch.tensor(reply.scans / total, dtype=torch.float32)
        for name, value in reply.state.items():
            if not value.is_floating_point():
                if name in found and not torch.equal(found[name], value):
                    raise RemembrainError(f"{name} is a count that differs between learners: it has no mean")
                found[name] = value.clone()
            elif name in found:
                found[name] += value.to(torch.float32) * share
            else:
                found[name] = value.to(torch.float32) * share
    return found


def check(reply: Reply, like: State, parent: str, name: str) -> None:
    """Raise, naming the learner, where a reply is not a model of this round.

    Parameters
    ----------
    reply
        What came.
    like
        The community model that was sent.
    parent
        Its fingerprint.
    name
        What the learner is called.
    """
    if reply.parent != parent:
        raise RemembrainError("sent a model trained from another round's community model", where=name)
    if reply.scans < 1:
        raise RemembrainError(f"says it trained on {reply.scans} scans", where=name, expected="at least 1")
    missing, unknown = sorted(set(like) - set(reply.state)), sorted(set(reply.state) - set(like))
    if missing or unknown:
        raise RemembrainError(
            f"sent a model that lacks {few(missing) or 'nothing'} and adds {few(unknown) or 'nothing'}",
            where=name,
        )
    for key, wanted in like.items():
        value = reply.state[key]
        if value.shape != wanted.shape or value.dtype != wanted.dtype:
            raise RemembrainError(
                f"sent {key} of shape {tuple(value.shape)} and type {value.dtype}",
                where=name,
                expected=f"{tuple(wanted.shape)}, {wanted.dtype}",
            )
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise RemembrainError(f"sent {key} with values that are NaN or infinite", where=name)
