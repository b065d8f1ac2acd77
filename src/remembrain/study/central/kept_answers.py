"""Answers of a model that may not come to the end: kept after every batch, so that no scan is asked about twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.audits.outlook import Say
from remembrain.run import Key, RunFolder, private_folder
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.asking import ask, unanswered


@dataclass(frozen=True)
class Kept:
    """Answers of a run that was stopped, under everything that decides them, as far as it is known."""

    run: Path
    key: Key
    say: Say

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return RunFolder(self.run).restricted / "answers"


def answers_kept(
    model: Answering, scans: Any, labels: list[str], batch: int, kept: Kept | None, facts: Mapping[str, object]
) -> Float[np.ndarray, "scan"]:
    """Return what a model answers of every scan; what it answered is kept where it does not come to the end.

    Parameters
    ----------
    model, scans, labels, batch
        As of :func:`~remembrain.targets.brought.asking.ask`.
    kept
        Where; nothing is kept without it.
    facts
        How the run began, which is written once there is something to keep.
    """
    if kept is None:
        return ask(model.years, scans, labels, name=model.name, batch=batch)
    RunFolder.usable(kept.run).insist_on("model")
    left = unanswered(len(labels), kept.folder, kept.key)
    if (there := len(labels) - left) and not model.whole:
        kept.say(f"goes on with {there:,} answers that are kept from before; to ask anew, delete {kept.folder}")
    if model.begin is not None:
        model.begin(left)
    with _beginning(kept, facts) as begin:

        def predict(scans: Any) -> Any:
            answer = model.years(scans)
            begin()
            return answer

        return ask(predict, scans, labels, name=model.name, batch=batch, folder=kept.folder, key=kept.key)


@contextmanager
def _beginning(kept: Kept, facts: Mapping[str, object]) -> Iterator[Callable[[], None]]:
    """Give what begins the run folder once there is something to keep; where nothing is, it is as it was before."""
    there, new = kept.run.exists(), not (kept.run / "run.json").exists()

    def begin() -> None:
        if not kept.folder.is_dir():
            if new and not (kept.run / "run.json").exists():
                RunFolder.create(kept.run, facts)
                private_folder(RunFolder(kept.run).target)  # by which a run folder is known
            private_folder(kept.folder)

    try:
        yield begin
    except BaseException:
        if not any(kept.folder.glob("*.npy")):
            for folder in [kept.folder] if not new else [*kept.run.iterdir()] if there else [kept.run]:
                shutil.rmtree(folder, ignore_errors=True) if folder.is_dir() else folder.unlink(missing_ok=True)
        raise
