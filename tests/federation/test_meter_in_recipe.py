"""A recipe of FLARE's own, with somebody else's model: one line adds the meter, and a site's file says the rest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

MODEL = """
import torch

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.output = torch.nn.Linear(6, 1)

    def forward(self, scans):
        return self.output(scans)
"""
TRAIN = """
import nvflare.client as flare
import torch
from model import Net

flare.init()
while flare.is_running():
    model = flare.receive()
    net = Net()
    net.load_state_dict(model.params)
    with torch.no_grad():
        net.output.bias += 1.0
    flare.send(flare.FLModel(params=net.state_dict(), metrics={"loss": 0.0}))
"""
JOB = """
from model import Net
from nvflare.app_opt.pt.recipes.fedavg import FedAvgRecipe
from nvflare.recipe import SimEnv
from remembrain.meter import LeakageMeter

recipe = FedAvgRecipe(name="theirs", model=Net(), min_clients=2, num_rounds=2, train_script="train.py")
recipe.add_client_input_filter(LeakageMeter(), tasks=["train"])
recipe.execute(SimEnv(num_clients=2, workspace_root="workspace"))
"""


@pytest.mark.slow
def test_a_line_adds_the_meter_to_a_recipe_of_flare(tmp_path):
    for name, text in (("model.py", MODEL), ("train.py", TRAIN), ("job.py", JOB)):
        (tmp_path / name).write_text(text)
    local = tmp_path / "workspace" / "theirs" / "local"  # what a site's administrator decides
    local.mkdir(parents=True)
    from nvflare.app_common.default_component_policy import DEFAULT_CLASS_ALLOW_LIST

    allowed = [*DEFAULT_CLASS_ALLOW_LIST, "model.Net", "remembrain.meter.LeakageMeter"]
    (local / "resources.json").write_text(json.dumps({"format_version": 2, "class_allow_list": allowed}))
    people = Path(__file__).parents[1] / "site_people.py"
    (local / "remembrain.toml").write_text(
        f'[meter]\nnetwork = "{tmp_path}/model.py:Net"\npeople = "{people}:people"\nattacks = ["error-threshold"]\n'
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    done = subprocess.run(
        [sys.executable, "job.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    trends = sorted((tmp_path / "workspace").rglob("trend.tsv"))
    assert len(trends) == 2, done.stdout[-3000:] + done.stderr[-3000:]
    for trend in trends:
        rows = [line.split("\t") for line in trend.read_text().splitlines()[1:]]
        assert [row[0] for row in rows] == ["0", "1"]
        assert all(row[2] != "n/a" for row in rows)
