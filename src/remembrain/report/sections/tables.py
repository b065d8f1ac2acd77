"""Which of the published tables tell most."""

from __future__ import annotations

from remembrain.report.figures import sweeps
from remembrain.report.section import Section
from remembrain.report.survey import SurveyEvidence
from remembrain.report.words import capital, several, with_interval

_GUESSING = 0.5


def telling(evidence: SurveyEvidence) -> str:
    """Say which tables tell most; nothing where that was not looked at."""
    rows = evidence.contributions.rows if evidence.contributions else ()
    clear = [table for table in rows if table.alone.known and table.alone.ends()[1] > _GUESSING]
    if not rows:
        return ""
    if not clear:
        return (
            f"None of {several(len(rows), 'table')} was shown to tell anything by itself (joint intervals); what "
            "is found comes from many together."
        )
    most = "; ".join(f"{table.part} (AUC alone {with_interval(table.alone)})" for table in clear[:3])
    return f"{capital(several(len(clear), 'table'))} of {len(rows)} tell something by themselves, most: {most}."


SECTION: Section[SurveyEvidence] = Section(
    "tables",
    "Which tables",
    "Which tables tell most",
    figures={"tables": sweeps.tables},
    needs_figure=True,
)
