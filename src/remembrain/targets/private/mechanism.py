"""What is promised: how much noise, how people are drawn, and what one person can change at most.

The unit is the person: all of a person's scans count as one. Neighbouring data differ by one person, added or removed.
Source: Abadi et al. 2016 (arXiv 1607.00133), with people in place of examples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from remembrain.errors import UsageError
from remembrain.targets.private.accounting import Spent, noise_for
from remembrain.types import Texts

_MEAN_EPOCH = 0
_MEAN_NOISE = 10.0
_MEAN_SHARE = 20.0


@dataclass(frozen=True)
class Privacy:
    """What was asked for.

    Attributes
    ----------
    epsilon
        What may be spent in all; or ``None`` where the noise is said.
    noise_multiplier
        Standard deviation of the noise over the clipping norm; 0 clips and adds none.
    delta
        Probability with which the promise may fail; below 1 over the number of people.
    clip
        Clipping norm: L2 norm that no person's gradient exceeds.
    secure_noise
        Draw people and noise from the operating system's cryptographic generator.
    label_range
        Ages outside are taken for its ends where the mean age is released.
    epochs
        Passes in all, where a training of several rounds has more than its recipe says.
    """

    epsilon: float | None = None
    noise_multiplier: float | None = None
    delta: float = 1e-5
    clip: float = 1.0
    secure_noise: bool = False
    label_range: tuple[float, float] = (0.0, 100.0)
    epochs: int | None = None

    def __post_init__(self) -> None:
        if (self.epsilon is None) == (self.noise_multiplier is None):
            raise UsageError("private training needs an epsilon or a noise multiplier", expected="one of the two")
        if self.epsilon is not None and not (0 < self.epsilon < math.inf):
            raise UsageError(f"epsilon {self.epsilon:g}", expected="a number above 0", try_next="--epsilon 8")
        if self.noise_multiplier is not None and not (0 <= self.noise_multiplier < math.inf):
            raise UsageError(f"noise multiplier {self.noise_multiplier:g}", expected="a number from 0 on")
        if not 0 < self.delta < 1:
            raise UsageError(f"delta {self.delta:g}", expected="above 0 and below 1 over the number of people")
        if not 0 < self.clip < math.inf:
            raise UsageError(f"clipping norm {self.clip:g}", expected="a number above 0", try_next="--clip 1")
        low, high = self.label_range
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise UsageError(f"label range {low:g} to {high:g}", expected="two numbers, the smaller one first")

    def for_epochs(self, epochs: int) -> Privacy:
        """Return the same for so many passes in all."""
        return replace(self, epochs=epochs)

    def over(self, people: int, batch_size: int, epochs: int, stream: int = 0) -> Mechanism:
        """Return the mechanism for so many people, people a step, and passes (unless ``epochs`` says how many).

        ``stream`` tells trainings of one seed apart (:func:`~remembrain.targets.private.noise.stream_of`).

        Raises
        ------
        UsageError
            Where delta is not below 1 over the number of people, or the epsilon is out of reach.
        """
        if people < 2:
            raise UsageError(f"{people} people", expected="at least 2 to train on")
        if self.delta >= 1 / people:
            raise UsageError(
                f"delta {self.delta:g} is not below 1 over {people} people: giving one of them away would be allowed",
                try_next=f"--delta {0.1 / people:.0e}",
            )
        rate = min(1.0, batch_size / people)
        in_epoch = math.ceil(people / batch_size)
        passes = self.epochs or epochs
        if self.noise_multiplier is not None:
            mean = _MEAN_NOISE if self.noise_multiplier else 0.0
            return Mechanism(self, people, rate, in_epoch, self.noise_multiplier, mean, stream)
        assert self.epsilon is not None  # noqa: S101  # one of the two is given
        mean = max(_MEAN_NOISE, _MEAN_SHARE / self.epsilon)
        noise = noise_for(self.epsilon, self.delta, rate, in_epoch * passes, before=((mean, 1.0, 1),))
        return Mechanism(self, people, rate, in_epoch, noise, mean, stream)


@dataclass(frozen=True)
class Mechanism:
    """What is done: people are drawn by themselves at ``rate``, ``steps`` times an epoch, and noise is added to the sum
    of their clipped gradients; ``mean_noise`` is the noise multiplier of the one release of the mean age.
    """

    asked: Privacy
    people: int
    rate: float
    steps: int
    noise_multiplier: float
    mean_noise: float
    stream: int = 0

    @property
    def expected(self) -> float:
        """How many people a step draws on average."""
        return self.rate * self.people

    def spent(self, epochs: int) -> Spent:
        """Return what so many epochs spend, with the mean age."""
        steps: Spent = ((self.noise_multiplier, self.rate, self.steps * epochs),) if epochs else ()
        return ((self.mean_noise, 1.0, 1), *steps)

    def mean_age(self, age: Float[np.ndarray, "scan"], person: Texts, seed: int) -> float:
        """Release the mean age over people, where the network's output starts: a Gaussian mechanism of its own.

        Each person's mean age, cut to the stated range, changes the sum of ages less the middle of the range by at most
        half of its width.
        """
        import torch

        from remembrain.targets.private.noise import chance

        low, high = self.asked.label_range
        middle, half = (low + high) / 2, (high - low) / 2
        own = [float(np.clip(age[places], low, high).mean()) - middle for places in people_of(person)]
        drawn = chance(seed, _MEAN_EPOCH, secure=self.asked.secure_noise, training=self.stream)
        noise = float(drawn.normal(torch.zeros((), dtype=torch.float64), self.mean_noise * half))
        return float(np.clip(middle + (sum(own) + noise) / self.people, low, high))


def people_of(person: Texts) -> list[Int[np.ndarray, "scans"]]:
    """Return the places of each person's scans, people in the order of their names."""
    _, which = np.unique(np.asarray(person), return_inverse=True)
    order = np.argsort(which, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(which[order])) + 1) if len(order) else []


def insist_on_range(label: str, label_range: Sequence[float] | None) -> tuple[float, float]:
    """Return the range of the label: that of ages where it is one, otherwise the one that has to be said.

    Raises
    ------
    UsageError
        Where it is not said.
    """
    if label_range is not None:
        low, high = label_range
        return float(low), float(high)
    if label != "age":
        raise UsageError(
            f"the range of {label} is not known, and it must not be read off the people who are to be protected",
            try_next="--label-range LOW HIGH, from general knowledge",
        )
    return 0.0, 100.0
