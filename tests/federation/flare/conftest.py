"""What tests of kits share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def closed(tmp_path, monkeypatch):
    """Have this process be that of a site, in a kit of its own, and afterwards as it was."""
    pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")
    from nvflare.fuel.utils.config_factory import ConfigFactory
    from nvflare.private.fed.client.admin_commands import AdminCommands
    from nvflare.private.fed.client.client_req_processors import ClientRequestProcessors

    from remembrain.federation.flare.guard import SiteGuard

    (tmp_path / "startup").mkdir()
    (tmp_path / "startup" / "rootCA.pem").write_text("")
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ClientRequestProcessors, "request_processors", [*ClientRequestProcessors.request_processors])
    monkeypatch.setattr(AdminCommands, "commands", [*AdminCommands.commands])
    monkeypatch.setattr(ConfigFactory, "_fmt2Loader", {**ConfigFactory._fmt2Loader})
    before = os.umask(0o022)
    SiteGuard()
    SiteGuard()
    yield tmp_path
    os.umask(before)
