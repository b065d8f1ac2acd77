"""A target's later layers as a classifier: drawn anew, centred and scaled, retrained, and asked batch by batch."""

from __future__ import annotations

import copy

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from remembrain.attacks._fitting import divide, fit, seeded
from remembrain.attacks._training import Training
from remembrain.errors import DataError
from remembrain.types import Known, Rows


def logits_of(
    layers: nn.Module, signal: object, known: Known, unknown: object, rng: np.random.Generator, how: Training
) -> Float[np.ndarray, "scan"]:
    """Retrain on the known scans and return the logit of the unknown ones, reading a batch at a time.

    Parameters
    ----------
    layers
        From a batch of activations to years, shape (batch,).
    signal, unknown
        Activations of the known scans, and of those to decide.
    known
        Who is a member.
    rng
        Everything random comes from it.
    how
        Settings of the training.
    """
    learned, asked = _rows(signal), _rows(unknown)
    fitting, stopping = divide(known, how, rng)
    size = how.batch_size
    with seeded(rng):
        classifier = _Classifier(_anew(layers), [_batch(learned, some) for some in _pieces(fitting, size)])
        fit(classifier, lambda places: _batch(learned, places.numpy()), known, fitting, stopping, how)
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
