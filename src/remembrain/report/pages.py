"""The pages: each kind is a tuple of sections. Their contents, anchors, order and what is absent follow from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from markupsafe import Markup

from remembrain.errors import UsageError
from remembrain.report import reading
from remembrain.report.defences import Defences
from remembrain.report.document import Evidence
from remembrain.report.section import Chapter, EvidenceT, Section
from remembrain.report.sections import (
    attacks,
    beyond,
    cannot,
    comparison,
    controls,
    costs,
    defence_findings,
    defence_summary,
    defence_threat,
    epsilon,
    exposed,
    federation,
    findings,
    glossary,
    groups,
    guarantee,
    knowledge,
    methods,
    model,
    not_tested,
    overfitting,
    people,
    protection,
    references,
    release,
    reproduction,
    risk,
    selftest,
    settings,
    summary,
    survey_attacks,
    survey_methods,
    survey_summary,
    tables,
    threat,
    trying,
)
from remembrain.report.survey import SurveyEvidence
from remembrain.run import Kind, RunFolder


@dataclass(frozen=True)
class Page(Generic[EvidenceT]):
    """One kind of page: what stands above its title, its question, how what runs come to is read, and its sections.

    The first of the ``sections`` is its head, below which the list of contents stands; ``beside`` are those that stand
    once, before each audit, where there are several. Anchors begin with the number of the audit where ``numbered``.
    """

    kicker: str
    title: Callable[[Sequence[EvidenceT]], str]
    read: Callable[[RunFolder], EvidenceT]
    sections: tuple[Section[EvidenceT], ...]
    written_from: str = "the run folder"
    beside: tuple[Section[Sequence[Chapter[EvidenceT]]], ...] = ()
    numbered: bool = True
    keeps_scores: bool = True


LAST: tuple[Section[Sequence[Any]], ...] = (glossary.SECTION,)
"""What stands at the end of every page, once for all audits on it."""

MODEL = Page[Evidence](
    kicker="Membership inference audit",
    title=summary.title,
    read=reading.read_evidence,
    beside=(comparison.SECTION,),
    sections=(
        summary.SECTION,
        groups.SECTION,
        controls.SECTION,
        findings.SECTION,
        federation.SECTION,
        guarantee.SECTION,
        threat.SECTION,
        people.SECTION,
        model.SECTION,
        attacks.SECTION,
        beyond.SECTION,
        references.SECTION,
        exposed.SECTION,
        risk.SECTION,
        not_tested.SECTION,
        methods.SECTION,
        reproduction.SECTION,
        selftest.SECTION,
    ),
)

SURVEY = Page[SurveyEvidence](
    kicker="Membership inference audit of published tables",
    title=survey_summary.title,
    read=reading.read_survey,
    sections=(
        survey_summary.SECTION,
        controls.SECTION,
        findings.SECTION,
        threat.SECTION,
        release.SECTION,
        survey_attacks.SECTION,
        tables.SECTION,
        knowledge.SECTION,
        protection.SECTION,
        exposed.SECTION,
        risk.SECTION,
        not_tested.SECTION,
        survey_methods.SECTION,
        reproduction.SECTION,
        selftest.SECTION,
    ),
)

DEFENCES = Page[Defences](
    kicker="Membership inference audit: defences compared",
    title=defence_summary.title,
    read=reading.read_defences,
    written_from=Markup("<code>defences.json</code>"),
    numbered=False,
    keeps_scores=False,
    sections=(
        defence_summary.SECTION,
        costs.SECTION,
        settings.SECTION,
        overfitting.SECTION,
        epsilon.SECTION,
        trying.SECTION,
        defence_threat.SECTION,
        defence_findings.SECTION,
        cannot.SECTION,
        reproduction.SECTION,
    ),
)

PAGES: Mapping[Kind, Page[Any]] = {"model": MODEL, "survey": SURVEY, "defences": DEFENCES}
_OF: Mapping[Kind, str] = {"survey": "published tables", "defences": "a comparison of defences"}


def page_of(folders: Sequence[RunFolder]) -> Page[Any]:
    """Return the kind of page over these runs.

    Raises
    ------
    UsageError
        Where no run is named, or several that have no page together.
    """
    kinds = [folder.kind for folder in folders]
    for folder, kind in zip(folders, kinds, strict=True):
        if len(folders) > 1 and kind in _OF:
            raise UsageError(f"is of {_OF[kind]}", where=folder.path, expected="runs of models, or this one alone")
    if not kinds:
        raise UsageError("no run folder to report on", try_next="remembrain report RUN")
    return PAGES[kinds[0]]
