"""The signed error on the scan as it is and in disguise.

What a network has memorised of a scan holds for the scan as it was shown in training, and less for its mirror image or
for the same scan a voxel to the side: the person in disguise is close to somebody like them who was not trained on.
Source of the idea: Choquette-Choo et al. 2021, ICML (arXiv 2007.14321), where labels of classes are counted.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from remembrain.signals._probe import Probe
from remembrain.signals._signal import Seen, Signal
from remembrain.signals.queries import queries_for

SHOWN = 6
"""As it is, mirrored, and a voxel to the left, right, up and down. A network that takes slices from left to right as a
set sees no change where they are only put in another order; brighter and darker scans were measured and told nothing.
"""


class DisguisedError(Signal):
    """Predicted minus true years in each disguise, the first of which is none; a row of a table has no other."""

    def row(self, seen: Seen) -> Float[np.ndarray, "query"]:
        """Return predicted minus true years."""
        years = [seen.prediction, *(seen.disguised[query.name] for query in self.disguises)]
        return np.array(years) - seen.label


def resolve(name: str, probe: Probe) -> Signal:
    """Return the signal for a target."""
    shown = queries_for(probe.front or probe.scan.shape, SHOWN)
    return DisguisedError(name, shape=(len(shown),), disguises=shown[1:])
