"""Who is exposed to the best attack."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.audits.exposed import Exposed, exposed_to_best
from remembrain.evidence.assess import assess, not_assessed
from remembrain.evidence.exposure import exposure_by
from remembrain.types import Scores

PEOPLE = 160
MEMBER = np.arange(PEOPLE) % 2 == 0
NAMES = np.array([f"p{place}" for place in range(PEOPLE)])
SEX = np.where(np.arange(PEOPLE) % 4 < 2, "F", "M")


def said(attack: str, shift: float) -> list[Scores]:
    score = np.random.default_rng(0).standard_normal(PEOPLE) + shift * MEMBER
    return [Scores(attack, 0, NAMES, np.full(PEOPLE, ""), MEMBER, score)]


REAL = {"weak": said("weak", 0.1), "strong": said("strong", 2.0), "none": said("none", 5.0)}
OF_SEVERAL = {name: assess(REAL[name], confidence=0.99) for name in ("weak", "strong")} | {
    "none": not_assessed("none", "why")
}


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_the_best_is_the_one_of_the_greatest_auc_with_the_confidence_it_was_chosen_by() -> None:
    asked = []

    def groups(repeats, confidence):
        asked.append((repeats[0].attack, confidence))
        return exposure_by(repeats, NAMES, {"sex": SEX}, of_each=confidence)

    exposed = exposed_to_best(REAL, OF_SEVERAL, groups, rng(), (0.25,), (0.1,))
    assert asked == [("strong", 0.99)]
    assert (exposed.exposure.attack, len(exposed.exposure.groups)) == ("strong", 2)
    assert (exposed.posterior.attack, exposed.reliability.attack) == ("strong", "strong")
    (row,) = exposed.posterior.rows
    rate = OF_SEVERAL["strong"].tpr_at_fpr[0.1].value
    assert (row.prior, row.fpr) == (0.25, 0.1)
    assert row.posterior.value == pytest.approx(0.25 * rate / (0.25 * rate + 0.75 * 0.1), abs=1e-3)
    assert sorted(exposed.membership.participant_id) == sorted(NAMES)


def test_without_groups_the_rest_is_there_and_without_any_attack_nothing_is() -> None:
    assert exposed_to_best(REAL, OF_SEVERAL, lambda *_: None, rng()).exposure is None
    assert exposed_to_best(REAL, OF_SEVERAL, lambda *_: None, rng()).membership is not None
    nothing = exposed_to_best(REAL, {"none": OF_SEVERAL["none"]}, lambda *_: None, rng())
    assert vars(nothing) == vars(Exposed())
