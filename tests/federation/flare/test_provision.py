"""Start-up kits: what is refused, who can read them, and what they allow to whom."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

import json
import os
import stat

from nvflare.fuel.sec.authz import AuthzContext, Person
from nvflare.security.security import COMMAND_CATEGORIES, FLAuthorizer

from remembrain.config.site import read_site
from remembrain.errors import DataError
from remembrain.federation.flare.provision import close_folder, provision, read_sites

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


def test_kits_hold_certificates_and_are_made_once(tmp_path):
    (tmp_path / "sites.toml").write_text(SITES)
    kits = provision(read_sites(tmp_path / "sites.toml"), tmp_path / "kits")
    for kit, name in ((kits.server, "server"), *((site, "client") for site in kits.sites)):
        assert (kit / "startup" / f"{name}.crt").is_file()
    assert read_site(kits.sites[0] / "local" / "remembrain.toml").unseen == 0.4
    with pytest.raises(DataError, match="is not empty"):
        provision(read_sites(tmp_path / "sites.toml"), tmp_path / "kits")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('host = "localhost"', "server.host"),
        ('email = "coordinator@example.org"', "coordinator.email"),
        ('[[sites]]\nname = "rome"', "sites"),
        ('name = "rome"', "sites.1.name"),
    ],
)
def test_what_is_missing_in_sites_toml_is_named(tmp_path, change, said):
    (tmp_path / "sites.toml").write_text(SITES.replace(change, ""))
    with pytest.raises(DataError, match=said):
        read_sites(tmp_path / "sites.toml")


def test_a_name_that_flare_takes_for_a_truth_value_is_refused(tmp_path):
    (tmp_path / "sites.toml").write_text(SITES.replace("rome", "f"))
    with pytest.raises(DataError, match="'f'"):
        read_sites(tmp_path / "sites.toml")


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
