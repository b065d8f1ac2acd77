"""What was found of each setting of a defence."""

from __future__ import annotations

from remembrain.report.defences import Defences
from remembrain.report.section import Section

SECTION: Section[Defences] = Section(
    "findings", "Findings", "What was found, setting by setting", template="defence_findings.html.j2"
)
