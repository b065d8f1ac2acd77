"""The level of the target beside that of its reference models, whatever share of the people it was trained on."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from remembrain.attacks._pairs import Pairs
from remembrain.attacks._sides import Sides, with_target
from remembrain.attacks.levels import curve, powers

ROUNDS = 4
REFITS = 2
_SHARES = (0.01, 0.99)


def level_of_target(
    target: Float[np.ndarray, "scan query"],
    sides: Sides,
    label: Float[np.ndarray, "scan"],
    member: Float[np.ndarray, "scan"],
) -> Float[np.ndarray, "scan query"]:
    r"""Return the curve in the label by which the target errs otherwise than its reference models would.

    A member of the target is expected to err as models with the person do, anybody else as models without. With p the
    probability that a person is a member, the curve is that of

    .. math:: e - [p \, m_{in} + (1 - p) \, m_{out}]

    p is known of known people; of all others it is their posterior probability given the curve, and both are found in
    turn (expectation and maximisation: Dempster, Laird & Rubin 1977, J. R. Stat. Soc. B 39:1), as is the share of
    members among them. Either expectation counts by the inverse of its variance. Where nobody is in any model there
    is no m_in, and the curve is that of the known non-members.

    Parameters
    ----------
    target
        Its signed errors.
    sides
        What reference models of one level say, without the person and with.
    label
        Of the scans.
    member
        1 of known members, 0 of known others, NaN of everybody else.
    """
    unknown = np.isnan(member)
    if not sides[1].count.any():
        on = member == 0 if (member == 0).any() else np.ones(len(member), dtype=bool)
        weight = np.broadcast_to(on[:, None].astype(float), target.shape)
        return curve(powers(label, on), target - sides[0].mean, weight)
    design = powers(label)
    pairs = Pairs.fit(sides, design)
    likely = np.broadcast_to(np.where(unknown, 0.5, member)[:, None], target.shape)
    level = _expected_apart(target, likely, *pairs.predicted(sides), design)
    for turn in range(ROUNDS):
        if turn < REFITS:
            pairs = Pairs.fit(with_target(sides, target - level, member), design)
        mean, variance = pairs.predicted(sides)
        likely = _posterior(target - level, mean, variance, likely, unknown)
        level = _expected_apart(target, likely, mean, variance, design)
    return level


def _expected_apart(
    target: Float[np.ndarray, "scan query"],
    likely: Float[np.ndarray, "scan query"],
    mean: Float[np.ndarray, "2 scan query"],
    variance: Float[np.ndarray, "2 scan 1"],
    design: Float[np.ndarray, "scan power"],
) -> Float[np.ndarray, "scan query"]:
    """Return the curve of what the target errs by beyond what is expected of it."""
    out, inside = (1 - likely) / variance[0], likely / variance[1]
    apart = (out * (target - mean[0]) + inside * (target - mean[1])) / (out + inside)
    return curve(design, apart, out + inside)


def _posterior(
    error: Float[np.ndarray, "scan query"],
    mean: Float[np.ndarray, "2 scan query"],
    variance: Float[np.ndarray, "2 scan 1"],
    likely: Float[np.ndarray, "scan query"],
    unknown: np.ndarray,
) -> Float[np.ndarray, "scan query"]:
    """Return how likely everybody is a member, by the share of members among the unknown that was likely before."""
    from scipy import special

    if not unknown.any():
        return likely
    share = np.clip(likely[unknown].mean(axis=0), *_SHARES)
    out, inside = -0.5 * ((error - mean) ** 2 / variance + np.log(variance))
    return np.where(unknown[:, None], special.expit(inside - out + special.logit(share)), likely)
