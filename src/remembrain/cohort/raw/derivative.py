"""The folder of prepared scans: a BIDS derivative, which nothing else may lie in, with the tables of its people."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from remembrain._parallel import cores, map_processes
from remembrain.cohort.raw.extra import versions
from remembrain.cohort.raw.kept import RECORDS, Prepared, Step, Task, all_steps, prepare_one
from remembrain.cohort.raw.quality import Measures
from remembrain.cohort.raw.sources import Source
from remembrain.cohort.raw.steps import parameters
from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.run import (
    atomic_path,
    clear_disk_errors,
    insist_on_folder,
    is_leftover,
    memory_left,
    open_private,
    private_folder,
    read_json,
    remove_leftovers,
    write_json,
    write_text,
)
from remembrain.run.locks import lock

GENERATOR = "remembrain prepare"
DESCRIPTION = "dataset_description.json"
MEMORY = 2 * 2**30
"""Bytes that one worker takes, with a scan of 1 mm: 1.4 GB were measured."""
_LOCK = Path("restricted") / ".lock"
_TABLES = (
    "participants.tsv",
    "participants.csv",
    "participants.json",
    "sessions.tsv",
    "sessions.json",
    "sub-*/sub-*_sessions.tsv",
)
"""Files that say something of people, from which a label may be read."""


def insist_on_place(source: Path, out: Path) -> None:
    """Raise where prepared scans cannot lie, before any work: in the raw data, or among other files.

    Raises
    ------
    UsageError
        Where one of the two folders is or holds the other.
    DataError
        Where it holds files that are not prepared scans.
    RemembrainError
        Where it cannot be written.
    """
    raw, place = source.resolve(), out.resolve()
    if raw == place or place.is_relative_to(raw) or raw.is_relative_to(place):
        how = "is the folder of raw scans" if raw == place else "and the folder of raw scans lie in each other"
        raise UsageError(how, where=out, expected="a folder beside it: nothing of yours is changed")
    if out.exists() and not out.is_dir():
        raise DataError("is a file", where=out, expected="a folder for prepared scans")
    insist_on_folder(out)
    if not out.exists() or is_ours(out):
        return
    if any(path != out / _LOCK and path != out / _LOCK.parent and not is_leftover(path) for path in out.rglob("*")):
        raise DataError("holds files that are not prepared scans", where=out, expected="a new or empty folder")


def is_ours(out: Path) -> bool:
    """Tell whether a folder holds scans that were prepared here."""
    path = out / DESCRIPTION
    said = read_json(path) if path.is_file() else None
    by = said.get("GeneratedBy") if isinstance(said, dict) else None
    return isinstance(by, list) and any(isinstance(one, dict) and one.get("Name") == GENERATOR for one in by)


def prepare_all(
    sources: Sequence[Source], raw: Path, out: Path, *, workers: int | None = None, step: Step = all_steps
) -> list[Prepared]:
    """Prepare scans, in as many processes as there are cores and memory; what was done before is not done again.

    Parameters
    ----------
    sources
        The scans.
    raw
        The data set that they are of.
    out
        The derivative.
    workers
        Processes, of one thread each; when left out, one a core, as far as memory goes.
    step
        What makes a brain of a volume.

    Raises
    ------
    RemembrainError
        Where another process prepares scans into the folder, or it cannot be written.
    """
    fitting = max(1, min(cores(), memory_left() // MEMORY))
    with alone(out):
        write_json(out / DESCRIPTION, _description(raw))
        write_text(out / ".bidsignore", "restricted\nrestricted/**\nQC.html\nqc.tsv\n")
        tasks = [Task(source, out) for source in sources]
        call = partial(prepare_one, step=step)
        return map_processes(call, tasks, workers=workers or fitting, description="preparing raw scans")


def remove_gone(raw: Path, out: Path) -> int:
    """Remove what was made of scans that are no more in the raw data; return of how many."""
    gone = 0
    for record in (out / RECORDS).glob("*.json"):
        said = read_json(record)
        if isinstance(said, dict) and not (raw / said["file"]).exists():
            for name in said.get("files", ()):
                (out / name).unlink(missing_ok=True)
            record.unlink()
            gone += 1
    return gone


def carry_tables(source: Path, out: Path) -> None:
    """Copy what the raw data say of people, so that an audit of the prepared scans finds it."""
    there = {path.relative_to(source) for pattern in _TABLES for path in source.glob(pattern) if path.is_file()}
    before = {path.relative_to(out) for pattern in _TABLES for path in out.glob(pattern)}
    for name in before - there:
        (out / name).unlink()
    for name in there:
        content = (source / name).read_bytes()
        if not (out / name).is_file() or (out / name).read_bytes() != content:
            with atomic_path(out / name) as partial_file:
                partial_file.write_bytes(content)


def write_table(out: Path, prepared: Sequence[Prepared]) -> None:
    """Write what was measured of every scan, by its name: ``restricted/qc.tsv``."""
    names = [field.name for field in fields(Measures)]
    rows = ["\t".join(("file", *names, "wrong"))]
    for one in prepared:
        figures = ("n/a" if one.measures is None else f"{getattr(one.measures, name):.4g}" for name in names)
        rows.append("\t".join((one.source.called, *figures, " ".join(one.wrong.split()) or "n/a")))
    write_text(out / "restricted" / "qc.tsv", "\n".join(rows) + "\n")


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Keep other processes from preparing into the same folder while the block runs."""
    with clear_disk_errors(out):
        private_folder(out / _LOCK.parent)
        held = open_private(out / _LOCK, os.O_WRONLY | os.O_APPEND)
    with held:
        try:
            lock(held, wait=False)
        except OSError:
            raise RemembrainError(
                "another process prepares scans into this folder", where=out, try_next="the same when it is done"
            ) from None
        remove_leftovers(out)
        yield


def _description(raw: Path) -> dict[str, Any]:
    """Return what BIDS wants to know of a derivative of a data set."""
    return {
        "Name": "T1-weighted brains in MNI space",
        "BIDSVersion": "1.10.0",
        "DatasetType": "derivative",
        "DatasetLinks": {"raw": raw.resolve().as_uri()},
        "GeneratedBy": [
            {
                "Name": GENERATOR,
                "Version": metadata.version("remembrain"),
                "Description": "N4 bias field, deepbet brain extraction, registration to the ICBM152 2009a template at "
                "2 mm by nine degrees of freedom",
            },
            *({"Name": name, "Version": version} for name, version in versions().items()),
        ],
        "Parameters": dict(parameters()),
    }
