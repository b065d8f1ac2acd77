"""The study of the published tables: its orders, fits and texts on made-up scores; slowly, the whole command."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from remembrain.types import Scores

STUDY = Path(__file__).parents[2] / "experiments" / "central_study"


@pytest.fixture(autouse=True)
def on_path(monkeypatch):
    monkeypatch.syspath_prepend(str(STUDY))


def scores(attack, gain, n=2000, repeats=2, seed=0):
    rng = np.random.default_rng(seed)
    names, member = np.array([f"sub-{place:04d}" for place in range(2 * n)]), np.repeat([True, False], n)
    return [
        Scores(attack, repeat, names, np.full(2 * n, ""), member, gain * (member - 0.5) + rng.normal(size=2 * n))
        for repeat in range(repeats)
    ]


def test_pairs_of_rows_agree_disagree_or_are_not_told_apart():
    from table import order

    found = {
        "error-forest": scores("error-forest", 1.5),  # published 59.9: the lowest of these
        "network:gradient-magnitude": scores("network:gradient-magnitude", 1.5, seed=1),  # 72.6
        "network:prediction+label": scores("network:prediction+label", 0.2, seed=2),  # 76.5
    }
    pairs = {(one["higher"], one["lower"]): one for one in order("cnn3d", found)}
    assert len(pairs) == 3
    above = pairs["prediction + label", "gradient magnitude"]
    assert above["says"] == "disagrees"
    assert above["published"] == pytest.approx(76.45 - 72.60)
    assert above["ours"][1] < above["ours"][0] < above["ours"][2] < 0
    assert pairs["gradient magnitude", "error (random forest)"]["says"] == "not told apart"
    found["network:gradient-magnitude"] = scores("network:gradient-magnitude", 3.0, seed=3)
    pairs = {(one["higher"], one["lower"]): one for one in order("cnn3d", found)}
    assert pairs["gradient magnitude", "error (random forest)"]["says"] == "agrees"


def test_a_combined_attack_is_set_against_each_of_its_signals():
    from published import COMBINED
    from table import combined_against_singles

    flat = COMBINED.replace("network:", "flat:")
    gains = {
        COMBINED: 2.0,
        flat: 2.0,
        "network:prediction+label": 1.0,
        "network:gradient:last-hidden": 2.0,
        "flat:gradient:last-hidden": 1.0,
        "network:gradient:output": 3.0,
    }
    found = {name: scores(name, gain, seed=place) for place, (name, gain) in enumerate(gains.items())}
    pairs = {(one["combined"], one["single"]): one["auc"] for one in combined_against_singles(found)}
    assert pairs[COMBINED, "network:prediction+label"][1] > 0
    assert pairs[COMBINED, "network:gradient:output"][2] < 0
    low, high = pairs[COMBINED, "network:gradient:last-hidden"][1:]
    assert low < 0 < high


def test_a_line_is_found_with_an_interval_that_covers_it():
    from fits import fit

    rng = np.random.default_rng(0)
    gap = np.linspace(0.5, 3.5, 8)
    hits = []
    for _ in range(400):
        line = fit(gap, 0.5 + 0.12 * gap + rng.normal(0, 0.02, len(gap)))
        hits.append(line["slope"][1] <= 0.12 <= line["slope"][2])
    assert abs(np.mean(hits) - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 400)
    exact = fit(gap, 0.5 + 0.12 * gap)
    assert exact["slope"][0] == pytest.approx(0.12)
    assert exact["intercept"] == pytest.approx(0.5)
    assert exact["r"] == pytest.approx(1.0)


def test_scores_are_read_as_they_were_written(tmp_path):
    from table import read_scores

    with (tmp_path / "scores.tsv").open("w", newline="") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(Scores.columns)
        for repeat in (0, 1):
            rows.writerow(["error-threshold", repeat, "001", "", 1, 0.5 - repeat])
            rows.writerow(["error-threshold", repeat, "NA", "", 0, -1.5])
    found = read_scores(tmp_path / "scores.tsv")["error-threshold"]
    assert [one.repeat for one in found] == [0, 1]
    assert found[1].participant_id.tolist() == ["001", "NA"]
    assert found[1].member.tolist() == [True, False]
    assert found[1].score.tolist() == [-0.5, -1.5]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_whole_study_on_few_people(tmp_path):
    size = ["--members", "60", "--nonmembers", "80", "--population", "80", "--grid", "32", "--quick"]
    command = [sys.executable, str(STUDY), str(tmp_path / "out"), *size]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    table = (tmp_path / "out" / "table.md").read_text()
    assert "| gradient of conv6 | 77.0 ± 0.6 |" in table
    assert "Order of `slice-mean`" in table
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert {one["points"] for one in results["fits"]} == {"epochs of one training"}
    assert (tmp_path / "out" / "figure1.svg").stat().st_size > 1000
