"""The coordinator's side of a running federation: a job sent, waited for, and brought back, over mutual TLS."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from nvflare.fuel.flare_api.flare_api import new_secure_session

from remembrain.errors import DataError, RemembrainError
from remembrain.federation.flare.provision import SITES_FILE
from remembrain.run import read_json

_LOGIN = 30.0
_PAUSE = 2.0


def sites_of(kit: Path) -> list[str]:
    """Return the sites of the federation a coordinator's kit belongs to.

    Raises
    ------
    DataError
        Where it is no such kit.
    """
    path = kit / SITES_FILE
    if not path.is_file() or not (kit / "startup" / "fed_admin.json").is_file():
        raise DataError(
            "is no coordinator's start-up kit", where=kit, try_next="remembrain federation provision sites.toml OUT"
        )
    return [str(name) for name in read_json(path)]


def run_job(kit: Path, job: Path, out: Path, look: Callable[[], object]) -> Path:
    """Send a job, wait until it has ended, and return the folder of what the server kept of it.

    Raises
    ------
    RemembrainError
        Where the server cannot be reached, refuses this kit, or loses the job.
    """
    logging.getLogger("nvflare").setLevel(logging.ERROR)
    try:
        session = new_secure_session(kit.name, str(kit.resolve()), timeout=_LOGIN)
    except Exception as error:
        raise RemembrainError(
            f"the server cannot be reached or refuses this kit ({type(error).__name__}: {error})",
            where=kit,
            try_next="startup/start.sh of the server's kit on its machine, then the same again",
        ) from None
    try:
        number = session.submit_job(str(job.resolve()))
        while True:
            meta = session.get_job_meta(number)
            status = str(meta.get("status", ""))
            look()
            if status.startswith("FINISHED"):
                break
            time.sleep(_PAUSE)
        folder = out / "result"
        shutil.rmtree(folder, ignore_errors=True)
        return Path(session.download_job_result(number, str(folder.resolve())))
    except RemembrainError:
        raise
    except Exception as error:
        raise RemembrainError(f"lost the server ({type(error).__name__}: {error})", where=kit) from None
    finally:
        session.close()
