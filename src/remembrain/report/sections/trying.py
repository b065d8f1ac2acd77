"""What trying many settings costs by itself."""

from __future__ import annotations

from remembrain.report.defences import Defences
from remembrain.report.section import Section

SECTION: Section[Defences] = Section(
    "trying", "What trying costs", "What trying many settings costs", css=lambda _: "verdict not-assessed"
)
