"""How each network is trained: the published settings as ``paper``, quick ones as ``light``. Only numbers live here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import torch
from torch import nn

from remembrain.errors import UsageError
from remembrain.targets.defences import Defence, named
from remembrain.targets.networks import Form, network_class
from remembrain.targets.private.mechanism import Privacy


@dataclass(frozen=True)
class Recipe:
    """Settings of one training.

    Attributes
    ----------
    optimiser
        ``adam`` or ``sgd``, without momentum or schedule.
    learning_rate, weight_decay
        Step size, and L2 penalty added to the gradient.
    batch_size
        Scans a step.
    epochs
        Passes over the members; the model after the last one is the target, not the best one.
    dropout
        Share of numbers dropped in front of the output while training; the network's own if ``None``.
    keep_every
        Keep the weights of every k-th epoch; 0 keeps the last alone.
    width
        Share of the network's channels that are kept.
    defences
        What is done against leakage beside these numbers; their hooks are called as training goes.
    privacy
        Differential privacy that was asked for.
    """

    optimiser: Literal["adam", "sgd"]
    learning_rate: float
    weight_decay: float
    batch_size: int
    epochs: int
    dropout: float | None = None
    keep_every: int = 0
    width: float = 1.0
    defences: tuple[Defence, ...] = ()
    privacy: Privacy | None = None

    def __post_init__(self) -> None:
        if self.optimiser not in ("adam", "sgd"):
            raise UsageError(f"no optimiser {self.optimiser!r}", expected="adam or sgd")
        if not (self.learning_rate > 0 and self.weight_decay >= 0):
            raise UsageError(
                f"learning rate {self.learning_rate}, weight decay {self.weight_decay}", expected="above 0"
            )
        if not 0 <= (self.dropout or 0.0) < 1:
            raise UsageError(f"dropout {self.dropout}", expected="from 0 to below 1")
        if not 0 < self.width <= 1:
            raise UsageError(f"width {self.width}", expected="a share of the channels, above 0 and up to 1")
        if self.batch_size < 1 or self.epochs < 1 or self.keep_every < 0:
            raise UsageError(
                f"batch size {self.batch_size}, epochs {self.epochs}, keep every {self.keep_every}",
                expected="at least 1, 1 and 0",
            )

    @property
    def identity(self) -> str:
        """Everything that decides what is learned, as text."""
        return repr(replace(self, keep_every=0))

    def as_options(self) -> dict[str, Any]:
        """Return it as JSON can hold it; :meth:`of` makes it again."""
        defences = [str(defence) for defence in self.defences]
        return {**asdict(replace(self, defences=())), "defences": defences}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Recipe:
        """Return what :meth:`as_options` said."""
        asked = content.get("privacy")
        privacy = None if asked is None else Privacy(**{**asked, "label_range": tuple(asked["label_range"])})
        return cls(**{**content, "privacy": privacy, "defences": named(content["defences"])})

    def defended(self, defences: Sequence[Defence]) -> Recipe:
        """Return this recipe as defences change it, in their order."""
        recipe = replace(self, defences=(*self.defences, *defences))
        for defence in defences:
            recipe = replace(recipe, **defence.changes(recipe.privacy))
        return recipe

    def with_steps_of(self, scans: int, *, on: int) -> Recipe:
        """Return this recipe for ``on`` scans, with the epochs that take as many steps as its own do on ``scans``."""
        steps = self.epochs * math.ceil(scans / self.batch_size)
        return replace(self, epochs=max(1, round(steps / math.ceil(on / self.batch_size))))

    def make_optimiser(self, network: nn.Module) -> torch.optim.Optimizer:
        """Return the optimiser over all weights of a network."""
        if self.optimiser == "adam":
            return torch.optim.Adam(network.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay)
        return torch.optim.SGD(network.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay)


PAPER = Recipe("adam", learning_rate=1e-4, weight_decay=1e-4, batch_size=8, epochs=100)
"""Gupta et al. 2021 and the released code: mean squared error, Adam, no schedule."""

RECIPES: Mapping[tuple[str, Form], Recipe] = {
    ("cnn3d", "paper"): PAPER,
    ("slice-mean", "paper"): PAPER,
    ("cnn3d", "light"): Recipe("adam", learning_rate=1e-3, weight_decay=1e-3, batch_size=16, epochs=20),
    ("slice-mean", "light"): Recipe("adam", learning_rate=1e-3, weight_decay=0.0, batch_size=8, epochs=22),
    ("mlp", "light"): Recipe("adam", learning_rate=1e-3, weight_decay=0.0, batch_size=32, epochs=60),
}

OWN = Recipe("adam", learning_rate=1e-3, weight_decay=0.0, batch_size=16, epochs=20)
"""A class of the user's own, where nothing else is said."""

FEDERATED: Mapping[tuple[str, Form], Recipe] = {
    ("cnn3d", "paper"): Recipe("sgd", learning_rate=5e-5, weight_decay=0.0, batch_size=1, epochs=4),
    ("slice-mean", "paper"): Recipe("sgd", learning_rate=5e-5, weight_decay=0.0, batch_size=1, epochs=4),
    ("cnn3d", "light"): Recipe("sgd", learning_rate=3e-3, weight_decay=0.0, batch_size=4, epochs=4),
    ("slice-mean", "light"): Recipe("sgd", learning_rate=3e-3, weight_decay=0.0, batch_size=4, epochs=4),
    ("mlp", "light"): Recipe("sgd", learning_rate=1e-3, weight_decay=0.0, batch_size=8, epochs=4),
}
"""One learner's round in a federation, without momentum; epochs are local ones (Gupta et al. 2021, section 4)."""

ROUNDS: Mapping[str, int] = {"cnn3d": 25, "slice-mean": 40, "mlp": 25}
"""Rounds of a federation (Gupta et al. 2021; as many for tables as for the 3D-CNN)."""


def recipe(name: str, form: Form, *, federated: bool = False, **overrides: Any) -> Recipe:
    """Return the preset of a network, or the one for classes of the user's own, with some settings replaced.

    Parameters
    ----------
    name, form
        A network and one of its forms; or ``module:Class``.
    federated
        Whether it is trained by the learners of a federation; epochs are then those of one round.
    overrides
        Fields of :class:`Recipe`; ``None`` leaves the preset's value.

    Raises
    ------
    UsageError
        For a network, form or value that does not exist.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    if ":" in name:
        return replace(OWN, **given)
    network_class(name, form)
    return replace((FEDERATED if federated else RECIPES)[name, form], **given)
