"""What reference models add: whether they are like the target, and what each further one buys."""

from __future__ import annotations

from remembrain.report.document import Evidence
from remembrain.report.figures import references
from remembrain.report.section import Section


def _models(evidence: Evidence) -> list[str]:
    """Return the headings of what is achieved with so many models."""
    return [f"{row.models} models" for row in evidence.references.power] if evidence.references else []


SECTION: Section[Evidence] = Section(
    "references",
    "Reference models",
    "What reference models add",
    needs=lambda evidence: evidence.references,
    figures={"power": references.power},
    words={"models": _models},
)
