"""What every kind of signal is made of: what is seen of one scan, and what a signal makes of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from torch import Tensor

from remembrain.signals.queries import Query


@dataclass(frozen=True, eq=False)
class Seen:
    """What one pass through the target gives for one scan.

    ``gradients`` holds the loss gradient of each parameter that a signal asked for, by parameter name; ``activations``
    what each layer put out that a signal asked for, by module name; ``disguised`` the years predicted of the scan in
    each disguise that a signal asked for, by its name.
    """

    prediction: float
    label: float
    gradients: Mapping[str, Tensor]
    activations: Mapping[str, Tensor]
    disguised: Mapping[str, float]


@dataclass(frozen=True)
class Signal(ABC):
    """One signal of one target.

    Attributes
    ----------
    name
        As it was asked for, such as ``gradient:output``.
    parameters
        The parameters of the target whose gradients it needs; none for what outputs alone show.
    layers
        The modules of the target whose output it needs.
    shape
        Shape of the numbers of one scan; () is a single number.
    disguises
        The disguises in which the target has to see the scan.
    dtype
        float64 for outputs, float32 for gradients, float16 for activations.
    """

    name: str
    parameters: tuple[str, ...] = ()
    shape: tuple[int, ...] = ()
    dtype: str = "<f8"
    layers: tuple[str, ...] = ()
    disguises: tuple[Query, ...] = ()

    def described(self) -> str:
        """Say what of the target it reads, for the report."""
        return ", ".join((*self.parameters, *self.layers))

    @abstractmethod
    def row(self, seen: Seen) -> Float[np.ndarray, "*shape"]:
        """Return this signal's numbers for one scan."""
