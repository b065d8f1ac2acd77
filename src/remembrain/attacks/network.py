"""The published attack classifier, over any set of signals: what it declares; :mod:`._classifier` is the network."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from remembrain.attacks._training import Training
from remembrain.types import Access, Known, Knows, Signals

BLACK_BOX = frozenset({"prediction", "label", "error", "disguised-error"})


@dataclass(frozen=True)
class NetworkAttack:
    """Each signal to 64 numbers by its encoder; concatenated; dropout; Linear to one logit (Gupta et al. 2021).

    Signals of one number a scan (prediction, label, error) share an encoder. Signals are standardised on the attack's
    own training scans. With ``flat``, every signal is encoded by Linear and ReLU, which costs a hundredth of the
    published encoder of a large gradient.
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
        from remembrain.attacks._classifier import logits_of

        return logits_of(self.signals, known, unknown, rng, self.training, flat=self.flat)


def _in_words(signal: str) -> str:
    """Return a signal's name as a reader would say it."""
    if signal.startswith("gradient:"):
        layer = signal.removeprefix("gradient:").replace("-", " ")
        return f"gradient of the {layer} layer"
    if signal.startswith("activation:"):
        return f"activation of the {signal.removeprefix('activation:')} layer"
    return {"gradient-magnitude": "gradient magnitudes"}.get(signal, signal)
