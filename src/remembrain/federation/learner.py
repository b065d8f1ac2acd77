"""One learner's round: some epochs of gradient descent from the community model, on its own people alone.

The same function in every engine. Gradient descent without momentum keeps nothing from round to round, so the community
model, the seed and the numbers of learner and round decide what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from torch import nn

from remembrain._device import device
from remembrain.run.streams import own_seed
from remembrain.targets.learning import Examples, learn
from remembrain.targets.model import from_module
from remembrain.targets.private.steps import PrivateSteps
from remembrain.targets.recipes import Recipe
from remembrain.targets.start import start_age
from remembrain.types import Inputs, Texts


@dataclass(frozen=True, eq=False)
class Local:
    """A learner's own people: scans as the network reads them, true ages (years), and whose each scan is.

    Where there are other people's scans as well, ``places`` are the learner's.
    """

    inputs: Inputs
    age: Float[np.ndarray, "scan"]
    person: Texts | None = None
    places: Int[np.ndarray, "some"] | None = None

    @property
    def whose(self) -> Texts:
        """Whose each scan is; every scan is a person of its own where that is not said."""
        return np.arange(len(self.age)).astype(str) if self.person is None else self.person


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, in which round (both from 1), and the seed of the federation."""

    learner: int
    round_: int
    seed: int


@dataclass(frozen=True)
class LearnerRound:
    """What a learner tells of a round beside its model: the mean loss of the last local epoch, in square years, or of
    private training what it has spent.
    """

    loss: float | None
    private: Mapping[str, Any] | None = None


def train_locally(
    network: nn.Module,
    local: Local,
    recipe: Recipe,
    turn: Turn,
    *,
    check: bool | None = None,
    advance: Callable[[], None] = lambda: None,
) -> LearnerRound:
    """Train a network in place for one round and return what the others are told of it.

    Parameters
    ----------
    network
        With the community model's weights; ends on the processor.
    local
        The learner's own people, whom private training protects.
    recipe
        Step size and batch; ``epochs`` are those of one round.
    turn
        Whose, and which round.
    check
        Whether every person's share is measured before the first private step; in round 1 when left out.
    advance
        Called after every step.

    Raises
    ------
    RemembrainError
        Where privacy is asked for and cannot be had for these people, or of this network.
    """
    network.to(device())
    optimiser, own = recipe.make_optimiser(network), seed_of(turn.seed, turn.learner)
    places = np.arange(len(local.age)) if local.places is None else local.places
    begun = turn.round_ > 1 if check is None else not check
    examples = Examples(local.inputs, local.age, local.whose, places)
    learning = learn(from_module(network), examples, recipe, own, begun=begun)
    loss, before = 0.0, (turn.round_ - 1) * recipe.epochs
    for epoch in range(1, recipe.epochs + 1):
        loss = learning.one_pass(optimiser, own, before + epoch, advance)
        for defence in recipe.defences:
            defence.after_epoch(network, epoch, recipe.epochs)
    network.to("cpu")
    if learning.private is not None:  # the loss is of these people, and no noise is on it
        return LearnerRound(None, private_facts(learning.private, recipe.epochs))
    return LearnerRound(loss)


def weight_of(person: Texts, recipe: Recipe) -> int:
    """Return what a learner's model counts for in the mean: its scans, or its people where these are to be protected,
    since the number of one person's scans is then nobody's business.
    """
    return len(person) if recipe.privacy is None else len(np.unique(person))


def seed_of(seed: int, learner: int) -> int:
    """Return a learner's own seed."""
    return own_seed(seed, "learner", learner)


def mean_age_told(
    age: Float[np.ndarray, "scan"],
    person: Texts,
    recipe: Recipe,
    *,
    learner: int,
    seed: int,
    kept: Path | None = None,
) -> float:
    """Return the mean age a learner tells before round 1, as :func:`~remembrain.targets.start.start_age` has it."""
    return start_age(recipe, age, person, seed_of(seed, learner), kept)


def private_facts(steps: PrivateSteps, epochs: int) -> dict[str, Any]:
    """Return what a round's manifest says of a learner's private training: what it promises, and what it has spent."""
    mechanism = steps.mechanism
    return {
        "people": mechanism.people,
        "noise_multiplier": mechanism.noise_multiplier,
        "sample_rate": mechanism.rate,
        "steps": mechanism.steps * epochs,
        "mean_noise": mechanism.mean_noise,
        "checked": len(steps.people),  # now or in an earlier round: none is trained on before
    }
