"""A stranger's model on a BIDS folder: its own input, its own way to years, its own loss; and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from made_data import MODEL
from remembrain.cohort.phantom import write_cohort
from remembrain.config import AttackOptions, Config
from remembrain.errors import DataError, ProblemsError, UsageError
from remembrain.study import audit as study

PEOPLE = 180


@pytest.fixture(scope="module")
def bids(tmp_path_factory) -> Path:
    return write_cohort(tmp_path_factory.mktemp("people"), people=PEOPLE, grid="32", seed=4, workers=1)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory, bids: Path) -> Path:
    """A class in a file, its weights, and two lists of participants."""
    folder = tmp_path_factory.mktemp("theirs")
    (folder / "their_model.py").write_text(MODEL)
    # Whatever ran before: a model that knows nobody is recognised by chance in one audit of twenty.
    torch.manual_seed(0)
    hidden, output = torch.nn.Linear(8, 16), torch.nn.Linear(16, 40)
    weights = {
        "hidden.weight": hidden.weight,
        "hidden.bias": hidden.bias,
        "output.weight": output.weight,
        "output.bias": output.bias,
    }
    save_file({name: value.detach().clone() for name, value in weights.items()}, folder / "model.safetensors")
    people = pd.read_csv(bids / "participants.tsv", sep="\t").participant_id.tolist()
    (folder / "members.txt").write_text("\n".join(people[: PEOPLE // 2]) + "\n")
    (folder / "others.txt").write_text("\r\n".join(people[PEOPLE // 2 :]) + "\r\n")
    return folder


def config_of(bids: Path, theirs: Path, **changed) -> Config:
    return Config.model_validate(
        {
            "source": bids,
            "data": {"store": theirs / "prepared", "workers": 1, "grid": "32"},
            "split": {
                "members_list": changed.get("members", theirs / "members.txt"),
                "nonmembers_list": changed.get("others", theirs / "others.txt"),
            },
            "training": {"network": changed.get("network", f"{theirs / 'their_model.py'}:Bins")},
            "import": {"weights": changed.get("weights", theirs / "model.safetensors")},
            "attack": {"repeats": 1},
        }
    )


def test_a_stranger_s_model_is_audited_on_its_own_terms(bids: Path, theirs: Path, tmp_path: Path) -> None:
    study.audit(config_of(bids, theirs), tmp_path / "run")
    content = json.loads((tmp_path / "run" / "evidence.json").read_text())
    target = content["target"]
    assert (target["origin"], target["preprocess"], target["age"], target["loss"]) == ("imported", *["module's"] * 3)
    assert "preprocess" in target["input"]
    assert target["layers"]["gradient:output"] == "output.weight"
    assert {one["status"] for one in content["attacks"]} == {"assessed"}
    assert content["findings"][0]["status"] in ("not detected", "not assessed")
    page = (tmp_path / "run" / "report.html").read_text()
    assert target["name"] == "their_model.py:Bins"
    assert "Its own module brought the preparation of the input and the reading of the output and the loss" in page
    (signal,) = (tmp_path / "run" / "restricted" / "signals").glob("prediction.*.npy")
    assert ((np.load(signal) > 45) & (np.load(signal) < 82)).all()


def test_our_steps_apply_where_the_module_brings_none(bids: Path, theirs: Path, tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text(
        "import torch\n\nclass Plain(torch.nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n        self.output = torch.nn.Linear(32 ** 3, 1)\n\n"
        "    def forward(self, x):\n        return self.output(x.flatten(1))\n"
    )
    save_file(
        {"output.weight": torch.zeros(1, 32**3), "output.bias": torch.tensor([60.0])}, tmp_path / "plain.safetensors"
    )
    config = config_of(bids, theirs, network=f"{tmp_path / 'plain.py'}:Plain", weights=tmp_path / "plain.safetensors")
    run = study.bring_in(config, tmp_path / "run")
    study.attack(run.path, AttackOptions(attacks=("error-threshold", "network:gradient-magnitude"), repeats=1))
    target = json.loads(run.evidence.read_text())["target"]
    assert (target["preprocess"], target["age"], target["loss"]) == ("ours", "ours", "ours")
    assert target["input"] == "volume 32 x 32 x 32 at 6 mm"


def test_a_pickle_is_refused_and_does_not_run(bids: Path, theirs: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "model.pt"

    class Hostile:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "owned"),)

    torch.save({"output.weight": Hostile()}, hostile)
    with pytest.raises(DataError, match=r"model.pt"):
        study.bring_in(config_of(bids, theirs, weights=hostile), tmp_path / "run")
    assert not (tmp_path / "owned").exists()
    assert not (tmp_path / "run").exists()


def test_weights_that_do_not_fit_are_listed_and_nothing_is_written(bids: Path, theirs: Path, tmp_path: Path) -> None:
    wrong = {"hidden.weight": torch.zeros(3, 8), "stray": torch.zeros(1)}
    save_file(wrong, tmp_path / "wrong.safetensors")
    with pytest.raises(ProblemsError, match="stray") as caught:
        study.bring_in(config_of(bids, theirs, weights=tmp_path / "wrong.safetensors"), tmp_path / "run")
    for part in ("hidden.weight", "output.bias"):
        assert part in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_people_in_both_lists_and_unknown_people_are_named(bids: Path, theirs: Path, tmp_path: Path) -> None:
    names = (theirs / "members.txt").read_text().split()
    (tmp_path / "others.txt").write_text((theirs / "others.txt").read_text() + f"{names[0]}\nsub-nobody\n")
    with pytest.raises(ProblemsError, match="stands in both lists") as caught:
        study.bring_in(config_of(bids, theirs, others=tmp_path / "others.txt"), tmp_path / "run")
    assert names[0] in str(caught.value)
    assert "sub-nobody" in str(caught.value)


def test_who_was_trained_on_has_to_be_said(bids: Path, theirs: Path, tmp_path: Path) -> None:
    config = config_of(bids, theirs)
    config = config.model_copy(update={"split": type(config.split)()})
    with pytest.raises(UsageError, match="who the model was trained on is not said"):
        study.bring_in(config, tmp_path / "run")


def test_a_class_that_changed_after_the_import_is_refused(bids: Path, theirs: Path, tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(MODEL)
    config = config_of(bids, theirs, network=f"{tmp_path / 'model.py'}:Bins")
    run = study.bring_in(config, tmp_path / "run")
    (tmp_path / "model.py").write_text(MODEL + "\n# changed\n")
    with pytest.raises(DataError, match=r"model.py"):
        study.attack(run.path, config.attack)
    assert not run.evidence.exists()


def test_networks_of_our_own_train_on_volumes(bids: Path, theirs: Path, tmp_path: Path) -> None:
    config = Config.model_validate(
        {
            "source": bids,
            "data": {"store": theirs / "prepared", "workers": 1, "grid": "32"},
            "split": {"nonmembers": 0.45, "population": 0.1},
            "training": {"network": "slice-mean", "epochs": 2},
            "attack": {"repeats": 1, "attacks": ["error-threshold", "network:gradient:output"]},
        }
    )
    written, judged = study.audit(config, tmp_path / "run")
    assert written.exists()
    assert judged.assessments["network:gradient:output"].status == "assessed"
    assert (tmp_path / "run" / "figures" / "brain.svg").exists()
    assert len((tmp_path / "run" / "target" / "training.tsv").read_text().splitlines()) == 3


def test_a_way_to_read_images_does_not_go_with_a_table(theirs: Path, tmp_path: Path) -> None:
    people = (theirs / "members.txt").read_text().split() + (theirs / "others.txt").read_text().split()
    rows = "".join(f"{name}\t{50 + place % 30}\t{place * 0.37 % 1:.3f}\n" for place, name in enumerate(people))
    (tmp_path / "table.tsv").write_text("participant_id\tage\tvolume\n" + rows)
    with pytest.raises(DataError, match=r"preprocess\(path\), which reads image files, and the data are a table"):
        study.bring_in(config_of(tmp_path / "table.tsv", theirs), tmp_path / "run")
    assert not (tmp_path / "run").exists()
