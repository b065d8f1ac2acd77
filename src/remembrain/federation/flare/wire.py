"""Models and facts as FLARE carries them: arrays by name, facts in a header of JSON; and refusals, which are a code.

What a site says of its own failure names nobody and quotes nothing: one of a few codes, and of its data the number of
problems. The words are the server's. What happened stands in the site's own log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import numpy as np
import torch
from nvflare.apis.dxo import DXO, DataKind, from_shareable
from nvflare.apis.fl_constant import ReturnCode
from nvflare.apis.shareable import Shareable, make_reply
from torch import Tensor

from remembrain.errors import RemembrainError

_FACTS, _CODE, _PROBLEMS = "remembrain_facts", "remembrain_code", "remembrain_problems"
_MOST = 999


class Code(StrEnum):
    """Everything that a site may say of why there is no answer."""

    DATA = "data"
    LIMIT = "limit"
    TRAINING = "training"
    MESSAGE = "message"
    METER = "meter"
    STOPPED = "stopped"
    FAILED = "failed"


_WORDS: Mapping[Code, str] = {
    Code.DATA: "data cannot be used",
    Code.LIMIT: "the site's limit on epsilon does not allow it",
    Code.TRAINING: "cannot train so, or the model is no longer numbers",
    Code.MESSAGE: "was sent what is no task of this federation",
    Code.METER: "the site's leakage meter ended its part",
    Code.STOPPED: "was stopped",
    Code.FAILED: "failed",
}


def said(code: Code, problems: int = 0) -> str:
    """Return a refusal in words, as the server tells it."""
    counted = f": {problems} problem{'' if problems == 1 else 's'}" if problems else ""
    return f"{_WORDS[code]}{counted}; the site's log says {'which' if problems else 'why'}"


def packed(facts: Mapping[str, Any], state: Mapping[str, Tensor] | None = None) -> Shareable:
    """Return facts, and a model where there is one, as they are sent.

    Arrays are copies in memory of their own: what is sent must not change while it is on its way.
    """
    arrays = {name: np.array(value.numpy(force=True)) for name, value in (state or {}).items()}
    shareable: Shareable = DXO(DataKind.WEIGHTS, data=arrays or {"nothing": np.zeros(0)}).to_shareable()
    shareable.set_header(_FACTS, json.dumps(facts))
    return shareable


def unpacked(shareable: Shareable) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return the facts and the model of a message.

    Raises
    ------
    RemembrainError
        Where it is a refusal, or not such a message.
    """
    if shareable.get_return_code(ReturnCode.OK) != ReturnCode.OK:
        raise RemembrainError(said(*_refused(shareable)))
    try:
        facts = json.loads(shareable.get_header(_FACTS, ""))
        arrays = from_shareable(shareable).data
        state = {name: torch.from_numpy(np.array(value)) for name, value in arrays.items() if name != "nothing"}
    except (TypeError, ValueError, AttributeError, RecursionError):
        raise RemembrainError("sent what is no model") from None
    if not isinstance(facts, dict):
        raise RemembrainError("sent what is no model")
    return facts, state


def _refused(shareable: Shareable) -> tuple[Code, int]:
    """Return what a refusal says; whatever else a message has is left where it is."""
    code, problems = shareable.get_header(_CODE), shareable.get_header(_PROBLEMS)
    known = isinstance(code, str) and code in set(Code)
    counted = known and code == Code.DATA and type(problems) is int and 0 < problems <= _MOST
    return (Code(code) if known else Code.FAILED), (problems if counted else 0)


def refusal(code: Code, problems: int = 0) -> Shareable:
    """Return a reply that says why there is none."""
    reply: Shareable = make_reply(ReturnCode.EXECUTION_EXCEPTION)
    reply.set_header(_CODE, code.value)
    reply.set_header(_PROBLEMS, min(problems, _MOST))
    return reply
