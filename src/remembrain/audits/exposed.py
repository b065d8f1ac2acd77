"""Who is exposed to the best attack, what being named by it means, and the probabilities of single people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from remembrain.evidence import calibration, disclosure
from remembrain.evidence.assess import Assessment
from remembrain.evidence.exposure import Exposure
from remembrain.record import people as record
from remembrain.record.attacks import Posterior, Reliability
from remembrain.types import Scores


@dataclass(frozen=True, eq=False)
class Exposed:
    """Who is exposed to the best attack, what being named by it means, and reliability; nothing without any attack.

    ``membership`` has probabilities of single people, which belong to ``restricted/``.
    """

    exposure: record.Exposure | None = None
    posterior: Posterior | None = None
    reliability: Reliability | None = None
    membership: calibration.Membership | None = None


def exposed_to_best(
    real: Mapping[str, Sequence[Scores]],
    of_several: Mapping[str, Assessment],
    groups: Callable[[Sequence[Scores], float], Exposure | None],
    folds: np.random.Generator,
    priors: Sequence[float] = calibration.PRIORS,
    rates: Sequence[float] = calibration.RATES,
) -> Exposed:
    """Return who is exposed to the attack of the greatest AUC.

    Parameters
    ----------
    real, of_several
        What attacks said, and their assessments, which hold for all at once: the best is chosen after the fact.
    groups
        What it achieves in groups of people, from its scores and the confidence of its interval.
    folds
        Parts people for the probabilities of each.
    priors, rates
        Of being named.
    """
    aucs = {name: assessment.auc for name, assessment in of_several.items() if assessment.auc}
    if not aucs:
        return Exposed()
    best = max(aucs, key=lambda name: aucs[name].value)
    membership = calibration.membership(real[best], folds)
    exposure = groups(real[best], aucs[best].confidence)
    return Exposed(
        exposure.written() if exposure else None,
        disclosure.figures(Posterior(attack=best, rows=calibration.posteriors(of_several[best], priors, rates))),
        calibration.reliability(best, membership).written(),
        membership,
    )
