"""What the audit of an office's whole survey costs: 50,000 people, 200 questions of four levels, 199 cross-tabs.

    python benchmarks/large_survey.py FOLDER [--no-sweeps]

makes the file in FOLDER, audits it from the command line with two workers and 20 repeats, and prints wall time and the
most memory of all processes together (proportional set sizes, Linux alone).
"""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd

import survey

PEOPLE, QUESTIONS = 50_000, 200
EVERY = 2.0
"""Seconds between two looks at memory."""


def write(folder: Path) -> tuple[Path, Path]:
    """Write people and what is published of them."""
    answers = survey.made(PEOPLE, QUESTIONS)
    names = [one.name for one in answers.categorical]
    frame = pd.DataFrame(np.where(answers.code < 0, "", answers.code.astype(str)), columns=names)
    frame.insert(0, "participant_id", answers.participant_id)
    data, release = folder / "people.csv", folder / "release.toml"
    frame.to_csv(data, index=False)
    pairs = ", ".join(f'["{one}", "{other}"]' for one, other in itertools.pairwise(names))
    release.write_text(f'[release]\nmargins = "all"\ncrosstabs = [{pairs}]\n')
    return data, release


def family(first: int) -> list[int]:
    """Return a process and all that came of it."""
    found = [first]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, children.read_text().split())
    return found


def megabytes(first: int) -> float:
    """Return the memory of a process and all that came of it, shared pages divided; of one that ended, none."""
    total = 0.0
    for one in family(first):
        with suppress(OSError):
            told = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{one}/smaps_rollup").read_text(), re.MULTILINE)
            total += int(told[1]) / 1024 if told else 0.0
    return total


def main(folder: str, *options: str) -> None:
    """Audit, and look at memory meanwhile."""
    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    data, release = write(where)
    line = ["survey", "audit", data, where / "run", "--release", release, "--workers", 2, "--repeats", 20, *options]
    start, most = time.perf_counter(), 0.0
    with subprocess.Popen([sys.executable, "-c", "from remembrain.cli import main; main()", *map(str, line)]) as audit:
        while audit.poll() is None:
            most = max(most, megabytes(audit.pid))
            time.sleep(EVERY)
    took = time.perf_counter() - start
    print(f"{took / 60:.1f} minutes, {most:.0f} MB at most, exit {audit.returncode}")


if __name__ == "__main__":
    main(*sys.argv[1:])
