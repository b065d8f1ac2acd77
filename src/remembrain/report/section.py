"""A section of a page: its name and title, what it needs of the evidence, its figures, its words, its template.

Whether it stands on a page, where the list of contents leads and which pictures are drawn all follow from it. Knows no
section by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from remembrain.report.figures.svg import Drawing
from remembrain.run import RunFolder

EvidenceT = TypeVar("EvidenceT")
ReadT_contra = TypeVar("ReadT_contra", contravariant=True)


def _always(_: object) -> bool:
    """Need nothing."""
    return True


@dataclass(frozen=True)
class Section(Generic[ReadT_contra]):
    """One section of a page, whatever audit it is filled with; what is written is written from the evidence.

    ``name`` is its anchor, and its template's name where no ``template`` is given; ``title`` stands in the list of
    contents, ``heading`` above the section. It stands where the evidence has what it ``needs``, and where
    ``needs_figure``, where one of its ``figures`` can be drawn. ``words`` are what its template says, by the names that
    the template has for them; ``css`` is the class of its element.
    """

    name: str
    title: str
    heading: str | Callable[[ReadT_contra], str] = ""
    needs: Callable[[ReadT_contra], object] = _always
    figures: Mapping[str, Callable[[ReadT_contra], Drawing | None]] = field(default_factory=dict)
    needs_figure: bool = False
    words: Mapping[str, Callable[[ReadT_contra], object]] = field(default_factory=dict)
    css: Callable[[ReadT_contra], str] | None = None
    template: str = ""

    @property
    def file(self) -> str:
        """The name of its template."""
        return self.template or f"{self.name.replace('-', '_')}.html.j2"

    def heading_of(self, evidence: ReadT_contra) -> str:
        """Return what stands above it."""
        return self.heading(evidence) if callable(self.heading) else self.heading or self.title

    def drawings(self, evidence: ReadT_contra) -> dict[str, Drawing]:
        """Return its pictures of which there is something to draw, by name."""
        drawn = {name: draw(evidence) for name, draw in self.figures.items()}
        return {name: drawing for name, drawing in drawn.items() if drawing is not None}


@dataclass(frozen=True)
class Chapter(Generic[EvidenceT]):
    """One audit's part of a page, or with no key what belongs to the whole page.

    Anchors in it begin with ``key``, headings with ``level``; ``confidence`` is that of its intervals, in per cent.
    """

    evidence: EvidenceT
    folder: RunFolder
    name: str = ""
    key: str = ""
    level: int = 2
    confidence: str = ""

    @property
    def at(self) -> str:
        """What its anchors begin with."""
        return f"{self.key}-" if self.key else ""

    @property
    def pictures(self) -> str:
        """What names of elements in its pictures begin with."""
        return self.key or "all"
