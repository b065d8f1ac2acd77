"""Where the randomness of private training comes from: the seed, or the operating system's cryptographic generator.

Noise from the seed is the same each time, which makes a training repeatable and its guarantee void for whoever knows
the seed. Cryptographic noise can never be drawn again.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from remembrain.run.streams import own_seed, stream
from remembrain.types import Texts

_TERMS = 4
"""Gaussians that are added up for one: fewer bits of each are left to be guessed from the digits of a sum (Holohan &
Braghin 2021, arXiv 2107.10138)."""


class Chance(Protocol):
    """What private training draws."""

    def sample(self, people: int, rate: float) -> Bool[np.ndarray, "person"]:
        """Draw each person by itself with this probability."""

    def normal(self, like: Tensor, sd: float) -> Tensor:
        """Draw a Gaussian for each number of a tensor."""


@dataclass(frozen=True)
class Seeded:
    """Everything from the seed and the number of the epoch, so that a resumed training draws the same."""

    sampling: np.random.Generator
    noise: torch.Generator

    @classmethod
    def of(cls, seed: int, epoch: int, training: int = 0) -> Seeded:
        """Return the draws of an epoch; ``training`` tells trainings of one seed apart."""
        noise = torch.Generator().manual_seed(own_seed(seed, "noise of private steps", epoch, training))
        return cls(stream(seed, "people of private steps", epoch, training), noise)

    def sample(self, people: int, rate: float) -> Bool[np.ndarray, "person"]:
        """Draw each person by itself with this probability."""
        return np.asarray(self.sampling.random(people) < rate)

    def normal(self, like: Tensor, sd: float) -> Tensor:
        """Draw a Gaussian for each number of a tensor."""
        if sd == 0:
            return torch.zeros_like(like)
        return torch.normal(0.0, sd, like.shape, generator=self.noise).to(like)


@dataclass(frozen=True)
class Cryptographic:
    """Everything from the operating system."""

    def sample(self, people: int, rate: float) -> Bool[np.ndarray, "person"]:
        """Draw each person by itself with this probability."""
        return np.asarray(_uniform(people) < rate)

    def normal(self, like: Tensor, sd: float) -> Tensor:
        """Draw a Gaussian for each number of a tensor."""
        if sd == 0:
            return torch.zeros_like(like)
        drawn = _gaussian((_TERMS, like.numel())).sum(axis=0) * (sd / np.sqrt(_TERMS))
        return torch.from_numpy(drawn).reshape(like.shape).to(like)


def chance(seed: int, epoch: int, *, secure: bool, training: int = 0) -> Chance:
    """Return what an epoch draws from."""
    return Cryptographic() if secure else Seeded.of(seed, epoch, training)


def stream_of(recipe: str, person: Texts, age: Float[np.ndarray, "scan"]) -> int:
    """Return a number that differs between trainings of other settings or people.

    With one stream for all, the models of two noise levels would tell the sum without any noise: twice one less the
    other.
    """
    content = recipe.encode() + "\n".join(map(str, person)).encode() + np.asarray(age, dtype=np.float64).tobytes()
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "little")


def _uniform(count: int) -> Float[np.ndarray, "count"]:
    """Draw from (0, 1) in steps of 2 ** -53; neither end can come."""
    bits = np.frombuffer(os.urandom(8 * count), dtype=np.uint64) >> np.uint64(11)
    return (bits.astype(np.float64) + 0.5) * 2.0**-53


def _gaussian(shape: tuple[int, int]) -> Float[np.ndarray, "term number"]:
    """Draw standard Gaussians (Box & Muller 1958)."""
    count = shape[0] * shape[1]
    half = (count + 1) // 2
    radius, angle = np.sqrt(-2 * np.log(_uniform(half))), 2 * np.pi * _uniform(half)
    both = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])
    return both[:count].reshape(shape)
