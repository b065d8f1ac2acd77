"""What a kit allows, to whom, and who can read it; and what a site answers."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from types import SimpleNamespace

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

import logging

from nvflare.fuel.sec.authz import AuthzContext, Person
from nvflare.fuel.utils.config_factory import ConfigFactory
from nvflare.private.admin_defs import Message, MsgHeader, ReturnCode, error_reply
from nvflare.private.fed.client.admin import RequestProcessor
from nvflare.private.fed.client.admin_commands import AdminCommands
from nvflare.private.fed.client.client_req_processors import ClientRequestProcessors
from nvflare.security.security import COMMAND_CATEGORIES, FLAuthorizer

from remembrain.federation.flare.guard import REFUSED, Discreet, SiteGuard
from remembrain.federation.flare.provision import close_folder, provision, read_sites
from remembrain.federation.flare.stores import KitJobs, KitStorage

SITES = """
name = "brain-age"
[server]
host = "localhost"
port = 18021
[coordinator]
email = "coordinator@example.org"
[[sites]]
name = "oslo"
[[sites]]
name = "rome"
"""
ROLES = ("project_admin", "org_admin", "lead", "member", "anybody", "")


@pytest.fixture(scope="module")
def kits(tmp_path_factory):
    """Make kits where everybody may read what is written."""
    folder = tmp_path_factory.mktemp("kits")
    (folder / "sites.toml").write_text(SITES)
    before = os.umask(0)
    try:
        yield provision(read_sites(folder / "sites.toml"), folder / "kits")
    finally:
        os.umask(before)


def modes(folder):
    return {path: stat.S_IMODE(path.lstat().st_mode) for path in (folder, *folder.rglob("*"))}


def test_only_its_owner_reads_a_kit_whatever_the_umask(kits):
    whole = kits.server.parents[3]
    found = modes(whole)
    assert found[whole] == 0o700
    assert any(path.name == "cert.json" for path in found)  # the key that every certificate is signed with
    for path, mode in found.items():
        assert mode == (0o700 if path.is_dir() or path.suffix == ".sh" else 0o600), path


def test_a_link_in_a_kit_does_not_reach_what_is_elsewhere(tmp_path):
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "elsewhere").chmod(0o644)
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit" / "link").symlink_to(tmp_path / "elsewhere")
    close_folder(tmp_path / "kit")
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o644


def allowed(kit, role, *, own=True):
    """Return what somebody of a role may do, with a job that is or is not their own."""
    policy = json.loads((kit / "local" / "authorization.json").read_text())
    authorizer = FLAuthorizer("brain_age", policy)
    user = Person("coordinator@example.org", "brain_age", role)
    submitter = user if own else Person("somebody@example.org", "brain_age", "project_admin")
    rights = {
        *COMMAND_CATEGORIES,
        "submit_job",
        "clone_job",
        "byoc",
        "server-predeployed-flwr",
        "get_job_log",
        "app_command",
        "x",
    }
    return {right for right in rights if authorizer.authorize(AuthzContext(right, user, submitter))[0]}


@pytest.mark.parametrize("role", ROLES)
def test_code_that_a_job_brings_is_for_no_role(kits, role):
    for kit in (kits.server, *kits.sites):
        assert not {"byoc", "server-predeployed-flwr"} & allowed(kit, role)


def test_the_coordinator_may_send_and_stop_a_job_and_nothing_else_at_a_site(kits):
    for kit in kits.sites:
        assert allowed(kit, "project_admin") == {"submit_job", "abort_job", "abort"}
        for role in ROLES[1:]:
            assert allowed(kit, role) == set()


def test_the_coordinator_may_have_its_own_results_of_the_server_and_read_no_file_there(kits):
    everybody = {"submit_job", "list_jobs", "check_status", "app_command"}
    own = {"get_job_meta", "abort_job", "download_job"}
    assert allowed(kits.server, "project_admin") == everybody | own
    assert allowed(kits.server, "project_admin", own=False) == everybody


def test_kits_build_our_classes_alone_and_ask_the_guard(kits):
    for kit, classes, guard in (
        (kits.server, ["ServerRounds"], "Guard"),
        *((site, ["SiteLearner", "LeakageMeter"], "SiteGuard") for site in kits.sites),
    ):
        settings = json.loads((kit / "local" / "resources.json").read_text())
        assert [one.rpartition(".")[2] for one in settings["class_allow_list"]] == classes
        assert settings["class_list_enforcement_mode"] == "enforce"
        assert settings["app_validator"]["path"] == f"remembrain.federation.flare.guard.{guard}"
        assert settings["allow_log_streaming"] is False
        assert "nvflare/jobs-storage" not in json.dumps(settings)
        assert not [one for one in settings["components"] if "log" in one["id"]]


@pytest.fixture
def closed(tmp_path, monkeypatch):
    """Have this process be that of a site, in a kit of its own, and afterwards as it was."""
    (tmp_path / "startup").mkdir()
    (tmp_path / "startup" / "rootCA.pem").write_text("")
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ClientRequestProcessors, "request_processors", [*ClientRequestProcessors.request_processors])
    monkeypatch.setattr(AdminCommands, "commands", [*AdminCommands.commands])
    monkeypatch.setattr(ConfigFactory, "_fmt2Loader", {**ConfigFactory._fmt2Loader})
    before = os.umask(0o022)
    SiteGuard()
    SiteGuard()
    yield tmp_path
    os.umask(before)


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


def test_a_server_keeps_jobs_in_its_kit(closed):
    jobs, storage = KitJobs("jobs"), KitStorage("snapshots")
    assert jobs.uri_root == str(closed / "jobs")
    assert storage.root_dir == str(closed / "snapshots")
    for folder in ("jobs", "snapshots"):
        assert stat.S_IMODE((closed / folder).stat().st_mode) == 0o700


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
