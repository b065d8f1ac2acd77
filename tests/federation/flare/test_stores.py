"""Where a server keeps jobs and snapshots."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

import stat

from remembrain.federation.flare.stores import KitJobs, KitStorage


def test_a_server_keeps_jobs_in_its_kit(closed):
    jobs, storage = KitJobs("jobs"), KitStorage("snapshots")
    assert jobs.uri_root == str(closed / "jobs")
    assert storage.root_dir == str(closed / "snapshots")
    for folder in ("jobs", "snapshots"):
        assert stat.S_IMODE((closed / folder).stat().st_mode) == 0o700
