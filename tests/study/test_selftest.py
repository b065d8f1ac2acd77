"""The self-test: bounds are kept by sound code, left by broken code, and the last result is there for reports."""

from __future__ import annotations

import json

import pytest

from remembrain.errors import DataError, RemembrainError
from remembrain.study import selftest
from remembrain.study.selftest import Line, insist, lines_of, read_last, run_selftest


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(selftest, "SIDES", (100,))


def figures(result):
    return {line["name"]: (line["value"], line["n"]) for line in result["lines"]}


def test_sound_code_keeps_its_bounds_and_the_same_seed_gives_the_same_figures(tmp_path):
    first = run_selftest(audits=20, seed=3, workers=1, path=tmp_path / "a.json")
    assert first["passed"]
    insist(first)
    again = run_selftest(audits=20, seed=3, workers=1, path=tmp_path / "b.json")
    assert figures(again) == figures(first)
    kept = read_last(tmp_path / "a.json")
    assert kept["same_version"]
    assert kept["audits"] == 20
    assert figures(kept) == figures(first)
    printed = "\n".join(lines_of(first))
    assert "false alarms of the whole audit" in printed
    assert "OUTSIDE" not in printed


def test_intervals_that_are_too_narrow_are_found(tmp_path, monkeypatch):
    from remembrain.evidence import assess

    real = assess.standard_error
    monkeypatch.setattr(assess, "standard_error", lambda *given: real(*given) / 6)
    result = run_selftest(audits=20, seed=0, workers=1, path=tmp_path / "a.json")
    assert not result["passed"]
    with pytest.raises(RemembrainError, match="intervals of the AUC that contain the truth"):
        insist(result)


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
    assert Line("false alarms", value, low, high, n, 0.03, 0.07).passed is passed


def test_no_result_or_a_broken_one_is_none(tmp_path):
    assert read_last(tmp_path / "none.json") is None
    (tmp_path / "broken.json").write_text("{")
    assert read_last(tmp_path / "broken.json") is None
    (tmp_path / "part.json").write_text(json.dumps({"version": "0.0.1"}))
    assert read_last(tmp_path / "part.json") is None
    whole = {"created": "2026", "version": "0.0.1", "seed": 0, "audits": 20, "passed": True, "lines": []}
    (tmp_path / "other.json").write_text(json.dumps(whole))
    assert read_last(tmp_path / "other.json")["same_version"] is False


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_a_thousand_audits_keep_every_bound(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(selftest, "SIDES", (100, 150, 200, 300, 500, 1000))
    result = run_selftest(audits=1000, seed=seed, workers=1, path=tmp_path / "a.json")
    insist(result)
    assert min(line["n"] for line in result["lines"] if "single test" in line["name"]) == 1000


def test_too_few_audits_are_refused():
    with pytest.raises(DataError, match="expected at least 20"):
        run_selftest(audits=3, seed=0)
