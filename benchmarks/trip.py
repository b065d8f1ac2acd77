"""The trip of a scan from ``audit`` to numbers in ``evidence.json``: how many files it passes, and returns to.

    python benchmarks/trip.py              # of the version that is installed
    python benchmarks/trip.py OTHER/src    # of another one

A small table of measures is audited in one process, and every call of the package is watched. A function is on the trip
where it is handed something with a row a scan (an array, a frame, or what holds one) and hands such on. It counts once
from each of its callers, in the order in which they first call it. A *stay* is a run of such calls in one file; a stay
in a file that was left before is a *return*, to a method of what is carried (``Split.take``) as to any other.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch

PEOPLE, LEAST, DEEP, MOST = 210, 20, 3, 12
"""People audited, rows from which on something is of scans, how deep it is looked for, in how many parts of a whole."""
WORDS = ("--epochs", "2", "--repeats", "2", "--workers", "1", "--attacks", "error-threshold")
NO_FUNCTIONS = ("<module>", "<lambda>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


class Function(NamedTuple):
    """A function of the package: its file, its name, its first line."""

    file: str
    name: str
    line: int


def is_of_scans(value: Any, deep: int = DEEP) -> bool:
    """Tell whether something has a row a scan, or holds what has."""
    if isinstance(value, np.ndarray | torch.Tensor):
        return value.ndim > 0 and value.shape[0] >= LEAST
    if isinstance(value, pd.DataFrame | pd.Series):
        return len(value) >= LEAST
    return deep > 0 and any(is_of_scans(part, deep - 1) for part in parts_of(value))


def parts_of(value: Any) -> Sequence[Any]:
    """Return what something holds."""
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name, None) for field in fields(value)]
    if isinstance(value, dict):
        return list(value.values())[:MOST]
    if isinstance(value, list | tuple):
        return value[:MOST]
    ours = type(value).__module__.startswith("remembrain") and hasattr(value, "__dict__")
    return list(vars(value).values())[:MOST] if ours else ()


class Watch:
    """Every call of the package, by whom, and which functions are handed scans and hand them on."""

    def __init__(self, package: Path) -> None:
        self.package, self.calls = f"{package}/", list[tuple[Function, Function | None]]()
        self.handed, self.hands_on = set[Function](), set[Function]()
        self._inside: list[Function] = []

    def __call__(self, frame: FrameType, event: str, value: Any) -> None:
        """Take a call or its end into account, as ``sys.setprofile`` tells of them."""
        code = frame.f_code
        if event not in ("call", "return") or not code.co_filename.startswith(self.package):
            return
        function = Function(code.co_filename.removeprefix(self.package), code.co_qualname, code.co_firstlineno)
        with unwatched(self):
            if event == "return":
                self._inside.pop()
                if function not in self.hands_on and is_of_scans(value):
                    self.hands_on.add(function)
                return
            if function not in self.handed and any(is_of_scans(frame.f_locals.get(name)) for name in arguments(code)):
                self.handed.add(function)
            self.calls.append((function, self._inside[-1] if self._inside else None))
            self._inside.append(function)

    def trip(self) -> list[Function]:
        """Return the functions that a scan goes through, each once from each of its callers."""
        on = self.handed & self.hands_on
        return [function for function, _ in dict.fromkeys(self.calls) if function in on and is_function(function)]


@contextlib.contextmanager
def unwatched(watch: Watch) -> Iterator[None]:
    """Look at values without being told of what is called for it."""
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.setprofile(watch)


def arguments(code: CodeType) -> tuple[str, ...]:
    """Return the names of all arguments."""
    starred = bool(code.co_flags & 4) + bool(code.co_flags & 8)
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + starred]


def is_function(function: Function) -> bool:
    """Tell whether it has a name of its own: no body of a module and no comprehension."""
    return not function.name.endswith(NO_FUNCTIONS)


def stays(files: Sequence[str]) -> list[str]:
    """Return the files one after another, each run of calls in one as one."""
    return [file for before, file in zip(("", *files), files, strict=False) if file != before]


def returns(files: Sequence[str]) -> Counter[str]:
    """Return how often a file that was left is come back to."""
    return Counter(stays(files)) - Counter(set(files))


def write_people(path: Path) -> None:
    """Write a table of measures."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(PEOPLE, 3)).round(4), columns=["a", "b", "c"])
    frame.insert(0, "participant_id", [f"sub-{place:03d}" for place in range(PEOPLE)])
    frame.insert(1, "age", rng.uniform(45, 80, PEOPLE).round(1))
    frame.insert(2, "sex", np.where(np.arange(PEOPLE) % 2, "M", "F"))
    frame.insert(3, "site", "A")
    frame.to_csv(path, sep="\t", index=False)


def watched(source: Path) -> Watch:
    """Audit the people with the package that lies in a folder."""
    sys.path.insert(0, str(source))
    from remembrain.cli import main

    watch = Watch(source / "remembrain")
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        write_people(Path(folder, "people.tsv"))
        sys.setprofile(watch)
        try:
            main(["audit", f"{folder}/people.tsv", f"{folder}/run", *WORDS])
        except SystemExit as done:
            assert not done.code, done.code
        finally:
            sys.setprofile(None)
    return watch


def main(source: str = str(Path(__file__).parents[1] / "src")) -> None:
    """Print the figures of a version, and where the returns come from."""
    trip = watched(Path(source).resolve()).trip()
    files = [function.file for function in trip]
    back = returns(files)
    print(f"{len(set(files))} files, {back.total()} returns to a file already left")
    alone = [function.file for function in trip if "." not in function.name]
    print(f"without methods of what is carried: {len(set(alone))} files, {returns(alone).total()} returns")
    rooms = Counter(file.split("/")[0] for file in set(files))
    for room, count in rooms.most_common():
        print(f"  {room}: {count} files, {sum(back[file] for file in back if file.split('/')[0] == room)} returns")
    for file, times in back.most_common(12):
        names = dict.fromkeys(function.name for function in trip if function.file == file)
        print(f"{times:4d} to {file}: {', '.join(names)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
