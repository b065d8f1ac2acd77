"""Whether this program measured what it says when it was last tested on this machine."""

from __future__ import annotations

from remembrain.record.document import Judged
from remembrain.report.section import Section

SECTION: Section[Judged] = Section("selftest", "Self-test", "Does this program measure what it says?")
