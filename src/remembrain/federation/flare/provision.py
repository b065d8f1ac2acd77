"""Start-up kits: certificates and settings for the server, every site and the coordinator of a federation."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from remembrain.errors import DataError, RemembrainError
from remembrain.federation.flare.plan import METER, SERVER, SITE
from remembrain.run import private_folder, read_json, read_toml, write_json, write_text

SITE_FILE = "remembrain.toml"
SITES_FILE = "remembrain-sites.json"
_ROLE = "project_admin"
_ROLES = (_ROLE, "org_admin", "lead", "member")
_AT_SITE = {"submit_job": "any", "abort_job": "any", "abort": "any"}
_AT_SERVER = {
    "submit_job": "any",
    "list_jobs": "any",
    "get_job_meta": "n:submitter",
    "abort_job": "n:submitter",
    "download_job": "n:submitter",
    "check_status": "any",
    "app_command": "any",  # what the running job itself answers
}
"""What the coordinator may ask for: FLARE has many commands more, which read files, logs and errors."""
_STORES = "remembrain.federation.flare.stores"
_STORED = {"job_manager": {"id": "job_manager", "path": f"{_STORES}.KitJobs", "args": {"folder": "jobs"}}}
_LOGS = ("site_log_streamer", "log_receiver")
_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
_TRUTH = frozenset({"t", "f", "y", "n", "yes", "no", "on", "off", "true", "false", "0", "1"})
_LOCAL = """\
# What this site says of itself. Nothing in this file leaves the site, and no job can change it.
source = "/path/to/BIDS"      # the BIDS folder; paths are relative to the folder of this file
unseen = 0.4                  # share of its people who are not trained on: an audit of the final model needs 78 of them
# most_epsilon = 8            # refuse trainings that would spend more on any person, or promise nothing

[data]                        # as in `remembrain config`, section data
# label = "age"
# derivatives = ""

# [meter]                     # uncomment to have every community model measured here, on these people
# stop_above = 0.75           # take part no more where the evidence may be above this AUC
# out = "../leakage"          # folder of evidence and reports; one in federations/ of this kit when left out
# attacks = ["error-threshold", "network:gradient:output"]
# every = 1                   # look at every so many rounds; the final model is always looked at
# untrained_rounds = 0        # so many first rounds may still predict worse than a mean does
# network = "model.py:Net"    # for jobs of other programs: the class of the model, as the job makes it,
# arguments = { width = 8 }   # what it is made with,
# people = "people.py:people" # the function that returns who is trained on and who is held out,
# tasks = ["train"]           # and the tasks that bring the model
"""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Server(_Strict):
    """The machine that averages."""

    host: str = Field(pattern=_NAME)
    port: int = Field(8002, ge=1, le=65535)


class Site(_Strict):
    """One learner."""

    name: str = Field(pattern=_NAME)


class Coordinator(_Strict):
    """Who starts the training."""

    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")


class Federation(_Strict):
    """What stands in ``sites.toml``."""

    name: str = Field("federation", pattern=_NAME)
    server: Server
    coordinator: Coordinator
    sites: tuple[Site, ...] = Field(min_length=2)


@dataclass(frozen=True)
class Kits:
    """Folders of the start-up kits."""

    server: Path
    sites: tuple[Path, ...]
    coordinator: Path


def read_sites(path: Path) -> Federation:
    """Read ``sites.toml``.

    Raises
    ------
    DataError
        Naming the key that is wrong.
    """
    try:
        federation = Federation.model_validate(read_toml(path))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{key}: {first['msg']}", where=path, expected="see docs/federation.md") from None
    names = [site.name for site in federation.sites]
    if taken := [name for name in names if name.lower() in _TRUTH]:
        raise DataError(f"FLARE reads the name {taken[0]!r} as true or false", where=path, expected="another name")
    if len(set(names)) < len(names) or federation.server.host in names:
        raise DataError("a name stands twice", where=path, expected="one name each for the server and every site")
    return federation


def provision(federation: Federation, out: Path) -> Kits:
    """Make the start-up kits; each goes to its owner alone, since it holds a private key.

    Parameters
    ----------
    federation
        Who takes part.
    out
        A new folder.

    Raises
    ------
    DataError
        Where the folder has something in it already.
    RemembrainError
        Where FLARE made no kits, with what it said.
    """
    if out.exists() and any(out.iterdir()):
        raise DataError("is not empty", where=out, expected="a new folder: kits of two federations must not mix")
    project = _project(federation)
    private_folder(out)
    out.chmod(0o700)  # before there is anything in it
    file = out / "project.yml"
    write_json(file, project)  # JSON is YAML
    said = _run_flare(file, out / "kits")
    made = sorted((out / "kits" / project["name"]).glob("prod_*"))
    if not made:
        raise RemembrainError(f"FLARE made no start-up kits: {said.strip()[-500:]}", where=out)
    folder = made[-1]
    kits = Kits(
        folder / federation.server.host,
        tuple(folder / site.name for site in federation.sites),
        folder / federation.coordinator.email,
    )
    _close(kits.server, site=False)
    for kit in kits.sites:
        _close(kit, site=True)
        write_text(kit / "local" / SITE_FILE, _LOCAL)
    write_json(kits.coordinator / SITES_FILE, [site.name for site in federation.sites])
    close_folder(out)
    return kits


def instructions(federation: Federation, kits: Kits) -> str:
    """Return what each party does with its own kit."""
    lines = [
        "Every kit holds a private key: give it to its owner alone, over a safe way. On every machine:",
        "",
        "  pip install 'remembrain[flare]'",
        "",
        f"{federation.server.host} (the server; port {federation.server.port} open to all sites):",
        f"  cd {kits.server} && ./startup/start.sh",
    ]
    for kit in kits.sites:
        lines += [
            f"{kit.name} (a site; nothing has to be open):",
            f"  edit {kit}/local/{SITE_FILE}",
            f"  cd {kit} && ./startup/start.sh",
        ]
    lines += [
        f"{federation.coordinator.email} (who starts the training, and may be stopped and start it again):",
        f"  remembrain federation start {kits.coordinator} runs/sites --network cnn3d",
    ]
    return "\n".join(lines)


def _project(federation: Federation) -> dict[str, Any]:
    """Return what FLARE is told of a federation to make kits for it."""
    organisation = re.sub(r"[^A-Za-z0-9_]", "_", federation.name)
    server: dict[str, Any] = {
        "name": federation.server.host,
        "type": "server",
        "fed_learn_port": federation.server.port,
    }
    sites = [{"name": site.name, "type": "client"} for site in federation.sites]
    coordinator = {"name": federation.coordinator.email, "type": "admin", "role": _ROLE}
    return {
        "api_version": 3,
        "name": organisation,
        "description": "remembrain",
        "participants": [{**party, "org": organisation} for party in (server, *sites, coordinator)],
        "builders": [
            {"path": "nvflare.lighter.impl.workspace.WorkspaceBuilder"},
            {"path": "nvflare.lighter.impl.static_file.StaticFileBuilder", "args": {"config_folder": "config"}},
            {"path": "nvflare.lighter.impl.cert.CertBuilder"},
            {"path": "nvflare.lighter.impl.signature.SignatureBuilder"},
        ],
    }


def _run_flare(project: Path, workspace: Path) -> str:
    """Have FLARE make the kits, and return what it printed."""
    import argparse

    from nvflare.lighter.provision import define_provision_parser, handle_provision

    parser = argparse.ArgumentParser()
    define_provision_parser(parser)
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            handle_provision(parser.parse_args(["-p", str(project.resolve()), "-w", str(workspace.resolve())]))
        except SystemExit as error:
            raise RemembrainError(f"FLARE made no start-up kits: {said.getvalue().strip()[-500:]}") from error
    return said.getvalue()


def _close(kit: Path, *, site: bool) -> None:
    """Let a kit run our classes alone, ask the guard before every job, and keep to itself what it keeps."""
    local = kit / "local"
    settings: dict[str, Any] = read_json(local / "resources.json.default")
    settings["class_list_enforcement_mode"] = "enforce"
    settings["class_allow_list"] = [SITE, METER] if site else [SERVER]
    settings["app_validator"] = {"path": f"remembrain.federation.flare.guard.{'SiteGuard' if site else 'Guard'}"}
    settings["allow_log_streaming"] = False  # a site's log may name its people, and stays with it
    settings["components"] = [part for part in settings["components"] if part["id"] not in _LOGS]
    if site:
        settings["client"]["site_config"] = {}  # what else stands here is nobody else's business
    else:
        settings["components"] = [_STORED.get(part["id"], part) for part in settings["components"]]
        storage = {"path": f"{_STORES}.KitStorage", "args": {"folder": "snapshots"}}
        settings["snapshot_persistor"]["args"]["storage"] = storage
    write_json(local / "resources.json", settings)
    write_json(local / "authorization.json", {"format_version": "1.0", "permissions": _permissions(site=site)})


def _permissions(*, site: bool) -> dict[str, dict[str, str]]:
    """Return what each role may do on a machine: what stands nowhere may not be done.

    FLARE takes the role of who sends a job from the job, at a site; so code that a job brings is for no role at all.
    """
    nobody = {"byoc": "none", "server-predeployed-flwr": "none"}
    coordinator = _AT_SITE if site else _AT_SERVER
    return {role: {**(coordinator if role == _ROLE else {}), **nobody} for role in _ROLES}


def close_folder(folder: Path) -> None:
    """Make a folder and everything in it its owner's alone; what can be run still can."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() or path.stat().st_mode & 0o100 else 0o600)
