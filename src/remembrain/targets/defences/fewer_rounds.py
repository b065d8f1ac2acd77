"""End a federation earlier."""

from __future__ import annotations

from dataclasses import dataclass

from remembrain.targets.defences._defence import Defence


@dataclass(frozen=True)
class FewerRounds(Defence):
    """A federation of so many rounds."""

    name = "fewer-rounds"
    title = "Fewer federated rounds"
    parameter = "rounds"
    paper = "Gupta et al. 2021, MIDL (arXiv 2105.02866), section 4.2: leakage grows with rounds"
    federated = True
    low, whole = 1, True

    def rounds(self, rounds: int) -> int:  # noqa: ARG002
        """Run so many."""
        return int(self.strength)
