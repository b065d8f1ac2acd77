"""The published attack classifier as a network: its blocks of signals, its training and its answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from remembrain.attacks._encoders import SIZE, Flat, encoder_of
from remembrain.attacks._features import Standardiser, columns
from remembrain.attacks._fitting import divide, fit, seeded
from remembrain.attacks._training import Training
from remembrain.types import Known, Signals


def logits_of(
    signals: Sequence[str], known: Known, unknown: Signals, rng: np.random.Generator, how: Training, *, flat: bool
) -> Float[np.ndarray, "scan"]:
    """Train on the known scans and return the logit of the unknown ones.

    Parameters
    ----------
    signals
        Names of those that are read.
    known, unknown
        Scans whose membership is known, and signals of those to decide.
    rng
        Everything random comes from it.
    how
        Settings of the training.
    flat
        Whether every signal is encoded by Linear and ReLU alone.
    """
    blocks = _blocks(signals, known.signals)
    fitting, stopping = divide(known, how, rng)
    taught = [_values(known.signals, block) for block in blocks]
    scales = [Standardiser.fit(one.reshape(len(one), -1)[fitting]) for one in taught]
    learned = [_tensor(one, scale) for one, scale in zip(taught, scales, strict=True)]
    with seeded(rng):
        shapes = [tuple(one.shape[1:]) for one in learned]
        kinds = [Flat if flat else encoder_of(block[0], shape) for block, shape in zip(blocks, shapes, strict=True)]
        encoders = [kind(shape) for kind, shape in zip(kinds, shapes, strict=True)]
        classifier = Classifier(encoders, how.dropout)
        classifier.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stub leaves it out
        fit(classifier, lambda places: [one[places] for one in learned], known, fitting, stopping, how)
    asked = [_tensor(_values(unknown, block), scale) for block, scale in zip(blocks, scales, strict=True)]
    with torch.no_grad():
        places = torch.arange(len(asked[0])).split(how.batch_size)
        logits = [classifier([one[some] for one in asked]) for some in places]
    return np.asarray(torch.cat(logits).double().numpy())


class Classifier(nn.Module):
    """One encoder a signal, then one logit. Takes one tensor a signal; output of shape (scan,)."""

    def __init__(self, encoders: Sequence[nn.Module], dropout: float) -> None:
        super().__init__()
        self.encoders = nn.ModuleList(encoders)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(SIZE * len(encoders), 1)

    def forward(self, signals: Sequence[Tensor]) -> Tensor:
        """Return one logit a scan."""
        encoded = [encoder(signal) for encoder, signal in zip(self.encoders, signals, strict=True)]
        logit: Tensor = self.output(self.dropout(torch.cat(encoded, dim=1))).squeeze(1)
        return logit


def _blocks(wanted: Sequence[str], signals: Signals) -> list[tuple[str, ...]]:
    """Return which signals share an encoder: all that are one number a scan; every other has one of its own.

    What prediction and label say together, they do not say apart: the sum of a function of each cannot know the error.
    """
    parts = [part for name in wanted for part in signals if part.partition("/")[0] == name]
    single = tuple(part for part in parts if len(signals[part].shape) == 1)
    apart: list[tuple[str, ...]] = [(part,) for part in parts if part not in single]
    return [single, *apart] if single else apart


def _values(signals: Signals, block: Sequence[str]) -> Float[np.ndarray, "scan *shape"]:
    """Return the numbers of one block: a signal in its own shape, or single numbers side by side."""
    together = np.hstack([columns(signals, name) for name in block])
    shape = signals[block[0]].shape
    return together.reshape(shape) if len(shape) > 1 else together


def _tensor(values: Float[np.ndarray, "scan *shape"], scale: Standardiser) -> Shaped[Tensor, "scan *shape"]:
    """Return numbers as float32, each standardised, in their shape."""
    return torch.from_numpy(scale(values.reshape(len(values), -1)).astype(np.float32).reshape(values.shape))
