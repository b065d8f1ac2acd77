"""How an epoch is learned: steps over everybody in batches, or private ones; and what a target then predicts.

The same for a training on one machine and for a learner's round. Keeps nothing, and knows no files.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int

from remembrain._calling import questions
from remembrain._device import device_of
from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.run.streams import own_seed, seed_torch, stream
from remembrain.targets.batches import batches
from remembrain.targets.model import Target
from remembrain.targets.private.mechanism import Mechanism
from remembrain.targets.private.noise import stream_of
from remembrain.targets.private.steps import PrivateSteps, prepare
from remembrain.targets.recipes import Recipe
from remembrain.types import Inputs, Texts


@dataclass(frozen=True, eq=False)
class Examples:
    """Scans, their true ages (years), whose each is, and the places of those that are trained on."""

    inputs: Inputs
    age: Float[np.ndarray, "scan"]
    person: Texts
    trained: Int[np.ndarray, "example"]


@dataclass(frozen=True, eq=False)
class Learning:
    """What takes the steps of an epoch: one a batch, or privately."""

    target: Target
    examples: Examples
    recipe: Recipe
    private: PrivateSteps | None

    @property
    def steps(self) -> int:
        """Steps an epoch."""
        return (
            self.private.mechanism.steps
            if self.private
            else math.ceil(len(self.examples.trained) / self.recipe.batch_size)
        )

    def one_pass(self, optimiser: torch.optim.Optimizer, seed: int, epoch: int, advance: Callable[[], None]) -> float:
        """Take the steps of an epoch, which (seed, epoch) decides, and return the mean loss."""
        self.target.module.train()
        with torch.random.fork_rng(devices=[]):
            seed_torch(own_seed(seed, "dropout", epoch))
            if self.private is not None:
                return self.private.one_pass(optimiser, seed, epoch, advance)
            return self._plain(optimiser, seed, epoch, advance)

    def _plain(self, optimiser: torch.optim.Optimizer, seed: int, epoch: int, advance: Callable[[], None]) -> float:
        """Take one step a batch over everybody, in an order that (seed, epoch) decides."""
        network, examples, recipe = self.target.module, self.examples, self.recipe
        order = stream(seed, "order of training", epoch).permutation(examples.trained)
        total, where = 0.0, device_of(network)
        for number, (places, scans) in enumerate(batches(examples.inputs, order, recipe.batch_size), start=1):
            optimiser.zero_grad()
            age = torch.from_numpy(examples.age[places].astype(np.float32)).to(where)
            loss = self.target.loss(network(scans.to(where)), age)
            value = loss.item()
            if not math.isfinite(value):
                raise RemembrainError(
                    f"the loss became {value} in epoch {epoch}, batch {number}",
                    try_next=f"a --learning-rate below {recipe.learning_rate:g}",
                )
            loss.backward()
            optimiser.step()
            total += value * len(places)
            advance()
        return total / len(order)


def learn(target: Target, examples: Examples, recipe: Recipe, seed: int, *, begun: bool = False) -> Learning:
    """Return what takes the steps of a recipe on these scans; private ones are tried first unless they have begun.

    Raises
    ------
    RemembrainError
        Where privacy is asked for and cannot be had: with these settings, or of this network.
    """
    age, person, trained = examples.age, examples.person, examples.trained
    for defence in recipe.defences:
        age = defence.labels(age, person, seed)
    private = None
    if recipe.privacy is not None:
        mechanism = mechanism_of(recipe, age[trained], np.asarray(person)[trained])
        private = prepare(target, examples.inputs, age, trained, person, mechanism, check=not begun)
    return Learning(target, replace(examples, age=age), recipe, private)


def mechanism_of(recipe: Recipe, age: Float[np.ndarray, "scan"], person: Texts) -> Mechanism:
    """Return what a private recipe promises these people, who are all that is trained on.

    Raises
    ------
    UsageError
        Where it is not private, or what was asked for cannot be had.
    """
    if recipe.privacy is None:
        raise UsageError("no privacy is asked for", try_next="--epsilon 8")
    training = stream_of(recipe.identity, person, age)
    return recipe.privacy.over(len(np.unique(person)), recipe.batch_size, recipe.epochs, training)


def predict(target: Target, inputs: Inputs, batch_size: int, advance: Callable[[], None]) -> Float[np.ndarray, "scan"]:
    """Return predicted years of every scan, in evaluation mode, which stays on."""
    network, years = target.module.eval(), []
    with questions(network) as ask, torch.no_grad():
        for places, scans in batches(inputs, np.arange(len(inputs)), batch_size):
            answered = target.years(ask(scans.to(device_of(network))))
            if answered.shape != (len(places),):
                raise DataError(
                    f"{len(answered)} numbers for {len(places)} scans", where=target.name, expected="one a scan"
                )
            years.append(answered.float().numpy(force=True))
            advance()
    return np.concatenate(years).astype(np.float32)
