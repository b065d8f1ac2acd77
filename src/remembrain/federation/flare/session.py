"""The coordinator's side of a running federation: a job sent, waited for, and brought back, over mutual TLS."""

from __future__ import annotations

import logging
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

from nvflare.fuel.flare_api.flare_api import new_secure_session

from remembrain.errors import DataError, RemembrainError
from remembrain.federation.flare.plan import FAILURE, SERVER, SITE, TOLD, Plan, write_job
from remembrain.federation.flare.provision import SITES_FILE
from remembrain.federation.flare.simulator import raise_failure
from remembrain.run import RunFolder, read_json
from remembrain.run.files import private_files

_LOGIN = 30.0
_PAUSE = 2.0
_NOT_TAKEN = "FAILED_TO_RUN"
_SILENT = 30.0
"""A site that has not been heard of for so many seconds is taken for lost."""


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


def start_rounds(
    kit: Path, run: RunFolder, plan: Plan, grid: str, look: Callable[[], object], say: Callable[[str], None]
) -> None:
    """Send a federation to its server, wait for its end, and bring its rounds into the run folder.

    Parameters
    ----------
    kit
        The coordinator's start-up kit.
    run
        Gets ``rounds``.
    plan, grid
        What is to be done, and on which grid.
    look
        Called about every two seconds meanwhile.
    say
        Told of which sites something is to be known, as soon as it is.

    Raises
    ------
    RemembrainError
        Where the server cannot be reached, or the federation failed, naming the site.
    """
    job = write_job((run.path / "flare").resolve(), plan, server=(SERVER, {}), site=(SITE, {"grid": grid}))
    lines_said: set[str] = set()

    def tell(facts: Mapping[str, Any]) -> None:
        for line in lines_told(facts):
            if line not in lines_said:
                lines_said.add(line)
                say(line)
                run.log(line)

    result = _run_job(kit, job, run.path / "flare", plan.time_limit, look, tell)
    rounds_folder, told_file, failure = (
        next(iter(result.rglob(f"remembrain/{name}")), None) for name in ("rounds", TOLD, FAILURE)
    )
    if rounds_folder:
        shutil.copytree(rounds_folder, run.path / "rounds", dirs_exist_ok=True)
    if told_file:
        tell(read_json(told_file))
    if failure:
        shutil.copy(failure, run.path / FAILURE)
    raise_failure(run.path)
    if not rounds_folder:
        raise RemembrainError("the server left no rounds", where=result, try_next="its own log says why")


def lines_told(facts: Mapping[str, Any]) -> list[str]:
    """Return what the coordinator is told of sites, which says nothing of their people but this."""
    few = "left out too few people to audit the model afterwards; its own log says how many would be enough"
    gone = "did not get the final model: send it target/model.safetensors, for remembrain federation audit --model"
    lines = [f"note: {site} {few}" for site in facts.get("cannot_audit", ())]
    return [*lines, *(f"note: {site} {gone}" for site in facts.get("without_model", ()))]


def _run_job(
    kit: Path,
    job: Path,
    out: Path,
    time_limit: float,
    look: Callable[[], object],
    tell: Callable[[Mapping[str, Any]], None],
) -> Path:
    """Log in, send a job and wait until it has ended; return the folder of what the server kept of it."""
    logging.getLogger("nvflare").setLevel(logging.CRITICAL)
    with private_files():  # what is sent and fetched lies in folders for a while
        try:
            with redirect_stdout(sys.stderr):  # it talks
                session = new_secure_session(kit.name, str(kit.resolve()), timeout=_LOGIN)
        except Exception as error:
            raise RemembrainError(
                f"the server cannot be reached or refuses this kit ({type(error).__name__}: {error})",
                where=kit,
                try_next="startup/start.sh of the server's kit on its machine, then the same again",
            ) from None
        try:
            return _run(session, kit, job, out, time_limit, _looking(session, look, tell))
        except RemembrainError:
            raise
        except Exception as error:
            raise RemembrainError(f"lost the server ({type(error).__name__}: {error})", where=kit) from None
        finally:
            session.close()


def _looking(
    session: Any, look: Callable[[], object], tell: Callable[[Mapping[str, Any]], None]
) -> Callable[[str, str], None]:
    """Return what is done about every two seconds: until the server has told something of the sites, it is asked."""
    answered = False

    def once(number: str, status: str) -> None:
        nonlocal answered
        look()
        if answered or not status.startswith("RUNNING"):
            return
        with suppress(Exception):  # it may just have ended; what it left is read then
            facts = session.do_app_command(number, TOLD, {"ask": TOLD})
            if isinstance(facts, Mapping) and facts:
                answered = True
                tell(facts)

    return once


def _run(session: Any, kit: Path, job: Path, out: Path, time_limit: float, look: Callable[[str, str], None]) -> Path:
    """Send the job, wait for it and fetch what is kept of it; whatever ends this early ends the job as well."""
    number = session.submit_job(str(job.resolve()))
    try:
        _wait(session, kit, number, time_limit, look)
    except BaseException:
        with suppress(Exception):  # the sites must not go on training for nobody
            session.abort_job(number)
        raise
    folder = out / "result"
    shutil.rmtree(folder, ignore_errors=True)
    return Path(session.download_job_result(number, str(folder.resolve())))


def _wait(session: Any, kit: Path, number: str, time_limit: float, look: Callable[[str, str], None]) -> None:
    """Wait until a job has ended."""
    began = time.monotonic()
    while not (status := str(session.get_job_meta(number).get("status", ""))).startswith("FINISHED"):
        look(number, status)
        if not status.startswith("RUNNING") and time.monotonic() - began > time_limit:
            raise RemembrainError(
                f"the training did not begin within {time_limit:g} s: {_absent(session, sites_of(kit))}",
                try_next="startup/start.sh of the sites' kits, then the same again",
            )
        time.sleep(_PAUSE)
    if status.endswith(_NOT_TAKEN):
        time.sleep(_PAUSE)  # that it was not taken is noted before by whom
        who = _not_taken_by(session.get_job_meta(number))
        raise RemembrainError(
            f"{', '.join(who) or 'the server'} did not take the job",
            expected="a job of the version of this program that is installed there",
            try_next="log.txt of their kits says why",
        )


def _not_taken_by(meta: Mapping[str, Any]) -> list[str]:
    """Return who did not take a job: the server notes ``name: OK``, or what else was said, of each."""
    said = [str(line).partition(": ") for line in meta.get("job_deploy_detail") or ()]
    return [name for name, colon, words in said if colon and words != "OK"]


def _absent(session: Any, sites: list[str]) -> str:
    """Return which sites the server has not heard of, or not for long."""
    heard = {str(client.name): float(client.last_connect_time) for client in session.get_system_info().client_info}
    now = time.time()
    lost = [site for site in sites if now - heard.get(site, 0.0) > _SILENT]
    return f"{', '.join(lost)} cannot be reached" if lost else f"all of {', '.join(sites)} are there, but one refused"
