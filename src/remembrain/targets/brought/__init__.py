"""Models that were made elsewhere and by other means than a torch network; one way to bring one a file.

Each says what it can do: answer, show its weights, be trained again. What it cannot do is left out of an audit, with
the reason.
"""

from typing import TypeAlias

from remembrain.targets.brought.black_box import BlackBox
from remembrain.targets.model import Target

Model: TypeAlias = Target | BlackBox
"""What is audited: a network that shows its weights, or whatever answers."""

__all__ = ["BlackBox", "Model"]
