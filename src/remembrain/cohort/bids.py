"""A BIDS folder of T1-weighted scans to a table of scans, with everything that is wrong listed at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

import numpy as np
from jaxtyping import Int

from remembrain.cohort.entities import choose, chosen_entities, options_for, same_entity, values_of
from remembrain.cohort.facts import Columns
from remembrain.cohort.label_places import Scanned
from remembrain.cohort.participants import read_facts
from remembrain.errors import DataError, Problem
from remembrain.types import Scans

_NAME = re.compile(r"^(sub-[A-Za-z0-9]+)(?:_(ses-[A-Za-z0-9]+))?((?:_[a-z]+-[A-Za-z0-9+]+)*)_T1w\.nii(?:\.gz)?$")

_LIKE_T1W = re.compile(r"(?:^|_)t1w?(?: ?\([0-9]+\))?\.nii", re.IGNORECASE)
"""Names that are meant for such scans, whatever the case and what copying put into them."""


class Selection(TypedDict, total=False):
    """Which images of a folder are meant: those of a derivative, with these entities."""

    derivatives: str | None
    space: str | None
    desc: str | None
    entities: Sequence[str]


@dataclass(frozen=True, eq=False)
class BidsCohort:
    """The usable scans of a BIDS folder, the file of each, and every problem (``fatal`` ones forbid going on).

    Where files lie in another folder than the one that the user named, that one is ``named``.
    """

    folder: Path
    scans: Scans
    paths: tuple[Path, ...]
    problems: tuple[Problem, ...]
    named: Path | None = None

    def take(self, index: Int[np.ndarray, "some"]) -> BidsCohort:
        """Return the cohort with these scans alone."""
        paths = tuple(self.paths[place] for place in index)
        return replace(self, scans=self.scans.take(index), paths=paths)


@dataclass(frozen=True)
class Image:
    """One image file and what its name says."""

    path: Path
    person: str
    session: str
    entities: dict[str, str]


def read_bids(
    folder: Path,
    columns: Columns | None = None,
    *,
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
    columns
        The label that the target predicts, and the columns that the user names; of participants.tsv or a table of
        sessions.
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
    root = _root(folder, derivatives)
    everything, misnamed = _images(root, folder)
    images = [one for one in everything if _has(one, space=space, desc=desc)]
    found, problems = _one_a_session(images, folder, wanted)
    problems += misnamed
    if not images:
        asked = "".join(f" with {key}-{value}" for key, value in (("space", space), ("desc", desc)) if value)
        there = values_of([one.entities for one in everything], ("space", "desc"))
        what = f"has no sub-*/[ses-*/]anat/*_T1w.nii[.gz]{asked}{there and f', but {there}'}"
        problems.append(Problem(str(root), what))
    scanned = [Scanned(one.person, one.session, str(one.path.relative_to(folder))) for one in found]
    facts = read_facts(folder, scanned, {one.person for one in images}, columns or Columns())
    good = [place for place, value in enumerate(facts.label) if value is not None]
    scans = Scans(
        np.array([found[place].person for place in good], dtype=str),
        np.array([found[place].session for place in good], dtype=str),
        np.array([facts.label[place] for place in good], dtype=float),
        np.array([facts.sex[place] for place in good], dtype=str),
        np.array([facts.site[place] for place in good], dtype=str),
    )
    return BidsCohort(folder, scans, tuple(found[place].path for place in good), (*problems, *facts.problems))


def images_of(
    folder: Path, *, derivatives: str | None = None, space: str | None = None, desc: str | None = None
) -> tuple[list[Image], list[Problem]]:
    """Return every T1w image of a BIDS folder, and what is wrong with names; parameters as for :func:`read_bids`."""
    everything, misnamed = _images(_root(folder, derivatives), folder)
    return [one for one in everything if _has(one, space=space, desc=desc)], misnamed


def image_of(path: Path) -> Image:
    """Return what the name of an image says, which is named as BIDS names scans."""
    match = _NAME.match(path.name)
    if match is None:
        raise ValueError(f"{path.name} is not named as BIDS names scans")
    entities = dict(part.split("-", 1) for part in match[3].split("_") if part)
    return Image(path, match[1], match[2] or "", entities)


def _root(folder: Path, derivatives: str | None) -> Path:
    """Return the folder that has the images of a data set, or of one of its derivatives."""
    root = folder / "derivatives" / derivatives if derivatives else folder
    if not root.is_dir():
        raise DataError("no such folder", where=root, expected="a BIDS folder")
    return root


def _images(root: Path, folder: Path) -> tuple[list[Image], list[Problem]]:
    """Return every T1w image below a folder, and those of whose names it cannot be told whose they are."""
    found, problems = [], []
    for pattern in ("anat/*.[nN][iI][iI]*", "ses-*/anat/*.[nN][iI][iI]*"):
        for path in sorted(root.glob(f"[sS][uU][bB]-*/{pattern}")):
            where, match = str(path.relative_to(folder)), _NAME.match(path.name)
            if path.name.startswith(".") or not _LIKE_T1W.search(path.name):
                continue
            if match is None or not path.relative_to(root).parts[0].startswith("sub-"):
                problems.append(Problem(where, "is not named as BIDS names scans and is left out", fatal=False))
            elif not {*path.relative_to(root).parts[:-2]} <= {match[1], match[2]}:
                what = "is named after another person or session than its folder"
                concerned = sorted({match[1], path.relative_to(root).parts[0]})
                problems += [Problem(where, what, participant=person, summary=f"a scan {what}") for person in concerned]
            else:
                found.append(image_of(path))
    return sorted(found, key=lambda one: (one.person, one.session, one.path.name)), problems


def _has(one: Image, **wanted: str | None) -> bool:
    """Tell whether a name has the entities asked for; of native space, or none, no entity speaks."""
    return all(value is None or same_entity(one.entities.get(key), value) for key, value in wanted.items())


def _one_a_session(
    found: Sequence[Image], folder: Path, wanted: Mapping[str, str]
) -> tuple[list[Image], list[Problem]]:
    """Return the image of each person and session that was chosen, and the ones between which nobody has."""
    groups: dict[tuple[str, str], list[Image]] = {}
    for one in found:
        groups.setdefault((one.person, one.session), []).append(one)
    kept: list[Image] = []
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
