"""What a reader of a report might think was tested, and was not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from remembrain import attacks as attacks_room
from remembrain.attacks import learns_on_shadow
from remembrain.record.federation import Threat
from remembrain.types import Attack

_ROUNDS = "What rounds of federated training give away."
_REFERENCES = "Attacks with several reference models (--references), which recognise single people with more certainty."
NEVER_TESTED = (
    "Reconstruction of scans, and inference of anything but membership.",
    "People other than those of this split: rates differ in other populations.",
)


def not_tested(
    attacks: Sequence[Attack],
    refused: Mapping[str, str],
    left_out: Mapping[str, str],
    threats: Sequence[Threat] | None,
    *,
    answers_alone: bool = False,
) -> list[str]:
    """Return what a reader might think was tested and was not.

    Parameters
    ----------
    attacks
        Those that were asked for and tried.
    refused, left_out
        Why some do not apply to this model, and why others were not tried, by name.
    threats
        What insiders of a federation found, where there are any.
    answers_alone
        Whether no attack that sees more than answers could be run.
    """
    assessed = [attack for threat in threats or () for attack in threat.attacks if attack.status == "assessed"]
    ran = {attack.name for attack in assessed}
    lines = [f"{name} does not apply to this model: {why}." for name, why in refused.items()]
    if not any(attack.access == "weights" for attack in attacks):
        lines.append("An adversary who has the weights: only attacks on what the model puts out were run.")
    known_alone = all(attack.knows == "some members" for attack in assessed)
    if left_out or (known_alone and not any(learns_on_shadow(attack) for attack in attacks)):
        why = next(iter(left_out.values()), "every attack here learned from people it knew")
        lines.append(f"An adversary who knows no member: {why}.")
    able = {attack.name for attack in attacks if attack.name not in refused} | ran
    referenced = {attack.name for attack in attacks_room.REFERENCED}
    if not able & referenced:
        lines.append(_REFERENCES)
    everything = attacks_room.select(("all",), references=bool(able & referenced), rounds=threats is not None)
    asked_names = {attack.name for attack in attacks} | ran | set(left_out)
    possible = [attack for attack in everything if not (answers_alone and attack.access != "outputs")]
    others = [attack.name for attack in possible if attack.name not in asked_names]
    lines += _not_asked_for(others, asked_names, {*refused, *left_out}, answers_alone=answers_alone)
    return [*lines, *NEVER_TESTED, *(() if threats is not None else (_ROUNDS,))]


def _not_asked_for(
    others: Sequence[str], asked_names: Collection[str], not_run: Collection[str], *, answers_alone: bool
) -> list[str]:
    """Return in a sentence which attacks this program has beside those that were asked for, and how to add them."""
    if not others:
        return []
    core = {attack.name for attack in attacks_room.CORE if attack.access == "outputs" or not answers_alone}
    but_for = f" but for {', '.join(sorted(core.intersection(not_run)))}" if core.intersection(not_run) else ""
    ran = (
        f"The core of attacks was run{but_for}, which no other attack outdid where all were measured; others"
        if core.issubset(asked_names)
        else "Attacks"
    )
    how = "the same command with --attacks all" if answers_alone else "remembrain attack RUN all"
    return [f"{ran} that this program has were not asked for ({how}): {', '.join(sorted(others))}."]
