"""The leakage meter: it measures what is there, writes it down, passes on what it got, and stops where it was told."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pytest
import torch

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from nvflare.apis.dxo import DXO, DataKind, from_shareable
from nvflare.job_config.api import FedJob
from nvflare.job_config.defs import FilterType
from torch import nn

from made_site import context as made_context
from made_site import kit
from remembrain.errors import DataError, EvidenceAboveLimit
from remembrain.federation.metering import BY_LEARNER
from remembrain.meter import LeakageMeter

PEOPLE, COLUMNS = 240, 280


class Net(nn.Module):
    """A line through more columns than people: it can learn everybody by heart."""

    def __init__(self) -> None:
        super().__init__()
        self.output = nn.Linear(COLUMNS, 1)

    def forward(self, scans: torch.Tensor) -> torch.Tensor:
        return self.output(scans)


def people():
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(PEOPLE, COLUMNS)).astype(np.float32)
    return {"inputs": inputs, "age": rng.uniform(45, 80, PEOPLE), "member": np.arange(PEOPLE) < PEOPLE // 2}


def model(learned):
    """Return weights that know members by heart, or nobody."""
    known = people()
    weights = np.zeros(COLUMNS, dtype=np.float32)
    if learned:
        centred = known["age"][known["member"]] - 62.5
        weights = np.linalg.lstsq(known["inputs"][known["member"]], centred, rcond=None)[0].astype(np.float32)
    return {"output.weight": weights[None], "output.bias": np.array([62.5], dtype=np.float32)}


def task(arrays, round_, kind=DataKind.WEIGHTS):
    shareable = DXO(kind, data=arrays).to_shareable()
    shareable.set_header("current_round", round_)
    return shareable


class Site:
    """A meter in a kit whose file says how it measures."""

    def __init__(self, root, **said):
        table = {"network": "test_meter:Net", "people": "test_meter:people", "attacks": ["error-threshold"], **said}
        kit(root, "[meter]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items()))
        self.root, self.filter = root, LeakageMeter()

    def sees(self, sent, name="train"):
        return self.filter.process(sent, made_context(self.root, name))


def trend(root):
    with (root / "leakage" / "trend.tsv").open() as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_a_model_that_knows_members_is_told_from_one_that_does_not(tmp_path):
    site = Site(tmp_path)
    for round_, learned in enumerate((False, True)):
        sent = task(model(learned), round_)
        assert site.sees(sent) is sent
        passed_on = from_shareable(sent).data
        assert all(np.array_equal(passed_on[name], value) for name, value in model(learned).items())
    rows = trend(tmp_path)
    assert [row["round"] for row in rows] == ["0", "1"]
    assert float(rows[0]["low"]) < 0.5
    assert rows[0]["finding"] != "members recognised"
    assert float(rows[1]["low"]) > 0.8
    assert rows[1]["finding"] == "members recognised"
    assert (tmp_path / "leakage" / "round-001" / "report.html").is_file()
    assert (tmp_path / "leakage" / "trend.svg").read_text().startswith("<?xml")


def test_it_stops_above_the_limit_and_stays_stopped(tmp_path):
    with pytest.raises(EvidenceAboveLimit, match="takes part no more: round 3"):
        Site(tmp_path, stop_above=0.8).sees(task(model(learned=True), 3))
    with pytest.raises(EvidenceAboveLimit, match="round 3"):  # a job that starts anew finds it stopped
        Site(tmp_path, stop_above=0.8).sees(task(model(learned=False), 4))
    (tmp_path / "leakage" / "stopped.txt").unlink()
    sent = task(model(learned=True), 5)
    assert Site(tmp_path, stop_above=0.8).sees(sent, "validate") is sent


def test_a_model_before_training_stops_nobody_where_it_is_expected_and_a_leak_does(tmp_path):
    untrained = {**model(learned=False), "output.bias": np.zeros(1, dtype=np.float32)}
    with pytest.raises(EvidenceAboveLimit, match="no better"):
        Site(tmp_path / "expected trained", stop_above=0.8).sees(task(untrained, 0))
    site = Site(tmp_path / "expected", stop_above=0.8, untrained_rounds=2)
    sent = task(untrained, 0)
    assert site.sees(sent) is sent
    with pytest.raises(EvidenceAboveLimit, match="round 1"):
        site.sees(task(model(learned=True), 1))
    again = Site(tmp_path / "later", stop_above=0.8, untrained_rounds=2)
    with pytest.raises(EvidenceAboveLimit, match="no better"):
        again.sees(task(untrained, 2))


def test_what_cannot_be_measured_is_not_harmless(tmp_path):
    for sent in (task(model(learned=False), 0, DataKind.WEIGHT_DIFF), task({"other": np.zeros(3)}, 0)):
        assert Site(tmp_path).sees(sent) is sent  # without a limit it only says so
        assert trend(tmp_path)[-1]["finding"] == "not assessed"
        with pytest.raises(EvidenceAboveLimit, match="was not measured"):
            Site(tmp_path / "limited", stop_above=0.9).sees(sent)
        (tmp_path / "limited" / "leakage" / "stopped.txt").unlink()


def test_rounds_between_are_left_out(tmp_path):
    site = Site(tmp_path, every=2)
    for round_ in range(3):
        site.sees(task(model(learned=False), round_))
    assert [row["round"] for row in trend(tmp_path)] == ["0", "2"]


def test_a_site_that_asks_for_no_meter_passes_models_on_and_says_so_once(tmp_path, caplog):
    measured = LeakageMeter()
    sent = task(model(learned=True), 0)
    with caplog.at_level("INFO"):
        for _ in range(2):
            assert measured.process(sent, made_context(tmp_path)) is sent  # it has no file at all
    assert caplog.text.count("has no table [meter]") == 1
    kit(tmp_path, 'source = "/data"\n')
    assert measured.process(sent, made_context(tmp_path)) is sent
    assert [path.name for path in tmp_path.iterdir()] == ["local"]


def test_where_the_learner_measures_the_filter_does_not(tmp_path):
    site, here = Site(tmp_path), made_context(tmp_path)
    here.set_prop(BY_LEARNER, value=True, private=True, sticky=False)
    site.filter.process(task(model(learned=True), 0), here)
    assert not (tmp_path / "leakage").exists()


def test_a_file_that_is_wrong_lets_nothing_pass(tmp_path):
    kit(tmp_path, "[meter]\nstop_abov = 0.7\n")
    with pytest.raises(DataError, match=r"stop_abov.* in \[meter\]"):
        LeakageMeter().process(task(model(learned=True), 0), made_context(tmp_path))


def test_code_and_folders_are_found_from_the_site_s_own_file(tmp_path):
    (tmp_path / "local").mkdir()
    shutil.copy(__file__, tmp_path / "local" / "ours.py")
    site = Site(tmp_path, network="ours.py:Net", people="ours.py:people", out="../../safe/{site}")
    site.sees(task(model(learned=True), 7))
    assert (tmp_path.parent / "safe" / "oslo" / "round-007" / "evidence.json").is_file()


@pytest.mark.parametrize("argument", ["network", "people", "out", "arguments", "stop_above", "attacks", "tasks"])
def test_a_job_can_say_nothing_to_the_meter(argument):
    with pytest.raises(TypeError, match=argument):
        LeakageMeter(**{argument: "evil:Net"})


def test_a_job_made_in_python_brings_the_meter_by_its_name_alone(tmp_path):
    job = FedJob(name="theirs")
    job.to(LeakageMeter(), "rome", filter_type=FilterType.TASK_DATA, tasks=["train"])
    job.export_job(str(tmp_path))
    (config,) = tmp_path.rglob("config_fed_client.json")
    (only,) = json.loads(config.read_text())["task_data_filters"]
    (meter,) = only["filters"]
    assert meter["path"] == "remembrain.meter.LeakageMeter"
    assert not meter.get("args")
