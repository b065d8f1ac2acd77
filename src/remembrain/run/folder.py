"""The run folder: where everything of one audit lies, written so that a killed run leaves nothing half-written.

``report.html`` and ``evidence.json`` may leave the building, and whoever the umask lets can read them. Only its owner
reads anything else, of which ``restricted/`` names people.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from remembrain._text import printable, shown
from remembrain.errors import DataError, RemembrainError
from remembrain.run.files import (
    FILE,
    FOLDER,
    clear_disk_errors,
    insist_on_folder,
    is_leftover,
    open_private,
    private_folder,
    remove_leftovers,
    write_json,
)
from remembrain.run.locks import lock
from remembrain.run.reading import read_json

SCHEMA = 1
"""Of run folders."""

EVIDENCE: Final = 2
"""Schema of what a run comes to: 2 since no small count can be had from it."""

COMPARISON = "defences.json"
"""What a comparison of defences comes to, in its run folder."""

Kind: TypeAlias = Literal["model", "survey", "defences"]
_AGAIN: Mapping[Kind, str] = {
    "model": "attack RUN",
    "survey": "survey audit DATA RUN --release release.toml",
    "defences": "defend DATA RUN --grid grid.toml",
}
_MARKS: Mapping[Kind, tuple[str, ...]] = {
    "model": ("target", "rounds"),
    "survey": ("release",),
    "defences": (COMPARISON, "grid.json"),
}
"""What lies in a run folder of each kind alone, from soon after it was begun."""
_IN_WORDS: Mapping[Kind, str] = {"model": "a model", "survey": "published tables", "defences": "defences compared"}
_LOCK = Path("restricted") / ".lock"
_HASHES = "hashes.json"


@dataclass(frozen=True)
class RunFolder:
    """One audit on disk. ``create`` starts or continues one; ``open`` insists that it is there."""

    path: Path

    @classmethod
    def create(cls, path: Path, facts: Mapping[str, object]) -> RunFolder:
        """Start a run folder, or continue one of the same schema; what was concluded from it stays.

        Parameters
        ----------
        path
            The folder; made where it is missing, refused where it holds something that is not a run.
        facts
            What ``run.json`` records of how the run came about (command, versions, seed).

        Raises
        ------
        DataError
            Where the folder holds other files, or a run of another version.
        """
        run = cls.usable(path)
        write_json(path / "run.json", {"schema": SCHEMA, **facts})
        run._close()
        return run

    def forget(self) -> None:
        """Remove what was concluded, where it is about to be of something else."""
        with clear_disk_errors(self.path):
            for stale in (self.report, self.evidence):
                stale.unlink(missing_ok=True)

    def _close(self) -> None:
        """Make the folder of what names people, and close what an earlier version left open to others."""
        with clear_disk_errors(self.path):
            private_folder(self.restricted)
        for path in self.path.rglob("*"):
            with suppress(OSError):  # it is gone again, or of another owner, who lets us in
                mode = path.lstat().st_mode
                if mode & 0o077 and not stat.S_ISLNK(mode) and path not in (self.report, self.evidence):
                    path.chmod(FOLDER if stat.S_ISDIR(mode) else FILE)

    @classmethod
    def usable(cls, path: Path) -> RunFolder:
        """Return the run folder that could be started or continued here; nothing is written.

        Raises
        ------
        DataError
            Where the folder holds other files, or a run of another version.
        RemembrainError
            Where it cannot be written.
        """
        if path.exists() and not path.is_dir():
            raise DataError("is a file", where=path, expected="a folder for the run")
        insist_on_folder(path)
        if (path / "run.json").exists():
            return cls.open(path)
        nothing = path / _LOCK, path / _LOCK.parent  # left by a process that ended before it began
        if path.exists() and any(file not in nothing and not is_leftover(file) for file in path.rglob("*")):
            raise DataError("holds files but no run.json", where=path, expected="an empty or new folder")
        return cls(path)

    def insist_on(self, kind: Kind) -> RunFolder:
        """Raise where a run of another kind lies here, whose evidence would be lost; return this one.

        Raises
        ------
        DataError
            Naming what lies here.
        """
        for other, marks in _MARKS.items():
            if other != kind and any((self.path / mark).exists() for mark in marks):
                raise DataError(f"is a run of {_IN_WORDS[other]}", where=self.path, expected="a new folder")
        return self

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """Open a run folder that is there.

        Raises
        ------
        DataError
            Where there is none, it is of another version, or a folder in it is a link to a place outside.
        """
        if not (path / "run.json").is_file():
            raise DataError(
                "is not a run folder (no run.json)", where=path, try_next="remembrain audit DATA RUN, which makes one"
            )
        facts = read_json(path / "run.json")
        schema = facts.get("schema") if isinstance(facts, dict) else None
        if schema != SCHEMA:
            raise DataError(
                f"is a run folder of schema {shown(schema)}",
                where=path / "run.json",
                expected=f"schema {SCHEMA}, which this version writes",
                try_next="audit again into a new folder",
            )
        run = cls(path)
        run._insist_on_own_folders()
        return run

    def _insist_on_own_folders(self) -> None:
        """Raise where a folder in it is a link that leads out of it: what is written there would be elsewhere."""
        whole = self.path.resolve()
        for path in self.path.rglob("*"):
            if path.is_symlink() and path.is_dir() and not path.resolve().is_relative_to(whole):
                what = f"is a link to a folder outside of the run ({shown(path.readlink(), 80)})"
                advice = "move what it links to to its place"
                raise DataError(what, where=path, expected="a folder of its own", try_next=advice)

    def seal(self, hashes: Mapping[str, str]) -> dict[str, str]:
        """Return hashes of people's files as they may leave: each keyed with what stays in ``restricted/``.

        Whoever knows all people but one could try each candidate against a plain hash. The key and the plain hashes are
        written for the owner, who can show with them which files evidence is of.
        """
        kept = self._hashes()
        key = kept.get("key") or secrets.token_hex(32)
        if kept != (content := {"key": key, **hashes}):
            write_json(self.restricted / _HASHES, content)
        return {
            name: hmac.new(bytes.fromhex(key), plain.encode(), hashlib.sha256).hexdigest()
            for name, plain in hashes.items()
        }

    def hashes(self) -> dict[str, str]:
        """Return the plain hashes of people's files, to compare with others on this machine; nothing where not kept."""
        return {name: plain for name, plain in self._hashes().items() if name != "key"}

    def _hashes(self) -> dict[str, str]:
        """Return the key and the plain hashes, where there are any."""
        path = self.restricted / _HASHES
        return dict(read_json(path)) if path.is_file() else {}

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from working on the same run while the block runs.

        Raises
        ------
        RemembrainError
            Where another one does.
        """
        self._close()
        with clear_disk_errors(self.path / _LOCK):
            held = open_private(self.path / _LOCK, os.O_WRONLY | os.O_APPEND)
        with held:
            try:
                lock(held, wait=False)
            except OSError:
                raise RemembrainError(
                    "another process works on this run", where=self.path, try_next="the same when it is done"
                ) from None
            remove_leftovers(self.path)
            yield

    @property
    def report(self) -> Path:
        """The page over the evidence; may leave the building."""
        return self.path / "report.html"

    @property
    def restricted(self) -> Path:
        """Folder of what names a person and may not leave."""
        return self.path / "restricted"

    @property
    def signals(self) -> Path:
        """Folder of what the adversary sees, a file a signal."""
        return self.restricted / "signals"

    @property
    def epochs(self) -> Path:
        """Folder of what a training keeps of its epochs."""
        return self.restricted / "epochs"

    @property
    def kept_scores(self) -> Path:
        """Folder of what attacks said, kept for a rerun."""
        return self.restricted / "attacks"

    @property
    def target(self) -> Path:
        """Folder of the model under audit."""
        return self.path / "target"

    @property
    def figures(self) -> Path:
        """Folder of the report's figures."""
        return self.path / "figures"

    @property
    def evidence(self) -> Path:
        """The numbers with their intervals; may leave the building."""
        return self.path / "evidence.json"

    @property
    def split(self) -> Path:
        """Who was trained on, who was not, and whom the attacker knows."""
        return self.restricted / "split.tsv"

    @property
    def scores(self) -> Path:
        """Every score of every attack by participant."""
        return self.restricted / "scores.tsv"

    @property
    def kind(self) -> Kind:
        """Of what it is; where nothing is concluded yet, as far as what its command begins with tells."""
        if any((self.path / name).is_file() for name in (COMPARISON, "grid.json")):
            return "defences"
        said = read_json(self.evidence) if self.evidence.is_file() else None
        if isinstance(said, dict):
            return "survey" if said.get("kind") == "survey" else "model"
        return "survey" if (self.path / "release").is_dir() else "model"

    @property
    def concluded(self) -> Path:
        """What the run comes to; of defences compared, only the page over it may leave."""
        return self.path / COMPARISON if self.kind == "defences" else self.evidence

    @property
    def again(self) -> str:
        """The command that concludes it."""
        return f"remembrain {_AGAIN[self.kind].replace('RUN', str(self.path))}"

    def log(self, text: str) -> None:
        """Add a line to ``log.txt``: when, and what was done. It names no person."""
        path = self.path / "log.txt"
        line = f"{datetime.now(UTC).isoformat(timespec='seconds')}  {printable(text)}\n"
        with clear_disk_errors(path), open_private(path, os.O_WRONLY | os.O_APPEND) as file:
            file.write(line.encode())

    def facts(self) -> dict[str, Any]:
        """Return what ``run.json`` records."""
        return dict(read_json(self.path / "run.json"))
