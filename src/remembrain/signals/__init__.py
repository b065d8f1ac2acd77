"""What the adversary sees of a target for each scan; one kind of signal a file.

This room sees a target only as a :class:`~remembrain.types.Auditable` and scans only as
:class:`~remembrain.types.Inputs`, whoever trained the one and whatever the others are. A new kind is one file and
one line in ``KINDS``.
"""

from remembrain.signals.extraction import KINDS, Extracted, check_names, extract, is_signal, resolve
from remembrain.signals.later_layers import later_layers

__all__ = ["KINDS", "Extracted", "check_names", "extract", "is_signal", "later_layers", "resolve"]
