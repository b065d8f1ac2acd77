"""A federation on loopback for tests: kits, a folder of people a site, server and sites as processes of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from remembrain.cohort.phantom import write_cohort
from remembrain.errors import RemembrainError
from remembrain.federation.flare.provision import Kits, provision, read_sites

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
