"""What the weights of a model give away beyond its predictions."""

from __future__ import annotations

from remembrain.report.document import Evidence
from remembrain.report.figures import intervals
from remembrain.report.section import Section

SECTION: Section[Evidence] = Section(
    "beyond",
    "What the weights add",
    "What the weights add to the predictions",
    figures={"beyond": intervals.beyond},
    needs_figure=True,
)
