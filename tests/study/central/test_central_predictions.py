"""A table of predictions becomes an audit by one command, and what cannot be used of it one message."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from remembrain import cli, load

N = 240


def table(memory: float = 0.6, **columns) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    age, member = rng.uniform(45, 80, N).round(1), rng.permutation(np.arange(N) < N // 2)
    error = 5 * rng.normal(size=N) * np.where(member, 1 - memory, 1)
    names = [f"sub-{place:03d}" for place in range(N)]
    return pd.DataFrame(
        {"participant_id": names, "age": age, "predicted_age": age + error, "member": member.astype(int), **columns}
    )


def of_folds(frame: pd.DataFrame) -> pd.DataFrame:
    """Answers of the folds' models beside what is said to be of the released one, which is of those without members."""
    rng = np.random.default_rng(2)
    inside = (np.arange(N)[:, None] % 3 != np.arange(3)) & frame[["member"]].to_numpy(dtype=bool)
    answers = frame[["age"]].to_numpy() + 4 * rng.normal(size=inside.shape)
    columns = {f"reference_{k}": answers[:, k] for k in range(3)} | {
        f"in_reference_{k}": inside[:, k] for k in range(3)
    }
    held_out = answers[np.arange(N), np.arange(N) % 3]
    return frame.assign(predicted_age=held_out, **columns)


def audited(tmp_path, frame: pd.DataFrame, *words: str) -> int:
    frame.to_csv(tmp_path / "p.csv", index=False)
    quick = ["--attacks", "error-threshold,logistic", "--repeats", "2"]
    with pytest.raises(SystemExit) as stopped:
        cli.main(["audit-predictions", str(tmp_path / "p.csv"), str(tmp_path / "run"), *quick, *words])
    return int(stopped.value.code or 0)


def evidence(tmp_path, folder: str = "") -> dict:
    return json.loads((tmp_path / "run" / folder / "evidence.json").read_text())


def test_members_are_recognised_by_predictions_alone(tmp_path):
    assert audited(tmp_path, table()) == 0
    found = evidence(tmp_path)
    assert found["findings"][0]["status"] == "members recognised"
    assert found["target"]["answers_alone"] is True
    assert "An adversary who has the weights" in " ".join(found["not_tested"])
    page = (tmp_path / "run" / "report.html").read_text()
    assert "its answers alone were seen" in page
    assert "sub-001" not in page


def test_a_rerun_finds_the_same_and_another_column_something_else(tmp_path):
    frame = table()
    audited(tmp_path, frame)
    first = evidence(tmp_path)["attacks"][0]["auc"]
    audited(tmp_path, frame)
    assert evidence(tmp_path)["attacks"][0]["auc"] == first
    other = frame.assign(other_answer=frame.age + np.random.default_rng(1).normal(size=N))
    assert audited(tmp_path, other, "--prediction-column", "other_answer", "--drop", "predicted_age") == 0
    assert evidence(tmp_path)["attacks"][0]["auc"] != first


def test_predictions_before_and_after_a_correction_are_both_audited(tmp_path):
    frame = table()
    assert audited(tmp_path, frame.assign(predicted_age_corrected=frame.predicted_age + 0.3)) == 0
    before, after = evidence(tmp_path), evidence(tmp_path, "corrected")
    assert before["target"]["mae"] != after["target"]["mae"]
    both = (tmp_path / "run" / "report.html").read_text()
    assert "as-predicted" in both
    assert "on the same people" in both
    with pytest.raises(SystemExit):
        cli.main(["report", str(tmp_path / "run")])
    assert "as-predicted" in (tmp_path / "run" / "report.html").read_text()
    assert load(tmp_path / "run").table().auc["logistic"] == before["attacks"][1]["auc"]["value"]
    assert audited(tmp_path, frame) == 0  # once more, without the other column
    assert not (tmp_path / "run" / "corrected" / "evidence.json").exists()
    assert "as-predicted" not in (tmp_path / "run" / "report.html").read_text()


def test_a_further_attack_is_answered_with_the_command_that_makes_it(tmp_path, capsys):
    audited(tmp_path, table(), "--attacks", "error-threshold")
    with pytest.raises(SystemExit) as stopped:
        cli.main(["attack", str(tmp_path / "run"), "error-forest"])
    said = " ".join(capsys.readouterr().err.split())
    assert stopped.value.code == 3
    assert "try: the audit once more into it, with --attacks error-forest: it was remembrain" in said


@pytest.mark.parametrize(
    ("change", "words", "code", "said"),
    [
        (lambda frame: frame.drop(columns="member"), (), 3, "who was trained on"),
        (lambda frame: frame.assign(x=frame.member + 1), (), 3, "x divides people exactly as who was trained on does"),
        (lambda frame: frame.drop(columns="predicted_age"), (), 3, "no column of predictions"),
        (lambda frame: frame.assign(predicted_age="old"), (), 3, "is no number"),
        (lambda _: table(memory=0.0).assign(fold=np.arange(N) % 5), (), 3, "without the person"),
        (of_folds, (), 3, "members have exactly what was predicted by models trained without them"),
        (lambda frame: frame, ("--training-error", "0.5"), 3, "0.50 is stated of training"),
        (lambda frame: frame, ("--attacks", "network:gradient:output"), 2, "sees more than answers"),
        (lambda frame: frame, ("--attacks", "lira"), 2, "columns reference_NAME"),
        (lambda frame: frame, ("--references", "8"), 2, "none like it can be trained"),
        (lambda frame: pd.concat([frame, frame.head(1).assign(predicted_age=1.0)]), (), 3, "several rows"),
    ],
)
def test_what_cannot_be_used_is_one_message_and_leaves_nothing(tmp_path, capsys, change, words, code, said):
    assert audited(tmp_path, change(table()), *words) == code
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "run").exists()


def test_what_looks_out_of_fold_is_audited_where_it_is_said_to_be_released(tmp_path):
    frame = table(memory=0.0).assign(fold=np.arange(N) % 5)
    assert audited(tmp_path, frame, "--released") == 0
    assert {attack["status"] for attack in evidence(tmp_path)["attacks"]} == {"assessed"}
