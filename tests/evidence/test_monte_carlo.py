"""Shares and medians of simulations: their intervals, and whether they keep their bounds."""

from __future__ import annotations

import pytest
from scipy import stats

from remembrain.evidence.monte_carlo import line, median_line, share_line


def test_figures_have_the_intervals_of_their_kind():
    share = share_line("x", [True] * 3 + [False] * 17, None, 0.07)
    exact = stats.binomtest(3, 20).proportion_ci(0.95, method="exact")
    assert (share.value, share.low, share.high) == pytest.approx((0.15, exact.low, exact.high))
    median = median_line("x", list(range(101)), 0.7, None)
    assert (median.value, median.low, median.high) == (50, 40, 60)  # P(Bin(101, 1/2) <= 40) is 2.3 %
    assert (median_line("x", [3.0, 1.0], None, None).low, median_line("x", [3.0, 1.0], None, None).high) == (1, 3)


@pytest.mark.parametrize(
    ("value", "low", "high", "n", "passed"),
    [
        (0.05, 0.01, 0.2, 40, True),
        (0.2, 0.08, 0.35, 40, False),  # the whole interval is above
        (0.08, 0.06, 0.1, 1000, False),  # of a thousand audits the figure itself counts
        (0.069, 0.05, 0.09, 1000, True),
        (0.02, 0.01, 0.04, 1000, False),
    ],
)
def test_bounds_are_held_by_the_interval_of_few_and_by_the_figure_of_many(value, low, high, n, passed):
    assert line("false alarms", (value, low, high), n, 0.03, 0.07).passed is passed
