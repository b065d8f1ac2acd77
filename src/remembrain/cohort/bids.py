"""A BIDS folder of T1-weighted scans to a table of scans, with everything that is wrong listed at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Int

from remembrain.cohort.entities import choose, chosen_entities, options_for, same_entity
from remembrain.cohort.tsv import is_missing, person_name, read_rows, sex_of
from remembrain.errors import DataError, Problem
from remembrain.types import Scans

_NAME = re.compile(r"^(sub-[A-Za-z0-9]+)(?:_(ses-[A-Za-z0-9]+))?((?:_[a-z]+-[A-Za-z0-9+]+)*)_T1w\.nii(?:\.gz)?$")


@dataclass(frozen=True, eq=False)
class BidsCohort:
    """The usable scans of a BIDS folder, the file of each, and every problem (``fatal`` ones forbid going on)."""

    folder: Path
    scans: Scans
    paths: tuple[Path, ...]
    problems: tuple[Problem, ...]

    def take(self, index: Int[np.ndarray, "some"]) -> BidsCohort:
        """Return the cohort with these scans alone."""
        paths = tuple(self.paths[place] for place in index)
        return BidsCohort(self.folder, self.scans.take(index), paths, self.problems)


@dataclass(frozen=True)
class _Found:
    """One image file and what its name says."""

    path: Path
    person: str
    session: str
    entities: dict[str, str]


def read_bids(
    folder: Path,
    *,
    label: str = "age",
    derivatives: str | None = None,
    space: str | None = None,
    desc: str | None = None,
    entities: Sequence[str] = (),
) -> BidsCohort:
    """Read which T1-weighted scans there are, and of whom; no image is opened.

    Parameters
    ----------
    folder
        Root of the data set, with ``participants.tsv``.
    label
        Numeric column that the target predicts, of ``sub-*_sessions.tsv`` or ``participants.tsv``.
    derivatives
        Take the images of ``derivatives/NAME`` instead of the raw ones.
    space, desc
        Take only files with this ``space-`` or ``desc-`` entity; ``native`` takes those without a ``space-``. Needed
        where several match.
    entities
        Choose, such as ``run=1``, among the files of a session that differ in this entity.

    Returns
    -------
    cohort
        Scans in order of person and session.

    Raises
    ------
    DataError
        Where ``participants.tsv`` is missing or broken, or there is no such derivative.
    UsageError
        Where an entity is not written as ``run=1``.
    """
    wanted = chosen_entities(entities)
    root = folder / "derivatives" / derivatives if derivatives else folder
    if not root.is_dir():
        raise DataError("no such folder", where=root, expected="a BIDS folder")
    table = _participants(folder, label)
    images, misnamed = _images(root, folder)
    images = [one for one in images if _has(one, space=space, desc=desc)]
    found, problems = _one_a_session(images, folder, wanted)
    problems += misnamed
    if not images:
        asked = "".join(f" with {key}-{value}" for key, value in (("space", space), ("desc", desc)) if value)
        problems.append(Problem(str(root), f"has no sub-*/[ses-*/]anat/*_T1w.nii[.gz]{asked}"))
    rows, kept = [], []
    for one in found:
        row, wrong = _facts(one, folder, table, label)
        problems += [replace(p, participant=p.participant or one.person, session=one.session) for p in wrong]
        if row is not None:
            rows.append(row)
            kept.append(one)
    scanned = {one.person for one in images}
    problems += [
        Problem("participants.tsv", f"{person} has no T1w scan and is left out", fatal=False)
        for person in table.index
        if person not in scanned
    ]
    return BidsCohort(folder, _scans(kept, rows), tuple(one.path for one in kept), tuple(problems))


def _images(root: Path, folder: Path) -> tuple[list[_Found], list[Problem]]:
    """Return every T1w image below a folder, and those of whose names it cannot be told whose they are."""
    found, problems = [], []
    for pattern in ("sub-*/anat/*_T1w.nii*", "sub-*/ses-*/anat/*_T1w.nii*"):
        for path in sorted(root.glob(pattern)):
            where, match = str(path.relative_to(folder)), _NAME.match(path.name)
            if path.name.startswith("."):
                continue
            if match is None:
                problems.append(Problem(where, "is not named as BIDS names scans and is left out", fatal=False))
            elif not {*path.relative_to(root).parts[:-2]} <= {match[1], match[2]}:
                problems.append(Problem(where, "is named after another person or session than its folder"))
            else:
                entities = dict(part.split("-", 1) for part in match[3].split("_") if part)
                found.append(_Found(path, match[1], match[2] or "", entities))
    return sorted(found, key=lambda one: (one.person, one.session, one.path.name)), problems


def _has(one: _Found, **wanted: str | None) -> bool:
    """Tell whether a name has the entities asked for; of native space, or none, no entity speaks."""
    return all(value is None or same_entity(one.entities.get(key), value) for key, value in wanted.items())


def _one_a_session(
    found: Sequence[_Found], folder: Path, wanted: Mapping[str, str]
) -> tuple[list[_Found], list[Problem]]:
    """Return the image of each person and session that was chosen, and the ones between which nobody has."""
    groups: dict[tuple[str, str], list[_Found]] = {}
    for one in found:
        groups.setdefault((one.person, one.session), []).append(one)
    kept: list[_Found] = []
    problems: list[Problem] = []
    for (person, session), images in groups.items():
        chosen = [images[place] for place in choose([one.entities for one in images], wanted)]
        if len(chosen) == 1:
            kept += chosen
            continue
        names = ", ".join(str(one.path.relative_to(folder)) for one in chosen or images)
        what = f"has {len(chosen)} T1w scans"
        if not chosen:
            asked = " and ".join(f"{key}-{value}" for key, value in wanted.items())
            what = f"has no T1w scan with {asked}"
        elif advice := options_for([one.entities for one in chosen]):
            what += f", choose with {advice}"
        else:
            what += ", choose by leaving one of them in the folder"
        where = f"{person} {session}".strip()
        problems.append(Problem(where, f"{what}: {names}", bool(chosen), person, f"a session {what}", session=session))
    return kept, problems


def _participants(folder: Path, label: str) -> pd.DataFrame:
    """Return participants.tsv by person, with everything as text; the label may stand in sessions tables instead."""
    path = folder / "participants.tsv"
    rows = read_rows(path)
    if "participant_id" not in rows.columns:
        raise DataError("has no column participant_id", where=path, expected=f"participant_id and {label}")
    rows.index = pd.Index([person_name(name) for name in rows["participant_id"]])
    doubled = sorted(set(rows.index[rows.index.duplicated()]))
    if doubled:
        raise DataError(f"names {', '.join(doubled[:5])} more than once", where=path, expected="one row a person")
    return rows


def _facts(
    one: _Found, folder: Path, table: pd.DataFrame, label: str
) -> tuple[tuple[float, str, str] | None, list[Problem]]:
    """Return label, sex and site of one scan, or what is wrong with them."""
    relative = str(one.path.relative_to(folder))
    if one.person not in table.index:
        return None, [Problem(relative, f"{one.person} has no row in participants.tsv")]
    try:
        session = _session_row(folder, one)
    except DataError as error:
        return None, [Problem(f"{one.person}/{one.person}_sessions.tsv", error.what)]
    rows = {"participants.tsv": table.loc[[one.person]].iloc[0]}
    if session is not None:
        rows = {f"{one.person}_sessions.tsv": session, **rows}
    text, source = _cell(rows, label)
    if not source:
        return None, [Problem("participants.tsv", f"has no column {label}, needed for {relative}")]
    value, wrong = number(text, label)
    if value is None:
        return None, [Problem(f"{source}: {one.person} {one.session}".strip(), wrong)]
    return (value, sex_of(_cell(rows, "sex", "gender")[0]), _cell(rows, "site")[0] or "n/a"), []


def _cell(rows: Mapping[str, pd.Series], *names: str) -> tuple[str, str]:
    """Return the first cell of these columns that says something, and its table; else "" and a table that has one."""
    having = [(str(row[name]), source) for source, row in rows.items() for name in names if name in row.index]
    known = [(text, source) for text, source in having if not is_missing(text)]
    return known[0] if known else ("", having[0][1] if having else "")


def _session_row(folder: Path, one: _Found) -> pd.Series | None:
    """Return the row of this session in the person's sessions table, if there is one."""
    path = folder / one.person / f"{one.person}_sessions.tsv"
    if not one.session or not path.exists():
        return None
    rows = read_rows(path)
    if "session_id" not in rows.columns:
        raise DataError("has no column session_id", where=path)
    mine = rows[[name in (one.session, one.session.removeprefix("ses-")) for name in rows["session_id"]]]
    return None if mine.empty else mine.iloc[0]


def number(text: str, label: str) -> tuple[float | None, str]:
    """Return the value of a label, or why it is none; an age below 0 or above 130 is none."""
    if is_missing(text):
        return None, f"{label} is missing"
    try:
        value = float(text)
    except ValueError:
        return None, f"{label} is {text!r}, which is not a number"
    if not np.isfinite(value):
        return None, f"{label} is {text!r}, which is not a finite number"
    if label == "age" and not 0 <= value <= 130:
        return None, f"age is {text}, expected 0 to 130 years"
    return value, ""


def _scans(kept: Sequence[_Found], rows: Sequence[tuple[float, str, str]]) -> Scans:
    """Return the table of scans."""
    return Scans(
        np.array([one.person for one in kept], dtype=str),
        np.array([one.session for one in kept], dtype=str),
        np.array([row[0] for row in rows], dtype=float),
        np.array([row[1] for row in rows], dtype=str),
        np.array([row[2] for row in rows], dtype=str),
    )
