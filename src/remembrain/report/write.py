"""Run folders to one page: read, drawn, worded, filled into templates, written whole or not at all.

The only writer, whatever was audited. Everything in templates is escaped, and nothing undefined let through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from remembrain.errors import UsageError, with_article
from remembrain.report import words
from remembrain.report.figures import svg
from remembrain.report.pages import LAST, Page, page_of
from remembrain.report.section import Chapter, Section
from remembrain.run import RunFolder, insist_on_file, write_text

_FILTERS = (
    "capital",
    "cells",
    "confidence_of",
    "count_of",
    "decimal",
    "interval_of",
    "part",
    "percent",
    "rate_interval",
    "rate_of",
    "rate_slope",
    "rounded",
    "sentence",
    "tidy",
    "value_of",
    "with_interval",
)
_MACROS = ("cells", "figure", "notes", "number", "share", "status", "table")


@dataclass(frozen=True)
class Filled:
    """A section as it stands on the page."""

    anchor: str
    title: str
    heading: str
    level: int
    css: str | None
    body: Markup
    drawings: dict[str, svg.Drawing]


def write(runs: Sequence[Path], out: Path | None = None) -> Path:
    """Write one HTML file over one or several run folders, and each figure as ``RUN/figures/*.svg``.

    Parameters
    ----------
    runs
        Run folders of models that were audited; or one of published tables, or of a comparison of defences.
    out
        The file; ``RUN/report.html`` for one run.

    Returns
    -------
    path
        The file that was written.

    Raises
    ------
    UsageError
        Where no run is named, or several without ``out``, or ``out`` is a folder or in one that is not there.
    DataError
        Where a folder is not a run, or what it comes to is missing, broken or contradicts itself.
    """
    if out is not None:
        insist_on_file(out)
    folders = [RunFolder.open(path) for path in dict.fromkeys(runs)]
    page = page_of(folders)
    if len(folders) > 1 and out is None:
        raise UsageError("several run folders and no file for their report", try_next="remembrain report A B --out F")
    chapters = _chapters(page, folders)
    filled = [(chapter, fill(page.sections, chapter)) for chapter in chapters]
    text = _page(page, chapters, filled)
    for chapter, sections in filled:
        for section in sections:
            for name, drawing in section.drawings.items():
                write_text(chapter.folder.figures / f"{name}.svg", svg.alone(drawing, name))
    path = out or folders[0].report
    write_text(path, text, public=True)
    return path


def _chapters(page: Page[Any], folders: Sequence[RunFolder]) -> list[Chapter[Any]]:
    """Return what each run comes to, with its name, its key and how deep its headings stand."""
    audits = [page.read(folder) for folder in folders]
    names = [evidence.target.name for evidence in audits]
    return [
        Chapter(
            evidence,
            folder,
            name if names.count(name) == 1 else f"{name} ({folder.path.resolve().name})",
            key=f"run{number}" if page.numbered else "",
            level=2 if len(folders) == 1 else 3,
            confidence=words.decimal(100 * evidence.audit.confidence, 0),
        )
        for number, (folder, name, evidence) in enumerate(zip(folders, names, audits, strict=True), start=1)
    ]


def _page(page: Page[Any], chapters: list[Chapter[Any]], filled: list[tuple[Chapter[Any], list[Filled]]]) -> str:
    """Return the text of the page."""
    whole, several = Chapter(chapters, chapters[0].folder), len(chapters) > 1
    audits = [chapter.evidence for chapter in chapters]
    return environment().get_template("page.html.j2").render(
        page=page,
        title=page.title(audits),
        audit=audits[0].audit,
        several=several,
        before=fill(page.beside, whole) if several else [],
        chapters=filled,
        after=fill(LAST, whole),
    )  # fmt: skip


def fill(sections: Sequence[Section[Any]], chapter: Chapter[Any]) -> list[Filled]:
    """Return the sections that the evidence has something for, filled with it."""
    able = (section for section in sections if section.needs(chapter.evidence))
    drawn = ((section, section.drawings(chapter.evidence)) for section in able)
    return [_fill(section, chapter, drawings) for section, drawings in drawn if drawings or not section.needs_figure]


def _fill(section: Section[Any], chapter: Chapter[Any], drawings: dict[str, svg.Drawing]) -> Filled:
    """Return a section filled with evidence and the pictures of it."""
    evidence = chapter.evidence
    context = {
        "e": evidence,
        "at": chapter.at,
        "pictures": chapter.pictures,
        "h": chapter.level,
        "confidence": chapter.confidence,
        "drawings": drawings,
        **{name: say(evidence) for name, say in section.words.items()},
    }
    parts = environment().get_template("_parts.html.j2").make_module(context)
    context |= {name: getattr(parts, name) for name in _MACROS}
    return Filled(
        anchor=chapter.at + section.name,
        title=section.title,
        heading=section.heading_of(evidence),
        level=chapter.level,
        css=section.css(evidence) if section.css else None,
        body=Markup(environment().get_template(section.file).render(context)),  # noqa: S704 - escaped as it was filled
        drawings=drawings,
    )


@cache
def environment() -> Environment:
    """Return the templates, with how numbers and names are written in all of them."""
    loaders = [PackageLoader("remembrain.report", folder) for folder in ("templates", "sections")]
    environment = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({name: getattr(words, name) for name in _FILTERS}, with_article=with_article)
    environment.globals.update(inline=svg.inline, labels=words.LABELS)
    return environment
