"""What a site answers, and what a kit refuses in fixed words."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

import io
import json
import logging
import stat
import zipfile
from types import SimpleNamespace

from nvflare.apis.fl_constant import FLContextKey
from nvflare.apis.fl_context import FLContext
from nvflare.apis.fl_exception import UnsafeComponentError
from nvflare.fuel.utils.config_factory import ConfigFactory
from nvflare.private.admin_defs import Message, MsgHeader, ReturnCode, error_reply
from nvflare.private.fed.client.admin import RequestProcessor
from nvflare.private.fed.client.admin_commands import AdminCommands
from nvflare.private.fed.client.client_req_processors import ClientRequestProcessors

from remembrain.federation.flare import guard
from remembrain.federation.flare.guard import REFUSED, Discreet, Guard
from remembrain.federation.flare.plan import SERVER, SITE, Plan, write_job
from remembrain.targets import recipes


def test_a_site_answers_what_a_federation_needs(closed):
    assert sorted(topic for one in ClientRequestProcessors.request_processors for topic in one.get_topics()) == [
        "scheduler.cancel_resource",
        "scheduler.check_resource",
        "sys.report_version",
        "train.abort",
        "train.abort_task",
        "train.check_status",
        "train.deploy",
        "train.notify_job_status",
        "train.start_job",
    ]
    assert all(isinstance(one, Discreet) for one in ClientRequestProcessors.request_processors)
    commands = sorted(one.get_command_name() for one in AdminCommands.commands)
    assert commands == ["abort", "abort_task", "check_status", "shutdown"]


def test_a_site_reads_no_hocon_and_what_it_writes_is_its_own(closed):
    (closed / "settings.conf").write_text("a = 1")
    assert ConfigFactory.load_config("settings.json", ["."]) is None
    (closed / "other.json").write_text("{}")
    assert ConfigFactory.load_config("other.json", ["."]) is not None
    assert stat.S_IMODE((closed / "settings.conf").stat().st_mode) == 0o600
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


class Answering(RequestProcessor):
    """Answers as it is told to."""

    def __init__(self, answer, topic="train.deploy"):
        self.answer, self.topic = answer, topic

    def get_topics(self):
        return [self.topic]

    def process(self, req, app_ctx):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def zipped(content=b"{}"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("config/config_fed_client.json", content)
    return out.getvalue()


def asked(answer, body, topic="train.deploy"):
    app = SimpleNamespace(logger=logging.getLogger("site"))
    return Discreet(Answering(answer, topic)).process(Message(topic, body), app)


def test_what_goes_wrong_at_a_site_is_told_in_fixed_words(caplog):
    well = Message("reply", "deployed")
    assert asked(well, zipped()) is well
    told = [
        asked(ValueError("/data/oslo/sub-01"), zipped()),
        asked(error_reply("/data/oslo/sub-01"), zipped()),
        asked(Message("reply", "NVFLARE_ERROR: /data/oslo/sub-01"), None, "train.start_job"),
    ]
    assert caplog.text.count("/data/oslo/sub-01") >= 3
    for reply in told:
        assert REFUSED in reply.body
        assert "oslo" not in json.dumps([reply.body, reply.headers])
    assert told[0].get_header(MsgHeader.RETURN_CODE) == ReturnCode.ERROR


@pytest.mark.parametrize("body", [zipped(b"0" * 10_000_000), b"0" * 2_000_000, b"no zip", None])
def test_a_job_that_is_too_large_or_no_job_is_not_unpacked(body):
    assert asked(ZeroDivisionError(), body).body == REFUSED


RECIPE = recipes.recipe("mlp", "light", federated=True)


PLAN = Plan("mlp", "light", RECIPE, 3, 1, {"oslo": "oslo", "rome": "rome"})


def app(path, plan=PLAN, **change):
    return write_job(path, plan, server=(SERVER, {}), site=(SITE, {"grid": "48", **change})) / "app"


def changed(folder, name, change):
    """Change one of the two files of settings."""
    path = folder / "config" / f"config_fed_{name}.json"
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))


POPEN = {"path": "subprocess.Popen", "args": {"args": ["touch", "marker"]}}


@pytest.fixture
def kept(monkeypatch):
    """A guard that leaves this process as it is."""
    monkeypatch.setattr(guard, "close_kit", lambda _: None)
    return Guard()


def test_the_guard_refuses_in_fixed_words_and_logs_the_reason(tmp_path, kept, caplog):
    assert kept.validate(str(app(tmp_path))) == ("", {})
    changed(tmp_path / "job" / "app", "client", lambda found: found["components"].append(POPEN))
    assert kept.validate(str(tmp_path / "job" / "app")) == (REFUSED, {})
    assert "subprocess.Popen" in caplog.text
    assert kept.validate(str(tmp_path / "nothing")) == (REFUSED, {})


def test_the_guard_stands_before_each_class_that_is_built(kept, monkeypatch):
    context = FLContext()
    context.set_prop(FLContextKey.COMPONENT_CONFIG, {"path": SITE, "args": {"plan": PLAN.to_text(), "grid": "48"}})
    kept.handle_event("_before_build_component", context)
    context.set_prop(FLContextKey.JOB_META, {"byoc": True})  # which has FLARE's own list look away
    context.set_prop(FLContextKey.COMPONENT_CONFIG, POPEN)
    with pytest.raises(UnsafeComponentError):
        kept.handle_event("_before_build_component", context)

    def broken(component):
        raise ZeroDivisionError

    monkeypatch.setattr(guard, "insist_on_component", broken)
    with pytest.raises(UnsafeComponentError):  # FLARE builds a class where anything else is raised
        kept.handle_event("_before_build_component", context)
