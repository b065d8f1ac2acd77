"""What Python users import: audits of what they have in memory, and the types that they get and give."""

from __future__ import annotations

from remembrain.audits.judge import Evidence
from remembrain.study.central.from_arrays import audit_module
from remembrain.types import Attack, Interval, Scores

__all__ = ["Attack", "Evidence", "Interval", "Scores", "audit_module"]
