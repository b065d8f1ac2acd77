"""What leakage hangs on: what the adversary knows, knob by knob and from full to realistic."""

from __future__ import annotations

from remembrain.report.figures import sweeps
from remembrain.report.section import Section
from remembrain.report.survey import SurveyEvidence


def refused(evidence: SurveyEvidence, *, protects: bool) -> tuple[str, ...]:
    """Return, for every knob that protects, or for the others, which values could not be tried, and why."""
    untried = {
        swept.title: "; ".join(f"{point.value:g} ({point.why})" for point in swept.points if point.why)
        for swept in evidence.sweeps
        if swept.protects == protects
    }
    return tuple(f"{title}: not tried at {values}." for title, values in untried.items() if values)


SECTION: Section[SurveyEvidence] = Section(
    "knowledge",
    "What the adversary knows",
    "What it hangs on",
    figures={
        "realism": sweeps.realism,
        "sweeps": lambda evidence: sweeps.sweeps(evidence, "What the AUC hangs on", protects=False),
    },
    needs_figure=True,
    words={"refused": lambda evidence: refused(evidence, protects=False)},
)
