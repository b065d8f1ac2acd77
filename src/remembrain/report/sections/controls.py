"""Whether the figures can be trusted: what the state of each control means for the reader."""

from __future__ import annotations

from collections.abc import Mapping

from remembrain.record.attacks import Held
from remembrain.record.document import Judged
from remembrain.report.section import Section

_MEANINGS: Mapping[str, Mapping[tuple[str, Held], str]] = {
    "model": {
        ("null", "holds"): (
            "The same attacks were run on non-members of whom half were called members. They found nothing there, as "
            "must be, so what they find on the model is not made up by the method."
        ),
        ("null", "failed"): (
            "The same attacks were run on non-members of whom half were called members, and found a difference that "
            "cannot exist. The audit itself is at fault, and nothing is concluded from it."
        ),
        ("blind", "holds"): (
            "An attack that knows age, sex, site and simple measurements but never sees the model was run on the same "
            "people. Its interval contains guessing, so the two groups were not shown to differ by themselves."
        ),
        ("blind", "failed"): (
            "An attack that knows age, sex, site and simple measurements but never sees the model tells the groups "
            "apart: they differ by themselves. Only what an attack finds beyond this is due to the model."
        ),
        ("blind", "not assessed"): (
            "Whether the two groups differ by themselves is not known, so nothing is concluded about the model."
        ),
    },
    "tables": {
        ("null", "holds"): (
            "Of the people who did not take part, half were called members. Their scores do not differ, as must be, so "
            "the comparison finds nothing where there is nothing. It cannot show a fault in how tables or references "
            "were made."
        ),
        ("null", "failed"): (
            "The same attacks were run on people who did not take part, half of whom were called members, and found a "
            "difference that cannot exist. The audit itself is at fault, and nothing is concluded from it."
        ),
        ("blind", "holds"): (
            "An adversary who knows some of those who took part, but never sees a table, was run on the same people. "
            "Its interval contains guessing, so the two groups were not shown to differ by themselves."
        ),
        ("blind", "failed"): (
            "An adversary who never sees a table tells the groups apart: those who took part are another kind of "
            "people. Only what an attack finds beyond this is due to the tables."
        ),
        ("blind", "not assessed"): (
            "Whether the two groups differ by themselves is not known, so nothing is concluded about the tables."
        ),
    },
}
_UNKNOWN = "Whether the attacks find members where there are none is not known, so nothing is concluded from them."


def meaning(evidence: Judged) -> dict[tuple[str, Held], str]:
    """Return what the state of each control means, of what was audited."""
    return {("null", "not assessed"): _UNKNOWN, **_MEANINGS[evidence.subject]}


SECTION: Section[Judged] = Section("controls", "Controls", "Can these numbers be trusted?", words={"meaning": meaning})
