"""Who could run the attacks that settings of defences are judged by."""

from __future__ import annotations

from remembrain.report.defences import Defences, KnownAttack
from remembrain.report.section import Section
from remembrain.report.sections.threat import who


def attackers(defences: Defences) -> list[tuple[KnownAttack, str, list[int]]]:
    """Return every attack, who can run it, and the numbers of the settings of which it is told."""
    return [
        (attack, who(attack.access, attack.knows, defences.data_word), defences.judged_by(attack.name))
        for attack in defences.every_attack
    ]


SECTION: Section[Defences] = Section(
    "threat", "Who could do this", words={"attackers": attackers}, template="defence_threat.html.j2"
)
