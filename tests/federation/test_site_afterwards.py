"""A real site after its federation: what its kit keeps for it alone, and an audit of the final model by itself."""

from __future__ import annotations

import contextlib
import json
import stat
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from made_table import write_people

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from test_deployed import deployed, people  # noqa: F401 - a fixture, and what it needs

from remembrain.errors import RemembrainError

PROGRAM = str(Path(sys.executable).with_name("remembrain"))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def kits(request):
    """Give each site a table: enough people for an audit at two of them, and a meter at one."""
    made = request.getfixturevalue("deployed").kits
    for kit in made.sites:
        few = kit.name == "york"
        write_people(kit / "people.tsv", 60 if few else 220)
        meter = '[meter]\nattacks = ["error-threshold"]\n' if kit.name == "oslo" else ""
        (kit / "local" / "remembrain.toml").write_text(
            f'source = "../people.tsv"\nunseen = {0.2 if few else 0.4}\n[data]\nworkers = 1\n{meter}'
        )
    return made


def command(*words):
    """Run the program; return what it tells beside its output."""
    done = subprocess.run([PROGRAM, "federation", *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RemembrainError(done.stderr)
    return done.stderr


def begun(kits, path, *more):
    """Start a training as soon as the server lets the coordinator in; return what it tells."""
    for _ in range(3):
        with contextlib.suppress(RemembrainError):
            return command("start", kits.coordinator, path, "--network", "mlp", "--time-limit", 120, *more)
    return command("start", kits.coordinator, path, "--network", "mlp", "--time-limit", 120, *more)


def test_a_site_is_left_with_its_people_and_the_final_model_and_audits_it(kits, tmp_path):
    said = begun(kits, tmp_path / "run", "--rounds", 2)
    final = (tmp_path / "run" / "rounds" / "002" / "community.safetensors").read_bytes()
    told = "york left out too few people to audit the model afterwards"
    assert told in said
    assert "oslo" not in said
    assert told in (tmp_path / "run" / "log.txt").read_text()
    for kit in kits.sites:
        (kept,) = (path for path in (kit / "federations").iterdir() if path.is_dir())
        for name in ("split.tsv", "released.safetensors", "federation.json"):
            assert stat.S_IMODE((kept / name).stat().st_mode) == 0o600
        assert stat.S_IMODE(kept.stat().st_mode) == 0o700
        assert (kept / "released.safetensors").read_bytes() == final
        split = pd.read_csv(kept / "split.tsv", sep="\t")
        assert dict(split.role.value_counts()) == (
            {"member": 48, "nonmember": 12} if kit.name == "york" else {"member": 132, "nonmember": 88}
        )
    (leakage,) = kits.sites[0].glob("federations/*/leakage")
    rounds = [line.split("\t")[0] for line in (leakage / "trend.tsv").read_text().splitlines()[1:]]
    assert rounds == ["0", "1", "2"]
    everywhere = [path.name for path in kits.server.rglob("*")]
    assert "split.tsv" not in everywhere
    command("audit", kits.sites[0], tmp_path / "oslo", "--attacks", "error-threshold", "logistic")
    evidence = json.loads((tmp_path / "oslo" / "evidence.json").read_text())
    assert {one["name"] for one in evidence["attacks"]} == {"error-threshold", "logistic", "blind"}
    assert "community model of a federation of 3 sites" in (tmp_path / "oslo" / "report.html").read_text()
