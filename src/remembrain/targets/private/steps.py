"""Private steps: people drawn by themselves, their clipped gradients added up, noise, and the optimiser's own step.

Clipping is ours, because a person may have several scans (:mod:`clipping`); noise, scaling and the order of things are
those of Opacus's optimiser, against which every step is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from remembrain._progress import progress
from remembrain.targets.model import Target
from remembrain.targets.private.checks import ClipCheck, check_clipping, check_loss, refuse_mixing, without_dropout
from remembrain.targets.private.clipping import TOGETHER, Clipper, Person, can_be_together
from remembrain.targets.private.mechanism import Mechanism, people_of
from remembrain.targets.private.noise import chance
from remembrain.types import Inputs, Texts

_LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class PrivateSteps:
    """What takes the steps of one training; :func:`prepare` makes it and tries it first."""

    clipper: Clipper
    people: Sequence[Person]
    mechanism: Mechanism
    checked: ClipCheck

    def one_pass(
        self,
        optimiser: torch.optim.Optimizer,
        seed: int,
        epoch: int,
        advance: Callable[[], None],
    ) -> float:
        """Take the steps of an epoch and return the mean loss over the people who were drawn.

        Steps draw other numbers of people each time, none among them: then noise alone is added, as is accounted for.
        """
        from remembrain.targets.private.optimiser import PrivateOptimiser

        mechanism = self.mechanism
        drawn = chance(seed, epoch, secure=mechanism.asked.secure_noise, training=mechanism.stream)
        private = PrivateOptimiser(optimiser, mechanism, drawn)
        loss, seen = 0.0, 0
        for _ in range(mechanism.steps):
            some = np.flatnonzero(drawn.sample(len(self.people), mechanism.rate))
            found = self.clipper([self.people[place] for place in some.tolist()])
            private.take(self.clipper.parameters, found.total)
            loss, seen = loss + found.loss, seen + len(some)
            advance()
        return loss / seen if seen else float("nan")


def prepare(
    target: Target,
    inputs: Inputs,
    age: Float[np.ndarray, "scan"],
    trained: Int[np.ndarray, "some"],
    person: Texts,
    mechanism: Mechanism,
    *,
    check: bool = True,
) -> PrivateSteps:
    """Try a network and its loss on the people it is to be trained on, and return what takes its steps.

    Parameters
    ----------
    target
        The network with its loss, where it is to be trained.
    inputs, age
        All scans and ages (years).
    trained
        Places of the scans that are trained on.
    person
        Whose each of all scans is.
    mechanism
        What is promised.
    check
        Whether every person's share is measured; a training that goes on was checked when it began.

    Raises
    ------
    DataError
        Where a layer mixes people, or the loss is not made of each scan's own.
    RemembrainError
        Where a person's share exceeds the clipping norm.
    """
    people = [trained[places] for places in people_of(np.asarray(person)[trained])]
    refuse_mixing(target, inputs, trained[:2])
    check_loss(target, inputs, age, trained[:3])
    together = can_be_together(target, people)
    clipper = Clipper(target, inputs, age, mechanism.asked.clip, together)
    checked = ClipCheck(0, 0.0, mechanism.asked.clip)
    if check:
        with without_dropout(target.module), progress("clip self-test", len(people)) as advance:
            checked = _check(clipper, people, advance)
    return PrivateSteps(clipper, people, mechanism, checked)


def _check(clipper: Clipper, people: Sequence[Person], advance: Callable[[], None]) -> ClipCheck:
    """Measure shares one by one, and hold sums as training makes them against these.

    Everybody at the norm of training; and some at a norm that binds all of them, since the first norms of a network may
    be below the one that is asked for, and then nothing is clipped that could be seen.
    """
    alone = replace(clipper, together=False)
    checked = check_clipping(_summing(clipper, alone), people, clipper.clip, batch=TOGETHER, advance=advance)
    tight = max(checked.largest, _LEAST) / 100
    check_clipping(
        _summing(replace(clipper, clip=tight), replace(alone, clip=tight)),
        people[: 2 * TOGETHER],
        tight,
        batch=TOGETHER,
    )
    return checked


def _summing(clipper: Clipper, alone: Clipper) -> Callable[[Sequence[Person]], Sequence[Tensor]]:
    """Return what adds up one person's share by itself, and several as training does."""
    return lambda some: (alone if len(some) == 1 else clipper)(some).total
