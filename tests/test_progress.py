"""Lines of progress where there is no terminal: one every half minute, none before, with what is left."""

from __future__ import annotations

import subprocess
import sys

import pytest

from remembrain import _progress
from remembrain._progress import Lines, progress


class Clock:
    """A clock that tests turn on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def said(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    listed: list[str] = []
    monkeypatch.setattr(_progress, "_LINES", Lines(clock, listed.append))
    return listed


def test_a_line_comes_every_half_minute_and_says_what_is_left(clock: Clock, said: list[str]) -> None:
    with progress("preparing scans", 640) as advance:
        for _ in range(640):
            clock.now += 0.5
            advance()
    assert len(said) == 640 * 0.5 // 30
    assert said[0] == "preparing scans: 60 of 640, about 5 min left"
    assert said[-1] == "preparing scans: 600 of 640, about 20 s left"


def test_what_takes_less_says_nothing(clock: Clock, said: list[str]) -> None:
    with progress("training", 10) as advance:
        for _ in range(10):
            clock.now += 2.9
            advance()
    assert said == []


def test_many_short_pieces_of_work_are_told_of_as_well(clock: Clock, said: list[str]) -> None:
    for number in range(6):
        with progress(f"attack {number}", 2) as advance:
            for _ in range(2):
                clock.now += 10
                advance()
    assert said == [
        "attack 1: 1 of 2",
        "attack 2: 2 of 2",
        "attack 4: 1 of 2",
        "attack 5: 2 of 2",
    ]


def test_a_step_that_takes_long_is_told_of_by_the_clock_alone(clock: Clock, said: list[str]) -> None:
    with progress("3 sites train cnn3d", 0):
        clock.now += 29
        _progress._LINES.tell()
        assert said == []
        clock.now += 301
        _progress._LINES.tell()
        _progress._LINES.tell()
    _progress._LINES.tell()
    assert said == ["3 sites train cnn3d: 6 min so far"]


def test_work_within_work_stands_on_the_same_line(clock: Clock, said: list[str]) -> None:
    with progress("training and attacking", 4) as outer:
        clock.now += 10
        outer()
        with progress("training mlp", 20) as inner:
            clock.now += 21
            inner("training mlp, epoch 3/20", 3)
    assert said == ["training and attacking: 1 of 4; training mlp, epoch 3/20: 3 of 20"]


def test_what_an_earlier_process_did_is_no_pace(clock: Clock, said: list[str]) -> None:
    with progress("training", 100) as advance:
        advance("training", 80)
        clock.now += 60
        advance("training", 10)
    assert said == ["training: 90 of 100, about 60 s left"]


def test_a_pipe_gets_no_bar_and_no_line_of_short_work() -> None:
    program = "from remembrain._progress import progress\nwith progress('x', 2) as advance:\n    advance()\n"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_worker_says_nothing(clock: Clock, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress.multiprocessing, "parent_process", object)
    with progress("x", 2) as advance:
        clock.now += 100
        advance(steps=1)
        advance("text")
    assert said == []


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (45, "45 s"), (89, "89 s"), (100, "2 min"), (3600, "60 min"), (9000, "2.5 h")]
)
def test_times_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert _progress._duration(seconds) == text
