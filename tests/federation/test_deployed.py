"""A deployed federation on loopback: server and three sites as processes of their own, under mutual TLS."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from remembrain.cohort.phantom import write_cohort
from remembrain.config import Config, DataOptions, FederationOptions, TrainOptions
from remembrain.errors import RemembrainError
from remembrain.federation.flare.provision import provision, read_sites
from remembrain.run import RunFolder
from remembrain.study.federating import federate

SITES, EACH = ("oslo", "rome", "york"), 22
TRAINING = TrainOptions(network="cnn3d", form="light", epochs=1)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


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


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """Write phantoms of three sites and some whom nobody has, all together and in a folder a site."""
    folder = tmp_path_factory.mktemp("people")
    whole, count = folder / "all", EACH * len(SITES) + 25
    write_cohort(whole, people=count, grid="32", seed=5)
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
    return folder, table


@pytest.fixture(scope="module")
def in_process(people, tmp_path_factory):
    """Train the same federation in process, with the same people at the same sites."""
    folder, table = people
    path = tmp_path_factory.mktemp("here") / "run"
    run = RunFolder.create(path, {"command": "test", "seed": 0, "versions": {}})
    roles = ["member" if place < EACH * len(SITES) else "nonmember" for place in range(len(table))]
    lines = [f"{p}\tn/a\t{role}\t{n % 2}" for n, (p, role) in enumerate(zip(table.participant_id, roles, strict=True))]
    run.split.parent.mkdir(exist_ok=True)
    run.split.write_text("\n".join(["participant_id\tsession_id\trole\tattacker_knows", *lines]) + "\n")
    config = Config(
        source=folder / "all",
        data=DataOptions(grid="32", store=folder / "store", workers=1),
        training=TRAINING,
        federation=FederationOptions(environment="site", rounds=5),
    )
    return federate(config, path).path


@pytest.fixture
def deployed(people, tmp_path):
    """Start a server and three sites, and give back their kits and a function that starts a kit again."""
    folder, _ = people
    kits = provision(sites_file(tmp_path / "sites.toml", free_port()), tmp_path / "kits")
    for kit in kits.sites:
        (kit / "local" / "remembrain.toml").write_text(
            f'source = "{folder / kit.name}"\nunseen = 0\n[data]\nstore = "{tmp_path / kit.name}"\nworkers = 1\n'
        )
    running: dict[Path, subprocess.Popen] = {}
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}

    def launch(kit):
        for file in ("pid.fl", "daemon_pid.fl", "shutdown.fl"):
            (kit / file).unlink(missing_ok=True)
        with (kit / "out.log").open("ab") as out:
            command = [str(kit / "startup" / "sub_start.sh"), "--once"]
            running[kit] = subprocess.Popen(
                command, cwd=kit, stdout=out, stderr=out, env=environment, start_new_session=True
            )

    def kill(kit):
        """Kill a kit with all its processes, without a word."""
        for line in subprocess.run(
            ["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True
        ).stdout.splitlines():
            number, _, words = line.strip().partition(" ")
            if str(kit) in words and "pytest" not in words:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(number), signal.SIGKILL)
        os.killpg(running[kit].pid, signal.SIGKILL)
        running[kit].wait()

    for kit in (kits.server, *kits.sites):
        launch(kit)
    yield kits, launch, kill
    for kit in (kits.server, *kits.sites):
        kill(kit)


def begin(kits, path, rounds, *, time_limit=120, attempts=4):
    """Start rounds from the command line, as soon as the server lets us in; raise what it says."""
    command = [
        *(str(Path(sys.executable).with_name("remembrain")), "federation", "start", str(kits.coordinator), str(path)),
        *("--network", "cnn3d", "--form", "light", "--epochs", "1", "--grid", "32"),
        *("--rounds", str(rounds), "--time-limit", str(time_limit)),
    ]
    for attempt in range(attempts):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not done.returncode:
            return path
        if "cannot be reached" not in done.stderr or attempt == attempts - 1:
            raise RemembrainError(done.stderr)
    return path


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


def test_rounds_are_those_in_process_to_the_bit_also_after_the_server_was_killed(deployed, in_process, tmp_path):
    kits, launch, kill = deployed
    same(begin(kits, tmp_path / "three", 3), in_process, 3, kits.server)
    kill(kits.server)
    time.sleep(2)
    launch(kits.server)
    same(begin(kits, tmp_path / "five", 5), in_process, 5, kits.server)
    made = [path.stat().st_mtime for path in sorted(kits.server.glob("federations/*/rounds/*/manifest.json"))]
    assert len(made) == 6
    assert made[4] - made[3] > made[3] - made[2]  # rounds 1 to 3 were not done again


def test_a_site_that_is_killed_is_named_and_its_job_goes_on_later(deployed, in_process, tmp_path):
    kits, launch, kill = deployed
    begin(kits, tmp_path / "first", 1)
    kill(kits.sites[1])
    with pytest.raises(RemembrainError, match="rome"):
        begin(kits, tmp_path / "second", 3, time_limit=20)
    launch(kits.sites[1])
    time.sleep(5)
    same(begin(kits, tmp_path / "third", 3), in_process, 3, kits.server)


def test_who_has_no_valid_certificate_gets_nothing(deployed, tmp_path):
    kits, _, _ = deployed
    begin(kits, tmp_path / "first", 1)
    port = int(str((tmp_path / "sites.toml").read_text()).split("port = ")[1].split()[0])
    foreign = provision(sites_file(tmp_path / "theirs.toml", port), tmp_path / "theirs")
    with pytest.raises(RemembrainError, match="refuses this kit"):
        begin(foreign, tmp_path / "stolen", 1, attempts=1)
    assert not (tmp_path / "stolen" / "rounds").exists()
