"""Which raw scans a folder has, and what each is called once it is prepared; no image is opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from remembrain.cohort.bids import Image, image_of, images_of
from remembrain.cohort.entities import choose, chosen_entities
from remembrain.cohort.raw.template import NAME
from remembrain.errors import DataError, Problem

_OURS = ("space", "res", "desc")
"""Entities that say how a scan was prepared."""


@dataclass(frozen=True)
class Source:
    """One raw scan: whose, its file, how messages call that, and its name without what says how it is prepared."""

    path: Path
    person: str
    session: str
    called: str
    stem: str
    says_mni: bool

    @property
    def folder(self) -> Path:
        """Where it lies in a data set."""
        return Path(self.person) / self.session / "anat"

    def name(self, ending: str, *, desc: str = "brain") -> Path:
        """Return what is made of it, below the root of a derivative: ``ending`` is ``T1w.nii.gz`` or the like."""
        return self.folder / f"{self.stem}_space-{NAME}_res-2_desc-{desc}_{ending}"


def source_of(image: Image, root: Path) -> Source:
    """Return a scan as it is prepared."""
    kept = [f"{key}-{value}" for key, value in image.entities.items() if key not in _OURS]
    stem = "_".join(part for part in (image.person, image.session, *kept) if part)
    says_mni = image.entities.get("space", "").upper().startswith("MNI")
    return Source(image.path, image.person, image.session, str(image.path.relative_to(root)), stem, says_mni)


def sources_of(paths: Iterable[Path], root: Path) -> list[Source]:
    """Return scans whose files are known."""
    return [source_of(image_of(path), root) for path in paths]


def find_sources(
    folder: Path, *, derivatives: str | None = None, space: str | None = None, desc: str | None = None,
    entities: Sequence[str] = (),
) -> tuple[list[Source], list[Problem]]:  # fmt: skip
    """Return every T1-weighted scan of a BIDS folder, all sessions and runs, and what is wrong with names.

    Parameters
    ----------
    folder, derivatives, space, desc
        As for :func:`remembrain.cohort.bids.read_bids`.
    entities
        Of several scans of a session, those that have these alone.

    Raises
    ------
    DataError
        Where there is none.
    """
    wanted = chosen_entities(entities)
    images, problems = images_of(folder, derivatives=derivatives, space=space, desc=desc)
    sources, more = _chosen(images, folder, wanted)
    if not sources:
        names = [f"{problem.where} {problem.what}" for problem in (*problems, *more)][:3]
        raise DataError(
            "has no T1-weighted scan" + (f" ({'; '.join(names)})" if names else ""),
            where=folder,
            expected="a BIDS folder, with sub-*/[ses-*/]anat/*_T1w.nii[.gz]",
        )
    return sources, [*problems, *more]


def _chosen(images: Sequence[Image], folder: Path, wanted: Mapping[str, str]) -> tuple[list[Source], list[Problem]]:
    """Return the scans of each session that are wanted; a name is prepared once."""
    by_session: dict[tuple[str, str], list[Image]] = {}
    for image in images:
        by_session.setdefault((image.person, image.session), []).append(image)
    chosen: dict[str, Source] = {}
    problems: list[Problem] = []
    for (person, session), theirs in by_session.items():
        places = choose([image.entities for image in theirs], wanted)
        if not places:
            asked = " and ".join(f"{key}-{value}" for key, value in wanted.items())
            problems.append(Problem(f"{person} {session}".strip(), f"has no T1w scan with {asked}", participant=person))
        for source in (source_of(theirs[place], folder) for place in places):
            if source.stem in chosen:
                what = f"would have the same name as {chosen[source.stem].called} once it is prepared (leave one out)"
                problems.append(Problem(source.called, what, participant=person, session=session))
            else:
                chosen[source.stem] = source
    return list(chosen.values()), problems
