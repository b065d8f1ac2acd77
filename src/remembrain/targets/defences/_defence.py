"""What a defence is: one number, its strength, and what it changes of a training or of what is given out.

Every hook leaves things as they are unless a defence says otherwise. Knows nothing of attacks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from jaxtyping import Float

from remembrain.errors import UsageError
from remembrain.types import Texts

if TYPE_CHECKING:
    from torch import Tensor, nn

    from remembrain.targets.private.mechanism import Privacy


@dataclass(frozen=True)
class Defence:
    """A defence of some strength.

    Attributes
    ----------
    strength
        What ``parameter`` says.
    name, title, parameter, paper
        What it is called on the command line and in reports, what its strength is, and where it was published.
    protects
        ``weights``: the model itself is changed. ``predictions``: only what is given out is, so that whoever has the
        weights is not hindered.
    low, high
        Between which the strength lies.
    """

    strength: float

    name: ClassVar[str]
    title: ClassVar[str]
    parameter: ClassVar[str]
    paper: ClassVar[str]
    protects: ClassVar[Literal["weights", "predictions"]] = "weights"
    federated: ClassVar[bool] = False
    """Whether it is for federations alone."""
    promises: ClassVar[bool] = False
    """Whether it comes with an epsilon."""
    builds: ClassVar[bool] = False
    """Whether it changes how a network is made, which only its own class can."""
    low: ClassVar[float] = 0.0
    high: ClassVar[float] = float("inf")
    whole: ClassVar[bool] = False

    def __post_init__(self) -> None:
        inside = np.isfinite(self.strength) and self.low <= self.strength <= self.high
        if not inside or (self.whole and self.strength != int(self.strength)):
            kind = "a whole number" if self.whole else "a number"
            span = f"from {self.low:g}" + (f" to {self.high:g}" if np.isfinite(self.high) else " on")
            raise UsageError(f"{self}: {self.parameter}", expected=f"{kind} {span}")

    def __str__(self) -> str:
        return f"{self.name}={self.strength:.12g}"

    def changes(self, privacy: Privacy | None) -> Mapping[str, Any]:  # noqa: ARG002
        """Return the numbers of training that it changes; ``privacy`` is what was asked for before."""
        return {}

    def rounds(self, rounds: int) -> int:
        """Change how many rounds a federation has."""
        return rounds

    def labels(
        self,
        age: Float[np.ndarray, "scan"],
        person: Texts,  # noqa: ARG002
        seed: int,  # noqa: ARG002
    ) -> Float[np.ndarray, "scan"]:
        """Change the ages that are trained on."""
        return age

    def after_epoch(self, network: nn.Module, epoch: int, epochs: int) -> None:
        """Change the network after an epoch."""

    def release(self, seed: int) -> Callable[[Tensor], Tensor] | None:  # noqa: ARG002
        """Return what is done to predictions before they are given out."""
        return None
