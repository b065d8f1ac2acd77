"""One setting in several worlds: what is tried is kept, and what cannot be tried says why."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from made_survey import EVERYTHING, counted, made
from remembrain.record.table_settings import Adversary, Protection
from remembrain.run import Key
from remembrain.survey import worlds
from remembrain.survey.counting import shares
from remembrain.survey.layout import lay_out
from remembrain.survey.protection import Published
from remembrain.survey.release import Case, Look, Survey
from remembrain.survey.worlds import SWEPT, Point, Tried, try_point


@pytest.fixture
def point(tmp_path: Path) -> Point:
    answers = made(300)
    survey = Survey(answers, lay_out(EVERYTHING, answers, ""))
    case = Case(120, adversary=Adversary(reference_size=60), tested=80)
    return Point(survey, case, 1.0, 2, 7, tmp_path, Key.of(people="made"))


def test_what_was_tried_is_read_back_as_what_it_was(point: Point, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = try_point(point)
    assert tried.why == ""
    assert len(tried.worlds) == 2
    assert tried.worlds[0] != tried.worlds[1]
    for world in tried.worlds:
        assert set(world.auc) == set(SWEPT)
        assert (world.n, world.n_members, world.n_nonmembers) == (120, 80, 80)
        assert (world.cells, world.loss, world.suppressed) == (point.survey.layout.n_cells, 0, 0)
        assert (world.changed, world.rate) == (0, {}), "80 people who did not take part tell no rate at 1 %"
    monkeypatch.setattr(worlds, "draw_release", None)  # nothing is drawn again
    assert try_point(point) == tried


def test_a_setting_is_found_under_its_own_key_alone(point: Point) -> None:
    others = (
        replace(point, tables=0.3),
        replace(point, seed=8),
        replace(point, case=replace(point.case, rules=Protection(round_to=10))),
    )
    first, fewer, seed, rounded = (try_point(each).worlds[0] for each in (point, *others))
    assert all(other.auc != first.auc for other in (fewer, seed, rounded))
    assert fewer.cells < first.cells
    assert rounded.loss > 0
    assert len(list(point.folder.glob("*.json"))) == 4


def test_what_cannot_be_tried_says_why_and_is_kept_too(point: Point) -> None:
    impossible = replace(point, case=replace(point.case, group_size=290))
    assert "a group of 290" in try_point(impossible).why
    (kept,) = point.folder.glob("*.json")
    kept.write_text(json.dumps(json.loads(kept.read_text()) | {"why": "as it was kept"}))
    assert try_point(impossible) == Tried(why="as it was kept")


def test_the_closed_form_knows_no_tilt(point: Point) -> None:
    tilted = replace(point.case.adversary, reference_tilt=0.5)
    tried = try_point(replace(point, case=replace(point.case, adversary=tilted)))
    assert [(world.theory, world.whitened) for world in tried.worlds] == [(None, None)] * 2
    told = [(world.theory, world.whitened) for world in try_point(point).worlds]
    assert all(0.5 < plain < 1 and 0.5 < whitened < 1 and plain != whitened for plain, whitened in told)


def test_what_is_told_is_off_by_rounding_and_what_is_hidden_is_a_share_of_cells(point: Point) -> None:
    group = np.arange(120)
    true = shares(point.survey.layout, counted(point.survey.layout, point.survey.answers.take(group)))
    share = true + 0.01
    share[:3] = np.nan
    share[5] = true[5]
    published = Published(share, share, share, 0 * share)
    rounded = Protection(round_to=3)
    price = worlds._price(point.survey, Look(None, None, None, published, group), rounded)
    cells = np.isfinite(true).sum()
    assert price.loss == pytest.approx(0.01 * (cells - 4) / (cells - 3))
    assert price.suppressed == pytest.approx(3 / cells)
    assert price.changed == pytest.approx(1 - 1 / cells)
    plain = Look(None, None, None, Published(true, true, true, 0 * true), group)
    prices = [worlds._price(point.survey, plain, rules) for rules in (Protection(), rounded)]
    assert prices[0] == prices[1] == worlds._Price(0.0, 0.0, 0.0)
