"""What was found of each attack, with its ground."""

from __future__ import annotations

from remembrain.report.document import Judged
from remembrain.report.section import Section

SECTION: Section[Judged] = Section("findings", "Findings")
