"""Variance and reach of public blur, against all of its cases counted one by one."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.record.table_settings import Blur, Protection
from remembrain.survey.published.blurring import slack_of


@pytest.mark.parametrize("base", [2, 3, 5, 10])
def test_random_rounding_has_the_mean_variance_over_remainders(base: int) -> None:
    rest = np.arange(base)
    up = rest / base
    variance = (up * (base - rest) ** 2 + (1 - up) * rest**2).mean()
    found = slack_of(Protection(), Blur(random_round_to=base), 0.0)
    assert (found.variance, found.most) == (pytest.approx(variance), base - 1)


def test_changes_of_cell_keys_have_the_variance_of_their_table() -> None:
    found = slack_of(Protection(), Blur(perturbation=((-2, 0.1), (0, 0.8), (2, 0.1))), 0.0)
    assert (found.variance, found.most) == (pytest.approx(0.8), 2)
    assert slack_of(Protection(), Blur(perturbation_variance=4.0), 0.0).variance == 4
    assert slack_of(Protection(), Blur(noise_sd=3.0), 0.0).variance == 9


def test_probabilities_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(DataError, match=r"the probabilities add up to 0\.9; expected 1"):
        slack_of(Protection(), Blur(perturbation=((-1, 0.5), (1, 0.4))), 0.0)


def test_rules_of_protection_reach_as_far_as_they_go_and_their_variance_is_known_elsewhere() -> None:
    found = slack_of(Protection(round_to=5), Blur(), 0.0)
    assert (found.most, found.variance, found.blurred) == (2.5, 0.0, True)
    assert not slack_of(Protection(), Blur(), 0.0).blurred
    assert slack_of(Protection(), Blur(), 2.0).most >= 12
