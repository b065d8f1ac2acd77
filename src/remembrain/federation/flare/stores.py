"""Where a server keeps jobs and snapshots: in folders of its own kit, wherever that lies, and not where all can read.

FLARE wants whole paths, which a kit that is yet to be carried to its machine cannot have; its processes run in the kit.
"""

from __future__ import annotations

from pathlib import Path

from nvflare.apis.impl.job_def_manager import SimpleJobDefManager
from nvflare.app_common.storages.filesystem_storage import FilesystemStorage

from remembrain.run import private_folder


class KitJobs(SimpleJobDefManager):  # type: ignore[misc]  # FLARE has no types
    """Jobs, in a folder of the kit."""

    def __init__(self, folder: str, job_store_id: str = "job_store") -> None:
        super().__init__(str(_own(folder)), job_store_id)


class KitStorage(FilesystemStorage):  # type: ignore[misc]
    """Whatever else is stored, in a folder of the kit."""

    def __init__(self, folder: str) -> None:
        super().__init__(str(_own(folder)), "/")


def _own(folder: str) -> Path:
    """Return a folder of the kit that only its owner opens; it is made where it is missing."""
    path = Path.cwd() / folder
    private_folder(path)
    return path
