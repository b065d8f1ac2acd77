"""What leaves a site where something goes wrong, and what it tells where nothing does."""

from __future__ import annotations

import math
import stat
from dataclasses import replace

import numpy as np
import pytest
import torch

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from nvflare.apis.fl_context import FLContext
from nvflare.apis.signal import Signal

from remembrain.cohort.arrays import ArrayInputs
from remembrain.errors import DataError, Problem, ProblemsError, RemembrainError, UsageError
from remembrain.federation.flare import session
from remembrain.federation.flare.learner import FlareLearner
from remembrain.federation.flare.own import own_key, word_of
from remembrain.federation.flare.plan import BEGIN, TRAIN, Plan
from remembrain.federation.flare.wire import Code, packed, refusal, unpacked
from remembrain.federation.learner import Local
from remembrain.federation.rounds import identity
from remembrain.run.streams import first_weights
from remembrain.targets import networks, recipes


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


def test_the_word_for_the_same_data_says_nothing_without_the_site_s_key(tmp_path):
    scans, age = ["sub-1 a", "sub-2 b"], np.array([60.0, 70.0])
    key, other = own_key(tmp_path / "a" / "site.key"), own_key(tmp_path / "b" / "site.key")
    assert own_key(tmp_path / "a" / "site.key") == key != other
    assert stat.S_IMODE((tmp_path / "a" / "site.key").stat().st_mode) == 0o600
    word = word_of(key, "plan", scans, age)
    assert word == word_of(key, "plan", list(scans), age.copy())
    others = [
        word_of(other, "plan", scans, age),
        word_of(key, "other plan", scans, age),
        word_of(key, "plan", ["sub-1 a", "sub-3 b"], age),
        word_of(key, "plan", scans, age + 1e-9),
    ]
    assert len({word, *others}) == 5
    (tmp_path / "a" / "site.key").write_bytes(b"short")
    with pytest.raises(DataError, match="is no key"):
        own_key(tmp_path / "a" / "site.key")


def test_rounds_say_nothing_of_whose_people_they_are():
    recipe, names = recipes.recipe("mlp", "light", federated=True), {1: "oslo"}
    network = networks.build("mlp", "light", (5,), mean_age=60.0, generator=first_weights(1))
    plain = identity(network, recipe, 1, names)
    assert identity(network, recipe, 1, names, {1: ""}) == plain
    assert identity(network, recipe, 1, names, {1: "word"}) != plain


class Session:
    """A server that says of every job what it is told to."""

    def __init__(self, **meta):
        self.meta = meta

    def get_job_meta(self, number):
        return self.meta


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        (["server: OK", "oslo: NVFLARE_ERROR: no", "rome: OK", "york: no reply"], "oslo, york did not take the job"),
        (["server: no"], "server did not take the job"),
        (None, "the server did not take the job"),
    ],
)
def test_who_did_not_take_a_job_is_named(tmp_path, monkeypatch, detail, said):
    monkeypatch.setattr(session, "_PAUSE", 0)
    told = Session(status="FINISHED:FAILED_TO_RUN", job_deploy_detail=detail)
    with pytest.raises(RemembrainError, match=f"^{said}"):
        session._wait(told, tmp_path, "1", 10, lambda: None)
    session._wait(Session(status="FINISHED:COMPLETED"), tmp_path, "1", 10, lambda: None)
