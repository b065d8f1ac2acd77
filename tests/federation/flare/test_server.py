"""A real server keeps all rounds in its kit, and gives the coordinator community models and manifests alone."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

import stat
from types import SimpleNamespace

from nvflare.apis.fl_context import FLContext
from nvflare.apis.signal import Signal

from remembrain.errors import RemembrainError
from remembrain.federation.flare.plan import FAILURE, SERVER, Plan
from remembrain.federation.flare.server import ServerRounds
from remembrain.run import read_json, write_text
from remembrain.study.federated import real_sites
from remembrain.targets import recipes

PLAN = Plan("mlp", "light", recipes.recipe("mlp", "light", federated=True), 2, 1, {"a": "Oslo", "b": "Rome"})


class Server(ServerRounds):
    """A server whose rounds leave what they should, or fail."""

    fails = False

    def _run(self, archive, abort_signal, fl_ctx):
        for name in ("community.safetensors", "learner-1.safetensors", "manifest.json"):
            write_text(archive.folder(1) / name, name)
        if self.fails:
            raise RemembrainError("Oslo failed", where="round 2")

    def system_panic(self, reason, fl_ctx):
        """End the job."""


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_site_s_own_model_says_is_for_the_server_alone(tmp_path, fails):
    workspace = SimpleNamespace(get_root_dir=lambda: str(tmp_path / "kit"), get_run_dir=lambda job: tmp_path / job)
    context = FLContext()
    context.get_engine = lambda: SimpleNamespace(get_workspace=lambda: workspace)
    context.get_job_id = lambda: "job"
    server = Server(PLAN.to_text())
    server.fails = fails
    server.control_flow(Signal(), context)
    kept, given = tmp_path / "kit" / "federations" / PLAN.identity, tmp_path / "job" / "remembrain"
    names = {path.name for path in (kept / "rounds" / "001").iterdir()}
    assert names == {"community.safetensors", "learner-1.safetensors", "manifest.json"}
    assert {path.name for path in (given / "rounds" / "001").iterdir()} == names - {"learner-1.safetensors"}
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert (given / FAILURE).is_file() is fails
    if fails:
        assert read_json(given / FAILURE) == {"what": "Oslo failed", "where": "round 2"}


def test_jobs_name_it_by_the_path_that_kits_allow():
    module, _, name = SERVER.rpartition(".")
    assert module == real_sites.__name__
    assert getattr(real_sites, name) is ServerRounds
