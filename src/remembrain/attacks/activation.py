"""The target's own later layers, retrained to tell members by what an earlier layer puts out."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from remembrain.attacks._fitting import Training, divide, fit, seeded
from remembrain.errors import DataError
from remembrain.types import Access, Known, Knows, Rows, Signals


@dataclass(frozen=True)
class LaterLayers:
    """Layers behind the second, trained again from fresh weights, become a classifier (Gupta et al. 2021).

    The source does not state where weights start, or how an age becomes a logit: here they are drawn anew (the target's
    own did worse), and the output is centred and scaled by its mean and standard deviation over the attack's training
    scans before any step. Dropout is the target's own.
    """

    layers: nn.Module | None = field(default=None, repr=False, compare=False)
    name: str = "activation"
    title: str = "The model’s own later layers, retrained"
    access: Access = "weights"
    knows: Knows = "some members"
    needs: tuple[str, ...] = ("activation:second",)
    paper: str = "Gupta et al. 2021, MIDL (arXiv 2105.02866)"
    training: Training = field(default_factory=Training)

    def of(self, layers: nn.Module) -> LaterLayers:
        """Return the attack on a target: ``layers`` maps a batch of activations to years, shape (batch,)."""
        return replace(self, layers=layers)

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:
        """Retrain on the known scans and return the logit of the unknown ones, reading a batch at a time."""
        if self.layers is None:
            raise DataError("the later layers of the target were not given", where=self.name)
        learned, asked = _rows(known.signals[self.needs[0]]), _rows(unknown[self.needs[0]])
        fitting, stopping = divide(known, self.training, rng)
        size = self.training.batch_size
        with seeded(rng):
            classifier = _Classifier(_anew(self.layers), [_batch(learned, some) for some in _pieces(fitting, size)])
            fit(classifier, lambda places: _batch(learned, places.numpy()), known, fitting, stopping, self.training)
            with torch.no_grad():
                logits = [classifier(_batch(asked, places)) for places in _pieces(np.arange(len(asked)), size)]
        return np.asarray(torch.cat(logits).double().numpy())


def _anew(layers: nn.Module) -> nn.Module:
    """Return a copy whose layers have drawn their weights anew, where they can."""
    copied = copy.deepcopy(layers)
    for part in copied.modules():
        draw = getattr(part, "reset_parameters", None)
        if callable(draw):
            draw()
    return copied


class _Classifier(nn.Module):
    """The later layers, their output centred and scaled by what they say of some scans at the start."""

    def __init__(self, layers: nn.Module, batches: list[Tensor]) -> None:
        super().__init__()
        self.layers = layers
        layers.eval()
        with torch.no_grad():
            years = torch.cat([layers(batch) for batch in batches])
        self.register_buffer("centre", years.mean())
        self.register_buffer("scale", years.std().clamp_min(1e-6))

    def forward(self, activation: Tensor) -> Tensor:
        """Return one logit a scan."""
        years: Tensor = self.layers(activation)
        return (years - self.get_buffer("centre")) / self.get_buffer("scale")


def _rows(signal: object) -> Rows:
    """Return a signal so that some scans of it can be read."""
    if isinstance(signal, Rows):
        return signal
    array = np.asarray(signal)
    return Rows(array, np.arange(len(array)))


def _pieces(places: np.ndarray, size: int) -> list[np.ndarray]:
    """Cut places into pieces of a size."""
    return [places[start : start + size] for start in range(0, len(places), size)]


def _batch(rows: Rows, places: np.ndarray) -> Tensor:
    """Read some scans as float32.

    Raises
    ------
    DataError
        Where a number is NaN or infinite.
    """
    batch = torch.from_numpy(rows.take(places).astype(np.float32))
    if not bool(torch.isfinite(batch).all()):
        raise DataError("the activations hold values that are NaN or infinite", expected="finite numbers")
    return batch
