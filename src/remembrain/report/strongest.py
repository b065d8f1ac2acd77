"""The strongest of several attacks, chosen after the fact, and what has to be said of such a choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from remembrain.report.document import Attack, Judged, Status
from remembrain.report.words import percent, spelled

AttackT = TypeVar("AttackT", bound=Attack)
_GUESSING = 0.5


def best(attacks: Sequence[AttackT], access: str | None = None) -> AttackT | None:
    """Return the assessed attack with the greatest AUC, of those with this access where one is named.

    The blind baseline is left out. Intervals are those that hold for all attacks at once.
    """
    able = [attack for attack in attacks if attack.assessed and not attack.blind and access in (None, attack.access)]
    top = max(able, key=lambda attack: attack.auc.ends()[0], default=None)
    return top and top.chosen()


def accesses(attacks: Sequence[Attack]) -> list[str]:
    """Return what the attacks on the model need of it, each once, in their order."""
    return list(dict.fromkeys(attack.access for attack in attacks if not attack.blind))


def with_status(evidence: Judged, status: Status) -> list[Attack]:
    """Return the attacks of which this was found."""
    found = ((attack, evidence.finding(attack)) for attack in evidence.tried)
    return [attack for attack, finding in found if finding and finding.status == status]


def at_once(attacks: Sequence[Attack]) -> str:
    """Say that intervals of the best attack hold for all of them, where there are several."""
    count = sum(attack.of_several is not None for attack in attacks)
    return f" that hold for all {spelled(count)} attacks at once" if count > 1 else ""


def though_guessing(quoted: Sequence[Attack]) -> str:
    """Say why members are recognised where the interval of an AUC holds guessing: another test decides."""
    if not any(attack.auc.ends()[1] <= _GUESSING for attack in quoted):
        return ""
    return (
        " Where a range holds guessing, it is the test of all attacks together that shows it: it takes what is known "
        "of people out of the scores, and for attacks that learn from nobody’s membership counts everybody."
    )


def rate_left(attacks: Sequence[Attack], rates: Sequence[str]) -> tuple[str, str] | None:
    """Return the share of members that attacks may still recognise, and at which rate non-members are then accused.

    Of the rates, in their order, it is the first that any of the attacks resolves; the share is rounded up.
    """
    for rate in rates:
        ends = [attack.tpr_at_fpr[rate].ends()[2] for attack in attacks if attack.resolves(rate)]
        if ends:
            return percent(max(ends), up=True), percent(float(rate))
    return None
