"""Answers of a model that may not come to the end: kept after every batch, so that no scan is asked about twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.errors import DataError
from remembrain.run import Key, RunFolder, holds, private_folder, read_json, write_text
from remembrain.run.origin import usable_without_config
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.asking import asked, one_by_one, unanswered
from remembrain.targets.readings import FORMS


def answers_of(run: Path) -> Path:
    """Return where answers are kept in a run folder."""
    return RunFolder(run).restricted / "answers"


@dataclass(frozen=True)
class Kept:
    """Answers of a run that was stopped, under everything that decides them, as far as it is known.

    ``without`` says how to go on without scans that a model cannot read, and ``leaves_out`` whether that is wanted.
    """

    run: Path
    key: Key
    say: Callable[[str], None]
    without: str = "the same without these scans"
    leaves_out: bool = False

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return answers_of(self.run)


def answers_kept(
    model: Answering, scans: Any, labels: list[str], batch: int, kept: Kept | None, begin: Callable[[], None]
) -> Float[np.ndarray, "scan"]:
    """Return what a model answers of every scan, NaN where it has no answer; what it answered is kept.

    Parameters
    ----------
    model, scans, labels, batch
        As of :func:`~remembrain.targets.brought.asking.asked`.
    kept
        Where; nothing is kept without it.
    begin
        Begins the run folder, once there is something to keep.

    Raises
    ------
    DataError
        Where it fails or answers with anything but numbers, with how to go on where it fails of single scans alone.
    """
    if kept is None:
        return asked(model.years, scans, labels, name=model.name, batch=batch)
    left = unanswered(len(labels), kept.folder, kept.key)
    if (there := len(labels) - left) and not model.whole:
        kept.say(f"goes on with {there:,} answers that are kept from before; to ask anew, delete {kept.folder}")
    if model.begin is not None:
        model.begin(left, there)

    reading, file = model.head.reading, kept.folder / f"reading-{kept.key.digest[:16]}.json"
    if there and file.is_file() and (form := read_json(file).get("form")) in FORMS:
        reading.form = form  # as those that are kept were read

    years = one_by_one(model.years, answered=there > 0) if kept.leaves_out and not model.dear else model.years

    def predict(scans: Any) -> Any:
        answer = years(scans)
        begin()
        if reading.form is not None and not holds(file, text := json.dumps({"form": reading.form})):
            write_text(file, text)
        return answer

    try:
        return asked(predict, scans, labels, name=model.name, batch=batch, folder=kept.folder, key=kept.key)
    except DataError as error:
        if error.try_next is not None or kept.leaves_out or model.dear:
            raise
        raise DataError(error.what, where=error.where, expected=error.expected, try_next=kept.without) from error


@contextmanager
def alone_while_asking(run: Path, facts: Mapping[str, object]) -> Iterator[Callable[[], None]]:
    """Keep other processes from a run meanwhile, and give what begins its folder once there is something to keep.

    Where the model does not come to the end and nothing is kept, the folder is as it was before.

    Raises
    ------
    RemembrainError
        Where another process works on it.
    DataError
        Where it holds something else.
    """
    folder = usable_without_config(run)
    there, new = run.exists(), not (run / "run.json").exists()
    answers = answers_of(run)

    def begin() -> None:
        if not answers.is_dir():
            if new and not (run / "run.json").exists():
                RunFolder.create(run, facts)
                private_folder(folder.target)  # by which a run folder is known
            private_folder(answers)

    with folder.alone():
        try:
            yield begin
        except BaseException:
            if not any(answers.glob("*.npy")):
                for part in [answers] if not new else [*run.iterdir()] if there else [run]:
                    shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)
            raise
