"""What a run folder of a federation holds beside its rounds: its key, who is where, and the last model as target."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from jaxtyping import Int

from remembrain.errors import DataError
from remembrain.federation.archive import Archive
from remembrain.federation.flare.plan import Plan
from remembrain.federation.learners import describe_learners, listed, title_of
from remembrain.federation.promise import record_federation
from remembrain.report.figures.rounds import environment as draw_environment
from remembrain.report.figures.svg import alone
from remembrain.run import Key, RunFolder, write_text
from remembrain.run.kept import insist_same
from remembrain.targets import saved
from remembrain.types import Scans

KEY = "federation.json"
Learners: TypeAlias = tuple[Int[np.ndarray, "scan"], dict[int, str]]
"""Whose each scan is (0 for unseen people), and what the learners are called."""


def insist(run: RunFolder, archive: Archive, key: Key, rounds: int) -> None:
    """Raise where the folder holds another federation; forget what was concluded from fewer or more rounds.

    Raises
    ------
    DataError
        Naming what differs; nothing was changed.
    """
    if (run.target / saved.FACTS).is_file() and not (run.path / "rounds").is_dir():
        raise DataError("holds a model that no federation trained", where=run.path, expected="a new folder")
    insist_same(run.restricted / KEY, key, "a federation")
    if not archive.manifest(rounds).is_file() or archive.last() != rounds:
        run.forget()


def draw_learners(run: RunFolder, scans: Scans, learners: Learners, environment: str, label: str) -> str:
    """Draw how many people each learner has and how old they are, as far as it may be told; return it in lines."""
    learner, names = learners
    described = describe_learners(scans, {number: learner == number for number in names}, names)
    unit = "years" if label == "age" else f"units of {label}"
    title, picture = title_of(environment), run.figures / "environment.svg"
    write_text(picture, alone(draw_environment(described, title, label, unit), "environment"))
    nobody = len(np.unique(scans.participant_id[learner == 0]))
    return f"{listed(described, nobody, title, unit)}\n  drawn in {picture}"


def keep_last(run: RunFolder, archive: Archive, plan: Plan, shape: tuple[int, ...]) -> None:
    """Keep the last community model as the target, and beside it what was promised of it."""
    saved.save(plan.community(shape, archive.state(plan.rounds), archive.community(plan.rounds)), run.target)
    record_federation(run, archive, plan.recipe, plan.rounds)
