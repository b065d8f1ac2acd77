"""Whether protection is needed, and which is enough, by measurement: what levels leave, and what they cost.

Never an adjective: a level, what it leaves, and what it costs. A level *holds* where the intervals of every swept
attack end below the limits, each by itself: to say so of all of them takes no correction for their number, since all of
them have to (Berger 1982, Technometrics 24:295). Levels of one kind are looked at from the strongest on, and the first
that does not hold ends the search, so that these need none either (Maurer, Hothorn & Lehmacher 1995).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from itertools import takewhile

from remembrain.record.attacks import Attack
from remembrain.record.numbers import UNKNOWN, Number
from remembrain.record.tables import Advice, AdviceRow, Level, Limits, Need, Setting, Swept

_GRAVITY: tuple[Need, ...] = ("no", "open", "yes")
FPR = 0.01
"""The false-positive rate at which people are counted who are recognised."""


def advise(sweeps: Sequence[Swept], published: Setting, attacks: Sequence[Attack], limits: Limits) -> Advice:
    """Return whether protection is needed, and of each kind the weakest level that holds as all stronger ones do.

    Parameters
    ----------
    sweeps
        Of which those of protection count.
    published
        What the tables come to as they are declared, over releases.
    attacks
        What they achieved on the very tables, which can show that something is needed and not that nothing is: that is
        said by releases, against the strongest attacks, once.
    limits
        Of the AUC, and of how many are recognised. What could not be measured leaves the question open.
    """
    very = [attack.auc for attack in attacks if attack.assessed and not attack.blind]
    needs: list[Need] = [_need(published.auc.values(), limits.auc_below), _by_rate(published, limits)]
    if _need(very, limits.auc_below) == "yes":
        needs.append("yes")
    return Advice(
        **asdict(limits),
        needed=max(needs, key=_GRAVITY.index),
        published=_level(0.0, published) if published.auc else None,
        rows=tuple(_row(swept, limits) for swept in sweeps if swept.protects),
    )


def _need(numbers: Collection[Number], limit: float) -> Need:
    """Return whether these are to be brought below a limit; open where they are below, and their intervals are not."""
    if any(number.ends()[0] >= limit for number in numbers):
        return "yes"
    return "no" if numbers and all(number.ends()[2] < limit for number in numbers) else "open"


def _by_rate(setting: Setting, limits: Limits) -> Need:
    """Return whether too many are recognised; open where that is limited and too few people could tell."""
    limited = limits.rate_below < 1 or limits.people_below is not None
    return _need(setting.rate.values(), _rate_limit(setting, limits)) if limited else "no"


def _rate_limit(setting: Setting, limits: Limits) -> float:
    """Return the limit of the share of those who took part that is recognised."""
    return limits.rate_of(setting.n or 0.0, FPR)


def _holds(setting: Setting, limits: Limits) -> bool:
    """Tell whether the intervals of all attacks end below the limits."""
    return _need(setting.auc.values(), limits.auc_below) == _by_rate(setting, limits) == "no"


def _row(swept: Swept, limits: Limits) -> AdviceRow:
    """Return what is told of one kind of protection; a level that changes no cell is none."""
    measured = [point for point in swept.points if not point.why]
    changing = [point for point in measured if point.changed]
    holding = list(takewhile(lambda point: _holds(point, limits), reversed(changing)))
    return AdviceRow(
        name=swept.name,
        title=swept.title,
        tried=tuple(point.value for point in changing),
        idle=tuple(point.value for point in measured if not point.changed and point.value > 1),
        enough=_level(holding[-1].value, holding[-1]) if holding else None,
        strongest=_level(changing[-1].value, changing[-1]) if changing else None,
    )


def _level(value: float, point: Setting) -> Level:
    """Return what is told of a level: its strongest attack, how many are recognised, and its price."""
    attack = max(point.auc, key=lambda name: point.auc[name].ends()[2])
    rate = max(point.rate.values(), key=lambda number: number.ends()[2], default=UNKNOWN)
    return Level(
        value=value,
        attack=attack,
        auc=point.auc[attack],
        rate=rate,
        recognised=_people(rate, point.n),
        loss=point.loss,
        suppressed=point.suppressed,
        n=point.n,
        n_members=point.n_members,
        n_nonmembers=point.n_nonmembers,
    )


def _people(rate: Number, n: float | None) -> float | None:
    """Return how many of those who took part are recognised."""
    return rate.ends()[0] * n if rate.known and n is not None else None
