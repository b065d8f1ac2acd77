"""The leakage meter: it measures what is there, writes it down, passes on what it got, and stops where it was told."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import torch

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from nvflare.apis.dxo import DXO, DataKind, from_shareable
from nvflare.apis.fl_constant import FLContextKey
from nvflare.apis.fl_context import FLContext
from nvflare.job_config.api import FedJob
from nvflare.job_config.defs import FilterType
from torch import nn

from remembrain.errors import EvidenceAboveLimit, UsageError
from remembrain.study.meter import LeakageMeter

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


@pytest.fixture
def context():
    found = FLContext()
    found.set_prop(FLContextKey.TASK_NAME, "train", private=True, sticky=False)
    return found


def meter(path, **more):
    return LeakageMeter("test_meter:Net", "test_meter:people", str(path), attacks=["error-threshold"], **more)


def trend(path):
    with (path / "trend.tsv").open() as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_a_model_that_knows_members_is_told_from_one_that_does_not(tmp_path, context):
    measured = meter(tmp_path)
    for round_, learned in enumerate((False, True)):
        sent = task(model(learned), round_)
        assert measured.process(sent, context) is sent
        passed_on = from_shareable(sent).data
        assert all(np.array_equal(passed_on[name], value) for name, value in model(learned).items())
    rows = trend(tmp_path)
    assert [row["round"] for row in rows] == ["0", "1"]
    assert float(rows[0]["low"]) < 0.5
    assert rows[0]["finding"] != "members recognised"
    assert float(rows[1]["low"]) > 0.8
    assert rows[1]["finding"] == "members recognised"
    assert (tmp_path / "round-001" / "report.html").is_file()
    assert (tmp_path / "trend.svg").read_text().startswith("<?xml")


def test_it_stops_above_the_limit_and_stays_stopped(tmp_path, context):
    with pytest.raises(EvidenceAboveLimit, match="takes part no more: round 3"):
        meter(tmp_path, stop_above=0.8).process(task(model(learned=True), 3), context)
    with pytest.raises(EvidenceAboveLimit, match="round 3"):  # a job that starts anew finds it stopped
        meter(tmp_path, stop_above=0.8).process(task(model(learned=False), 4), context)
    (tmp_path / "stopped.txt").unlink()
    context.set_prop(FLContextKey.TASK_NAME, "validate", private=True, sticky=False)
    sent = task(model(learned=True), 5)
    assert meter(tmp_path, stop_above=0.8).process(sent, context) is sent


def test_a_model_before_training_stops_nobody_where_it_is_expected_and_a_leak_does(tmp_path, context):
    untrained = {**model(learned=False), "output.bias": np.zeros(1, dtype=np.float32)}
    with pytest.raises(EvidenceAboveLimit, match="no better"):
        meter(tmp_path / "expected trained", stop_above=0.8).process(task(untrained, 0), context)
    measured = meter(tmp_path / "expected", stop_above=0.8, untrained_rounds=2)
    sent = task(untrained, 0)
    assert measured.process(sent, context) is sent
    with pytest.raises(EvidenceAboveLimit, match="round 1"):
        measured.process(task(model(learned=True), 1), context)
    again = meter(tmp_path / "later", stop_above=0.8, untrained_rounds=2)
    with pytest.raises(EvidenceAboveLimit, match="no better"):
        again.process(task(untrained, 2), context)


def test_what_cannot_be_measured_is_not_harmless(tmp_path, context):
    for sent in (task(model(learned=False), 0, DataKind.WEIGHT_DIFF), task({"other": np.zeros(3)}, 0)):
        measured = meter(tmp_path)
        assert measured.process(sent, context) is sent  # without a limit it only says so
        assert trend(tmp_path)[-1]["finding"] == "not assessed"
        with pytest.raises(EvidenceAboveLimit, match="was not measured"):
            meter(tmp_path / "limited", stop_above=0.9).process(sent, context)
        (tmp_path / "limited" / "stopped.txt").unlink()


def test_rounds_between_are_left_out_and_wrong_words_are_refused(tmp_path, context):
    measured = meter(tmp_path, every=2)
    for round_ in range(3):
        measured.process(task(model(learned=False), round_), context)
    assert [row["round"] for row in trend(tmp_path)] == ["0", "2"]
    with pytest.raises(UsageError, match="stop_above"):
        meter(tmp_path, stop_above=3)
    with pytest.raises(UsageError, match="untrained_rounds"):
        meter(tmp_path, untrained_rounds=-1)


def test_a_job_made_in_python_brings_the_meter_to_the_site_as_it_was_made(tmp_path):
    given = {
        "network": "test_meter:Net",
        "people": "test_meter:people",
        "out": "/safe/{site}",
        "arguments": {"width": 3},
        "stop_above": 0.75,
        "attacks": ["error-threshold"],
        "tasks": ["learn"],
        "every": 2,
        "untrained_rounds": 3,
    }
    job = FedJob(name="theirs")
    job.to(LeakageMeter(**given), "rome", filter_type=FilterType.TASK_DATA, tasks=["learn"])
    job.export_job(str(tmp_path))
    (config,) = tmp_path.rglob("config_fed_client.json")
    (only,) = json.loads(config.read_text())["task_data_filters"]
    (meter,) = only["filters"]
    assert meter["path"] == "remembrain.study.meter.LeakageMeter"
    left_out = {name: value for name, value in given.items() if meter["args"].get(name) != value}
    assert not left_out
