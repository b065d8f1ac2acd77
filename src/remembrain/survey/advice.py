"""Which protection is enough, by measurement: the weakest level whose interval stays below a stated AUC, and its price.

Never an adjective: a level, what it leaves, and what it costs.
"""

from __future__ import annotations

from collections.abc import Sequence

from remembrain.record.tables import Advice, AdviceRow, Level, Swept, SweptPoint

_NONE = 0.0


def advise(sweeps: Sequence[Swept], limit: float) -> Advice:
    """Return for each kind of protection the weakest level that was tried and holds.

    A level holds where the upper ends of the intervals of all swept attacks, which hold together for all levels of that
    kind, are below the limit.
    """
    return Advice(auc_below=limit, rows=tuple(_row(swept, limit) for swept in sweeps if swept.protects))


def _row(swept: Swept, limit: float) -> AdviceRow:
    """Return what is told of one kind of protection."""
    tried = [point for point in swept.points if not point.why and point.value != _NONE]
    levels = [_level(point) for point in tried]
    return AdviceRow(
        name=swept.name,
        title=swept.title,
        tried=tuple(point.value for point in tried),
        enough=next((level for level in levels if level.auc.ends()[2] < limit), None),
        strongest=levels[-1] if levels else None,
    )


def _level(point: SweptPoint) -> Level:
    """Return what is told of a level: its strongest attack with the joint interval, and its price."""
    attack = max(point.joint, key=lambda name: point.joint[name].ends()[2])
    return Level(
        value=point.value,
        attack=attack,
        auc=point.joint[attack],
        loss=point.loss,
        suppressed=point.suppressed,
        n=point.n,
        n_members=point.n_members,
        n_nonmembers=point.n_nonmembers,
    )
