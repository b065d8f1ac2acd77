"""What the audit did not test, as the audit itself says it."""

from __future__ import annotations

from remembrain.record.document import Judged
from remembrain.report.section import Section

SECTION: Section[Judged] = Section("not-tested", "Not tested", "What was not tested")
