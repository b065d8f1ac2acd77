"""How published tables were audited."""

from __future__ import annotations

from remembrain.record.document import Judged
from remembrain.report.section import Section
from remembrain.report.sections.methods import references

SECTION: Section[Judged] = Section(
    "methods", "Methods", words={"references": references}, template="survey_methods.html.j2"
)
