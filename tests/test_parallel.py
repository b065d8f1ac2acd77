"""Worker processes: the same results in the same order with any number, and clear words when one fails or is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from remembrain import _parallel
from remembrain._parallel import map_processes, map_widening
from remembrain._stopping import Stopped, ending_well
from remembrain.errors import DataError, Problem, ProblemsError, RemembrainError
from remembrain.run import remove_leftovers


def square(number: int) -> int:
    return number**2


def fails(number: int) -> int:
    if number == 3:
        raise DataError("is not a number", where="sub-03")
    return number


def lists(number: int) -> int:
    raise ProblemsError([Problem("sub-01", "is empty"), Problem("sub-02", "is cut off")], where="people")


def killed(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def threads(_: int) -> str:
    return os.environ["OMP_NUM_THREADS"]


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_results_stand_in_the_order_of_the_items(workers: int) -> None:
    assert map_processes(square, range(9), workers=workers, description="") == [n**2 for n in range(9)]


def test_nothing_to_do_is_done() -> None:
    assert map_processes(square, [], workers=None, description="") == []


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_in_a_worker_keeps_its_words(workers: int) -> None:
    with pytest.raises(DataError, match="sub-03: is not a number"):
        map_processes(fails, range(6), workers=workers, description="")


@pytest.mark.parametrize("workers", [1, 2])
def test_every_problem_that_a_worker_lists_arrives(workers: int) -> None:
    with pytest.raises(ProblemsError) as caught:
        map_processes(lists, range(2), workers=workers, description="")
    assert str(caught.value) == "people: 2 problems\n  - sub-01: is empty\n  - sub-02: is cut off"
    assert [one.where for one in caught.value.problems] == ["sub-01", "sub-02"]


def test_a_worker_that_is_killed_is_said_to_be() -> None:
    with pytest.raises(RemembrainError, match=r"attacking: a worker process was killed.*memory") as caught:
        map_processes(killed, range(4), workers=2, description="attacking")
    assert "--workers 1" in str(caught.value)


def test_workers_run_one_thread_each_and_the_caller_keeps_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    assert set(map_processes(threads, range(2), workers=2, description="")) == {"1"}
    assert os.environ["OMP_NUM_THREADS"] == "5"


NESTED = """
import time
from multiprocessing.util import get_temp_dir
from pathlib import Path
from remembrain._parallel import map_processes

def square(number):
    return number**2

def squares(number):
    return map_processes(square, [number, number + 1], workers=2, description="within a worker")

if __name__ == "__main__":
    print(map_processes(squares, [1, 2], workers=2, description="test"))
    for _ in range(20):  # the worker's forkserver ends a moment after the worker
        assert Path(get_temp_dir()).is_dir()
        time.sleep(0.05)
    print(map_processes(square, [1, 2, 3], workers=2, description="test"))
"""


def test_workers_may_have_workers_and_the_folder_where_processes_meet_stays(tmp_path: Path) -> None:
    """Who is the last to end removes it; a worker's own forkserver is not. In a process that has read little."""
    (tmp_path / "nested.py").write_text(NESTED)
    done = subprocess.run([sys.executable, tmp_path / "nested.py"], capture_output=True, text=True, check=False)
    assert done.stdout == "[[1, 4], [4, 9]]\n[1, 4, 9]\n", done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("guarded", [True, False])
def test_a_script_that_starts_itself_is_worked_off_in_its_own_process(guarded: bool, tmp_path: Path) -> None:
    """With its guard it has workers of its own; without, each of them would run the script from the top."""
    call = "print(len({*map_processes(process, [1, 2], workers=2, description='test')} - {os.getpid()}))\n"
    lines = ["import os", "from remembrain._parallel import map_processes", "def process(_):", "    return os.getpid()"]
    script = tmp_path / "script.py"
    script.write_text("\n".join([*lines, f"if __name__ == '__main__':\n    {call}" if guarded else call]))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert (int(done.stdout) > 0) == guarded, done.stderr


def home(_: int) -> str:
    return os.environ["REMEMBRAIN_CACHE"]


def test_workers_see_the_environment_as_it_is_when_they_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("first", "second"):
        monkeypatch.setenv("REMEMBRAIN_CACHE", folder)
        assert set(map_processes(home, range(2), workers=2, description="")) == {folder}


def test_workers_end_with_a_killed_parent(tmp_path):
    """A run that was killed must not go on beside the one that resumes it."""
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, signal\n"
        "from remembrain._parallel import map_processes\n"
        "def work(_):\n"
        "    print(os.getpid(), flush=True)\n"
        "    signal.pause()\n"
        "if __name__ == '__main__':\n"
        "    map_processes(work, [1, 2], workers=2, description='waiting')\n"
    )
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        workers = [psutil.Process(int(parent.stdout.readline())) for _ in range(2)]
        parent.kill()
        _, alive = psutil.wait_procs(workers, timeout=60)
    assert not alive


class Timed:
    """A clock that goes on by what so many at once are said to take, and a pool that works here and notes its width."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: dict[int, float], *, room: int = 99) -> None:
        self.now, self.widths, self.seconds, self.room = 0.0, [], seconds, room
        monkeypatch.setattr(_parallel, "pool", self.pool)
        monkeypatch.setattr(_parallel, "cores", lambda: 8)

    @contextmanager
    def pool(self, workers: int, most: int, description: str) -> Iterator[Timed]:
        del description
        self.widths.append((workers, most))
        yield self

    def map(self, call, items, done=lambda: None) -> list:
        if len(items) > self.room and self.widths[-1][0] > self.room:
            raise RuntimeError("CUDA out of memory")
        self.now += self.seconds.get(len(items), 0.0)
        return [(call(item), done())[0] for item in items]


def test_a_shared_device_gets_more_at_once_while_that_is_measured_to_be_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    timed = Timed(
        monkeypatch, {1: 10.0, 2: 12.0, 4: 23.0}
    )  # 0.100, 0.167 and 0.174 a second: the last is no tenth more
    assert map_widening(square, range(16), description="", clock=lambda: timed.now) == [n**2 for n in range(16)]
    assert timed.widths == [(1, 1), (2, 2), (4, 4), (2, 9)]


def test_a_device_that_gains_nothing_by_two_gets_one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    timed = Timed(monkeypatch, {1: 10.0, 2: 20.0})
    assert map_widening(square, range(6), description="", clock=lambda: timed.now) == [n**2 for n in range(6)]
    assert timed.widths == [(1, 1), (2, 2), (1, 3)]


def test_a_device_without_room_for_more_keeps_to_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    timed = Timed(monkeypatch, {1: 10.0, 2: 12.0}, room=2)
    assert map_widening(square, range(8), description="", clock=lambda: timed.now) == [n**2 for n in range(8)]
    assert timed.widths == [(1, 1), (2, 2), (4, 4), (2, 5)]


def test_other_errors_of_a_shared_device_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    timed = Timed(monkeypatch, {})
    with pytest.raises(DataError, match="sub-03"):
        map_widening(fails, range(6), description="", clock=lambda: timed.now)


def test_widening_works_with_real_processes() -> None:
    assert map_widening(square, range(5), description="") == [n**2 for n in range(5)]


WRITING = """
import os, signal, sys, time
from pathlib import Path
from remembrain._parallel import map_processes
from remembrain._stopping import ending_well
from remembrain.run import atomic_path

def write(path):
    with atomic_path(path) as partial:
        partial.write_text("half")
        os.write(1, b"writing\\n")  # whole: two processes write to this pipe
        signal.pause()

def main(folder):
    with ending_well():
        map_processes(write, [folder / str(place) for place in range(5)], workers=2, description="writing")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked from a server on Linux alone")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_process_that_is_told_to_end_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "writing.py").write_text(WRITING)
    (tmp_path / "run").mkdir()
    temporary = Path(tempfile.mkdtemp(prefix="r"))  # a socket's path is of 108 letters at most
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "TMPDIR": str(temporary)}
    words = ["-c", "import sys, pathlib, writing; writing.main(pathlib.Path(sys.argv[1]))", str(tmp_path / "run")]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, *words], env=environment, **quiet) as it:
        said = [it.stdout.readline(), it.stdout.readline()]
        it.send_signal(number)
        said += [it.stdout.read()]  # until the last of its processes has ended
    assert said == [b"writing\n", b"writing\n", b""]
    assert it.returncode == (-number if number == signal.SIGKILL else 128 + number)
    left = list((tmp_path / "run").iterdir())
    assert len(left) == (2 if number == signal.SIGKILL else 0)
    remove_leftovers(tmp_path / "run")
    assert [*(tmp_path / "run").iterdir(), *temporary.iterdir()] == []
    temporary.rmdir()


def test_a_signal_that_somebody_ignores_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with ending_well():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
            with pytest.raises(Stopped) as stopped:
                os.kill(os.getpid(), signal.SIGTERM)
            assert stopped.value.code == 143
    finally:
        signal.signal(signal.SIGHUP, before)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
