"""Whether members and non-members are the same kind of people by themselves."""

from __future__ import annotations

from remembrain.report.document import Evidence
from remembrain.report.figures import intervals
from remembrain.report.section import Section

SECTION: Section[Evidence] = Section(
    "groups",
    "The groups",
    "Are members and non-members the same kind of people?",
    needs=lambda evidence: evidence.groups,
    figures={"groups": intervals.differences},
)
