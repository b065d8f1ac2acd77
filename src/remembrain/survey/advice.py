"""Which protection is enough, by measurement: the weakest level whose interval stays below a stated AUC, and its price.

Never an adjective: a level, what it leaves, and what it costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_NONE = 0.0


def advise(sweeps: Sequence[Mapping[str, Any]], limit: float) -> dict[str, Any]:
    """Return for each kind of protection the weakest level that was tried and holds.

    A level holds where the upper ends of the intervals of all swept attacks, which hold together for all levels of that
    kind, are below the limit.

    Parameters
    ----------
    sweeps
        As in ``evidence.json``.
    limit
        The AUC to stay below.
    """
    rows = []
    for one in sweeps:
        if not one["protects"]:
            continue
        tried = [point for point in one["points"] if "why" not in point and point["value"] != _NONE]
        enough = next((point for point in tried if _upper(point) < limit), None)
        strongest = tried[-1] if tried else None
        rows.append(
            {
                "name": one["name"],
                "title": one["title"],
                "tried": [point["value"] for point in tried],
                "enough": _row(enough),
                "strongest": _row(strongest),
            }
        )
    return {"auc_below": limit, "rows": rows}


def _upper(point: Mapping[str, Any]) -> float:
    """Return the greatest upper end over the attacks."""
    return max(float(found["high"]) for found in point["joint"].values())


def _row(point: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what is told of a level: its strongest attack with the joint interval, and its price."""
    if point is None:
        return None
    attack = max(point["joint"], key=lambda name: float(point["joint"][name]["high"]))
    kept = {name: point[name] for name in ("value", "loss", "suppressed", "n_members", "n_nonmembers", "n")}
    return {**kept, "attack": attack, "auc": point["joint"][attack]}
