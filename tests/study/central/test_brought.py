"""A model in a file is audited as from Python and as its answers in a table are; what cannot be is one message."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

import remembrain
from made_programs import network, write
from remembrain import cli
from remembrain.errors import DataError
from remembrain.run import RunFolder
from remembrain.targets.brought.model_file import from_file

skops_io = pytest.importorskip("skops.io", reason="the extra estimators is not installed")
from sklearn.linear_model import Ridge  # noqa: E402

N, P = 160, 30
QUICK = ["--attacks", "unusual-error", "--repeats", "1"]
SEVERAL = ["--attacks", "error-threshold,logistic,unusual-error", "--repeats", "2"]


def people(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    age = rng.uniform(45, 80, N).round(2)
    frame = pd.DataFrame(rng.normal(size=(N, P)).round(4), columns=[f"region{place}" for place in range(P)])
    frame["region0"] += (age - 60) / 10
    names = [f"sub-{place:03d}" for place in range(N)]
    facts = {"participant_id": names, "age": age, "member": rng.permutation(np.arange(N) < N // 2).astype(int)}
    return pd.concat([pd.DataFrame(facts), frame], axis=1).assign(sex=rng.choice(["F", "M"], N))


def fitted(frame: pd.DataFrame, columns: list[str]) -> Ridge:
    members = frame[frame.member == 1]
    return Ridge(1.0).fit(members[columns], members.age)


def regions(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame if name.startswith("region")][::-1]


@pytest.fixture
def there(tmp_path, monkeypatch):
    """A table and a model of it."""
    monkeypatch.chdir(tmp_path)
    frame = people()
    frame.to_csv("t.csv", index=False)
    skops_io.dump(fitted(frame, regions(frame)), "m.skops")
    return tmp_path


def audited(*words: str, data: str = "t.csv", run: str = "run", command: str = "audit") -> int:
    with pytest.raises(SystemExit) as stopped:
        cli.main([command, data, run, *([] if "--repeats" in words else QUICK), *words])
    return int(stopped.value.code or 0)


def evidence(run: str = "run") -> dict:
    return json.loads(Path(run, "evidence.json").read_text())


def scores(run: str) -> pd.DataFrame:
    found = remembrain.load(run).scores()
    return found.sort_values(["attack", "repeat", "participant_id"]).reset_index(drop=True)


def test_three_ways_to_bring_one_model_give_the_same_scores_to_the_last_digit(there):
    frame = people()
    model = skops_io.load("m.skops")
    columns = list(model.feature_names_in_)
    assert audited("--model", "m.skops", *SEVERAL) == 0
    attacks = SEVERAL[1].split(",")
    facts = {"person": frame.participant_id, "sex": frame.sex}
    remembrain.audit(model, frame[columns], frame.age, frame.member, "python", **facts, attacks=attacks, repeats=2)
    answers = frame[["participant_id", "age", "member", "sex"]].assign(predicted_age=model.predict(frame[columns]))
    answers.to_csv("p.csv", index=False)
    assert audited(*SEVERAL, data="p.csv", run="answers", command="audit-predictions") == 0
    pd.testing.assert_frame_equal(scores("run"), scores("python"), check_exact=True)  # the blind baseline's too
    mine, theirs = (found[found.attack != "blind"].reset_index(drop=True) for found in map(scores, ("run", "answers")))
    pd.testing.assert_frame_equal(mine, theirs, check_exact=True)
    assert len(mine) > N
    assert evidence()["findings"][0]["status"] == evidence("python")["findings"][0]["status"] == "members recognised"
    assert evidence()["target"]["origin"] == "an estimator in a .skops file"
    assert "An adversary who has the weights" in " ".join(evidence()["not_tested"])
    frame[frame.member == 1].participant_id.to_csv("in.txt", index=False, header=False)
    frame[frame.member == 0].participant_id.to_csv("out.txt", index=False, header=False)
    lists = ("--members-list", "in.txt", "--nonmembers-list", "out.txt")
    assert audited("--model", "m.skops", *SEVERAL, *lists, run="lists") == 0
    pd.testing.assert_frame_equal(scores("run"), scores("lists"), check_exact=True)


def test_a_model_reads_columns_that_a_table_s_own_reader_would_leave_out(there):
    frame = people().assign(one=1.0, word=lambda table: "s" + table.index.astype(str), hole=np.nan, number=range(N))
    frame.loc[3:, "hole"] = 1.0
    frame.to_csv("t.csv", index=False)
    code = "def predict(rows):\n    assert list(rows)[:3] == ['participant_id', 'age', 'member'], list(rows)\n"
    code += "    assert rows.hole.isna().sum() <= 3 and rows.word.str.startswith('s').all() and (rows.one == 1).all()\n"
    code += "    return 60 + rows.region0\n"
    (there / "mine.py").write_text(code)
    assert audited("--predict", "mine.py:predict", "--drop", "number") == 0
    assert evidence()["target"]["name"] == "mine.py:predict"
    skops_io.dump(fitted(frame.fillna(0), ["one", "number", *regions(frame)]), "wide.skops")
    assert audited("--model", "wide.skops", run="wide") == 0
    assert evidence("wide")["target"]["input"] == f"table of {P + 2} columns"


@pytest.mark.slow
def test_columns_in_another_order_are_doubted_where_a_model_names_none_and_the_owner_s_predictions_refute_them(
    there, capsys
):
    frame = people()
    named = regions(frame)
    model = fitted(frame, named)
    bare = Ridge(1.0).fit(frame[frame.member == 1][named].to_numpy(), frame.age[frame.member == 1])
    skops_io.dump(bare, "bare.skops")
    owner = frame[["participant_id"]].assign(predicted_age=model.predict(frame[named]))
    owner.iloc[:20].to_csv("owner.csv", index=False)
    facts = [name for name in frame if name not in named]
    frame[[*facts, *named]].to_csv("t.csv", index=False)
    assert audited("--model", "bare.skops", "--owner-predictions", "owner.csv") == 0
    assert evidence()["target"]["feeding"]["status"] == "proven"
    frame[[*facts, *named[::-1]]].to_csv("t.csv", index=False)
    assert audited("--model", "bare.skops", run="shuffled") == 0
    assert evidence("shuffled")["target"]["feeding"]["status"] == "doubtful"
    assert evidence("shuffled")["findings"][0]["status"] == "not assessed"
    assert "try: --owner-predictions FILE" in " ".join(capsys.readouterr().err.split())
    assert audited("--model", "bare.skops", "--owner-predictions", "owner.csv", run="refuted") == 0
    assert evidence("refuted")["target"]["feeding"]["status"] == "refuted"


def _renamed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns={"region7": "Region-7"})


@pytest.mark.parametrize(
    ("change", "words", "code", "said"),
    [
        (_renamed, (), 3, "has no column 'region7'"),
        (lambda frame: frame.drop(columns="member"), (), 3, "who was trained on"),
        (lambda frame: frame.assign(member=2), (), 3, "may say who of the 160 people"),
        (lambda frame: frame.assign(region3=np.where(frame.index < 2, np.nan, frame.region3)), (), 3, "NaN"),
        (lambda frame: frame, ("--drop", "region3"), 3, "has no column 'region3'"),
        (lambda frame: frame, ("--member-column", "membre"), 3, "has no column 'membre'"),
        (lambda frame: frame, ("--predict", "mine.py:predict"), 2, "name a model each"),
        (lambda frame: frame, ("--network", "mlp"), 2, "would change nothing"),
        (lambda frame: frame, ("--weights", "w.pt"), 2, "would change nothing"),
        (lambda frame: frame, ("--queries", "2"), 2, "would change nothing"),
        (lambda frame: frame, ("--attacks", "lira"), 2, "models like it"),
    ],
)
def test_what_cannot_be_used_is_one_message_and_leaves_nothing(there, capsys, change, words, code, said):
    change(people()).to_csv("t.csv", index=False)
    assert audited("--model", "m.skops", *words) == code
    error = " ".join(capsys.readouterr().err.split())
    assert said in error
    assert "Traceback" not in error
    assert not (there / "run").exists()


@pytest.mark.parametrize("trouble", ["[np.nan if who == 'sub-003' else y for who, y in pairs]", "1 / 0"])
def test_a_scan_that_a_model_cannot_read_is_left_out_where_that_is_said(there, capsys, trouble):
    code = "import numpy as np\ndef predict(rows):\n    pairs = list(zip(rows.participant_id, 60 + rows.region0))\n"
    code += "    good = [y for _, y in pairs]\n"
    code += f"    return {trouble} if 'sub-003' in set(rows.participant_id) else good\n"
    (there / "mine.py").write_text(code)
    words = ["--predict", "mine.py:predict", "--batch", "20"]
    assert audited(*words) == 3
    assert "--leave-out problems" in capsys.readouterr().err
    assert audited(*words, "--leave-out", "problems") == 0
    assert "the model has no answer: left out" in capsys.readouterr().err
    listed = pd.read_csv("run/restricted/left_out.tsv", sep="\t")
    assert listed.participant_id.tolist() == ["sub-003"]
    assert "sub-003" not in set(scores("run").participant_id)
    assert "no answer" in Path("run/report.html").read_text()


def test_a_model_that_breaks_in_the_middle_leaves_nobody_out(there, capsys):
    (there / "mine.py").write_text(
        "def predict(rows):\n    assert 'sub-000' in set(rows.participant_id)\n    return rows.region0"
    )
    assert audited("--predict", "mine.py:predict", "--batch", "20", "--leave-out", "problems") == 3
    assert "cannot be asked (AssertionError" in capsys.readouterr().err


ANSWERS = {
    "return [60.0] * (len(rows) - 1)": "for 160 scans",
    "return ['old'] * len(rows)": "one number a scan",
    "return [float('nan')] * len(rows)": "answers nan",
    "raise ValueError('no licence')": "no licence",
    "import sys; sys.exit(3)": "ends the program",
}


@pytest.mark.parametrize("line", ANSWERS)
def test_a_function_that_answers_with_anything_else_is_one_message_and_leaves_nothing(there, capsys, line):
    (there / "mine.py").write_text(f"def predict(rows):\n    {line}\n")
    assert audited("--predict", "mine.py:predict") == 3
    assert ANSWERS[line] in " ".join(capsys.readouterr().err.split())
    assert not (there / "run").exists()


def test_what_was_answered_before_a_model_died_is_not_asked_again(there, monkeypatch):
    monkeypatch.setattr("remembrain.study.central.brought_scans.BATCH", 50)
    code = "import pathlib\nasked = pathlib.Path('asked')\ndef predict(rows):\n    before = len(asked.read_bytes())\n"
    code += "    if before == 50 and not pathlib.Path('mended').exists():\n        raise MemoryError('gone')\n"
    code += "    asked.write_bytes(bytes(before + len(rows)))\n    return 60 + rows.region0\n"
    (there / "mine.py").write_text(code)
    (there / "asked").write_bytes(b"")
    assert audited("--predict", "mine.py:predict") == 3
    (there / "mended").touch()
    assert audited("--predict", "mine.py:predict") == 0
    assert len((there / "asked").read_bytes()) == N
    assert not (there / "run" / "restricted" / "answers").exists()  # what decides a function's answers is not all known


def test_models_like_an_estimator_are_trained_where_they_are_asked_for(there, capsys):
    assert audited("--model", "m.skops", "--references", "4", "--attacks", "lira-offline") == 0
    assert evidence()["references"]["models"] == 4
    write(network(P), torch.zeros(2, P), there / "n.pt")
    assert audited("--model", "n.pt", "--drop", "sex", "--references", "4", run="n") == 2
    assert "does not say how it was trained" in capsys.readouterr().err


def bins(frame: pd.DataFrame, path: str, seed: int = 0) -> torch.nn.Module:
    """Write a network of 20 bins, and return it."""
    torch.manual_seed(seed)
    module = torch.nn.Linear(P, 20).eval()
    write(module, torch.zeros(2, P), Path(path))
    return module


def numbers(frame: pd.DataFrame) -> np.ndarray:
    return frame[[name for name in frame if name.startswith("region")]].to_numpy(np.float32)


BINS = ("--drop", "sex", "--head", "bins", "--bins", "40", "85")


def test_a_file_of_bins_is_audited_by_options_alone(there):
    frame, module = people(), bins(people(), "n.pt")
    if importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("onnx"):
        write(module, torch.zeros(2, P), there / "n.onnx")
    assert audited("--model", "n.onnx" if (there / "n.onnx").exists() else "n.pt", *BINS) == 0
    assert "ears are made of what it puts out as said: --head bins --bins 40 85" in Path("run/report.html").read_text()
    facts = {"person": frame.participant_id, "sex": frame.sex, "attacks": QUICK[1].split(","), "repeats": 1}
    head = remembrain.Head("bins", 40, 85)
    remembrain.audit(module, numbers(frame), frame.age, frame.member, "own", head=head, **facts)
    ours, theirs = (found[found.attack == "unusual-error"].score.to_numpy() for found in map(scores, ("run", "own")))
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)
    with pytest.raises(DataError, match=r"answers .160, 20. for 160 scans.*\s+try: say how its .*: --head"):
        remembrain.audit(lambda rows: module(torch.tensor(rows)).detach(), numbers(frame), frame.age, frame.member, "x")


def test_several_files_are_an_ensemble_and_what_is_none_is_one_message(there, capsys):
    frame = people()
    modules = [bins(frame, f"{place}.pt", place) for place in range(3)]
    files = [f"{place}.pt" for place in range(3)]
    assert audited("--model", *files, "--ensemble", "median", *BINS) == 0
    middles = torch.from_numpy(40 + 2.25 * (np.arange(20) + 0.5))
    years = [(module(torch.from_numpy(numbers(frame))).softmax(1) * middles).sum(1).detach() for module in modules]
    answers = frame[["participant_id", "age", "member", "sex"]].assign(predicted_age=np.median(np.stack(years), axis=0))
    answers.to_csv("p.csv", index=False)
    assert audited(data="p.csv", run="answers", command="audit-predictions") == 0
    ours, theirs = (found[found.attack == "unusual-error"].score for found in map(scores, ("run", "answers")))
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)
    assert evidence()["target"]["name"] == "median of 0, 1, 2"
    Path("cut.pt").write_bytes(Path("0.pt").read_bytes()[:200])
    for words, code, said in (
        (files, 2, "--ensemble mean, or median"),
        (["0.pt", "--ensemble", "mean"], 2, "would change nothing: there is one model"),
        (["0.pt", "0.pt", "--ensemble", "mean"], 3, "is the same model as 0.pt"),
        (["0.pt", "cut.pt", "--ensemble", "mean"], 3, "cut.pt"),
        (["0.pt", "m.skops", "--ensemble", "mean"], 3, "m.skops: reads the columns"),
    ):
        assert audited("--model", *words, *BINS, run="none") == code
        assert said in " ".join(capsys.readouterr().err.split())
        assert not Path("none").exists()


@pytest.mark.slow
def test_answers_are_rounded_and_audited_before_and_after_a_correction(there):
    (there / "mine.py").write_text("def predict(rows):\n    return 60.03 + rows.region0\n")
    frame, words = people(), ("--predict", "mine.py:predict", "--output-decimals", "1")
    assert audited(*words, "--age-correction", "-3", "0.0625") == 0
    assert Path("run/report.html").is_file()
    predicted = np.round(60.03 + frame.region0, 1)
    corrected = predicted - 3 + 0.0625 * frame.age
    both = {"predicted_age": predicted, "predicted_age_corrected": corrected}
    frame[["participant_id", "age", "member", "sex"]].assign(**both).to_csv("p.csv", index=False)
    assert audited(data="p.csv", run="answers", command="audit-predictions") == 0
    for kind in ("", "corrected"):
        ours, theirs = (
            found[found.attack == "unusual-error"].score for found in map(scores, (f"run/{kind}", f"answers/{kind}"))
        )
        np.testing.assert_allclose(ours, theirs)
    assert audited(*words, "--age-correction", "-3", "0.0625") == 0  # once more


@pytest.mark.parametrize("python", [False, True])
def test_models_like_it_that_were_trained_before_an_audit_died_are_not_trained_again(there, monkeypatch, python):
    frame, fits, lives = people(), [0], [2]
    fit = Ridge.fit

    def mortal(self, *given, **more):
        if fits[0] == lives[0]:
            raise KeyboardInterrupt
        fits[0] += 1
        return fit(self, *given, **more)

    model = fitted(frame, regions(frame))

    def run() -> None:
        if python:
            attacks, columns = ("lira-offline",), list(model.feature_names_in_)
            remembrain.audit(model, frame[columns], frame.age, frame.member, "run", references=4, attacks=attacks)
        elif audited("--model", "m.skops", "--references", "4", "--attacks", "lira-offline"):
            raise KeyboardInterrupt

    monkeypatch.setattr(Ridge, "fit", mortal)
    with pytest.raises(KeyboardInterrupt):
        run()
    lives[0] = 99
    run()
    assert fits[0] == 4
    assert evidence()["references"]["models"] == 4


def test_while_a_model_is_asked_nobody_else_works_on_the_run(there, capsys):
    code = "from pathlib import Path\nfrom remembrain.run import RunFolder\n"
    code += "def predict(rows):\n    with RunFolder(Path('run')).alone():\n        return rows.age\n"
    (there / "mine.py").write_text(code)
    assert audited("--predict", "mine.py:predict") == 1
    assert "run: another process works on this run" in capsys.readouterr().err
    assert not Path("run").exists()
    with RunFolder(Path("run")).alone():
        assert audited("--model", "m.skops") == 1
    assert "run: another process works on this run" in capsys.readouterr().err
    assert [path.name for path in Path("run").rglob("*")] == ["restricted", ".lock"]


@pytest.mark.slow
def test_an_attack_in_a_file_is_run_in_worker_processes(there, capsys):
    code = "import numpy as np\nclass Own:\n    name, title, access, knows = 'own', 'Own', 'outputs', 'nothing'\n"
    code += "    paper = 'nobody'\n"
    code += "    needs, fixed = ('error',), True\n    def score(self, known, unknown, rng):\n"
    (there / "mine.py").write_text(f"{code}        return -np.abs(unknown['error'])\n")
    words = ("--model", "m.skops", "--attacks", "mine.py:Own", "--repeats", "2", "--workers", "2")
    assert audited(*words) == 0
    own = scores("run").query("attack == 'own'")
    assert len(own) == N
    assert "Own" in Path("run/report.html").read_text()
    (there / "mine.py").write_text(f"{code}        return -2 * np.abs(unknown['error'])\n")
    assert audited(*words) == 0
    np.testing.assert_allclose(scores("run").query("attack == 'own'").score, 2 * own.score)
    (there / "mine.py").write_text(f"{code}        raise ValueError('no')\n")
    assert audited(*words, run="failed") == 3
    assert "mine.py:Own: fails (ValueError: no)" in capsys.readouterr().err


@pytest.mark.slow
def test_a_network_gets_the_same_verdict_in_every_form(there):
    pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
    frame = people()
    columns = [name for name in frame if name.startswith("region")]
    rows = torch.tensor(frame[columns].to_numpy(), dtype=torch.float32)
    age, member = torch.tensor(frame.age.to_numpy(), dtype=torch.float32)[:, None], torch.tensor(frame.member == 1)
    module = network(P)
    steps = torch.optim.Adam(module.parameters(), 1e-2)
    for _ in range(600):
        steps.zero_grad()
        ((module(rows[member]) - age[member]) ** 2).mean().backward()
        steps.step()
    answers = module(rows).detach().numpy()[:, 0]
    facts = {"person": frame.participant_id, "sex": frame.sex, "attacks": SEVERAL[1].split(","), "repeats": 2}
    remembrain.audit(
        lambda given: module(torch.tensor(given)).detach(), rows.numpy(), frame.age, frame.member, "m", **facts
    )
    expected = evidence("m")["findings"][0]["status"]
    assert expected == "members recognised"
    for ending in ("onnx", "pt", "pt2"):
        path = write(module.eval(), rows[:4], there / f"n.{ending}")
        assert np.abs(np.ravel(from_file(path).predict(rows.numpy())) - answers).max() < 1e-4
        assert audited("--model", str(path), "--drop", "sex", *SEVERAL, run=ending) == 0
        assert evidence(ending)["findings"][0]["status"] == expected
        found, meant = (remembrain.load(run).table().drop(index="blind").auc for run in (ending, "m"))
        np.testing.assert_allclose(found[meant.index], meant, atol=0.01)
