"""How a model that was trained elsewhere is fed: what its owner says that it predicts, and what follows from that.

What the owner says is checked before any work. A copy in ``restricted/`` is what later attacks on the run read,
wherever the file was.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.cohort.material import AUDITED, Material
from remembrain.cohort.owner_predictions import owner_text, read_owner_predictions, write_owner_predictions
from remembrain.cohort.splits import Split
from remembrain.errors import DataError, UsageError
from remembrain.evidence.feeding import FEWEST_COMPARED, Feeding, Owner, judge
from remembrain.run import RunFolder, holds
from remembrain.targets.brought import BlackBox, Model
from remembrain.types import Scans

FILE = "owner-predictions.tsv"


def owner_of(predictions: Any, tolerance: float | None) -> Owner | None:
    """Return what the network is known to predict where it is in use."""
    if tolerance is not None and (predictions is None or not 0 < tolerance < float("inf")):
        raise DataError(f"owner_tolerance {tolerance}", expected="a number above 0, with owner_predictions")
    if predictions is None:
        return None
    numbers = np.asarray(predictions, dtype=float)
    numbers = numbers.reshape(len(numbers)) if numbers.ndim == 2 and numbers.shape[1] == 1 else numbers
    if numbers.ndim != 1 or np.isinf(numbers).any():
        raise DataError(
            f"owner_predictions of shape {numbers.shape}", expected="one number a scan, NaN where none is known"
        )
    return Owner(numbers, tolerance)


def read_owner(path: Path | None, tolerance: float | None, scans: Scans, split: Split, label: str) -> Owner | None:
    """Return what the owner says of these scans, as far as they are audited; nothing where no file is named.

    Raises
    ------
    UsageError
        Where a tolerance is stated and no file.
    DataError
        Where the file cannot be read, or is of fewer people than would prove anything.
    """
    if path is None:
        if tolerance is not None:
            raise UsageError("--owner-tolerance goes with --owner-predictions")
        return None
    predictions = read_owner_predictions(path, scans, label)
    predictions[~np.isin(split.role, AUDITED)] = np.nan
    people = len(np.unique(scans.participant_id[np.isfinite(predictions)]))
    if people < FEWEST_COMPARED:
        raise DataError(
            f"has predictions of {people} of the people who are audited",
            where=path,
            expected=f"of at least {FEWEST_COMPARED}, members or others: fewer prove nothing",
        )
    return Owner(predictions, tolerance)


def refuse_owner(path: Path | None, tolerance: float | None) -> None:
    """Raise where predictions of an owner are named of a model that is trained here: there is nothing to compare."""
    if path is not None or tolerance is not None:
        raise UsageError(
            "--owner-predictions are of a model that was trained elsewhere, and none is brought in",
            expected="--weights F --network module:Class with it",
        )


def keep_owner(run: RunFolder, owner: Owner | None, scans: Scans, label: str) -> None:
    """Keep what the owner says with the run, or nothing of what was kept before."""
    path = run.restricted / FILE
    path.unlink(missing_ok=True)
    if owner is not None:
        write_owner_predictions(path, scans, owner.predictions, label)


def owner_differs(run: RunFolder, owner: Owner | None, scans: Scans, label: str) -> bool:
    """Tell whether the owner says otherwise than what is kept with the run."""
    path = run.restricted / FILE
    if owner is None or not path.is_file():
        return owner is not None or path.is_file()
    return not holds(path, owner_text(scans, owner.predictions, label))


def kept_owner(run: RunFolder, tolerance: float | None, scans: Scans, label: str) -> Owner | None:
    """Return what was kept of these scans."""
    path = run.restricted / FILE
    return Owner(read_owner_predictions(path, scans, label), tolerance) if path.is_file() else None


def describe_feeding(
    run: RunFolder,
    target: Model,
    material: Material,
    error: Float[np.ndarray, "scan"],
    owner: Owner | None = None,
) -> Feeding | None:
    """Return whether a model that was trained elsewhere is fed right; nothing of one that was trained here.

    Whoever asks a model elsewhere is taken at their word until its answers, or its owner's, speak against it.
    """
    if target.form or (target.source is not None and (run.target / "training.tsv").is_file()):
        return None
    scans, member = material.scans, material.split.role == "member"
    judged = np.flatnonzero(np.isin(material.split.role, AUDITED))
    fed = judge(
        (error + scans.age)[judged],
        scans.age[judged],
        member[judged],
        scans.participant_id[judged],
        owner=None if owner is None else owner.take(judged),
        name=material.label,
    )
    asked = isinstance(target, BlackBox) and not target.bare
    return None if asked and owner is None and fed.status == "not proven" else fed


def doubts_of_feeding(fed: Feeding | None, target: Model) -> tuple[str, str, str]:
    """Return what follows from how a model is fed: that it is another, that it is in doubt, that it was not proven.

    Where a network was given from Python, with arrays as it reads them, its caller is taken at their word: there is no
    step between the two that could be another. So is whoever asks a model in its own way, by paths or named columns.
    """
    if fed is None or fed.status == "proven":
        return "", "", ""
    if fed.status == "refuted":
        return fed.text, "", ""
    if fed.status == "doubtful":
        return "", fed.text, ""
    if not (target.bare if isinstance(target, BlackBox) else target.source):
        return "", "", ""
    return "", "", f"{fed.text} (--owner-predictions)"


def notes_of_feeding(fed: Feeding | None, target: Model) -> tuple[str, ...]:
    """Return what a user should be told of how a model is fed, beside the finding."""
    if fed is None or fed.status == "proven":
        return ()
    way = f"--owner-predictions FILE, what the model's owner gets for at least {FEWEST_COMPARED} people"
    if isinstance(target, BlackBox) and not target.bare:
        way = "whether each answer is of its own scan and in the unit of the label, and columns are as in the training"
    more = f"\n  try: {way}" if fed.agreement is None else ""
    return (f"how the model is fed: {fed.status}. {fed.text}{more}",)
