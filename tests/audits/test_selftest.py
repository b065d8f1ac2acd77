"""The self-test: bounds are kept by sound code, left by broken code, and the last result is there for reports."""

from __future__ import annotations

import pytest

from remembrain.attacks.blind import BlindBaseline
from remembrain.audits import simulated, simulated_bounds
from remembrain.audits.selftest import insist, run_selftest
from remembrain.audits.simulated import Draw
from remembrain.errors import DataError, RemembrainError
from remembrain.report.terminal import selftest_lines
from remembrain.study.selftest_kept import read_last

pytestmark = pytest.mark.usefixtures("small_audits")


class Unseeing(BlindBaseline):
    """A baseline without a model: its scores are drawn."""

    def score(self, known, unknown, rng):
        return rng.normal(size=len(unknown["covariates"]))


def test_sound_code_keeps_its_bounds_and_the_result_is_kept(tmp_path):
    first = run_selftest(audits=20, seed=3, workers=1, path=tmp_path / "a.json")
    assert first.passed
    insist(first)
    kept = read_last(tmp_path / "a.json")
    assert kept.same_version
    assert kept.audits == 20
    assert [(line.name, line.value, line.n) for line in kept.lines] == [
        (line.name, line.value, line.n) for line in first.lines
    ]
    printed = "\n".join(selftest_lines(first))
    assert "false alarms of the whole audit" in printed
    assert "bounds on epsilon above the truth (one-run)" in printed
    assert "OUTSIDE" not in printed


def test_a_draw_gives_the_same_whatever_was_drawn_before():
    """Figures are made of nothing else, so that the same seed gives the same ones, with any number of workers."""
    draws = [Draw(3, 0), Draw(3, 1, leak=True)]
    before = [simulated.simulate(draw) for draw in draws]
    assert [simulated.simulate(draw) for draw in reversed(draws)] == before[::-1]
    bounds = [simulated_bounds.simulate_bounds(draw) for draw in draws]
    assert [simulated_bounds.simulate_bounds(draw) for draw in reversed(draws)] == bounds[::-1]
    assert simulated_bounds.simulate_bounds(Draw(4, 0)) != bounds[0]


def test_intervals_that_are_too_narrow_are_found(tmp_path, monkeypatch):
    """One attack in one repeat, beside a blind baseline that learns nothing: intervals are of that attack's alone."""
    from remembrain.evidence import assess

    monkeypatch.setattr(simulated, "REPEATS", 1)
    monkeypatch.setattr(simulated, "SIMULATED", simulated.SIMULATED[:1])
    monkeypatch.setattr(simulated, "ATTACKS", simulated.SIMULATED)
    monkeypatch.setattr(simulated, "BLIND", Unseeing())
    real = assess.standard_error
    monkeypatch.setattr(assess, "standard_error", lambda *given: real(*given) / 6)
    result = run_selftest(audits=20, seed=0, workers=1, path=tmp_path / "a.json")
    assert not result.passed
    with pytest.raises(RemembrainError, match="intervals of the AUC that contain the truth"):
        insist(result)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_a_thousand_audits_keep_every_bound(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(simulated, "SIDES", (100, 150, 200, 300, 500, 1000))
    result = run_selftest(audits=1000, seed=seed, workers=1, path=tmp_path / "a.json")
    insist(result)
    assert min(line.n for line in result.lines if "single test" in line.name) == 1000


def test_too_few_audits_are_refused(tmp_path):
    with pytest.raises(DataError, match="expected at least 20"):
        run_selftest(audits=3, seed=0, path=tmp_path / "a.json")
