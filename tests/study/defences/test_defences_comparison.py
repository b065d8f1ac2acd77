"""The models of a grid, read back from their runs and said in words."""

import json

import pytest

import example_runs
from remembrain.config.grid import cells, read_grid
from remembrain.errors import DataError, RemembrainError
from remembrain.record.defences import Failed
from remembrain.run import RunFolder
from remembrain.study.defences.comparison import compare
from remembrain.targets.private.accounting import epsilon_of

GRID = """
seeds = [0, 1]
attacks = ["error-threshold", "logistic", "network:gradient:output"]
[[defences]]
name = "dp-noise"
strengths = [1.0]
[[defences]]
name = "rounding"
strengths = [10]
"""


@pytest.fixture
def grid(tmp_path):
    (tmp_path / "grid.toml").write_text(GRID)
    return read_grid(tmp_path / "grid.toml")


@pytest.fixture
def run(grid, tmp_path):
    """Runs of all models; the private ones promise an epsilon of 2, and of one of them nothing is shown."""
    for cell in cells(grid, tmp_path / "people.tsv", tmp_path / "run"):
        defence = cell.setting.defence
        content = example_runs.content((0.6, 0.7, 0.8), 0.5, "members recognised")
        if defence == "dp-noise":
            content = example_runs.content((0.5, 0.51, 0.52), 0.5, "not detected")
            content["privacy"] = privacy(cell.seed)
        example_runs.write_run(cell.path, content, None)
    (tmp_path / "run" / "run.json").write_text(json.dumps({"schema": 1, "command": "remembrain defend"}))
    return RunFolder(tmp_path / "run")


def privacy(seed):
    training = {"epsilon": 2.0, "delta": 1e-5 * (1 + seed), "second_epsilon": 1.9, "unit": "person", "people": 300}
    training |= {"neighbours": "", "sampling": "", "clip": 1.0, "spent": [[2.0, 0.1, 100]]}
    return {"training": training, "verdict": {"status": "not assessed", "text": "No claim."}}


def every(grid, run):
    return cells(grid, run.path.parent / "people.tsv", run.path)


def test_what_trying_costs_is_composed_over_all_private_models(grid, run):
    compared = compare(grid, every(grid, run), (), run)
    cost = compared.cost_of_trying
    assert (cost.settings, cost.trainings, cost.private) == (3, 6, 2)
    assert cost.epsilon == pytest.approx(epsilon_of(((2.0, 0.1, 200),), 2e-5))  # at the larger of their deltas
    assert "sees all 2 private models, or one that was chosen by looking at all, is promised" in cost.text
    assert f"an epsilon of {cost.epsilon:.3g} at delta 2e-05 (composition)" in cost.text


def test_the_command_and_the_sentences_at_the_head_are_there(grid, run):
    compared = compare(grid, every(grid, run), (), run)
    assert (compared.audit.command, compared.audit.seeds) == ("remembrain defend", (0, 1))
    assert compared.head[0].answer.startswith("2 settings of 2 defences, and the undefended model, each trained with 2")
    assert compared.settings[2].runs == ("cells/rounding-10/seed-0", "cells/rounding-10/seed-1")


def test_a_setting_whose_models_all_failed_is_left_out(grid, run):
    done = [cell for cell in every(grid, run) if cell.setting.defence != "rounding"]
    compared = compare(grid, done, [Failed(setting="rounding-10, seed 0", why="no")], run)
    assert [row.defence for row in compared.settings] == ["none", "dp-noise"]
    assert compared.failed[0].setting == "rounding-10, seed 0"


def test_without_the_undefended_model_there_is_nothing_to_compare_with(grid, run):
    done = [cell for cell in every(grid, run) if cell.setting.defence != "none"]
    with pytest.raises(RemembrainError, match="the undefended model failed with every seed"):
        compare(grid, done, (), run)


def test_evidence_that_is_not_whole_is_refused(grid, run):
    (every(grid, run)[0].path / "evidence.json").write_text("{}")
    with pytest.raises(DataError, match=r"evidence\.json"):
        compare(grid, every(grid, run), (), run)
