"""Means, spreads and quantiles that cannot be true together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from printed_table_one import people_of_a_study, released
from remembrain.survey.layout import Layout, Plan
from remembrain.survey.published.blurring import Slack
from remembrain.survey.published.checking import settle
from remembrain.survey.published.checking_numbers import finest_places
from remembrain.survey.published.fitting import Fitted
from remembrain.survey.published.meaning import Understood

PLAN = Plan(means=("age",), sds=("age",), quantiles=("age",), quantiles_at=(0.25, 0.5), by=("group",))


def wrong(layout: Layout, base: np.ndarray, share: np.ndarray, half: float = 0.05, *, fatal: bool = True) -> list[str]:
    fitted = replace(Fitted.empty(layout.n_cells), share=share, base=base, half=np.full(layout.n_cells, half))
    understood = Understood()
    settle(layout, fitted, Slack(0.0, 0.0), understood, weighted=False, people=None)
    return [problem.what for problem in understood.problems if problem.fatal == fatal]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("decimals", [1, 0])
def test_what_is_true_is_let_be_however_it_is_rounded(seed: int, decimals: int) -> None:
    layout, true = released(people_of_a_study(40, seed), PLAN)
    assert wrong(layout, true.base, np.round(true.share, decimals), 0.5 * 10.0**-decimals) == []


def changed(table: str, place: int, value: float) -> list[str]:
    layout, true = released(people_of_a_study(200), PLAN)
    share = np.round(true.share, 1)
    share[next(one.start for one in layout.tables if one.name == table) + place] = value
    return wrong(layout, true.base, share)


@pytest.mark.parametrize(
    ("table", "value", "what"),
    [
        ("mean-age", 60.0, "age and its groups of group: a mean of 60, and 49.6, 56.3 in these, who are everybody"),
        ("sd-age", 2.0, "age and its groups of group: a standard deviation of 2, and 12.2, 11.6 in these"),
        ("sd-age", 14.0, "age and its groups of group: a standard deviation of 14, and 12.2, 11.6 in these"),
        ("quantile-age-0.25", 53.0, "everybody: quantile 0.25 is 53, and 0.5 is 51.8"),
        ("quantile-age-0.5", 80.0, "everybody: a median of 80, with a mean of 52.4 and a standard deviation of 12.4"),
        ("quantile-age-0.25", 3.0, "everybody: a quantile of 3, and the numbers of DATA are 15 to 110"),
    ],
)
def test_what_cannot_be_is_said(table: str, value: float, what: str) -> None:
    (said,) = changed(table, 0, value)
    assert said.startswith(what)


def test_what_is_odd_is_told() -> None:
    layout, true = released(people_of_a_study(200), PLAN)
    start = {table.name: table.start for table in layout.tables}
    share = np.round(true.share, 1)
    assert wrong(layout, true.base, share, fatal=False) == []
    for name, of_group in (("quantile-age-0.5", "quantile-age-0.5-by-group"), ("mean-age", "mean-age-by-group")):
        other = share.copy()
        if name == "mean-age":
            other[start[name]] = other[start[of_group] : start[of_group] + 2].mean() + 2
        else:
            other[[start[name], start[of_group]]] = other[[start[of_group], start[name]]]
        (said,) = wrong(layout, true.base, other, fatal=False)
        assert said.startswith(f"{name}: {other[start[name]]:.10g} of everybody, and ")
        assert said.endswith("in groups, who are everybody: are two columns exchanged?")


def test_of_groups_that_are_not_everybody_nothing_is_known() -> None:
    layout, true = released(people_of_a_study(200), PLAN)
    share, base = np.round(true.share, 1), true.base.copy()
    share[0], base[0] = 60.0, 250
    assert wrong(layout, base, share) == []


def test_a_zero_that_was_cut_makes_no_number_coarser() -> None:
    layout, true = released(people_of_a_study(40), PLAN)
    half = np.full(layout.n_cells, 0.05)
    half[0] = 0.5  # a mean of 52.0 that stands alone as 52
    fitted = replace(Fitted.empty(layout.n_cells), share=true.share, half=half)
    assert finest_places(layout, fitted)[0] == 0.05
