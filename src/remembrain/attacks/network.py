"""The published attack classifier, over any set of signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from remembrain.attacks._encoders import SIZE, Flat, encoder_of
from remembrain.attacks._features import Standardiser, columns
from remembrain.attacks._fitting import Training, divide, fit, seeded
from remembrain.types import Access, Known, Knows, Signals

BLACK_BOX = frozenset({"prediction", "label", "error"})


@dataclass(frozen=True)
class NetworkAttack:
    """Each signal to 64 numbers by its encoder; concatenated; dropout; Linear to one logit (Gupta et al. 2021).

    Signals are standardised on the attack's own training scans. With ``flat``, every signal is encoded by Linear and
    ReLU, which costs a hundredth of the published encoder of a large gradient.
    """

    signals: tuple[str, ...]
    flat: bool = False
    training: Training = field(default_factory=Training)
    knows: Knows = "some members"
    paper: str = "Gupta et al. 2021, MIDL (arXiv 2105.02866)"

    @property
    def name(self) -> str:
        """``network:`` or ``flat:`` and the signals, joined by +."""
        return ("flat:" if self.flat else "network:") + "+".join(self.signals)

    @property
    def title(self) -> str:
        """The signals in words."""
        kind = "Plain neural network" if self.flat else "Neural network"
        return f"{kind} on " + " + ".join(_in_words(signal) for signal in self.signals)

    @property
    def needs(self) -> tuple[str, ...]:
        """The signals that are read."""
        return self.signals

    @property
    def access(self) -> Access:
        """Outputs where predictions and errors are enough, otherwise weights."""
        return "outputs" if BLACK_BOX.issuperset(self.signals) else "weights"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:
        """Train on the known scans and return the logit of the unknown ones."""
        parts = [part for name in self.signals for part in known.signals if part.partition("/")[0] == name]
        fitting, stopping = divide(known, self.training, rng)
        scales = [Standardiser.fit(columns(known.signals, part)[fitting]) for part in parts]
        shapes = [known.signals[part].shape[1:] for part in parts]
        learned = [_tensor(known.signals, part, scale) for part, scale in zip(parts, scales, strict=True)]
        with seeded(rng):
            kinds = [Flat if self.flat else encoder_of(part, shape) for part, shape in zip(parts, shapes, strict=True)]
            encoders = [kind(shape) for kind, shape in zip(kinds, shapes, strict=True)]
            classifier = Classifier(encoders, self.training.dropout)
            classifier.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stub leaves it out
            fit(classifier, lambda places: [one[places] for one in learned], known, fitting, stopping, self.training)
        asked = [_tensor(unknown, part, scale) for part, scale in zip(parts, scales, strict=True)]
        with torch.no_grad():
            places = torch.arange(len(asked[0])).split(self.training.batch_size)
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


def _tensor(signals: Signals, part: str, scale: Standardiser) -> Shaped[Tensor, "scan *shape"]:
    """Return a signal as float32, standardised number by number, in its own shape (a number of its own as one)."""
    shape = signals[part].shape
    values = scale(columns(signals, part)).astype(np.float32)
    return torch.from_numpy(values.reshape(shape if len(shape) > 1 else (*shape, 1)))


def _in_words(signal: str) -> str:
    """Return a signal's name as a reader would say it."""
    if signal.startswith("gradient:"):
        layer = signal.removeprefix("gradient:").replace("-", " ")
        return f"gradient of the {layer} layer"
    if signal.startswith("activation:"):
        return f"activation of the {signal.removeprefix('activation:')} layer"
    return {"gradient-magnitude": "gradient magnitudes"}.get(signal, signal)
