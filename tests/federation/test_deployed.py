"""A deployed federation on loopback: server and three sites as processes of their own, under mutual TLS."""

from __future__ import annotations

import time

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from deployment import Deployment, begin, in_process, same, sites_file, write_people
from remembrain.errors import RemembrainError
from remembrain.federation.flare.provision import provision

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    return folder, write_people(folder)


@pytest.fixture(scope="module")
def here(people, tmp_path_factory):
    return in_process(*people, tmp_path_factory.mktemp("here") / "run", 5)


@pytest.fixture
def deployed(people, tmp_path):
    """Start a server and three sites."""
    with Deployment.provisioned(tmp_path, people[0]).up() as running:
        yield running


def test_rounds_are_those_in_process_to_the_bit_also_after_the_server_was_killed(deployed, here, tmp_path):
    kits, launch, kill = deployed.kits, deployed.launch, deployed.kill
    same(begin(kits, tmp_path / "three", 3), here, 3, kits.server)
    kill(kits.server)
    time.sleep(2)
    launch(kits.server)
    same(begin(kits, tmp_path / "five", 5), here, 5, kits.server)
    made = [path.stat().st_mtime for path in sorted(kits.server.glob("federations/*/rounds/*/manifest.json"))]
    assert len(made) == 6
    assert made[4] - made[3] > made[3] - made[2]  # rounds 1 to 3 were not done again


def test_a_site_that_is_killed_is_named_and_its_job_goes_on_later(deployed, here, tmp_path):
    kits, launch, kill = deployed.kits, deployed.launch, deployed.kill
    begin(kits, tmp_path / "first", 1)
    kill(kits.sites[1])
    with pytest.raises(RemembrainError, match="rome"):
        begin(kits, tmp_path / "second", 3, time_limit=20)
    launch(kits.sites[1])
    time.sleep(5)
    same(begin(kits, tmp_path / "third", 3), here, 3, kits.server)


def test_who_has_no_valid_certificate_gets_nothing(deployed, tmp_path):
    kits = deployed.kits
    begin(kits, tmp_path / "first", 1)
    port = int(str((tmp_path / "sites.toml").read_text()).split("port = ")[1].split()[0])
    foreign = provision(sites_file(tmp_path / "theirs.toml", port), tmp_path / "theirs")
    with pytest.raises(RemembrainError, match="refuses this kit"):
        begin(foreign, tmp_path / "stolen", 1, attempts=1)
    assert not (tmp_path / "stolen" / "rounds").exists()
