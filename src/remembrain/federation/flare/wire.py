"""Models and facts as FLARE carries them: arrays by name, facts in a header of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from nvflare.apis.dxo import DXO, DataKind, from_shareable
from nvflare.apis.fl_constant import ReturnCode
from nvflare.apis.shareable import Shareable, make_reply
from torch import Tensor

from remembrain.errors import RemembrainError

_FACTS, _WHY = "remembrain_facts", "remembrain_why"


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
    code = shareable.get_return_code(ReturnCode.OK)
    if code != ReturnCode.OK:
        raise RemembrainError(shareable.get_header(_WHY) or f"failed ({code}); its own log says why")
    try:
        facts = json.loads(shareable.get_header(_FACTS, ""))
        arrays = from_shareable(shareable).data
        state = {name: torch.from_numpy(np.array(value)) for name, value in arrays.items() if name != "nothing"}
    except (TypeError, ValueError, AttributeError) as error:
        raise RemembrainError(f"sent what is no model ({error})") from None
    return facts, state


def refusal(why: str) -> Shareable:
    """Return a reply that says why there is none."""
    reply: Shareable = make_reply(ReturnCode.EXECUTION_EXCEPTION)
    reply.set_header(_WHY, why)
    return reply
