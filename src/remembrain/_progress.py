"""How far work is, on stderr: bars on a terminal, elsewhere a line every half minute. Never from a worker process.

What is said names work and counts, never a person: it may end up in a log that others read.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

EVERY = 30.0
"""Seconds between two lines."""


@dataclass
class Job:
    """One piece of work that is under way: ``done`` of ``total`` steps (0 where nobody knows how many)."""

    description: str
    total: int
    began: float
    done: int = 0
    first: tuple[float, int] | None = None

    def step(self, steps: int, now: float) -> None:
        """Count steps; the pace is that after the first, which may be what an earlier process did."""
        self.done += steps
        if steps and self.first is None:
            self.first = now, self.done

    def line(self, now: float) -> str:
        """Return how far it is, and about how long the rest takes at the pace so far."""
        if not self.total:
            return f"{self.description}: {_duration(now - self.began)} so far"
        since, before = self.first or (now, self.done)
        paced, rest = self.done - before, self.total - self.done
        left = f", about {_duration((now - since) / paced * rest)} left" if paced > 0 and rest > 0 else ""
        return f"{self.description}: {self.done} of {self.total}{left}"


def _on_stderr(line: str) -> None:
    """Say a line to the user."""
    print(line, file=sys.stderr, flush=True)


class Lines:
    """What is under way in this process, said in one line as soon as half a minute has passed since the last.

    Parameters
    ----------
    clock
        Seconds; another one for tests.
    say
        Gets each line.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, say: Callable[[str], None] = _on_stderr) -> None:
        self.clock, self.say = clock, say
        self._jobs: list[Job] = []
        self._last: float | None = None
        self._lock = threading.RLock()

    def begin(self, description: str, total: int) -> Job:
        """Take up a job; the first half minute is counted from the first job of the process."""
        with self._lock:
            now = self.clock()
            self._last = now if self._last is None else self._last
            job = Job(description, total, now)
            self._jobs.append(job)
            return job

    def end(self, job: Job) -> None:
        """Lay a job down."""
        with self._lock:
            self._jobs = [one for one in self._jobs if one is not job]

    def tell(self) -> None:
        """Say how far everything is, if it is time; a job within a job stands behind it."""
        with self._lock:
            now = self.clock()
            if not self._jobs or self._last is None or now - self._last < EVERY:
                return
            self._last = now
            self.say("; ".join(job.line(now) for job in self._jobs))


_LINES = Lines()


@contextmanager
def progress(description: str, total: int) -> Iterator[Callable[..., None]]:
    """Show how far work is while the block runs; call what is yielded after each step.

    Parameters
    ----------
    description
        What is being done, such as ``"preparing scans"``.
    total
        How many steps there are.

    Yields
    ------
    advance
        ``advance()`` for a step done, ``advance("new description")`` to rename the work as well.
    """
    console = Console(stderr=True)
    if multiprocessing.parent_process() is not None:
        yield lambda *_, **__: None
    elif console.is_terminal:
        with _bar(console, description, total) as advance:
            yield advance
    else:
        with _lines(_LINES, description, total) as advance:
            yield advance


@contextmanager
def _bar(console: Console, description: str, total: int) -> Iterator[Callable[..., None]]:
    """Show a bar that goes when the work is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task(description, total=total)

        def advance(text: str | None = None, steps: int = 1) -> None:
            bars.update(task, advance=steps, description=text or description)

        yield advance


@contextmanager
def _lines(lines: Lines, description: str, total: int) -> Iterator[Callable[..., None]]:
    """Say a line every half minute, though a step takes longer than that: a thread looks at the clock as well."""
    job, over = lines.begin(description, total), threading.Event()

    def advance(text: str | None = None, steps: int = 1) -> None:
        job.description = text or description
        job.step(steps, lines.clock())
        lines.tell()

    def watch() -> None:
        while not over.wait(EVERY / 10):
            lines.tell()

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield advance
    finally:
        over.set()
        lines.end(job)


def _duration(seconds: float) -> str:
    """Return a time as people say it."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
