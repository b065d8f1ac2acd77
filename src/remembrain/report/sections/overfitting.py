"""How leakage goes with overfitting, over the settings of defences."""

from __future__ import annotations

from remembrain.report.defences import Defences
from remembrain.report.figures import over_settings
from remembrain.report.section import Section

SECTION: Section[Defences] = Section(
    "overfitting", "Overfitting", "Leakage and overfitting", figures={"overfitting": over_settings.overfitting}
)
