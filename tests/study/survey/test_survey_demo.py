"""The demonstration on tables: what it writes, and what it leaves alone."""

from pathlib import Path

import pytest

from made_answers import made
from remembrain.config import SurveyConfig
from remembrain.study.survey import demo


def test_the_demonstration_audits_the_answers_by_a_release_file_that_may_be_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audits: list[tuple[SurveyConfig, Path]] = []

    def write_answers(path: Path) -> int:
        made(50, 1).to_csv(path, index=False)
        return 50

    monkeypatch.setattr(demo, "write_answers", write_answers)
    monkeypatch.setattr(demo, "audit_survey", lambda config, run, *_: audits.append((config, run)))
    monkeypatch.setattr(demo, "write", lambda runs, page: (runs, page))
    said: list[str] = []
    report = demo.run_survey_demo(tmp_path, seed=3, say=said.append)
    assert report == ([tmp_path / "audit"], tmp_path / "report.html")
    (tmp_path / "release.toml").write_text(demo.RELEASE.replace("250", "30"))
    demo.run_survey_demo(tmp_path, seed=3, say=said.append)
    assert [config.release.group_size for config, _ in audits] == [250, 30]
    assert {(config.seed, config.source, run) for config, run in audits} == {
        (3, tmp_path / "answers.csv", tmp_path / "audit")
    }
    assert audits[0][0].adversary.base_rates == (0.01, 0.1, 0.5)
    assert said[0].startswith("50 adults of NHANES")
