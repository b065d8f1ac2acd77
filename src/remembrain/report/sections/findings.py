"""What was found of each attack, with its ground."""

from __future__ import annotations

from remembrain.record.document import Judged
from remembrain.report.section import Section

SECTION: Section[Judged] = Section("findings", "Findings")
