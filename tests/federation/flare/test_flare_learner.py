"""A site on FLARE: what it is told and tells, and a code where it refuses."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

import math
from dataclasses import replace

import numpy as np
import torch
from nvflare.apis.fl_context import FLContext
from nvflare.apis.signal import Signal

from remembrain.cohort.arrays import ArrayInputs
from remembrain.errors import DataError, Problem, ProblemsError, UsageError
from remembrain.federation.flare.learner import FlareLearner
from remembrain.federation.flare.plan import BEGIN, TRAIN, Plan
from remembrain.federation.flare.wire import Code, packed, unpacked
from remembrain.federation.learner import Local
from remembrain.run.streams import first_weights
from remembrain.targets import networks, recipes


class Site(FlareLearner):
    """A site whose parts fail as they are told to."""

    def __init__(self, **failing):
        light = recipes.recipe("mlp", "light", federated=True)
        super().__init__(Plan("mlp", "light", replace(light, epochs=1), 2, 1, {"oslo": "oslo"}).to_text())
        self.failing = failing

    def local(self, site, fl_ctx):
        self.fail("local")
        rng = np.random.default_rng(0)
        return Local(ArrayInputs(rng.normal(size=(20, 5))), rng.uniform(50, 80, 20))

    def allow(self, site, fl_ctx, people):
        self.fail("allow")

    def spend(self, site, fl_ctx, people, epochs):
        self.fail("spend")

    def fail(self, where):
        if where in self.failing:
            raise self.failing[where]


def answer(site, task, message=None, name="oslo"):
    context = FLContext()
    context.set_prop("__identity_name__", name, private=False)
    return site.execute(task, message or packed({}), context, Signal())


def community(**change):
    network = networks.build("mlp", "light", (5,), mean_age=60.0, generator=first_weights(1))
    state = {**network.state_dict(), **change.pop("state", {})}
    return packed({"round": 1, "parent": "0" * 64, **change}, state)


NAMED = "sub-00002: age is 200"


TWO = [Problem("sub-00002", "age is 200"), Problem("sub-00003", "no age")]


@pytest.mark.parametrize(
    ("failing", "task", "code", "problems"),
    [
        ({"local": ProblemsError(TWO, where="/data/oslo")}, BEGIN, Code.DATA, 2),
        ({"local": DataError(NAMED, where="/data/oslo")}, TRAIN, Code.DATA, 1),
        ({"local": UsageError(NAMED)}, BEGIN, Code.DATA, 1),
        ({"local": ValueError(NAMED)}, BEGIN, Code.FAILED, 0),
        ({"local": type(NAMED, (Exception,), {})()}, BEGIN, Code.FAILED, 0),
        ({"allow": DataError(NAMED)}, BEGIN, Code.LIMIT, 0),
        ({"allow": DataError(NAMED)}, TRAIN, Code.LIMIT, 0),
        ({"spend": DataError(NAMED)}, BEGIN, Code.LIMIT, 0),
        ({"spend": DataError(NAMED)}, TRAIN, Code.LIMIT, 0),
    ],
)
def test_what_goes_wrong_at_a_site_leaves_it_as_a_code_and_stays_in_its_log(failing, task, code, problems, caplog):
    reply = answer(Site(**failing), task, community())
    assert (reply.get_header("remembrain_code"), reply.get_header("remembrain_problems")) == (code, problems)
    assert "sub-00002" in caplog.text
    everything = repr(dict(reply))
    assert "sub-0000" not in everything
    assert "200" not in everything
    assert "oslo" not in everything


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"round": 0}, Code.MESSAGE),
        ({"round": 3}, Code.MESSAGE),
        ({"round": True}, Code.MESSAGE),
        ({"round": "1"}, Code.MESSAGE),
        ({"parent": "/etc/passwd"}, Code.MESSAGE),
        ({"parent": None}, Code.MESSAGE),
        ({"state": {"hidden1.weight": torch.zeros(10_000)}}, Code.MESSAGE),
        ({"state": {"more": torch.zeros(3)}}, Code.MESSAGE),
        ({"state": {"hidden1.bias": torch.full((64,), math.inf)}}, Code.MESSAGE),
    ],
)
def test_a_task_is_one_round_of_the_plan_and_a_model_of_its_network(change, code):
    site = Site()
    bias = networks.build("mlp", "light", (5,), mean_age=60.0, generator=first_weights(1)).state_dict()["hidden1.bias"]
    if "hidden1.bias" in change.get("state", {}):
        change = {"state": {"hidden1.bias": torch.full_like(bias, math.inf)}}
    reply = answer(site, TRAIN, community(**change))
    assert reply.get_header("remembrain_code") == code


def test_a_site_that_the_plan_does_not_name_and_a_stopped_one_say_so():
    assert answer(Site(), BEGIN, name="york").get_header("remembrain_code") == Code.MESSAGE
    stopped = Signal()
    stopped.trigger(True)
    context = FLContext()
    context.set_prop("__identity_name__", "oslo", private=False)
    reply = Site().execute(TRAIN, community(), context, stopped)
    assert reply.get_header("remembrain_code") == Code.STOPPED


def test_a_training_that_ends_in_no_numbers_is_a_code():
    site = Site()
    site.plan = replace(site.plan, recipe=replace(site.plan.recipe, learning_rate=1e6))
    assert answer(site, TRAIN, community()).get_header("remembrain_code") == Code.TRAINING


def test_a_site_tells_the_number_of_its_scans_their_mean_age_and_their_shape():
    facts, state = unpacked(answer(Site(), BEGIN))
    assert set(facts) == {"scans", "mean_age", "same", "shape"}
    assert (facts["scans"], facts["same"], facts["shape"], state) == (20, "", [5], {})
