"""Numbers that cannot be true together, and what is left of a total."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from made_survey import EVERYTHING, made, published_of
from remembrain.survey.layout import Layout, Plan, lay_out
from remembrain.survey.published.blurring import Slack
from remembrain.survey.published.checking import last_places, settle
from remembrain.survey.published.fitting import Fitted
from remembrain.survey.published.meaning import Understood

ANSWERS = made(200, numbers=1)
EXACT = Slack(0.0, 0.0)


def of(layout: Layout, **told: list[float]) -> Fitted:
    empty = Fitted.empty(layout.n_cells)
    return replace(empty, **{name: np.array(values, dtype=float) for name, values in told.items()})


def settled(layout: Layout, fitted: Fitted, slack: Slack = EXACT, **words) -> tuple[Fitted, list[str]]:
    understood = Understood()
    found = settle(layout, fitted, slack, understood, **{"weighted": False, "people": None, **words})
    return found, [one.what for one in understood.problems if one.fatal]


MARGIN = lay_out(Plan(("q1",)), ANSWERS, "")
NAN = np.nan


def test_everything_that_is_true_is_let_be() -> None:
    layout = lay_out(EVERYTHING, ANSWERS, "")
    true = published_of(layout, ANSWERS)
    found, wrong = settled(layout, of(layout, count=true.count, share=true.share, base=true.base), people=200)
    assert not wrong
    np.testing.assert_allclose(found.share, true.share)


def test_without_a_total_whole_counts_are_their_own() -> None:
    found, wrong = settled(MARGIN, of(MARGIN, count=[10, 20, 70]))
    assert (found.base.tolist(), found.share.tolist(), wrong) == ([100] * 3, [0.1, 0.2, 0.7], [])


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"count": [10, 20, 70], "base": [90] * 3}, "counts add up to 100, and their total is 90"),
        ({"count": [10, NAN, 70], "base": [60] * 3}, "counts add up to 80, and their total is 60"),
        ({"count": [10, NAN, 70]}, "1 cells are not told, and neither is a total: shares cannot be known"),
        (
            {"count": [10, 20, 70], "share": [0.2, 0.2, 0.6]},
            "q1 q1:0: 10 of 100 is 10 %, and 20 % stands beside it (and 1 more like it)",
        ),
        ({"share": [0.2, 0.2, 0.7]}, "shares add up to 110 %"),
        ({"count": [-1, 21, 80]}, "q1 q1:0: a count of -1"),
        ({"count": [1.5, 20, 78.5]}, "q1 q1:0: a count of 1.5 is no whole number (and 1 more like it)"),
    ],
)
def test_what_cannot_be_is_named(told: dict[str, list[float]], message: str) -> None:
    _, wrong = settled(MARGIN, of(MARGIN, **told))
    assert message in wrong


def test_blur_that_is_declared_lets_sums_be_off_as_far_as_it_reaches() -> None:
    told = of(MARGIN, count=[10, 20, 70], base=[90] * 3)
    assert settled(MARGIN, told, Slack(2.0, 1.0))[1]
    assert not settled(MARGIN, told, Slack(2.5, 1.0))[1]


def test_no_answers_are_taken_out_of_a_total_that_holds_them() -> None:
    for base in (100, 110):
        found, wrong = settled(MARGIN, of(MARGIN, count=[10, 20, 70], base=[base] * 3, unanswered=[10] * 3))
        assert (found.base.tolist(), wrong) == ([100] * 3, [])
    share = [0.09, 0.18, 0.63]
    found, wrong = settled(MARGIN, of(MARGIN, share=share, unanswered_share=[0.1] * 3, half=[0.005] * 3))
    np.testing.assert_allclose(found.share, [0.1, 0.2, 0.7])
    assert not wrong


def test_weighted_shares_beside_counts_of_people_are_those_that_count() -> None:
    told = of(MARGIN, count=[10, 20, 70], share=[0.2, 0.2, 0.6])
    found, wrong = settled(MARGIN, told, weighted=True)
    assert (found.share.tolist(), wrong) == ([0.2, 0.2, 0.6], [])
    assert np.isnan(found.count).all()


def test_a_larger_table_holds_no_more_people_than_a_smaller_one() -> None:
    layout = lay_out(Plan(("q0",), (("q0", "q1"),)), ANSWERS, "")
    _, wrong = settled(layout, of(layout, count=[50, 50, 10, 20, 30, 10, 20, 20]))
    assert wrong == ["q0 q0:0: 50 people in the table of q0, and 60 in that of q0 and q1"]
    assert not settled(layout, of(layout, count=[60, 50, 10, 20, 30, 10, 20, 20]))[1]


def test_means_are_in_the_range_of_people_and_of_groups_together() -> None:
    layout = lay_out(Plan(means=("n0",), by=("q0",)), ANSWERS, "")
    assert not settled(layout, of(layout, count=[100, 40, 60], share=[46.0, 40.0, 50.0]))[1]
    _, wrong = settled(layout, of(layout, count=[100, 40, 60], share=[0.046, 40.0, 50.0]))
    assert wrong[0] == "everybody: a mean of 0.046, and the numbers of DATA are 20 to 80"
    _, wrong = settled(layout, of(layout, count=[100, 40, 60], share=[55.0, 40.0, 50.0]))
    assert wrong == ["n0 and its groups of q0: a mean of 55, and 46 in its groups together"]
    # of ten people more nobody knows the group
    assert not settled(layout, of(layout, count=[110, 40, 60], share=[48.0, 40.0, 50.0]))[1]
    assert settled(layout, of(layout, count=[110, 40, 60], share=[55.0, 40.0, 50.0]))[1]


def test_the_last_place_counts_where_no_people_stand_beside_a_share() -> None:
    fitted = of(MARGIN, count=[10, NAN, NAN], share=[0.1, 0.2, NAN], half=[0.005] * 3)
    assert last_places(fitted, np.ones(3, dtype=bool)).tolist() == [0, 0.01, 0]
