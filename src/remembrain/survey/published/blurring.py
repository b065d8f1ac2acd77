"""By how much published counts may be off, and with which variance, as rules that are public say."""

from __future__ import annotations

from dataclasses import dataclass

from remembrain.errors import DataError
from remembrain.record.table_settings import Blur, Protection

_DEVIATIONS = 6.0
"""Noise beyond so many standard deviations does not occur."""


@dataclass(frozen=True)
class Slack:
    """Of one published count: the most that it is off, and the variance of what is no rule of protection.

    ``blurred`` is whether any count may be off, or any share beyond its last place.
    """

    most: float
    variance: float

    @property
    def blurred(self) -> bool:
        """Whether counts are not what was counted."""
        return self.most > 0


def slack_of(rules: Protection, blur: Blur, noise_scale: float) -> Slack:
    """Return by how much counts may be off.

    Rounding up or down at random to a base b, without bias, adds k (b - k) to a count of remainder k, on average over
    remainders (b^2 - 1) / 6, and moves it by b - 1 at most. Changes d of probability p add the sum of p d^2.

    Parameters
    ----------
    rules
        Protection: rounding to the nearest multiple, and noise of ``noise_scale``.
    blur
        What else is declared.

    Raises
    ------
    DataError
        Where probabilities of changes do not add up.
    """
    if blur.perturbation and abs(sum(chance for _, chance in blur.perturbation) - 1) > 1e-6:
        total = sum(chance for _, chance in blur.perturbation)
        raise DataError(
            f"[published] perturbation: the probabilities add up to {total:g}", expected="1, over every change and none"
        )
    base = blur.random_round_to
    changes = sum(chance * change**2 for change, chance in blur.perturbation) + blur.perturbation_variance
    variance = ((base**2 - 1) / 6 if base > 1 else 0.0) + changes + blur.noise_sd**2
    most = rules.round_to / 2 if rules.round_to > 1 else 0.0
    most += base - 1 if base > 1 else 0
    most += max((abs(change) for change, _ in blur.perturbation), default=0.0)
    most += _DEVIATIONS * (blur.perturbation_variance**0.5 + blur.noise_sd + 2 * noise_scale)
    return Slack(most, variance)
