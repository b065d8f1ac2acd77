"""Sites that fail in every way there is, for a simulated federation; learners 1 and 2 in none."""

from __future__ import annotations

import os
import time

import torch
from nvflare.apis.fl_context import FLContext
from nvflare.apis.shareable import Shareable
from nvflare.apis.signal import Signal

from remembrain.federation.flare.plan import TRAIN
from remembrain.federation.flare.wire import packed, unpacked
from remembrain.study.federated.simulated_sites import SimulatedLearner

WAYS = {
    "learner-3": "raises",
    "learner-4": "sends NaN",
    "learner-5": "sends other shapes",
    "learner-6": "is stale",
    "learner-7": "hangs",
    "learner-8": "dies",
}


class FailingLearner(SimulatedLearner):
    """A learner that fails in the way that ``failing`` says of its site, and does as it should where it says none."""

    def __init__(self, plan: str, run: str, failing: dict) -> None:
        super().__init__(plan, run)
        self.failing = failing

    def execute(self, task_name: str, shareable: Shareable, fl_ctx: FLContext, abort_signal: Signal) -> Shareable:
        way = self.failing.get(str(fl_ctx.get_identity_name()), "") if task_name == TRAIN else ""
        if way == "raises":
            self.local = None
            self._local = None  # so that what should be a method is called
        if way == "hangs":
            time.sleep(600)
        if way == "dies":
            os._exit(9)
        reply = super().execute(task_name, shareable, fl_ctx, abort_signal)
        if way in ("", "raises"):
            return reply
        facts, state = unpacked(reply)
        first = next(iter(state))
        if way == "sends NaN":
            state[first].view(-1)[0] = torch.nan
        if way == "sends other shapes":
            state[first] = state[first][:1]
        if way == "is stale":
            facts["parent"] = "0" * 64
        return packed(facts, state)
