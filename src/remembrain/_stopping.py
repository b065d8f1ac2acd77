"""How a process ends when it is told to (SIGTERM, SIGHUP): as by an error, so that it leaves nothing behind."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class Stopped(SystemExit):
    """The process was told to end: 128 and the number of the signal is its exit code."""


@contextmanager
def ending_well() -> Iterator[None]:
    """Have these signals raise :class:`Stopped` while the block runs, unless somebody has another use for them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    taken = [one for one in _SIGNALS if signal.getsignal(one) is signal.SIG_DFL]  # not where nohup has it ignored
    end_well(taken)
    try:
        yield
    finally:
        for one in taken:
            signal.signal(one, signal.SIG_DFL)


def end_well(signals: tuple[signal.Signals, ...] | list[signal.Signals] = _SIGNALS) -> None:
    """Have these signals raise :class:`Stopped` in this process from now on."""
    for one in signals:
        signal.signal(one, _stop)


def _stop(number: int, _: FrameType | None) -> None:
    """End by an exception, and not by a second one while the first is on its way."""
    signal.signal(number, signal.SIG_IGN)
    raise Stopped(128 + number)
