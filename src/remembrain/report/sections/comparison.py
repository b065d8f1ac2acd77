"""Several models side by side: the best attack of each kind on each, and whether their people are the same."""

from __future__ import annotations

from collections.abc import Sequence

from remembrain.record.attacks import Attack
from remembrain.record.model import Evidence
from remembrain.report.figures import attacks
from remembrain.report.figures.svg import Drawing
from remembrain.report.section import Chapter, Section
from remembrain.report.strongest import best


def same_people(chapters: Sequence[Chapter[Evidence]]) -> bool:
    """Tell whether runs are known to be of the same people, split alike: by what stays on this machine with each."""
    kept = [chapter.folder.hashes() for chapter in chapters]
    hashes = [(plain.get("split"), plain.get("scans")) for plain in kept]
    return len(set(hashes)) == 1 and None not in hashes[0]


def _bests(chapters: Sequence[Chapter[Evidence]]) -> list[tuple[Chapter[Evidence], list[Attack | None]]]:
    """Return every audit with the best attack of each access on its model."""
    return [
        (chapter, [best(chapter.evidence.tried, access) for access in ("outputs", "weights")]) for chapter in chapters
    ]


def _comparison(chapters: Sequence[Chapter[Evidence]]) -> Drawing | None:
    """Draw the best attacks on every model."""
    return attacks.comparison({chapter.name: chapter.evidence for chapter in chapters})


SECTION: Section[Sequence[Chapter[Evidence]]] = Section(
    "comparison",
    "The models side by side",
    figures={"comparison": _comparison},
    words={"bests": _bests, "same_people": same_people},
)
