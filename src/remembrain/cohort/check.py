"""Whom an audit is of: a cohort, who has which role, and their scans, judged alike by every command.

What stops an audit, who is left out of it, and what is told of the rest is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
from jaxtyping import Int

from remembrain.cohort import left_out
from remembrain.cohort.bids import BidsCohort
from remembrain.cohort.meant import Listed
from remembrain.cohort.split_files import people_in
from remembrain.cohort.splits import Split, insist_on_people
from remembrain.cohort.table import TableCohort
from remembrain.cohort.volumes import Looked
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.run.kept import hash_of
from remembrain.types import Scans

Cohort: TypeAlias = BidsCohort | TableCohort


def stamp(source: Path, scans: Scans, beside: Sequence[Path] = ()) -> str:
    """Return a hash of who people are, their facts, and their tables or the sizes and times of their files."""
    people = [scans.participant_id, scans.session_id, scans.age, scans.sex, scans.site]
    files = {str(path.relative_to(source)): path.stat() for path in sorted(source.rglob("*.nii*"))}
    scanned = {name: [facts.st_size, facts.st_mtime_ns] for name, facts in files.items()}
    return hash_of([people, scanned, source if source.is_file() else None, *beside])


@dataclass(frozen=True)
class Roles:
    """How people come by their roles.

    Attributes
    ----------
    decide
        From the scans, and the people of whom scans were left out, to a split.
    files
        Where roles are written already, and whom each file lists (None: a split); none where they are drawn.
    begun
        Who was left out of the run whose split this is, where it has begun: nobody else is left out of it any more.
    by_lot
        Whether roles are drawn by lot, or were so when they were written.
    """

    decide: Callable[[Scans, Collection[str]], Split]
    files: tuple[tuple[Path, Listed | None], ...] = ()
    begun: tuple[Problem, ...] | None = None
    by_lot: bool = False


@dataclass(frozen=True, eq=False)
class Settled:
    """The scans of an audit, their roles, what became of them where they are files, who was left out, and notes."""

    cohort: Cohort
    split: Split
    looked: Looked | None
    left: tuple[Problem, ...]
    notes: tuple[Problem, ...]

    def take(self, index: Int[np.ndarray, "some"]) -> Settled:
        """Return what belongs to these scans."""
        looked = None if self.looked is None else self.looked.take(index)
        return replace(self, cohort=self.cohort.take(index), split=self.split.take(index), looked=looked)


def problems_of(cohort: Cohort) -> tuple[Problem, ...]:
    """Return all that is wrong with a cohort, or to be told of it, before any scan is opened."""
    problems = cohort.problems
    bare = isinstance(cohort, TableCohort) and not cohort.facts_alone and cohort.features.shape[1] > 0
    if isinstance(cohort, TableCohort) and bare and len(cohort.scans) and not _measured(cohort):
        what = "has no measured column left: sex and site alone say nothing that a model could remember"
        problems = (*problems, Problem(cohort.path.name, what))
    if not len(cohort.scans) and not any(problem.fatal for problem in problems):
        problems = (*problems, Problem(str(source_of(cohort)), "nobody is left to audit"))
    return problems


def settle(cohort: Cohort, roles: Roles, look: Callable[[BidsCohort], Looked], *, leaves_out: bool = False) -> Settled:
    """Decide whom an audit is of.

    Parameters
    ----------
    cohort
        As read.
    roles
        How people come by their roles.
    look
        Opens the scans of those who have one.
    leaves_out
        Whether people with problems are left out.

    Raises
    ------
    ProblemsError
        With everything that is wrong with those who have a role.
    DataError
        Where too few are left.
    """
    source, begun = source_of(cohort), roles.begun is not None
    bearing = _bearing_on(cohort, roles)
    if left_out.stopping(bearing, leaves_out=leaves_out, begun=begun):
        bearing = judged(cohort, roles, look)  # everything is said at once
    left_out.insist(bearing, source, leaves_out=leaves_out, begun=begun)
    left = (*(roles.begun or ()), *bearing.personal)
    cohort = cohort.take(left_out.kept(cohort.scans, bearing.personal))
    with _counting(left, source):
        if not len(cohort.scans):
            raise DataError("nobody is left to audit", where=source)
        gone = {problem.participant for problem in left} if begun else bearing.gone(cohort.scans)
        split = roles.decide(cohort.scans, gone)
    used = split.used()
    settled = Settled(cohort.take(used), split.take(used), None, left, (*bearing.notes, *split.notes))
    return _looked_at(settled, look, leaves_out=leaves_out, begun=begun)


def insist(cohort: Cohort, roles: Roles, *, leaves_out: bool = False) -> None:
    """Raise with everything that is wrong with those who have a role, before any scan is opened.

    Raises
    ------
    ProblemsError
        Where that stops an audit.
    """
    bearing = _bearing_on(cohort, roles)
    left_out.insist(bearing, source_of(cohort), leaves_out=leaves_out, begun=roles.begun is not None)


def judged(cohort: Cohort, roles: Roles, look: Callable[[BidsCohort], Looked]) -> left_out.Bearing:
    """Return all that is wrong with those who have a role, and all that is to be told of them."""
    bearing = _bearing_on(cohort, roles)
    if not isinstance(cohort, BidsCohort) or not cohort.paths:
        return bearing
    named = _named(cohort, roles)
    audited = np.arange(len(cohort.scans))
    if named is not None:
        audited = np.flatnonzero(np.isin(cohort.scans.participant_id, [*named]))
    more = left_out.bearing(look(cohort.take(audited)).problems)
    return left_out.Bearing((*bearing.fatal, *more.fatal), (*bearing.notes, *more.notes))


def _bearing_on(cohort: Cohort, roles: Roles) -> left_out.Bearing:
    """Return what is wrong with those who have a role, as far as that is known without opening a scan."""
    earlier = {(problem.participant, problem.where) for problem in roles.begun or ()}
    problems = [problem for problem in problems_of(cohort) if (problem.participant, problem.where) not in earlier]
    return left_out.bearing(problems, _named(cohort, roles))


def _looked_at(settled: Settled, look: Callable[[BidsCohort], Looked], *, leaves_out: bool, begun: bool) -> Settled:
    """Open the scans, and leave out those that cannot be used, where that is wanted."""
    cohort = settled.cohort
    if not isinstance(cohort, BidsCohort):
        return settled
    settled = replace(settled, looked=look(cohort))
    bearing = left_out.bearing(settled.looked.problems if settled.looked else ())
    left_out.insist(bearing, source_of(cohort), leaves_out=leaves_out, begun=begun)
    settled = settled.take(left_out.kept(cohort.scans, bearing.personal))
    there = {*settled.cohort.scans.labels()}
    notes = [problem for problem in bearing.notes if f"{problem.participant} {problem.session or ''}".strip() in there]
    settled = replace(settled, left=(*settled.left, *bearing.personal), notes=(*settled.notes, *notes))
    if bearing.personal and len(settled.split.places["nonmember"]):
        with _counting(settled.left, source_of(cohort)):
            insist_on_people(settled.split, settled.cohort.scans, source_of(cohort))
    return settled


def _named(cohort: Cohort, roles: Roles) -> set[str] | None:
    """Return who has a role, where that is written somewhere."""
    if not roles.files:
        return None
    have = {*cohort.scans.participant_id.tolist(), *(problem.participant for problem in cohort.problems)} - {""}
    return set().union(*(people_in(path, have, listed) for path, listed in roles.files if path.is_file()))


@contextmanager
def _counting(left: Collection[Problem], source: Path) -> Iterator[None]:
    """Say who was left out, where that leaves too few."""
    try:
        yield
    except ProblemsError:
        raise
    except DataError as error:
        if not left:
            raise
        counts = ", ".join(f"{count} x {text}" for text, count in left_out.in_short(left))
        raise DataError(
            f"{error.what}, after people were left out ({counts})",
            where=error.where,
            expected=error.expected,
            try_next=f"remembrain check {source}, and mend what it lists",
        ) from None


def source_of(cohort: Cohort) -> Path:
    """Return what a cohort was read from."""
    return cohort.named or cohort.folder if isinstance(cohort, BidsCohort) else cohort.path


def _measured(cohort: TableCohort) -> bool:
    """Tell whether a column says more of people than their sex and site."""
    known = [_places(values) for values in (cohort.scans.sex, cohort.scans.site)]
    columns = (cohort.features[name] for name in cohort.features.columns)
    return any(_places(column.astype(str).to_numpy(dtype=str)) not in known for column in columns)


def _places(values: np.ndarray) -> bytes:
    """Return which rows have the same value, whatever it is called."""
    _, first, place = np.unique(values, return_index=True, return_inverse=True)
    return np.asarray(first[place], dtype=np.int64).tobytes()
