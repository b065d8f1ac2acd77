"""Every example does what it says."""

from __future__ import annotations

import csv
import importlib.util
import json
import shlex
import warnings
from pathlib import Path
from types import ModuleType

import pytest
import torch

import remembrain
from remembrain.cli import main
from remembrain.targets.heads import Head
from remembrain.targets.imported import load
from remembrain.targets.model import try_one

EXAMPLES = Path(__file__).parents[1] / "examples"


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(name).name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_published_network_is_read_with_its_prefix_and_its_bins(tmp_path):
    network = example("sfcn").SFCN(channels=(2, 2, 2, 2, 2, 2))
    torch.save({f"module.{name}": value for name, value in network.state_dict().items()}, tmp_path / "w.p")
    spec, arguments = f"{EXAMPLES / 'sfcn.py'}:SFCN", {"channels": [2, 2, 2, 2, 2, 2]}
    target = load(spec, tmp_path / "w.p", arguments, head=Head("bins", 42, 82))
    scan = torch.rand(1, 32, 32, 32, generator=torch.Generator().manual_seed(0)).numpy()
    years = try_one(target, scan)
    assert 42 < years < 82


@pytest.mark.slow
def test_the_estimator_is_audited(tmp_path, capsys):
    example("sklearn_ridge").main(tmp_path / "run")
    assert "bavaria" in capsys.readouterr().out
    assert remembrain.load(tmp_path / "run").finding.status == "members recognised"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["table_network", "onnx"])
def test_the_network_on_a_table_is_audited_by_the_command_that_it_prints(tmp_path, capsys, name):
    if name == "onnx":
        pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what torch says of its own exporter
        example(name).main(tmp_path / "out")
    _, *words = shlex.split(capsys.readouterr().out)
    with pytest.raises(SystemExit) as stopped:
        main([*words, "--attacks", "error-threshold", "--repeats", "2"])
    assert stopped.value.code == 0
    evidence = json.loads((tmp_path / "out" / "run" / "evidence.json").read_text())
    assert evidence["findings"][0]["status"] == "members recognised"


def test_the_table_of_a_paper_is_that_of_the_people_who_are_made():
    made, table = example("table1/make_people"), EXAMPLES / "table1" / "table1.csv"
    assert list(csv.reader(table.read_text().splitlines())) == made.table_of(made.everybody()[0])


@pytest.mark.slow
def test_the_table_of_a_paper_is_audited_by_the_command_of_its_docs(tmp_path):
    """Figures of docs/survey.md."""
    example("table1/make_people").main(tmp_path)
    folder = EXAMPLES / "table1"
    words = [
        "survey",
        "audit",
        f"{tmp_path / 'tested.csv'}",
        f"{tmp_path / 'run'}",
        "--tables",
        f"{folder / 'table1.csv'}",
    ]
    with pytest.raises(SystemExit) as stopped:
        main([*words, "--release", f"{folder / 'release.toml'}", "--reference", f"{tmp_path / 'others.csv'}"])
    assert stopped.value.code == 0
    evidence = json.loads((tmp_path / "run" / "evidence.json").read_text())
    auc = next(one["auc"] for one in evidence["attacks"] if one["name"] == "correlation-aware")
    assert auc["value"] == pytest.approx(0.61, abs=0.01)
    assert (len(evidence["target"]["tables"]), evidence["target"]["cells"]) == (52, 90)
    assert evidence["controls"]["null"]["status"] == "holds"


@pytest.mark.slow
def test_the_server_is_asked_once_a_scan(tmp_path):
    made = example("endpoint")
    assert made.main(tmp_path / "out") == made.PEOPLE
    assert remembrain.load(tmp_path / "out" / "run").finding.status == "members recognised"
