"""One learner's round: some epochs of gradient descent from the community model, on its own people alone.

The same function in every engine. Gradient descent without momentum keeps nothing from round to round, so the community
model, the seed and the numbers of learner and round decide what comes out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Int
from torch import nn

from remembrain._device import device
from remembrain.target.recipes import Recipe
from remembrain.target.training import one_pass
from remembrain.types import Inputs


def train_locally(
    network: nn.Module,
    inputs: Inputs,
    age: Float[np.ndarray, "scan"],
    places: Int[np.ndarray, "some"],
    recipe: Recipe,
    *,
    learner: int,
    round_: int,
    seed: int,
    advance: Callable[[], None] = lambda: None,
) -> float:
    """Train a network in place for one round and return the mean loss of the last local epoch, in square years.

    Parameters
    ----------
    network
        With the community model's weights; ends on the processor.
    inputs, age
        Scans and true ages (years).
    places
        Which of them are the learner's own.
    recipe
        Step size and batch; ``epochs`` are those of one round.
    learner, round_
        Their numbers, from 1.
    seed
        Of the federation.
    advance
        Called after every step.
    """
    network.to(device())
    optimiser = recipe.make_optimiser(network)
    own = int(np.random.SeedSequence((seed, learner)).generate_state(1)[0])
    loss = 0.0
    for epoch in range((round_ - 1) * recipe.epochs + 1, round_ * recipe.epochs + 1):
        loss = one_pass(network, optimiser, inputs, age, places, recipe, own, epoch, advance)
    network.to("cpu")
    return loss
