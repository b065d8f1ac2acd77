"""Whether protection is needed, and which is enough, as measured."""

from __future__ import annotations

import pytest

from remembrain.record.attacks import Attack
from remembrain.record.numbers import Accuracy, Number
from remembrain.record.tables import Limits, Setting, Swept, SweptPoint
from remembrain.survey.advice import advise

LIMITS = Limits(auc_below=0.6, rate_below=0.05)


def figures(high: float, rate: float | None = 0.03, *, mean: float = 0.55, changed: float = 0.5) -> Setting:
    auc = {name: Number(value=mean, low=0.5, high=high - less) for name, less in (("weaker", 0.1), ("stronger", 0.0))}
    rates = {} if rate is None else {"weaker": Number(value=0.02, low=0.01, high=rate)}
    people = {"n": 1000.0, "n_members": 90, "n_nonmembers": 180}
    return Setting(auc=auc, rate=rates, loss=0.01, suppressed=0.0, changed=changed, **people)


def point(value: float, high: float, *, why: str = "", **words) -> SweptPoint:
    return SweptPoint(value=value, why=why, **vars(figures(high, **words)))


def swept(name: str, *points: SweptPoint, protects: bool = True) -> Swept:
    return Swept(name=name, title=name.capitalize(), unit="", protects=protects, points=points)


def row(*points: SweptPoint, limits: Limits = LIMITS):
    (found,) = advise([swept("round_to", *points)], figures(0.7), [], limits).rows
    return found


def test_advice_is_the_weakest_level_that_stays_below_as_all_stronger_ones_do() -> None:
    sweeps = (
        swept("round_to", point(0, 0.9, changed=0), point(3, 0.59), point(5, 0.7), point(10, 0.59), point(20, 0.55)),
        swept("noise_epsilon", point(10, 0.8)),
        swept("known", point(1, 0.5), protects=False),
    )
    advice = advise(sweeps, figures(0.7), [], LIMITS)
    rounding, noise = advice.rows
    assert (advice.auc_below, advice.rate_below, advice.people_below) == (0.6, 0.05, None)
    assert (rounding.name, noise.name) == ("round_to", "noise_epsilon")
    assert rounding.tried == (3, 5, 10, 20)
    assert rounding.enough is not None and rounding.enough.value == 10, "5 ends the search, though 3 is below again"
    assert (rounding.enough.attack, rounding.enough.auc.high) == ("stronger", 0.59)
    assert (rounding.enough.rate.value, rounding.enough.recognised) == (0.02, 20)
    assert (rounding.enough.loss, rounding.enough.n_members, rounding.enough.n_nonmembers) == (0.01, 90, 180)
    assert noise.enough is None
    assert noise.strongest is not None and noise.strongest.value == 10


def test_no_protection_and_what_could_not_be_tried_are_no_advice() -> None:
    found = row(point(0, 0.55, changed=0), point(5, 0.5, why="too few people"))
    assert (found.tried, found.idle, found.enough, found.strongest) == ((), (), None, None)


def test_a_level_that_changes_no_cell_is_no_advice() -> None:
    found = row(point(0, 0.55, changed=0), point(5, 0.55, changed=0), point(10, 0.54))
    assert (found.tried, found.idle) == ((10,), (5,))
    assert found.enough is not None and found.enough.value == 10


def test_as_many_may_be_recognised_as_the_limits_say() -> None:
    high = point(5, 0.55, rate=0.06), point(10, 0.55, rate=0.04)
    assert row(*high).enough.value == 10
    assert row(*high, limits=Limits(auc_below=0.6)).enough.value == 5
    people = Limits(auc_below=0.6, rate_below=0.5, people_below=25)  # of 1000, beside 10 by luck
    assert row(*high, limits=people).enough is None
    assert row(point(10, 0.55, rate=0.034), limits=people).enough.value == 10
    assert row(point(5, 0.55, rate=None)).enough is None, "what nobody could measure is not known to hold"
    assert row(point(5, 0.55, rate=None), limits=Limits(auc_below=0.6)).enough.value == 5


@pytest.mark.parametrize(
    ("published", "needed"),
    [
        (figures(0.59), "no"),
        (figures(0.59, rate=None), "open"),
        (figures(0.61), "open"),
        (figures(0.59, rate=0.06), "open"),
        (figures(0.7, mean=0.61), "yes"),
        (Setting(), "open"),
    ],
)
def test_nothing_is_needed_where_the_intervals_end_below_the_limits(published: Setting, needed: str) -> None:
    advice = advise([], published, [], LIMITS)
    assert advice.needed == needed
    assert (advice.published is None) == (not published.auc)


def on_the_tables(value: float, high: float, access: str = "published tables") -> Attack:
    return Attack(
        name="learned",
        title="",
        access=access,
        knows="population",
        needs=(),
        paper="",
        n_members=90,
        n_nonmembers=180,
        repeats=20,
        accuracy=Accuracy(),
        auc=Number(value=value, low=0.5, high=high),
        tpr_at_fpr={},
        status="assessed",
    )


@pytest.mark.parametrize(
    ("achieved", "published", "needed"),
    [
        (on_the_tables(0.55, 0.59), figures(0.61), "open"),
        (on_the_tables(0.55, 0.59), Setting(), "open"),
        (on_the_tables(0.55, 0.59), figures(0.61, rate=0.06), "open"),
        (on_the_tables(0.55, 0.61), figures(0.61), "open"),
        (on_the_tables(0.55, 0.61), figures(0.59), "no"),
        (on_the_tables(0.61, 0.7), figures(0.59), "yes"),
        (on_the_tables(0.55, 0.59), figures(0.7, mean=0.61), "yes"),
        (on_the_tables(0.9, 0.95, "nothing"), figures(0.59), "no"),
    ],
)
def test_releases_alone_show_that_nothing_is_needed(achieved, published, needed: str) -> None:
    assert advise([], published, [achieved], LIMITS).needed == needed
