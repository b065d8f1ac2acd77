"""What models of one kind, trained with a person or without, say of each scan: number, mean and spread of their errors.

This module must not know which kind it is, nor who is a member.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float


@dataclass(frozen=True, eq=False)
class Side:
    """Number, mean and sum of squared deviations of the errors of one kind of models, for every scan and query."""

    count: Float[np.ndarray, "scan 1"]
    mean: Float[np.ndarray, "scan query"]
    squares: Float[np.ndarray, "scan query"]

    @classmethod
    def of(cls, error: Float[np.ndarray, "scan model query"], these: Bool[np.ndarray, "scan model"]) -> Side:
        """Return what these errors are; a scan of which there is none has mean 0."""
        mask = these[:, :, None]
        count = mask.sum(axis=1).astype(float)
        mean = (error * mask).sum(axis=1) / np.maximum(count, 1)
        return cls(count, mean, (np.square(error - mean[:, None, :]) * mask).sum(axis=1))

    def one_more(self, error: Float[np.ndarray, "scan query"], who: Bool[np.ndarray, "scan"]) -> Side:
        """Return the same with one more error of some of the scans."""
        more = who[:, None].astype(float)
        count, apart = self.count + more, error - self.mean
        part = more / np.maximum(count, 1)
        return Side(count, self.mean + part * apart, self.squares + part * self.count * apart**2)

    def pooled_variance(self) -> Float[np.ndarray, "query"]:
        """Return the variance of a model's error around the person's mean, pooled over people.

        With one model a person nothing shows it; the spread of people's errors around their common mean, which is
        larger, stands in.
        """
        freedom = float(np.maximum(self.count - 1, 0).sum())
        if freedom > 0:
            return np.asarray(np.maximum(self.squares.sum(axis=0) / freedom, 1e-12))
        return np.asarray(np.maximum(self.mean.var(axis=0), 1e-12))

    def own_variance(self) -> Float[np.ndarray, "scan query"]:
        """Return each person's own variance; the pooled one where a person has fewer than two models."""
        pooled = np.broadcast_to(self.pooled_variance(), self.mean.shape)
        own = self.squares / np.maximum(self.count - 1, 1)
        return np.asarray(np.maximum(np.where(self.count > 1, own, pooled), 1e-3 * pooled))


Sides: TypeAlias = tuple[Side, Side]
"""What models without the person say, and what models with the person say."""


def with_target(
    sides: Sides, target: Float[np.ndarray, "scan query"], member: Float[np.ndarray, "scan"]
) -> tuple[Side, Side]:
    """Return both sides with the target as one more model of those who are known: 1 members, 0 others, NaN unknown."""
    return sides[0].one_more(target, member == 0), sides[1].one_more(target, member == 1)
