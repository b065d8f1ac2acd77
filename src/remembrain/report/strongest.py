"""The strongest of several attacks, chosen after the fact, and what has to be said of such a choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from remembrain.record.attacks import Attack, Status
from remembrain.record.document import Judged
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


def still_recognised(attacks: Sequence[Attack]) -> tuple[float, str] | None:
    """Return the lowest false-positive rate that is quoted of any attack, and up to what share may be recognised."""
    fpr = min((attack.quoted_fpr for attack in attacks if attack.quoted_fpr is not None), default=None)
    known = [rate for attack in attacks if (rate := attack.rate(fpr)).known]
    if fpr is None or not known:
        return None
    return fpr, percent(max(rate.ends()[2] for rate in known), up=True)
