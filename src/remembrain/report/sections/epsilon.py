"""What settings under differential privacy promise, cost and give away."""

from __future__ import annotations

from remembrain.report.defences import Defences
from remembrain.report.figures import over_settings
from remembrain.report.section import Section

SECTION: Section[Defences] = Section(
    "epsilon",
    "Epsilon",
    "Under differential privacy",
    needs=lambda defences: defences.spenders,
    figures={"epsilon": over_settings.epsilon},
)
