"""What the words of the page mean, once for all audits on it."""

from __future__ import annotations

from collections.abc import Sequence

from remembrain.report.defences import Defences
from remembrain.report.document import Evidence
from remembrain.report.section import Chapter, Section
from remembrain.report.survey import SurveyEvidence

AnyChapter = Chapter[Evidence] | Chapter[SurveyEvidence] | Chapter[Defences]


def private(chapters: Sequence[AnyChapter]) -> bool:
    """Return whether anything on the page is said of differential privacy."""
    return any(chapter.evidence.private for chapter in chapters)


SECTION: Section[Sequence[AnyChapter]] = Section(
    "glossary", "Glossary", words={"private": private}, css=lambda _: "glossary"
)
