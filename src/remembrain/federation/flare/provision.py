"""Start-up kits: certificates and settings for the server, every site and the coordinator of a federation."""

from __future__ import annotations

import io
import json
import re
import secrets
import tomllib
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from remembrain.errors import DataError, RemembrainError
from remembrain.federation.flare.plan import REAL
from remembrain.run import read_json, write_json, write_text

SITE_FILE = "remembrain.toml"
SITES_FILE = "remembrain-sites.json"
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
        with path.open("rb") as file:
            found = Federation.model_validate(tomllib.load(file))
    except OSError as error:
        raise DataError(f"not readable ({error.strerror})", where=path) from None
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"not TOML ({error})", where=path) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{key}: {first['msg']}", where=path, expected="see docs/federation.md") from None
    names = [site.name for site in found.sites]
    if taken := [name for name in names if name.lower() in _TRUTH]:
        raise DataError(f"FLARE reads the name {taken[0]!r} as true or false", where=path, expected="another name")
    if len(set(names)) < len(names) or found.server.host in names:
        raise DataError("a name stands twice", where=path, expected="one name each for the server and every site")
    return found


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
    organisation = re.sub(r"[^A-Za-z0-9_]", "_", federation.name)
    project = {
        "api_version": 3,
        "name": organisation,
        "description": "remembrain",
        "participants": [
            {
                "name": federation.server.host,
                "type": "server",
                "org": organisation,
                "fed_learn_port": federation.server.port,
            },
            *({"name": site.name, "type": "client", "org": organisation} for site in federation.sites),
            {
                "name": federation.coordinator.email,
                "type": "admin",
                "org": organisation,
                "role": "project_admin",
            },
        ],
        "builders": [
            {"path": "nvflare.lighter.impl.workspace.WorkspaceBuilder"},
            {"path": "nvflare.lighter.impl.static_file.StaticFileBuilder", "args": {"config_folder": "config"}},
            {"path": "nvflare.lighter.impl.cert.CertBuilder"},
            {"path": "nvflare.lighter.impl.signature.SignatureBuilder"},
        ],
    }
    file = out / "project.yml"
    write_json(file, project)  # JSON is YAML
    said = _run_flare(file, out / "kits")
    made = sorted((out / "kits" / organisation).glob("prod_*"))
    if not made:
        raise RemembrainError(f"FLARE made no start-up kits: {said.strip()[-500:]}", where=out)
    folder = made[-1]
    kits = Kits(
        folder / federation.server.host,
        tuple(folder / site.name for site in federation.sites),
        folder / federation.coordinator.email,
    )
    for kit in (kits.server, *kits.sites):
        _allow(kit)
    for kit in kits.sites:
        write_text(kit / "local" / SITE_FILE, _LOCAL)
    write_json(kits.coordinator / SITES_FILE, [site.name for site in federation.sites])
    return kits


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


def _allow(kit: Path) -> None:
    """Let a kit run our classes and FLARE's own, and no others; keep jobs apart from those of other federations."""
    found: dict[str, Any] = read_json(kit / "local" / "resources.json.default")
    found["class_allow_list"] = [*found.get("class_allow_list", []), *REAL]
    found["allow_log_streaming"] = False  # a site's log may name its people, and stays with it
    found["components"] = [one for one in found.get("components", []) if one.get("id") != "site_log_streamer"]
    text = json.dumps(found, indent=1)
    own = text.replace("/tmp/nvflare/", f"/tmp/nvflare-{secrets.token_hex(4)}/")  # noqa: S108 - as FLARE has it
    write_text(kit / "local" / "resources.json", own + "\n")
