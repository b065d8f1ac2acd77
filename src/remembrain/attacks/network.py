"""The published attack classifier, over any set of signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float
from sklearn.model_selection import GroupShuffleSplit
from torch import Tensor, nn

from remembrain.attacks._features import Standardiser, columns
from remembrain.types import Access, Array, Known, Knows

BLACK_BOX = frozenset({"prediction", "label", "error"})


@dataclass(frozen=True)
class Training:
    """How the classifier is trained; published values (Gupta et al. 2021, section 3 and appendix) but for the dropout.

    ``dropout`` is not stated by the source; 0.5 is what its target networks use.
    """

    learning_rate: float = 1e-3
    batch_size: int = 64
    epochs: int = 100
    patience: int = 20
    validation: float = 0.2
    dropout: float = 0.5


@dataclass(frozen=True)
class NetworkAttack:
    """Each signal to 64 numbers by Linear and ReLU; concatenated; dropout; Linear to one logit (Gupta et al. 2021).

    Signals are standardised on the attack's own training scans. The 20 % that decide when to stop are other people
    than the 80 % that are trained on.
    """

    signals: tuple[str, ...]
    training: Training = field(default_factory=Training)
    knows: Knows = "some members"
    paper: str = "Gupta et al. 2021, MIDL (arXiv 2105.02866)"

    @property
    def name(self) -> str:
        """``network:`` and the signals, joined by +."""
        return "network:" + "+".join(self.signals)

    @property
    def title(self) -> str:
        """The signals in words."""
        return "Neural network on " + " + ".join(_in_words(signal) for signal in self.signals)

    @property
    def needs(self) -> tuple[str, ...]:
        """The signals that are read."""
        return self.signals

    @property
    def access(self) -> Access:
        """Outputs where predictions and errors are enough, otherwise weights."""
        return "outputs" if BLACK_BOX.issuperset(self.signals) else "weights"

    def score(self, known: Known, unknown: Mapping[str, Array], rng: np.random.Generator) -> Float[np.ndarray, "scan"]:
        """Train on the known scans and return the logit of the unknown ones."""
        splitter = GroupShuffleSplit(1, test_size=self.training.validation, random_state=int(rng.integers(2**31)))
        fitting, stopping = next(splitter.split(known.member, groups=known.participant_id))
        scales = {name: Standardiser.fit(columns(known.signals, name)[fitting]) for name in self.signals}
        learned = self._tensors(known.signals, scales)
        member = torch.from_numpy(known.member.astype(np.float32))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(rng.integers(2**62)))
            classifier = Classifier([part.shape[1] for part in learned], self.training.dropout)
            _train(classifier, learned, member, torch.from_numpy(fitting), torch.from_numpy(stopping), self.training)
            with torch.no_grad():
                return np.asarray(classifier(self._tensors(unknown, scales)).double().numpy())

    def _tensors(self, signals: Mapping[str, Array], scales: Mapping[str, Standardiser]) -> list[Tensor]:
        """Return each signal as a float32 matrix of standardised columns."""
        return [torch.from_numpy(scales[name](columns(signals, name)).astype(np.float32)) for name in self.signals]


class Classifier(nn.Module):
    """One encoder a signal, then one logit. Signals of shape (scan, size) each; output of shape (scan,)."""

    def __init__(self, sizes: Sequence[int], dropout: float) -> None:
        super().__init__()
        self.encoders = nn.ModuleList(nn.Sequential(nn.Linear(size, 64), nn.ReLU()) for size in sizes)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(64 * len(sizes), 1)

    def forward(self, signals: Sequence[Tensor]) -> Tensor:
        """Return one logit a scan."""
        encoded = [encoder(signal) for encoder, signal in zip(self.encoders, signals, strict=True)]
        logit: Tensor = self.output(self.dropout(torch.cat(encoded, dim=1))).squeeze(1)
        return logit


def _train(
    classifier: Classifier, signals: list[Tensor], member: Tensor, fitting: Tensor, stopping: Tensor, how: Training
) -> None:
    """Train in place with early stopping, and leave the weights of the best epoch in evaluation mode."""
    optimiser = torch.optim.Adam(classifier.parameters(), lr=how.learning_rate)
    balance = (1 - member[fitting]).sum() / member[fitting].sum()
    best, best_weights, waited = float("inf"), None, 0
    for _ in range(how.epochs):
        classifier.train()
        order = fitting[torch.randperm(len(fitting))]
        for batch in order.split(how.batch_size):
            optimiser.zero_grad()
            logits = classifier([signal[batch] for signal in signals])
            _loss(logits, member[batch], balance).backward()
            optimiser.step()
        classifier.eval()
        with torch.no_grad():
            logits = classifier([signal[stopping] for signal in signals])
            loss = float(_loss(logits, member[stopping], balance))
        waited += 1
        if loss < best:
            best, waited = loss, 0
            best_weights = {name: value.clone() for name, value in classifier.state_dict().items()}
        if waited >= how.patience:
            break
    if best_weights is not None:
        classifier.load_state_dict(best_weights)
    classifier.eval()


def _loss(logits: Tensor, member: Tensor, balance: Tensor) -> Tensor:
    """Return the binary cross-entropy in which both classes weigh the same."""
    return nn.functional.binary_cross_entropy_with_logits(logits, member, pos_weight=balance)


def _in_words(signal: str) -> str:
    """Return a signal's name as a reader would say it."""
    if signal.startswith("gradient:"):
        layer = signal.removeprefix("gradient:").replace("-", " ")
        return f"gradient of the {layer} layer"
    return {"gradient-magnitude": "gradient magnitudes"}.get(signal, signal)
