"""A comparison of defences on a table: run, resumed, refused, and put together as declared."""

import json

import pytest

from made_data import write_table
from made_grid import GRID, grid_file
from private_files import open_to_others
from remembrain.cli import main
from remembrain.errors import RemembrainError, UsageError
from remembrain.study.defences import defend


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write_table(tmp_path_factory.mktemp("defend") / "people.tsv")


def quick_grid():
    """One seed, one strength of each defence that needs no private training, and one attack."""
    text = GRID.replace("[0, 1]", "[0]").replace("strengths = [1, 2]", "strengths = [1]")
    text = text.replace('[[defences]]\nname = "dp-noise"\nstrengths = [1.0]\n', "")
    return text.replace('"error-threshold", "logistic", "leverage"', '"error-threshold"')


@pytest.fixture(scope="module")
def compared(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("compared")
    report = defend.defend(table, folder / "run", grid_file(folder), workers=1)
    return report, json.loads((folder / "run" / "defences.json").read_text())


def test_nobody_but_the_owner_reads_what_a_comparison_leaves(compared):
    assert open_to_others(compared[0].parent) == []


def test_every_setting_has_every_seed_and_the_undefended_model_comes_first(compared):
    _, found = compared
    named = [(one["defence"], one["strength"]) for one in found["settings"]]
    assert named == [
        ("none", None),
        ("dp-noise", 1.0),
        ("rounding", 10.0),
        ("early-stopping", 1.0),
        ("early-stopping", 2.0),
    ]
    assert all(one["seeds"] == [0, 1] for one in found["settings"])
    assert found["failed"] == []


def test_figures_are_means_over_the_runs_that_lie_beside(compared):
    report, found = compared
    for row in found["settings"]:
        runs = [json.loads((report.parent / run / "evidence.json").read_text()) for run in row["runs"]]
        mae = [one["target"]["mae"]["nonmembers"]["value"] for one in runs]
        assert row["mae"]["value"] == pytest.approx(sum(mae) / 2)
        aucs = [
            attack["auc"]["value"] for one in runs for attack in one["attacks"] if attack["name"] == "error-threshold"
        ]
        assert row["attacks"]["error-threshold"]["auc"]["value"] == pytest.approx(sum(aucs) / 2)


def test_the_headline_is_chosen_on_the_undefended_model_and_a_release_is_judged_by_what_sees_it(compared):
    _, found = compared
    bare = found["settings"][0]
    best = max(bare["attacks"], key=lambda name: bare["attacks"][name]["auc"]["value"])
    assert found["headline"]["name"] == best
    (bare,) = [one["answer"] for one in found["head"] if one["question"] == "Without a defence"]
    assert f"the greatest of {len(found['attacks'])} attacks here: its interval is its own" in bare
    rounding = found["settings"][2]
    assert rounding["protects"] == "predictions"
    assert set(rounding["attacks"]) == {"error-threshold", "logistic"}
    assert rounding["headline"] in rounding["attacks"]


def test_private_settings_tell_epsilon_and_what_trying_them_all_costs(compared):
    _, found = compared
    private = found["settings"][1]
    assert 1 < private["epsilon"]["value"] < 100
    assert private["epsilon"]["second"] < private["epsilon"]["value"]
    assert found["cost_of_trying"]["private"] == 2
    assert found["cost_of_trying"]["epsilon"] > private["epsilon"]["value"]
    assert "composition" in found["cost_of_trying"]["text"]


def test_the_page_names_nobody_and_is_whole(compared):
    report, _ = compared
    page = report.read_text()
    assert "sub-0" not in page
    assert "What trying many settings costs" in page
    assert (report.parent / "figures" / "tradeoff.svg").is_file()


def test_what_is_done_is_not_done_again(compared, table, monkeypatch):
    report, _ = compared
    monkeypatch.setattr(defend.audit, "train", lambda *_, **__: pytest.fail("was trained again"))
    again = defend.defend(table, report.parent, grid_file(report.parent.parent), workers=1)
    assert again == report


def test_another_grid_is_not_gone_on_with(compared, table, tmp_path):
    report, _ = compared
    with pytest.raises(UsageError, match="the comparison of another grid, or on other people"):
        defend.defend(table, report.parent, grid_file(tmp_path, GRID.replace("[10]", "[5]")), workers=1)


def test_other_people_are_not_gone_on_with(compared, tmp_path):
    report, _ = compared
    other = write_table(tmp_path / "people.tsv", seed=1)
    with pytest.raises(UsageError, match="or on other people"):
        defend.defend(other, report.parent, grid_file(tmp_path), workers=1)


def test_without_the_undefended_model_nothing_is_compared(table, tmp_path, monkeypatch):
    train = defend.audit.train

    def failing(config, path, **given):
        if "none" in str(path):
            raise RemembrainError("no")
        return train(config, path, **given)

    monkeypatch.setattr(defend.audit, "train", failing)
    text = quick_grid()
    with pytest.raises(RemembrainError, match="the undefended model failed"):
        defend.defend(table, tmp_path / "run", grid_file(tmp_path, text), workers=1)


def test_a_model_that_fails_is_told_and_the_others_are_compared(table, tmp_path, monkeypatch):
    train = defend.audit.train

    def failing(config, path, **given):
        if "rounding" in str(path):
            raise RemembrainError("the loss became nan in epoch 1, batch 1", try_next="something")
        return train(config, path, **given)

    monkeypatch.setattr(defend.audit, "train", failing)
    said = []
    text = quick_grid()
    defend.defend(table, tmp_path / "run", grid_file(tmp_path, text), workers=1, say=said.append)
    found = json.loads((tmp_path / "run" / "defences.json").read_text())
    assert found["failed"] == [{"setting": "rounding-10, seed 0", "why": "the loss became nan in epoch 1, batch 1"}]
    failed = [line for line in said if line.startswith("rounding")]
    assert failed == ["rounding-10, seed 0: the loss became nan in epoch 1, batch 1"]
    assert "rounding" not in {one["defence"] for one in found["settings"]}


def test_a_comparison_in_which_everything_fails_is_an_error(table, tmp_path, monkeypatch):
    def failing(config, path, **given):
        raise RemembrainError("no")

    monkeypatch.setattr(defend.audit, "train", failing)
    with pytest.raises(RemembrainError, match="every model failed, the first with: no"):
        defend.defend(table, tmp_path / "run", grid_file(tmp_path), workers=1)


def test_defences_are_listed(capsys):
    with pytest.raises(SystemExit):
        main(["defences"])
    listed = capsys.readouterr().out
    assert "label-noise" in listed
    assert "arXiv 1607.00133" in listed
