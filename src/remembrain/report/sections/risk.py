"""What it means to be named: how probably a named person is a member, and whether that can be believed."""

from __future__ import annotations

from remembrain.record.document import Judged
from remembrain.report.figures import risk
from remembrain.report.section import Section

SECTION: Section[Judged] = Section(
    "risk",
    "Being named",
    "What it means to be named",
    needs=lambda evidence: evidence.posterior,
    figures={"reliability": risk.reliability},
)
