"""An attacker who trains models like the target on halves of the people: from the command's options to the page."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from made_data import write_table
from private_files import open_to_others
from remembrain.audits.number_of_models import first_models, learned_all, subsets
from remembrain.config import AttackOptions, Config, SplitOptions, TrainOptions
from remembrain.errors import UsageError
from remembrain.evidence.resemblance import resemblance
from remembrain.query import checkpoints
from remembrain.references import ensemble, shadow_view
from remembrain.report import write as report
from remembrain.run import RunFolder
from remembrain.study import audit

NAMES = ("error-threshold", "lira", "bavaria", "rmia")
OPTIONS = AttackOptions(attacks=NAMES, repeats=2, references=8)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A network that learned its members by heart, attacked with eight others."""
    folder = tmp_path_factory.mktemp("references")
    config = Config(
        source=write_table(folder / "people.tsv", people=300),
        split=SplitOptions(members=150, nonmembers=150, validation=0, population=0),
        training=TrainOptions(network="mlp", epochs=30),
    )
    path = audit.train(config, folder / "run").path
    audit.attack(path, OPTIONS, workers=1)
    return path


def test_nobody_but_the_owner_reads_what_a_run_leaves(run):
    assert open_to_others(run) == []


def evidence(run):
    return json.loads((run / "evidence.json").read_text())


def test_members_are_told_by_attacks_with_references_and_the_models_are_like_the_target(run):
    found = evidence(run)
    aucs = {one["name"]: one["auc"]["value"] for one in found["attacks"]}
    assert min(aucs["lira"], aucs["bavaria"]) > 0.6
    assert found["controls"]["null"]["status"] == "holds"
    told = found["references"]
    assert (told["models"], told["people"], told["queries"]) == (8, 300, ["as-it-is"])
    assert told["resembles"] is not False
    most = 0.25 * told["errors"]["others"]["references"]
    ends = [abs(one[end]) for one in told["errors"].values() for end in ("low", "high")]
    assert told["resembles"] is (True if max(ends) <= most else None)
    assert told["core_minutes"] > 0
    others = told["errors"]["others"]
    assert others["target"]["value"] == pytest.approx(others["references"] + others["difference"], rel=0.01)


def test_power_is_told_by_the_number_of_models_and_ends_with_the_main_figures(run):
    found = evidence(run)
    power = found["references"]["power"]
    assert [row["models"] for row in power] == [2, 4, 8]
    last = {one["name"]: one["auc"] for one in power[-1]["attacks"]}
    for one in found["attacks"]:
        if one["name"] in last:
            assert last[one["name"]]["value"] == pytest.approx(one["auc"]["value"], abs=6e-4)


def test_attacks_without_reference_models_stand_beside_on_the_same_people(run):
    told = evidence(run)["references"]
    assert [one["name"] for one in told["beside"]] == ["error-threshold"]
    main = {one["name"]: one["auc"]["value"] for one in evidence(run)["attacks"]}
    (cheap,) = told["beside"]
    assert cheap["behind"]["value"] == pytest.approx(main[told["best"]] - main["error-threshold"], abs=2e-3)
    assert cheap["behind"]["low"] < cheap["behind"]["value"] < cheap["behind"]["high"]
    assert min(cheap["seconds"], told["seconds"]) > 0


def test_a_rerun_trains_nothing_and_says_the_same(run, monkeypatch):
    before = evidence(run)
    monkeypatch.setattr(ensemble, "train_like", lambda *_, **__: pytest.fail("trained again"))
    audit.attack(run, OPTIONS, workers=1)
    assert evidence(run)["attacks"] == before["attacks"]
    assert evidence(run)["references"] == before["references"]


def test_the_page_tells_what_the_models_add(run):
    page = report.write([run]).read_text()
    assert "What reference models add" in page
    assert "Why accuracy is the wrong headline" in page
    assert 'id="run1-figure-power"' in page
    assert "The cheap alternative: attacks that train no model" in page
    assert "sub-0" not in page


def test_without_them_it_is_said_that_they_were_not_tried(run, tmp_path):
    before = evidence(run)
    with pytest.raises(UsageError, match="would be forgotten: lira needs reference models"):
        audit.attack(run, AttackOptions(attacks=("error-threshold",), repeats=2, references=0), workers=1)
    assert evidence(run) == before
    without = RunFolder(shutil.copytree(run, tmp_path / "run"))
    without.forget()
    audit.attack(without.path, AttackOptions(attacks=("error-threshold",), repeats=2), workers=1)
    found = evidence(without.path)
    assert found["references"] is None
    assert any("reference models" in line for line in found["not_tested"])
    with pytest.raises(UsageError, match="needs reference models"):
        audit.attack(without.path, AttackOptions(attacks=("lira",)), workers=1)
    with pytest.raises(UsageError, match="even number"):
        audit.attack(run, AttackOptions(attacks=NAMES, references=3), workers=1)


def signals(people: int, models: int, shift: float) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    first_half = np.array([rng.permutation(people) < people // 2 for _ in range(models // 2)]).T
    inside = np.stack([first_half, ~first_half], axis=2).reshape(people, models)
    error = rng.normal(0, np.where(inside, 1.0, 3.0))
    target = rng.normal(0, np.where(np.arange(people) % 2 == 0, 1.0, 3.0)) * shift
    return {"references/error": error[:, :, None], "references/inside": inside, "references/target": target[:, None]}


def test_a_target_of_another_kind_is_told():
    member, names = np.arange(400) % 2 == 0, np.arange(400).astype(str)
    assert resemblance(signals(400, 8, 1.0), member, names)[1]
    assert resemblance(signals(400, 8, 2.0), member, names)[1] is False
    assert resemblance(signals(400, 2, 1.0), member, names)[1] is None
    few = resemblance(signals(60, 4, 1.0), member[:60], names[:60])  # no difference shows, and likeness does not either
    assert few[1] is None
    assert min(beside.p_value for beside in few[0].values()) > 0.005


def test_the_first_models_are_whole_pairs():
    whole = signals(40, 8, 1.0)
    halves = np.tile([[True, False], [False, True]], 9)
    assert subsets(halves[:, :8]) == [2, 4, 8]
    assert subsets(halves) == [2, 4, 8, 16, 18]
    five_folds = ~np.tile(np.eye(5, dtype=bool), 4)
    assert subsets(five_folds[:, :5]) == [5]  # with fewer somebody is left out of none
    assert subsets(five_folds) == [8, 16, 20]
    of_members = np.vstack([five_folds, np.zeros((5, 20), dtype=bool)])
    assert subsets(of_members) == [8, 16, 20]
    assert first_models(whole, 4)["references/error"].shape == (40, 4, 1)
    assert (first_models(whole, 4)["references/inside"].sum(axis=1) == 2).all()


def test_enough_is_where_every_further_step_is_shown_to_add_little():
    assert learned_all([(2, 0.03, 0.05), (4, 0.01, 0.02), (8, 0.001, 0.004)]) == 8
    assert learned_all([(2, 0.001, 0.004), (4, 0.01, 0.02), (8, 0.001, 0.004)]) == 8
    assert learned_all([(2, 0.03, 0.05), (4, 0.01, 0.02)]) is None
    assert learned_all([]) is None


OWN = """
import torch


class Net(torch.nn.Module):
    def __init__(self, columns=26, width=64):
        super().__init__()
        self.hidden = torch.nn.Linear(columns, width)
        self.output = torch.nn.Linear(width, 1)

    def forward(self, x):
        return self.output(torch.relu(self.hidden(x))) * 10 + 60
"""


def test_a_class_of_the_users_own_has_references_where_its_recipe_is_known(tmp_path):
    (tmp_path / "own.py").write_text(OWN)
    columns = 24 + 4  # and the levels of sex and site
    config = Config(
        source=write_table(tmp_path / "people.tsv", people=200),
        split=SplitOptions(members=100, nonmembers=100, validation=0, population=0),
        training=TrainOptions(
            network=f"{tmp_path / 'own.py'}:Net", epochs=20, network_arguments=json.dumps({"columns": columns})
        ),
    )
    path = audit.train(config, tmp_path / "run").path
    audit.attack(path, AttackOptions(attacks=("error-threshold", "lira"), repeats=2, references=2), workers=1)
    found = evidence(path)
    assert found["references"]["models"] == 2
    assert found["references"]["epochs"] == 20
    assert {one["status"] for one in found["attacks"]} == {"assessed"}


def trained_of_own(folder):
    """A network of the user's own class, with people for a shadow model."""
    (folder / "own.py").write_text(OWN)
    config = Config(
        source=write_table(folder / "people.tsv", people=240),
        split=SplitOptions(members=90, nonmembers=90, validation=0, population=50),
        training=TrainOptions(
            network=f"{folder / 'own.py'}:Net", epochs=1, keep_every=1, network_arguments=json.dumps({"columns": 28})
        ),
    )
    return audit.train(config, folder / "run").path


NAME = "shadow:network:gradient-magnitude"


def test_what_a_class_raises_while_models_like_it_are_trained_ends_what_needs_them_alone(tmp_path, monkeypatch):
    path = trained_of_own(tmp_path)

    def fails(*_, **__):
        raise AssertionError("an intensity of 1.05")

    monkeypatch.setattr(ensemble, "train_like", fails)
    monkeypatch.setattr(shadow_view, "train_like", fails)
    monkeypatch.setattr(checkpoints, "_describe", fails)
    names = ("error-threshold", "lira", "shadow:error-threshold")
    audit.attack(path, AttackOptions(attacks=names, repeats=1, references=2), workers=1)
    found = {one["name"]: one for one in evidence(path)["attacks"]}
    assert found["error-threshold"]["status"] == "assessed"
    for name in names[1:]:
        assert found[name]["status"] == "not assessed"
        assert "cannot be trained and asked (AssertionError: an intensity of …)" in found[name]["why"]
    assert evidence(path)["findings"][0]["status"] != "not detected"
    assert any("model of an earlier epoch" in note for note in evidence(path)["target"]["notes"])


def test_a_signal_that_the_shadow_does_not_have_is_refused(tmp_path, monkeypatch):
    path = trained_of_own(tmp_path)
    view_of = shadow_view.view_of

    def without_magnitudes(*given):
        view, attacks = view_of(*given)
        signals = {name: array for name, array in view.signals.items() if name != "gradient-magnitude"}
        return replace(view, signals=signals, refused={NAME: "gradient-magnitude: is NaN"}), attacks

    monkeypatch.setattr(shadow_view, "view_of", without_magnitudes)
    audit.attack(path, AttackOptions(attacks=("error-threshold", NAME), repeats=1), workers=1)
    found = {one["name"]: one for one in evidence(path)["attacks"]}
    assert (found[NAME]["status"], found["error-threshold"]["status"]) == ("not assessed", "assessed")
    assert found[NAME]["why"] == "of the shadow model, gradient-magnitude: is NaN"
