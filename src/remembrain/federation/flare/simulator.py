"""FLARE's simulator: server and sites on one machine, in processes of their own, without certificates."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from remembrain._parallel import one_thread
from remembrain._progress import progress
from remembrain.errors import RemembrainError
from remembrain.federation.archive import Archive
from remembrain.federation.flare.plan import FAILURE, SIMULATED, Plan, write_job
from remembrain.run import read_json, write_json

_GRACE = 10


def simulate(
    job: Path,
    plan: Plan,
    folder: Path,
    workers: int | None,
    complete: Callable[[], bool],
    *,
    also: Sequence[str] = (),
) -> None:
    """Run a job to its end.

    Parameters
    ----------
    job
        Of :func:`~remembrain.federation.flare.plan.write_job`.
    plan
        What it does.
    folder
        Where the server keeps rounds and failures; gets ``flare.log``.
    workers
        Sites that run at once; all of them when left out, since a site that has to wait is started anew for every task.
    complete
        Says whether all rounds are there; called about every second.
    also
        Import paths of other classes that the job is made of.

    Raises
    ------
    RemembrainError
        Where the federation failed, as the server said, or FLARE itself did.
    """
    workspace = job.parent / "workspace"
    (folder / FAILURE).unlink(missing_ok=True)
    write_json(workspace / "local" / "resources.json", {"format_version": 2, "class_allow_list": [*SIMULATED, *also]})
    command = [
        *(sys.executable, "-m", "nvflare.private.fed.app.simulator.simulator", str(job), "-w", str(workspace)),
        *("-c", ",".join(plan.sites), "-t", str(min(len(plan.sites), workers or len(plan.sites)))),
    ]
    log = folder / "flare.log"
    with log.open("wb") as out, one_thread():
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, cwd=job.parent, start_new_session=True
        )
        try:
            while process.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=1)
                if complete() or (folder / FAILURE).is_file():  # it would wait for sites that hang
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(timeout=_GRACE)
                    break
        finally:
            end_all(process)
    raise_failure(folder)
    if not complete():
        raise RemembrainError(f"FLARE's simulator ended with {process.returncode}", where=log)


def simulate_rounds(folder: Path, plan: Plan, workers: int | None) -> None:
    """Run the rounds of a run folder, with a progress bar that follows what is kept of them.

    Raises
    ------
    RemembrainError
        Naming the site, where one failed.
    """
    there, archive, finished = str(folder.resolve()), Archive(folder / "rounds"), 0
    server, site = (SIMULATED[0], {"folder": there}), (SIMULATED[1], {"run": there})
    job = write_job((folder / "flare").resolve(), plan, server=server, site=site)
    with progress("training over FLARE's sites", plan.rounds) as advance:

        def complete() -> bool:
            nonlocal finished
            while archive.manifest(finished + 1).is_file():
                finished += 1
                advance(f"training over FLARE's sites, round {finished}/{plan.rounds}{archive.error_shown(finished)}")
            return finished >= plan.rounds

        simulate(job, plan, folder, workers, complete)


def raise_failure(folder: Path) -> None:
    """Raise what the server wrote down, where a federation failed."""
    path = folder / FAILURE
    if path.is_file():
        failure = read_json(path)
        path.unlink()
        raise RemembrainError(
            failure["what"], where=failure["where"], try_next="the same command again: complete rounds are kept"
        )


def end_all(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started, for those who would stay."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()
