"""Where a scan stands among members and among others, signed: by what several scans of a person go together.

A score has lost the sign of the error, and with it most of what two scans of a person have in common. This module must
not know how scans are put together.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from jaxtyping import Float

from remembrain.attacks import _references
from remembrain.attacks._features import numbers
from remembrain.types import Attack, Signals

Standing: TypeAlias = tuple[Float[np.ndarray, "scan"], Float[np.ndarray, "scan"]]
_OF_ERRORS = ("label", "error", "disguised-error", "gradient", "gradient-magnitude")
"""Whoever reads these of a scan has its label and its prediction."""


def reads(attack: Attack) -> tuple[str, ...]:
    """Return the signals that tell where scans stand for who can run this attack; none where labels are not seen."""
    if attack.access == "nothing" or not getattr(attack, "has_label", True):
        return ()
    if _references.NEEDS in attack.needs:
        return (_references.NEEDS, "label")
    return ("error",) if any(need.partition(":")[0] in _OF_ERRORS for need in attack.needs) else ()


def standing_of(attack: Attack, signals: Signals) -> Standing | None:
    """Return the error of each scan less what is expected of a member, and less what is expected of another.

    Without reference models nothing is expected of single scans. With them it is the mean error of the models with the
    person, and of those without.
    """
    names = reads(attack)
    if _references.NEEDS in names:
        seen = _references.Seen.of(signals).over_queries()
        outside = (seen.target - seen.side(inside=False).mean)[:, 0]
        if not seen.inside.any(axis=1).all():
            return outside, outside
        return (seen.target - seen.side(inside=True).mean)[:, 0], outside
    if not names or "error" not in signals:
        return None
    error = numbers(signals, "error")
    return error, error
