"""Sweeps as they stand in the evidence: figures over worlds, each setting tried once, and what is declared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from made_survey import EVERYTHING, made
from remembrain.evidence.worlds import difference_over_worlds, over_worlds
from remembrain.record.table_settings import Adversary
from remembrain.run import Key
from remembrain.survey import sweep as sweeping
from remembrain.survey.layout import lay_out
from remembrain.survey.release import Case, Release, Survey
from remembrain.survey.sweep import sweep
from remembrain.survey.worlds import Point, Tried, World

CASE = Case(100, adversary=Adversary(known=0.5, reference_size=60), tested=1000)
CASE_TRIED = replace(CASE, tested=300)
REFUSED = "too many"


def figures(point: Point) -> Tried:
    """What a setting is said to come to: by the knob that is turned in it."""
    if point.case.group_size == 290:
        return Tried(why=REFUSED)
    high = 0.8 if point.case.adversary.known == 1 else 0.7
    return Tried((world(high, 0.62, 60, 40, theory=0.6), world(high + 0.04, 0.6, 50, 45, suppressed=0.5, cells=20)))


def world(aware: float, plain: float, members: int, others: int, *, theory=None, suppressed=0.0, cells=10) -> World:
    auc = {"inner-product": plain, "correlation-aware": aware, "likelihood-ratio": 0.65}
    people = {"n": 100.0, "n_members": members, "n_nonmembers": others}
    rate = {"inner-product": 0.1, "likelihood-ratio": 0.3} if theory else {"inner-product": 0.2}
    return World(
        auc=auc,
        rate=rate,
        changed=2 * suppressed,
        theory=theory,
        whitened=theory and theory + 0.05,
        loss=None,
        suppressed=suppressed,
        cells=cells,
        **people,
    )


@pytest.fixture
def points(monkeypatch: pytest.MonkeyPatch) -> list[Point]:
    """The points that were tried, once there are any."""
    tried: list[Point] = []

    def map_points(_: object, points: list[Point], **__: object) -> list[Tried]:
        tried.extend(points)
        return [figures(point) for point in points]

    monkeypatch.setattr(sweeping, "map_processes", map_points)
    return tried


def run(folder: Path, declared: dict[str, tuple[float, ...]]):
    answers = made(300)
    survey = Survey(answers, lay_out(EVERYTHING, answers, ""))
    release = Release(survey, CASE, None, None, None, None, 100.0)
    return sweep(release, declared, worlds=2, seed=3, folder=folder, key=Key.of(people="made"))


def test_points_have_figures_over_worlds(tmp_path: Path, points: list[Point]) -> None:
    (known,), _, _ = run(tmp_path, {"known": (0.25, 1.0)})
    assert (known.name, known.protects) == ("known", False)
    assert [point.value for point in known.points] == [0.25, 1.0]
    point = known.points[1]
    aware, plain = [0.8, 0.84], [0.62, 0.6]
    for number, interval in (
        (point.auc["correlation-aware"], over_worlds(aware, 50, 40)),
        (point.rate["inner-product"], over_worlds([0.1, 0.2], 50, 40)),
        (point.ahead, difference_over_worlds(aware, plain, 50, 40)),
    ):
        assert number.ends() == pytest.approx((interval.value, interval.low, interval.high))
    assert (point.closed_form, point.whitened) == (0.6, pytest.approx(0.65))
    assert (point.loss, point.suppressed, point.changed, point.cells) == (None, 0.25, 0.5, 15)
    assert list(point.rate) == ["inner-product"], "a rate that is not told in every world is none"
    assert (point.n, point.n_members, point.n_nonmembers) == (100, 50, 40)
    assert {tried.case.tested for tried in points} == {300}
    assert [tried.case.adversary.known for tried in points[:2]] == [0.25, 1.0]


def test_a_point_that_cannot_be_tried_says_why_and_one_value_is_no_sweep(tmp_path: Path, points: list[Point]) -> None:
    sweeps, _, _ = run(tmp_path, {"group_size": (290, 100), "tables": (0.5,)})
    assert [swept.name for swept in sweeps] == ["group_size"]
    tried, refused = sweeps[0].points
    assert (tried.value, tried.why, refused.value, refused.why) == (100, "", 290, REFUSED)
    assert (refused.auc, refused.n_members, refused.ahead.value) == ({}, None, None)
    assert [point.tables for point in points[:3]] == [1.0, 1.0, 0.5]


def test_steps_go_from_full_to_realistic_knowledge(tmp_path: Path, points: list[Point]) -> None:
    _, realism, declared = run(tmp_path, {"known": (0.25, 1.0)})
    assert [step.words for step in realism][:2] == ["everything known", "half of the answers"]
    assert [step.auc["correlation-aware"].value for step in realism][:2] == [pytest.approx(0.82), pytest.approx(0.72)]
    first = realism[0]
    assert (first.closed_form, first.whitened) == (0.6, pytest.approx(0.65))
    assert (first.n, first.cells) == (100, 15)
    assert declared.auc == realism[1].auc, "what is declared here is half of the answers"


def test_each_setting_is_tried_once_and_what_is_declared_in_more_worlds(tmp_path: Path, points: list[Point]) -> None:
    sweeps, _, _ = run(tmp_path, {"known": (0.5, 1.0), "round_to": (0, 5), "answer_error": (0.0, 0.1)})
    assert [len(swept.points) for swept in sweeps] == [2, 2, 2]
    *others, declared = points
    assert len({point.case for point in others}) == len(others) == 6, "of 6 + 5; what is declared is in all sweeps"
    assert {point.worlds for point in others} == {2}
    assert (declared.case, declared.worlds) == (CASE_TRIED, 20)
