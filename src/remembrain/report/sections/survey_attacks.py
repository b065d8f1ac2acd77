"""What every attack on published tables achieves."""

from __future__ import annotations

from remembrain.report.figures import attacks
from remembrain.report.section import Section
from remembrain.report.sections.attacks import attack_table
from remembrain.report.survey import SurveyEvidence

SECTION: Section[SurveyEvidence] = Section(
    "attacks",
    "Attacks",
    figures={
        "forest": lambda evidence: attacks.forest(evidence, evidence.audit.confidence, "Never sees a table"),
        "roc": attacks.roc,
    },
    words={"achieved": attack_table},
    template="survey_attacks.html.j2",
)
