"""Two pages over prepared scans: one shows everybody and stays in ``restricted/``, one has numbers of all together.

What is on either is decided by who calls; nothing here knows how scans are prepared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from remembrain.record.numbers import Count
from remembrain.run import write_text


@dataclass(frozen=True)
class Shown:
    """One scan: its name, its picture, what was measured of it, by what it stands out, and what is to be told.

    ``wrong`` says why it was not prepared; it has no picture then.
    """

    name: str
    picture: str
    measures: tuple[str, ...]
    doubts: tuple[str, ...]
    notes: tuple[str, ...]
    wrong: str = ""


@dataclass(frozen=True)
class Measured:
    """A measure over all people, as far as it may be told, and how many scans stand out by it."""

    title: str
    spread: Mapping[str, float | None]
    bounds: str
    outside: Count
    digits: int


@dataclass(frozen=True)
class Quality:
    """What came of preparing scans, with nobody's name."""

    prepared: Count
    people: Count
    failed: Count
    outliers: Count
    reasons: tuple[tuple[str, Count], ...]
    measures: tuple[Measured, ...]
    rule: str
    methods: str
    version: str

    @property
    def tells(self) -> bool:
        """Whether anything of people's numbers may be told."""
        return any(figure is not None for one in self.measures for figure in one.spread.values())


def write_quality(out: Path, quality: Quality, scans: Sequence[Shown]) -> tuple[Path, Path]:
    """Write both pages, and the numbers of all as ``qc.tsv``; return the page of numbers and that of people."""
    numbers, people = out / "QC.html", out / "restricted" / "QC.html"
    rows = ["measure\tmean\tsd\tp5\tp95\tbounds\toutside"]
    for one in quality.measures:
        figures = (one.spread[key] for key in ("mean", "sd", "p5", "p95"))
        cells = (one.title, *("n/a" if figure is None else f"{figure:g}" for figure in figures), one.bounds)
        rows.append("\t".join((*cells, str(one.outside))))
    write_text(out / "qc.tsv", "\n".join(rows) + "\n", public=True)
    write_text(numbers, _filled("quality.html.j2", q=quality), public=True)
    write_text(people, _filled("quality_people.html.j2", q=quality, scans=_in_order(scans)))
    return numbers, people


def _in_order(scans: Sequence[Shown]) -> list[Shown]:
    """Return scans that stand out before the others."""
    return sorted(scans, key=lambda one: (not one.doubts, one.name))


def _filled(template: str, **content: object) -> str:
    """Return a page."""
    from remembrain.report.write import environment  # loads what draws, which nobody who reads scans needs

    return environment().get_template(template).render(**content)
