"""A real server on FLARE: its rounds stay in its start-up kit."""

from __future__ import annotations

import shutil
from pathlib import Path

from nvflare.apis.fl_context import FLContext
from nvflare.apis.signal import Signal

from remembrain.federation.flare.controller import FlareRounds
from remembrain.run import private_folder


class ServerRounds(FlareRounds):
    """A real server: rounds stay in its start-up kit, so that a job that is sent again goes on where one ended.

    The coordinator gets community models and manifests alone: what a site's own model says of its people is much more.
    """

    releases = True

    def __init__(self, plan: str) -> None:
        super().__init__(plan, "")

    def control_flow(self, abort_signal: Signal, fl_ctx: FLContext) -> None:
        """Run the rounds, and leave what the coordinator downloads in the job's own folder."""
        workspace = fl_ctx.get_engine().get_workspace()
        folder = Path(workspace.get_root_dir()) / "federations" / self.plan.identity
        private_folder(folder)
        self.folder = str(folder)
        try:
            super().control_flow(abort_signal, fl_ctx)
        finally:
            result = Path(workspace.get_run_dir(fl_ctx.get_job_id())) / "remembrain"
            shutil.copytree(folder, result, dirs_exist_ok=True, ignore=shutil.ignore_patterns("learner-*"))
