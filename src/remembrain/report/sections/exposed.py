"""Who is exposed: the best attack, group by group."""

from __future__ import annotations

from remembrain.record.document import Judged
from remembrain.report.figures import intervals
from remembrain.report.section import Section

SECTION: Section[Judged] = Section(
    "exposed", "Who is exposed", needs=lambda evidence: evidence.exposure, figures={"exposed": intervals.exposed}
)
