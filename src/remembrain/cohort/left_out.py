"""What is wrong with a cohort, as it bears on one audit: what stops it, who is left out of it, and what is told.

A problem of a person stops an audit only where that person has a role in it. Where the user says so, the person (or the
one scan) is left out instead: counted wherever anybody may read, named in ``restricted/`` alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Int

from remembrain.cohort.tsv import read_rows
from remembrain.errors import Problem, ProblemsError, counted
from remembrain.run import write_text
from remembrain.types import Scans

FILE = "left_out.tsv"
COLUMNS = ("participant_id", "session_id", "file", "reason", "summary")
OPTION = "--leave-out problems"


@dataclass(frozen=True)
class Bearing:
    """Problems that stop an audit of some people, and those that are only to be told of."""

    fatal: tuple[Problem, ...]
    notes: tuple[Problem, ...]

    @property
    def personal(self) -> tuple[Problem, ...]:
        """The fatal ones that are of one person, who could be left out."""
        return tuple(problem for problem in self.fatal if problem.participant)

    def gone(self, scans: Scans) -> set[str]:
        """Return who is left out: for a problem, or with a note that says why nobody has scans of them."""
        noted = {note.participant for note in self.notes} - {"", *scans.participant_id.tolist()}
        return noted | {problem.participant for problem in self.personal}


def bearing(problems: Iterable[Problem], audited: Collection[str] | None = None) -> Bearing:
    """Return how problems bear on an audit of these people; of everybody where nobody is named."""
    fatal, notes = [], []
    for problem in problems:
        if not problem.fatal:
            notes.append(problem)
        elif problem.participant and audited is not None and problem.participant not in audited:
            summary = f"{problem.summary or problem.what}: not audited, has no role"
            notes.append(replace(problem, fatal=False, summary=summary))
        else:
            fatal.append(problem)
    return Bearing(tuple(fatal), tuple(notes))


def stopping(found: Bearing, *, leaves_out: bool, begun: bool = False) -> list[Problem]:
    """Return the problems that stop an audit.

    Parameters
    ----------
    found
        What is wrong.
    leaves_out
        Whether people with problems are left out.
    begun
        Whether the people are those of a run that has begun: nobody is left out of it any more.
    """
    return [one for one in found.fatal if begun or not (leaves_out and one.participant)]


def insist(found: Bearing, source: Path, *, leaves_out: bool, begun: bool = False) -> None:
    """Raise with every problem that stops an audit, as :func:`stopping` says.

    Raises
    ------
    ProblemsError
        Naming the option that leaves people out, where that would help.
    """
    problems = stopping(found, leaves_out=leaves_out, begun=begun)
    if not problems:
        return
    advice = f"remembrain check {source}"
    if begun:
        advice = "put back what this run began with, or begin a new run folder"
    elif len(found.personal) == len(found.fatal):
        advice = f"mend these, or go on without these scans and people: {OPTION}"
    raise ProblemsError(problems, where=source, try_next=advice)


def kept(scans: Scans, problems: Iterable[Problem]) -> Int[np.ndarray, "some"]:
    """Return the places of the scans that are not left out for these problems: of a person, or of one session."""
    stays = np.ones(len(scans), dtype=bool)
    for problem in problems:
        of_person = scans.participant_id == problem.participant
        stays &= ~(of_person if problem.session is None else of_person & (scans.session_id == problem.session))
    return np.flatnonzero(stays)


def noted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the notes that tell of people who were left out."""
    return tuple(
        replace(problem, fatal=False, summary=f"{problem.summary or problem.what}: left out") for problem in problems
    )


def in_short(problems: Iterable[Problem]) -> list[tuple[str, int]]:
    """Return each kind of note and how often it was made; nobody is named."""
    return counted(replace(one, summary=_anonymous(one)) for one in problems)


def lines(notes: Iterable[tuple[str, int]]) -> list[str]:
    """Return what is told of a cohort on a terminal, a line a kind of note."""
    return [f"note: {text}" + (f" ({count} times)" if count > 1 else "") for text, count in notes]


def write(path: Path, problems: Sequence[Problem]) -> None:
    """Write who was left out and why, by name; no file where nobody was."""
    if not problems:
        path.unlink(missing_ok=True)
        return
    content = io.StringIO()
    rows = csv.writer(content, delimiter="\t", lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in problems:
        cells = (one.participant, one.session or "n/a", one.where, one.what, one.summary or one.what)
        rows.writerow([" ".join(cell.split()) for cell in cells])
    write_text(path, content.getvalue())


def read(path: Path) -> tuple[Problem, ...]:
    """Return who was left out when a run began; nobody where there is no such file."""
    if not path.is_file():
        return ()
    return tuple(
        Problem(
            row["file"],
            row["reason"],
            participant=row["participant_id"],
            summary=row["summary"],
            session=None if row["session_id"] == "n/a" else row["session_id"],
        )
        for row in read_rows(path).to_dict("records")
    )


def _anonymous(problem: Problem) -> str:
    """Return what may be said of a problem where nobody may be named."""
    text = problem.summary or problem.what
    names = {problem.participant, problem.participant.removeprefix("sub-")} - {""}
    return "something of one person" if any(len(name) > 2 and name in text for name in names) else text
