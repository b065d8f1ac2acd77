"""Worker processes: a call for each item, one numerical thread a process, results in the order of the items."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.util import get_temp_dir
from pathlib import Path
from typing import TypeVar

from remembrain._progress import progress
from remembrain._stopping import Stopped, end_well
from remembrain.errors import RemembrainError

Item = TypeVar("Item")
Result = TypeVar("Result")

_WORTH, _NO_ROOM = 0.1, "out of memory"
_FIRST_STEP = ("torch._dynamo",)
"""What an optimiser of torch imports when it is made, for a second and a half."""
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Pool:
    """Worker processes that stay while several lists are worked off; without any, this process does the work."""

    workers: int
    description: str
    executor: ProcessPoolExecutor | None

    def map(
        self, call: Callable[[Item], Result], items: Sequence[Item], done: Callable[[], object] = lambda: None
    ) -> list[Result]:
        """Call a top-level function on every item, and ``done`` after each; results are in the order of the items.

        Raises
        ------
        RemembrainError
            Where a worker was killed.
        """
        if self.executor is None:
            results = []
            for item in items:
                results.append(call(item))
                done()
            return results
        futures = [self.executor.submit(_called, call, item) for item in items]
        try:
            for future in as_completed(futures):
                future.result()
                done()
        except BrokenProcessPool:
            raise RemembrainError(
                f"{self.description}: a worker process was killed, most likely because memory ran out",
                try_next="the same command with --workers 1, which goes on where this one stopped",
            ) from None
        except BaseException as error:
            if isinstance(error, Stopped):
                for worker in multiprocessing.active_children():
                    worker.terminate()
            self.executor.shutdown(cancel_futures=True)  # what runs is waited for: it may be writing a file
            raise
        return [future.result() for future in futures]


@contextmanager
def pool(workers: int | None, most: int, description: str) -> Iterator[Pool]:
    """Start worker processes that stay while the block runs.

    Parameters
    ----------
    workers
        How many; ``None`` takes one a core, 1 stays in this process.
    most
        How many could be busy at once.
    description
        What they do, for messages.
    """
    count = min(workers or cores(), most)
    if count <= 1 or _would_run_script_again():
        yield Pool(1, description, None)
        return
    with one_thread(), _executor(count) as executor:
        yield Pool(count, description, executor)


def map_processes(
    call: Callable[[Item], Result], items: Sequence[Item], *, workers: int | None, description: str
) -> list[Result]:
    """Call a top-level function on every item in several processes, with a progress bar.

    Parameters
    ----------
    call
        A picklable function of one item.
    items
        What to call it on.
    workers
        How many processes; ``None`` takes one a core, 1 stays in this process.
    description
        Text of the progress bar.

    Returns
    -------
    results
        In the order of the items, whatever the number of workers.
    """
    with progress(description, len(items)) as advance, pool(workers, len(items), description) as processes:
        return processes.map(call, items, advance)


def map_widening(
    call: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    description: str,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Result]:
    """Call a function on every item, as many at once as is measured to be faster: for what shares one device.

    One item is worked off, then two at once, then four, up to one a core, as long as each width does at least a tenth
    more items a second than the one before and the device's memory holds them; the rest goes at the best width. An item
    whose device had no room is called again, so a call should keep what it did.

    Parameters
    ----------
    call, items, description
        As for :func:`map_processes`.
    clock
        Seconds, for tests.
    """
    results: list[Result] = []
    width, best, rate = 1, 1, 0.0
    with progress(description, len(items)) as advance:
        while len(results) < len(items) and width <= cores():
            some = items[len(results) : len(results) + width]
            start = clock()
            try:
                with pool(width, len(some), description) as processes:
                    results += processes.map(call, some)
            except RuntimeError as error:
                if width == 1 or _NO_ROOM not in str(error):
                    raise
                break
            advance(steps=len(some))
            now = len(some) / max(clock() - start, 1e-9)
            if now < (1 + _WORTH) * rate:
                break
            width, best, rate = 2 * width, width, now
        rest = items[len(results) :]
        with pool(best, len(rest), description) as processes:
            return results + processes.map(call, rest, advance)


def _would_run_script_again() -> bool:
    """Tell whether each worker would run the user's script from the top, as nothing in it asks for its ``__name__``.

    Processes are given the script that was started, so that they find its classes. One that is not made for it would
    begin everything anew in every worker: it is worked off in its own process.
    """
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    if file is None or getattr(main, "__spec__", None) is not None:
        return False
    try:
        return "__name__" not in Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _executor(count: int) -> ProcessPoolExecutor:
    """Return a pool whose workers do not outlive this process, however it ends.

    Where processes can be forked safely, all workers come from one process that has imported what this one has imported
    of the program, once: a new worker then starts at once, where a fresh one reads torch and scikit-learn for seconds.
    """
    way = "forkserver" if sys.platform == "linux" else "spawn"
    context = multiprocessing.get_context(way)
    if way == "forkserver":
        read = [name for name in sys.modules if name.startswith(f"{__package__}.")]
        optimisers = _FIRST_STEP if "torch" in sys.modules else ()
        context.set_forkserver_preload([f"{__package__}._forkserver", *read, *optimisers])
        first = multiprocessing.parent_process() is None  # a worker's own workers meet in the folder of its parent
        with _environment(**({"REMEMBRAIN_SOCKETS": get_temp_dir()} if first else {})):
            forkserver.ensure_running()
    return ProcessPoolExecutor(count, context, initializer=_begin, initargs=(dict(os.environ),))


def _begin(environment: Mapping[str, str]) -> None:
    """Have this worker see its parent's environment, and end as soon as its parent has.

    A killed run must not go on beside the one that resumes it.
    """
    os.environ.clear()
    os.environ.update(environment)

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    parent = multiprocessing.parent_process()
    end_well()
    threading.Thread(target=wait, daemon=True).start()


def _called(call: Callable[[Item], Result], item: Item) -> Result:
    """Call a function in a worker, which ends as soon as it is told to: whoever told it waits for no result."""
    try:
        return call(item)
    except Stopped as stopped:
        os._exit(int(str(stopped.code)))


@contextmanager
def one_thread() -> Iterator[None]:
    """Have processes that start inside the block run one numerical thread each: more are slower under contention."""
    with _environment(**dict.fromkeys(_THREADS, "1")):
        yield


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Have processes that start inside the block see these variables."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
