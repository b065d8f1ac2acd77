"""Attacks on published tables: what stands in them and what is known of a person -> one score; one attack a file.

Each declares what an adversary needs as every attack of the house does. They see a
:class:`~remembrain.survey.view.View` and no name. A new attack is one file and one line in ``ATTACKS``.
"""

from __future__ import annotations

from remembrain.survey.attacks._attack import TableAttack
from remembrain.survey.attacks.blind import BlindOnAnswers
from remembrain.survey.attacks.correlation import CorrelationAware
from remembrain.survey.attacks.distance import Distance
from remembrain.survey.attacks.inner_product import InnerProduct
from remembrain.survey.attacks.learned import Learned
from remembrain.survey.attacks.likelihood_ratio import LikelihoodRatio

ATTACKS: tuple[TableAttack, ...] = (
    Distance(),
    InnerProduct(),
    LikelihoodRatio(),
    CorrelationAware(),
    Learned(),
)
BLIND = BlindOnAnswers()

__all__ = ["ATTACKS", "BLIND", "TableAttack"]
