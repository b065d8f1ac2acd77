"""Sites that fail in every way there is, for a simulated federation; which way stands in the site's number."""

from __future__ import annotations

import os
import time

import torch
from nvflare.apis.fl_context import FLContext
from nvflare.apis.shareable import Shareable
from nvflare.apis.signal import Signal

from remembrain.federation.flare.plan import TRAIN
from remembrain.federation.flare.wire import packed, unpacked
from remembrain.study.flaring import SimulatedLearner

WAYS = {
    "learner-3": "raises",
    "learner-4": "sends NaN",
    "learner-5": "sends other shapes",
    "learner-6": "is stale",
    "learner-7": "hangs",
    "learner-8": "dies",
}


class FailingLearner(SimulatedLearner):
    """Learners 1 and 2 do as they should."""

    def __init__(self, plan: str, run: str, failing: list) -> None:
        super().__init__(plan, run)
        self.failing = failing

    def execute(self, task_name: str, shareable: Shareable, fl_ctx: FLContext, abort_signal: Signal) -> Shareable:
        site = str(fl_ctx.get_identity_name())
        way = WAYS.get(site, "") if site in self.failing and task_name == TRAIN else ""
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
