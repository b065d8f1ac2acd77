"""Progress bars on stderr, on a terminal only, and never from a worker process: its parent shows one."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def progress(description: str, total: int) -> Iterator[Callable[..., None]]:
    """Show a bar while the block runs; call what is yielded after each step (with a text to change the description).

    Parameters
    ----------
    description
        What is being done, such as ``"preparing scans"``.
    total
        How many steps there are.

    Yields
    ------
    advance
        ``advance()`` for a step done, ``advance("new description")`` to rename the bar as well.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    hidden = not console.is_terminal or multiprocessing.parent_process() is not None
    with Progress(*columns, console=console, disable=hidden, transient=True) as bars:
        task = bars.add_task(description, total=total)

        def advance(text: str | None = None, steps: int = 1) -> None:
            bars.update(task, advance=steps, description=text or description)

        yield advance
