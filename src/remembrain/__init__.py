"""remembrain: does this model remember whose scans trained it, and who could find out?

From Python, ``remembrain.audit`` audits whatever predicts: a function, an estimator, a network; ``remembrain.load``
reads what an audit came to. Everything else is the command line's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from remembrain.api import Attack, Audit, Evidence, Head, Interval, Scores, audit, audit_module, load, register

__all__ = ["Attack", "Audit", "Evidence", "Head", "Interval", "Scores", "audit", "audit_module", "load", "register"]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that ``--help`` does not wait for torch."""
    if name in __all__:
        from remembrain import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
