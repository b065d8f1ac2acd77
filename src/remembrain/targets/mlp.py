"""Plain network for tables: two wide hidden layers, enough to overfit a few thousand people."""

from __future__ import annotations

import math
from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from remembrain.targets._network import Network, channels


class Mlp(Network):
    """Two hidden layers of 512 units with ReLU, then one number; scans of any shape are flattened."""

    together = True

    def __init__(self, shape: Sequence[int], dropout: float | None = None, width: float = 1.0) -> None:
        super().__init__(shape)
        (units,) = channels(width, 512)
        self.hidden1 = nn.Linear(math.prod(shape), units)
        self.hidden2 = nn.Linear(units, units)
        self.dropout = nn.Dropout(dropout or 0.0)
        self.output = nn.Linear(units, 1)

    @property
    def last(self) -> nn.Linear:
        """The layer whose bias starts at the mean age."""
        return self.output

    def forward(self, x: Float[Tensor, "batch *shape"]) -> Float[Tensor, "batch 1"]:
        """Return predicted years, one a row."""
        x = functional.relu(self.hidden1(x.flatten(1)))
        years: Tensor = self.output(self.dropout(functional.relu(self.hidden2(x))))
        return years
