"""A model that is a command: it is given a table of scans, and writes a table of predictions. R, MATLAB, containers.

The command is the user's own and is run because the user named it: without a shell, in a group of its own that ends
with it, with a folder of its own for what is for the moment. Rows are matched by a column of names, so that another
order is put right. How a table is read is told by whoever makes this.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from jaxtyping import Float

from remembrain._text import few, nearest, shown
from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.run import in_words, insist_on_regular, scratch_folder
from remembrain.run.kept import hash_of
from remembrain.targets.brought.answering import Answering

ReadAnswered: TypeAlias = Callable[[Path, str, Collection[str]], tuple[Sequence[str], Float[np.ndarray, "row *number"]]]
"""Reads a table: of which scan each row is, and what was predicted; see ``cohort.answered.read_answered``."""

SCAN, PATH = "scan_id", "path"
"""The column of names, and that of files where scans are files."""
TIME_LIMIT = 3600.0
INPUT, OUTPUT, FOLDER = "{input}", "{output}", "{folder}"

_GRACE = 5.0
"""Seconds that a command has to end by itself when it is told to, such as a container that stops."""
_OF_A_SHELL = frozenset({"|", "||", "&", "&&", ";", ">", ">>", "<", "2>", "2>&1", "&>"})
_LINES, _LETTERS, _MOST_TALK = 5, 200, 2**13
_ROOM, _ROOM_A_ROW, _TIMES = 2**20, 2**14, 20
"""Bytes that a table of predictions may have: so many, so many more a row, and so many times those that were given."""


@dataclass(frozen=True)
class Command:
    """A command that predicts.

    Attributes
    ----------
    words
        The program and its arguments, in which ``{input}`` and ``{output}`` stand for the two tables, or ``{folder}``
        for the folder in which they are ``input.csv`` and ``output.csv``.
    read
        Reads the table that it writes.
    time_limit
        Seconds that it may take for one table.
    """

    words: tuple[str, ...]
    read: ReadAnswered
    time_limit: float = TIME_LIMIT

    @classmethod
    def of(cls, text: str, read: ReadAnswered, time_limit: float = TIME_LIMIT) -> Command:
        """Read a command as it is typed.

        Raises
        ------
        UsageError
            Where it does not say where the tables are, needs a shell, or its program is not there.
        """
        try:
            words = tuple(os.path.expanduser(word) for word in shlex.split(text))  # noqa: PTH111  # of any word
        except ValueError as error:
            raise UsageError(f"cannot be read ({error})", where=f"--command {shown(text)}") from None
        missing = [place for place in (INPUT, OUTPUT) if not any(place in word or FOLDER in word for word in words)]
        if not words or missing:
            raise UsageError(
                f"does not say where {' and '.join(missing) or 'its tables'} stand{'s' * (len(missing) == 1)}",
                where=f"--command {shown(text)}",
                expected="such as 'Rscript predict.R {input} {output}'; {folder} for the folder of both, as containers "
                "need it",
            )
        if shell := [word for word in words if word in _OF_A_SHELL]:
            raise UsageError(
                f"is run without a shell, for which {shell[0]} is meant",
                where=f"--command {shown(text)}",
                try_next="put it into a script: --command 'sh predict.sh {input} {output}'",
            )
        command = cls(words, read, time_limit)
        if shutil.which(words[0]) is None:
            raise command._cannot_be_run("no such program, or none that may be run")
        return command

    @property
    def name(self) -> str:
        """What it is called: the program, and the first file that it is given."""
        return " ".join(shown(path.name) for path in (Path(self.words[0]), *self.files()[:1]))

    def files(self) -> list[Path]:
        """Return the files that it names, such as a script and weights: they decide what it answers."""
        return [path for path in map(Path, self.words[1:]) if path.is_file()]

    def __call__(self, scans: Any) -> Float[np.ndarray, "scan *number"]:
        """Return what it predicts of several scans: rows, or paths.

        Raises
        ------
        DataError
            Where it fails, takes too long, or does not write one row for each scan.
        """
        table, scan = _table(scans, self.name)
        names = table[scan].tolist()
        with scratch_folder() as folder:
            given, written = folder / "input.csv", folder / "output.csv"
            table.to_csv(given, index=False)
            self._run(folder)
            try:
                self._insist_on_table(written, given, len(names))
                found, numbers = self.read(written, scan, set(table.columns) - {scan})
            except RemembrainError as error:
                error.where = str(error.where).replace(f"{folder}{os.sep}", "")
                error.within(f"what {self.name} wrote")
                raise
        return numbers[self._places(names, found)]

    def _run(self, folder: Path) -> None:
        """Run it to its end, and let nothing of it go on."""
        room = folder / "tmp"
        room.mkdir(0o700)
        places = {INPUT: str(folder / "input.csv"), OUTPUT: str(folder / "output.csv"), FOLDER: str(folder)}
        words = [_filled(word, places) for word in self.words]
        talk = [folder / "stderr", folder / "stdout"]
        with talk[0].open("wb") as err, talk[1].open("wb") as out:
            try:
                process = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    env={**os.environ, "TMPDIR": str(room)},
                    start_new_session=True,
                )
            except (OSError, ValueError) as error:
                raise self._cannot_be_run(getattr(error, "strerror", None) or str(error)) from None
            late = False
            try:
                process.wait(self.time_limit)
            except subprocess.TimeoutExpired:
                late = True
            finally:
                _end(process)
        if late or process.returncode:
            ended = f"was not done in {self.time_limit:g} s" if late else _ended(process.returncode)
            raise DataError(
                ended + _last_lines(talk),
                where=self.name,
                expected="a table of predictions, and exit status 0",
                try_next="--time-limit SECONDS, or a smaller --batch" if late else None,
            )

    def _insist_on_table(self, written: Path, given: Path, rows: int) -> None:
        """Raise where it wrote no table, or one that nobody would read."""
        if not os.path.lexists(written):
            said = _last_lines([given.with_name("stderr"), given.with_name("stdout")])
            expected = f"a table with the columns {SCAN} and predicted_age"
            raise DataError(f"is not there, and it ended well{said}", where=written, expected=expected)
        if written.is_symlink():
            raise DataError("is a link", where=written, expected="a table")
        size = insist_on_regular(written)
        most = _ROOM + _ROOM_A_ROW * rows + _TIMES * given.stat().st_size
        if size > most:
            what = f"holds {in_words(size)} for {rows} scans"
            raise DataError(what, where=written, expected=f"at most {in_words(most)}")

    def _places(self, names: Sequence[str], found: Sequence[str]) -> list[int]:
        """Return in which row each scan is; raise where that is not one row for each."""
        wrong = []
        if doubled := [name for name, times in Counter(found).items() if times > 1]:
            wrong.append(f"{len(doubled)} twice ({few(doubled)})")
        if missing := sorted(set(names) - set(found)):
            wrong.append(f"{len(missing)} not at all ({few(missing)})")
        if strange := sorted(set(found) - set(names)):
            wrong.append(f"{len(strange)} that nobody asked about ({few(strange)})")
        if wrong:
            raise DataError(
                f"answers for other scans than the {len(names)} that it was given: {', '.join(wrong)}",
                where=self.name,
                expected=f"one row for each, with its {SCAN}",
            )
        place_of = {name: place for place, name in enumerate(found)}
        return [place_of[name] for name in names]

    def _cannot_be_run(self, why: str) -> UsageError:
        """Make the error of a program that does not start."""
        near = nearest(self.words[0], ("Rscript", "python3", "python", "matlab", "octave", "docker", "apptainer", "sh"))
        instead = f", such as {near}" if near and near != self.words[0] and shutil.which(near) else ""
        return UsageError(
            f"cannot be run: {why}",
            where=f"--command {shown(self.words[0])}",
            expected=f"a program in PATH or by its path{instead}",
        )


def from_command(text: str, read: ReadAnswered, time_limit: float | None = None) -> Answering:
    """Return the model that a command is; parameters and errors are those of :meth:`Command.of`."""
    command = Command.of(text, read, TIME_LIMIT if time_limit is None else time_limit)
    code = hash_of([list(command.words), command.files()])
    return Answering(
        command.name,
        "a command of its owner's",
        command,
        code,
        "file",
        whole=False,  # what else it reads, such as weights, is not known
        hashes={"command": code},
        why_not_again="it is a command, and how it was trained is not known",
    )


def _table(scans: Any, name: str) -> tuple[pd.DataFrame, str]:
    """Return scans as a table with a name for each in its first column, and what that column is called."""
    if isinstance(scans, pd.DataFrame):
        frame = scans.reset_index(drop=True)
    elif isinstance(scans, np.ndarray) and scans.ndim == 2:
        frame = pd.DataFrame(scans, columns=[f"x{place + 1}" for place in range(scans.shape[1])])
    elif isinstance(scans, list | tuple | pd.Series) and all(isinstance(scan, str | os.PathLike) for scan in scans):
        frame = pd.DataFrame({PATH: [os.path.abspath(os.fspath(scan)) for scan in scans]})  # noqa: PTH100  # links stay
    else:
        raise DataError(f"cannot be given {type(scans).__name__}", where=name, expected="rows of a table, or paths")
    single = frame.select_dtypes("float32").columns  # as the numbers that they are, not as those near them
    frame = frame.astype(dict.fromkeys(single, float)).set_axis([str(column) for column in frame.columns], axis=1)
    scan = next(one for one in (SCAN, *(f"{SCAN}_{place}" for place in range(2, 100))) if one not in frame.columns)
    names = pd.DataFrame({scan: [f"s{place + 1:05d}" for place in range(len(frame))]})
    return pd.concat([names, frame], axis=1), scan


def _filled(word: str, places: dict[str, str]) -> str:
    """Return a word with what stands for the tables filled in."""
    for place, path in places.items():
        word = word.replace(place, path)
    return word


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and all that it started: told to end first, where it is at work, so that a container stops."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    with suppress(ProcessLookupError, PermissionError):  # the latter of macOS, where only ended ones are left
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ended(status: int) -> str:
    """Say how a command ended."""
    if status > 0:
        return f"ended with exit status {status}"
    with suppress(ValueError):
        return f"was ended by {signal.Signals(-status).name}"
    return f"was ended by signal {-status}"


def _last_lines(talk: Sequence[Path]) -> str:
    """Return the last lines that a command said, of the first file that has any, each on a line of its own."""
    for file in talk:
        with file.open("rb") as said:
            said.seek(max(0, file.stat().st_size - _MOST_TALK))
            text = said.read(_MOST_TALK).decode("utf-8", "replace")
        if lines := [line.strip() for line in text.splitlines() if line.strip()]:
            return "; its last lines:" + "".join(f"\n    {shown(line, _LETTERS)}" for line in lines[-_LINES:])
    return "; it said nothing"
