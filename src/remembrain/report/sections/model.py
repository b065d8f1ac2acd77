"""The model under audit, and by how much it predicts its members better than others."""

from __future__ import annotations

from remembrain.report.document import Evidence
from remembrain.report.figures import model
from remembrain.report.section import Section

SECTION: Section[Evidence] = Section(
    "model", "Model", "The model, and its gap between members and others", figures={"training": model.training}
)
