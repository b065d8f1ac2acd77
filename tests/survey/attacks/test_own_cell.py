"""Who cannot have taken part goes last."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from made_survey import VIEWS, places_of
from naive_tables import stands_in_an_empty_cell
from remembrain.record.table_settings import Protection
from remembrain.survey.attacks.correlation import CorrelationAware
from remembrain.survey.attacks.likelihood_ratio import LikelihoodRatio
from remembrain.survey.attacks.own_cell import SURELY_NOT


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("attack", [LikelihoodRatio(), CorrelationAware()], ids=lambda one: one.name)
def test_whoever_stands_in_an_empty_cell_goes_last_where_nothing_is_wrong(attack) -> None:
    view = VIEWS["cells that nobody gave"]()
    impossible = np.array([stands_in_an_empty_cell(view, cells) for cells in places_of(view)])
    assert impossible.any() and not impossible.all()
    score = attack.score(view, rng())
    assert score[impossible].max() < score[~impossible].min()
    assert (score[impossible] == SURELY_NOT).all()
    for blurred in ({"answer_error": 0.1}, {"rules": Protection(round_to=5)}, {"rules": Protection(sample=0.5)}):
        assert attack.score(replace(view, **blurred), rng())[impossible].max() > SURELY_NOT
    # a share of 0.00 may be somebody's, where one person is less than half of the last place
    for step, goes_last in ((1.9 / view.n, True), (2.1 / view.n, False)):
        assert (attack.score(replace(view, step=step), rng())[impossible].max() == SURELY_NOT) == goes_last
