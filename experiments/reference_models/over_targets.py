r"""A figure over several targets, and its interval: about other people, and other trainings of them by the same recipe.

Targets share people (each is trained on half of the same) and reference models, so that their figures are no
independent draws, and Student's interval over nine of them is too short for attacks with such models (covers 87 to
91 % of simulated worlds instead of 95 %, see ``tests/experiments/test_reference_models_targets.py``). The unit is a
person: with :math:`\phi_{it}` the influence of person i on the figure of target t (0 where not tested), the influence
on the mean over T targets is :math:`\bar\phi_i = \frac1T \sum_t \phi_{it}`, which has in it whatever of a person the
targets, and the reference models, have in common. Trainings differ, too: figures of targets have a variance
:math:`s^2`, of which people explain v - c, the mean of :math:`\sum_i \phi_{it}^2` less that of
:math:`\sum_i \phi_{it} \phi_{iu}`; the rest is the targets' own. Together

.. math:: \mathrm{var} = \sum_i \bar\phi_i^2 + \frac{\max(0, s^2 - (v - c))}{T}

with degrees of freedom after Satterthwaite 1946 (Biometrics Bull. 2:110).

**What the interval is about**: the mean over all targets that this recipe makes of halves of people like these,
attacked with *these* reference models. By how much these memorise more or less than others of the recipe is not in it
(the targets are each other's references): where trainings differ in that by 30 %, it holds what other reference models
would show in 87 of 100 worlds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import stats

from remembrain.evidence.influence import by_repeat, share_interval
from remembrain.evidence.metrics import auc_parts
from remembrain.evidence.people import People, Repeat
from remembrain.evidence.rates import NotAssessed, tpr_interval

CONFIDENCE = 0.95
FPR = 0.01


@dataclass(frozen=True)
class Figure:
    """A mean over targets with its interval."""

    value: float
    low: float
    high: float


def auc_of(targets: Sequence[Repeat]) -> Figure:
    """Return the AUC."""
    values, influence = by_repeat(_people(targets), auc_parts)
    error, freedom = standard_error(values, influence)
    value = float(values.mean())
    return Figure(value, *share_interval(value, error, freedom + 1, CONFIDENCE))  # type: ignore[arg-type]  # any number


def tpr_of(targets: Sequence[Repeat]) -> Figure:
    """Return the true-positive rate at 1 % false positives.

    Its interval is the house's, of as many people as the mean AUC is better known than one target's.
    """
    people = _people(targets)
    values, influence = by_repeat(people, auc_parts)
    error, _ = standard_error(values, influence)
    of_one = float(np.square(influence).sum(axis=1).mean())
    worth = float(np.clip(of_one / error**2, 1 / len(targets), len(targets))) if error > 0 else 1.0
    found = tpr_interval(people, FPR, CONFIDENCE, worth=(worth, worth))
    if isinstance(found, NotAssessed):
        return Figure(float("nan"), float("nan"), float("nan"))
    return Figure(found.value, found.low, found.high)


def gain_of(targets: Sequence[Repeat], base: Sequence[Repeat]) -> Figure:
    """Return by how much the AUC is above that of another attack on the same targets and people."""
    (values, influence), (less, of_less) = (by_repeat(_people(some), auc_parts) for some in (targets, base))
    error, freedom = standard_error(values - less, influence - of_less)
    value = float((values - less).mean())
    reach = float(stats.t.ppf(1 - (1 - CONFIDENCE) / 2, freedom)) * error
    return Figure(value, value - reach, value + reach)


def standard_error(
    values: Float[np.ndarray, "target"], influence: Float[np.ndarray, "target person"]
) -> tuple[float, float]:
    """Return the standard error of the mean over targets, and its degrees of freedom."""
    targets, people = influence.shape
    of_people = float(np.square(influence.mean(axis=0)).sum())
    if targets == 1:
        return float(np.sqrt(of_people)), float(people - 1)
    products = influence @ influence.T
    one = float(np.trace(products)) / targets
    shared = float(products.sum() - np.trace(products)) / (targets * (targets - 1))
    between = float(values.var(ddof=1))
    own = max(0.0, between - (one - shared)) / targets
    total = of_people + own
    if total == 0:
        return 0.0, float(people - 1)
    doubt = of_people**2 / (people - 1) + ((between / targets) ** 2 / (targets - 1) if own else 0.0)
    return float(np.sqrt(total)), max(1.0, total**2 / doubt)


def _people(targets: Sequence[Repeat]) -> People:
    """Return targets as repeats. Who is a member differs between them, and is never asked of the whole."""
    count = 1 + max(int(one.person.max()) for one in targets)
    return People("", tuple(targets), np.zeros(count, dtype=bool), np.arange(count).astype(str), np.arange(count))
