"""A federation on loopback for tests: kits, a folder of people a site, server and sites as processes of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from remembrain.cohort.phantom import write_cohort
from remembrain.config import Config, DataOptions, FederationOptions, TrainOptions
from remembrain.errors import RemembrainError
from remembrain.federation.flare.provision import Kits, provision, read_sites
from remembrain.run import RunFolder
from remembrain.study.federated.federate import federate

SITES, EACH = ("oslo", "rome", "york"), 22
GRID = "32"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def sites_file(path, port, name="brain"):
    listed = "".join(f'[[sites]]\nname = "{site}"\n' for site in SITES)
    path.write_text(
        f'name = "{name}"\n[server]\nhost = "localhost"\nport = {port}\n'
        f'[coordinator]\nemail = "coordinator@example.org"\n{listed}'
    )
    return read_sites(path)


def write_people(folder):
    """Write phantoms of the sites and some whom nobody has, all together and in a folder a site; return their table."""
    whole, count = folder / "all", EACH * len(SITES) + 25
    write_cohort(whole, people=count, grid=GRID, seed=5)
    table = pd.read_csv(whole / "participants.tsv", sep="\t", dtype=str)
    own = np.repeat(SITES, EACH)
    table["site"] = [*own, *np.resize(SITES, count - len(own))]
    table.to_csv(whole / "participants.tsv", sep="\t", index=False, na_rep="n/a")
    for site in SITES:
        (folder / site).mkdir()
        shutil.copy(whole / "dataset_description.json", folder / site)
        mine = table[: len(own)][own == site]
        mine.to_csv(folder / site / "participants.tsv", sep="\t", index=False, na_rep="n/a")
        for person in mine.participant_id:
            shutil.copytree(whole / person, folder / site / person)
    return table


def in_process(folder, table, path, rounds):
    """Train the same federation in process, with the same people at the same sites; return its run folder."""
    run = RunFolder.create(path, {"command": "test", "seed": 0, "versions": {}})
    roles = ["member" if place < EACH * len(SITES) else "nonmember" for place in range(len(table))]
    lines = [f"{p}\tn/a\t{role}\t{n % 2}" for n, (p, role) in enumerate(zip(table.participant_id, roles, strict=True))]
    run.split.parent.mkdir(exist_ok=True)
    run.split.write_text("\n".join(["participant_id\tsession_id\trole\tattacker_knows", *lines]) + "\n")
    config = Config(
        source=folder / "all",
        data=DataOptions(grid=GRID, store=folder / "store", workers=1),
        training=TrainOptions(network="cnn3d", form="light", epochs=1),
        federation=FederationOptions(environment="site", rounds=rounds),
    )
    return federate(config, path).path


def same(path, other, rounds, server):
    """Compare what the coordinator and the server have with the rounds in process."""
    (kept,) = server.glob("federations/*")
    for round_ in range(rounds + 1):
        number = f"{round_:03d}"
        theirs = other / "rounds" / number
        got = {file.name for file in (path / "rounds" / number).glob("*.safetensors")}
        assert got == {"community.safetensors"}  # a site's own model is for the server alone
        names = {file.name for file in (kept / "rounds" / number).glob("*.safetensors")}
        assert len(names) == (1 if round_ == 0 else 1 + len(SITES))
        assert (path / "rounds" / number / "community.safetensors").read_bytes() == (
            theirs / "community.safetensors"
        ).read_bytes()
        for name in names:
            assert (kept / "rounds" / number / name).read_bytes() == (theirs / name).read_bytes(), name


def site_settings(source, store):
    return f'source = "{source}"\nunseen = 0\n[data]\nstore = "{store}"\nworkers = 1\n'


@dataclass
class Deployment:
    """Kits whose processes can be started and killed."""

    kits: Kits
    running: dict[Path, subprocess.Popen] = field(default_factory=dict)

    @classmethod
    def provisioned(cls, folder, people):
        """Make kits in a folder, whose sites have people in a folder each."""
        kits = provision(sites_file(folder / "sites.toml", free_port()), folder / "kits")
        for kit in kits.sites:
            (kit / "local" / "remembrain.toml").write_text(site_settings(people / kit.name, folder / kit.name))
        return cls(kits)

    @property
    def all(self):
        return (self.kits.server, *self.kits.sites)

    def launch(self, kit):
        for file in ("pid.fl", "daemon_pid.fl", "shutdown.fl"):
            (kit / file).unlink(missing_ok=True)
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "OMP_NUM_THREADS": "1",
        }
        with (kit / "out.log").open("ab") as out:
            self.running[kit] = subprocess.Popen(
                [str(kit / "startup" / "sub_start.sh"), "--once"],
                cwd=kit,
                stdout=out,
                stderr=out,
                env=environment,
                start_new_session=True,
            )

    def wait(self, limit=120):
        """Wait until every site is known to the server: a client of FLARE that comes too early never gets in."""
        joined, began = f"Total clients: {len(SITES)}", time.monotonic()
        while joined not in (self.kits.server / "out.log").read_text().rpartition("Server started")[2]:
            assert time.monotonic() - began < limit, (self.kits.server / "out.log").read_text()
            time.sleep(0.5)

    def kill(self, kit):
        """Kill a kit with all its processes, without a word."""
        for line in subprocess.run(
            ["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True
        ).stdout.splitlines():
            number, _, words = line.strip().partition(" ")
            if str(kit) in words and "pytest" not in words:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(number), signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.running[kit].pid, signal.SIGKILL)
        self.running[kit].wait()

    @contextlib.contextmanager
    def up(self):
        """Have server and sites run in the block."""
        for kit in self.all:
            self.launch(kit)
        try:
            yield self
        finally:
            for kit in self.all:
                self.kill(kit)


def begin(kits, path, rounds, *, time_limit=120, attempts=4, more=()):
    """Start rounds from the command line, as soon as the server lets us in; raise what it says."""
    command = [
        *(str(Path(sys.executable).with_name("remembrain")), "federation", "start", str(kits.coordinator), str(path)),
        *("--network", "cnn3d", "--form", "light", "--epochs", "1", "--grid", GRID),
        *("--rounds", str(rounds), "--time-limit", str(time_limit), *more),
    ]
    for attempt in range(attempts):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not done.returncode:
            return path
        if "cannot be reached" not in done.stderr or attempt == attempts - 1:
            raise RemembrainError(done.stderr)
    return path
