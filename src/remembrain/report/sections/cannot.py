"""What a comparison of defences cannot tell."""

from __future__ import annotations

from remembrain.report.defences import Defences
from remembrain.report.section import Section

CANNOT = (
    "what an attack would find that was made for one of these defences: each attack learns from the defended model "
    "as it would from any, and none knows how it was defended",
    "anything of attacks stronger than those listed, of other people, another network or another way of training",
    "what the weights give away where a defence acts on released predictions alone: whoever holds the weights "
    "attacks the model without defence",
    "that a setting gives nothing away: where recognition was not shown, the intervals tell what is still possible",
    "which of two settings is better where their intervals overlap, or how a setting that was picked here does on "
    "people who had no part in picking it",
    "what the search itself gives away: an epsilon is of one training, and choosing among many by what members show "
    "is in none of them",
    "anything but membership: what else of a person can be read from a model was not looked at",
)

SECTION: Section[Defences] = Section(
    "cannot", "What it cannot tell", "What this page cannot tell", words={"lines": lambda _: CANNOT}
)
