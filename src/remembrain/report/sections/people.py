"""Who was audited, by role, in rounded numbers."""

from __future__ import annotations

from remembrain.report.document import Evidence
from remembrain.report.figures import people
from remembrain.report.section import Section

SECTION: Section[Evidence] = Section("people", "People", figures={"ages": people.ages, "brain": people.brain})
