"""A model from elsewhere that is fed rightly, wrongly, or nobody knows: what may be concluded of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

import remembrain
from made_data import write_table
from remembrain import cli
from remembrain.audits import limits
from remembrain.audits.feeding import doubts_of_feeding, notes_of_feeding
from remembrain.config import AttackOptions, Config
from remembrain.config.roles import roles_of
from remembrain.errors import DataError, EvidenceAboveLimit, UsageError
from remembrain.evidence.claims import Claim
from remembrain.evidence.feeding import Feeding
from remembrain.evidence.guarantee import left_open
from remembrain.study import audit as study
from remembrain.study.people import gather
from remembrain.targets.brought import BlackBox
from remembrain.targets.brought.predictions import own_columns

NET = (
    "import torch\n\nclass Net(torch.nn.Module):\n    def __init__(self, columns=24):\n        super().__init__()\n"
    "        self.output = torch.nn.Linear(columns, 1)\n\n    def forward(self, x):\n"
    "        return self.output(x.flatten(1))\n"
)
PEOPLE = 200


class Case:
    """A table, a network that was fitted to everybody in it (so that it remembers nobody), and what it predicts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.table = write_table(folder / "people.tsv", people=PEOPLE)
        names = pd.read_csv(self.table, sep="\t").participant_id
        role = np.where(np.arange(PEOPLE) % 2 == 0, "member", "nonmember")
        knows = (np.arange(PEOPLE) % 4 < 2).astype(int)
        frame = pd.DataFrame({"participant_id": names, "role": role, "attacker_knows": knows})
        frame.to_csv(folder / "split.tsv", sep="\t", index=False)
        (folder / "net.py").write_text(NET)
        material = self.material()
        rows = np.stack([np.asarray(material.inputs[place]).ravel() for place in range(PEOPLE)])
        self.names, self.rows, self.age = material.scans.participant_id, rows, material.scans.age
        weight, *_ = np.linalg.lstsq(np.hstack([rows, np.ones((PEOPLE, 1))]), self.age, rcond=None)
        self.weight = {
            "output.weight": torch.tensor(weight[None, :-1], dtype=torch.float32),
            "output.bias": torch.tensor(weight[-1:], dtype=torch.float32),
        }
        save_file(self.weight, folder / "net.safetensors")
        self.predicted = rows @ weight[:-1] + weight[-1]

    def config(self, **brought: object) -> Config:
        columns = self.rows.shape[1] if hasattr(self, "rows") else 24
        return Config.model_validate(
            {
                "source": self.table,
                "data": {"workers": 1},
                "split": {"split": self.folder / "split.tsv"},
                "training": {
                    "network": f"{self.folder / 'net.py'}:Net",
                    "network_arguments": json.dumps({"columns": columns}),
                },
                "import": {"weights": self.folder / "net.safetensors", **brought},
                "attack": {"attacks": ["error-threshold"], "repeats": 1},
            }
        )

    def material(self):
        config = self.config()
        return gather(config, roles_of(config))

    def owner(self, path: Path, predicted: np.ndarray, people: int = 20) -> Path:
        frame = pd.DataFrame({"participant_id": self.names, "predicted_age": predicted})
        frame.iloc[:people].to_csv(path, index=False)
        return path


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("fed"))


def evidence(run: Path) -> dict:
    return json.loads((run / "evidence.json").read_text())


def test_nothing_is_called_not_detected_of_a_model_whose_feeding_is_taken_on_trust(case: Case, tmp_path: Path) -> None:
    _, judged = study.audit(case.config(), tmp_path / "run")
    found = evidence(tmp_path / "run")
    assert found["target"]["feeding"]["status"] == "not proven"
    assert {one["status"] for one in found["findings"]} == {"not assessed"}
    assert "taken on trust" in found["findings"][1]["why"]
    assert "--owner-predictions" in found["findings"][1]["why"]
    assert "not proven" in judged.notes[0]
    with pytest.raises(EvidenceAboveLimit, match="cannot be held"):
        limits.enforce(judged, ("auc", 1.0))


def test_the_owner_s_predictions_prove_it_and_stay_with_the_run(case: Case, tmp_path: Path) -> None:
    path = case.owner(tmp_path / "owner.csv", case.predicted)
    _, judged = study.audit(case.config(owner_predictions=path), tmp_path / "run")
    for again in (False, True):
        found = evidence(tmp_path / "run")
        assert found["target"]["feeding"]["status"] == "proven"
        assert found["target"]["feeding"]["owner"]["people"] == 20
        assert {one["status"] for one in found["findings"]} == {"not detected"}
        assert judged.notes == ()
        limits.enforce(judged, ("auc", 1.0))
        page = (tmp_path / "run" / "report.html").read_text() if not again else ""
        assert not any(name in page + json.dumps(found) for name in case.names)
        path.unlink(missing_ok=True)
        judged = study.attack(tmp_path / "run", AttackOptions(attacks=("error-threshold",), repeats=1))
    study.bring_in(case.config(), tmp_path / "run")  # what was said of it before is not said any more
    assert not (tmp_path / "run" / "restricted" / "owner-predictions.tsv").exists()


def test_what_an_owner_corrects_leaves_no_evidence_of_what_was_said_before(case: Case, tmp_path: Path) -> None:
    path, run = case.owner(tmp_path / "owner.csv", case.predicted), tmp_path / "run"
    config = case.config(owner_predictions=path)
    study.audit(config, run)
    study.bring_in(config, run)
    assert evidence(run)["target"]["feeding"]["status"] == "proven"
    case.owner(path, case.predicted - 7)
    study.bring_in(config, run)
    assert not (run / "evidence.json").exists()


def test_a_model_that_came_about_otherwise_is_not_written_over(case: Case, tmp_path: Path) -> None:
    brought, trained = case.config(), case.config(weights=())
    training = trained.training.model_copy(update={"network": "mlp", "network_arguments": "{}", "epochs": 1})
    trained = trained.model_copy(update={"training": training})
    study.audit(brought, tmp_path / "a")
    study.audit(trained, tmp_path / "b")
    for config, run, what in ((trained, "a", "was brought in"), (brought, "b", "was trained here")):
        before = {path: path.read_bytes() for path in (tmp_path / run).rglob("*") if path.is_file()}
        with pytest.raises(DataError, match=what):
            study.audit(config, tmp_path / run)
        assert before == {path: path.read_bytes() for path in (tmp_path / run).rglob("*") if path.is_file()}
    study.audit(trained, tmp_path / "b")


def test_a_model_that_is_fed_otherwise_is_not_assessed_and_says_how(case: Case, tmp_path: Path) -> None:
    path = case.owner(tmp_path / "owner.csv", case.predicted - 7)
    _, judged = study.audit(case.config(owner_predictions=path), tmp_path / "run")
    found = evidence(tmp_path / "run")
    assert found["target"]["feeding"]["status"] == "refuted"
    assert {one["status"] for one in found["findings"]} == {"not assessed"}
    for text in (found["findings"][0]["why"], judged.notes[0]):
        assert "nearly all of the owner's own predictions differ from ours" in text
        assert "by about +7 for everybody" in text
    with pytest.raises(EvidenceAboveLimit, match="nearly all of the owner's own"):
        limits.enforce(judged, ("auc", 1.0))


def test_too_few_predictions_of_the_owner_stop_before_any_work(case: Case, tmp_path: Path) -> None:
    path = case.owner(tmp_path / "owner.csv", case.predicted, people=9)
    with pytest.raises(DataError, match="predictions of 9 of the people who are audited"):
        study.bring_in(case.config(owner_predictions=path), tmp_path / "run")
    with pytest.raises(UsageError, match="--owner-tolerance goes with --owner-predictions"):
        study.bring_in(case.config(owner_tolerance=0.1), tmp_path / "run")
    config = case.config(owner_predictions=path).model_copy(update={"training": Config(source=path).training})
    with pytest.raises(UsageError, match="none is brought in"):
        study.train(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_claim_is_not_passed_where_less_may_have_been_seen_and_is_contradicted_all_the_same() -> None:
    quiet = Claim("not contradicted", "claimed 1; not contradicted", "", 1.0, 1e-5, 0.95, 0.2, "one-run")
    broken = Claim("contradicted", "claimed 1; contradicted", "", 1.0, 1e-5, 0.95, 1.2, "one-run")
    assert left_open(quiet, "") is quiet
    assert left_open(broken, "taken on trust") is broken
    found = left_open(quiet, "taken on trust")
    assert (found.status, found.text) == ("not assessed", "claimed 1; not assessed: taken on trust")


def from_python(case: Case, run: Path, rows: np.ndarray | None = None, **said: object):
    network = torch.nn.Linear(case.rows.shape[1], 1)
    network.load_state_dict({name.removeprefix("output."): value for name, value in case.weight.items()})
    given = np.asarray(case.rows if rows is None else rows, dtype=np.float32)
    options = AttackOptions(attacks=("error-threshold",), repeats=1)
    return remembrain.audit_module(network, given, case.age, np.arange(PEOPLE) % 2 == 0, run, options=options, **said)


def test_from_python_a_caller_is_taken_at_their_word_and_the_report_says_so(case: Case, tmp_path: Path) -> None:
    judged = from_python(case, tmp_path / "run")
    found = evidence(tmp_path / "run")
    assert found["target"]["feeding"]["status"] == "not proven"
    assert found["findings"][0]["status"] == "not detected"
    assert "taken on trust" in judged.notes[0]
    page = (tmp_path / "run" / "report.html").read_text()
    assert "Is the model fed right?" in page
    assert "<code>owner_predictions</code>" in page


@pytest.mark.parametrize("shape", [(PEOPLE,), (PEOPLE, 1)])
def test_from_python_predictions_prove_it_or_refute_it(case: Case, tmp_path: Path, shape: tuple[int, ...]) -> None:
    known = np.where(np.arange(PEOPLE) < 30, case.predicted, np.nan).reshape(shape)
    from_python(case, tmp_path / "right", owner_predictions=known)
    assert evidence(tmp_path / "right")["target"]["feeding"]["status"] == "proven"
    flipped = case.rows.copy()
    flipped[:, 0] *= -1
    wrong = from_python(case, tmp_path / "wrong", flipped, owner_predictions=known)
    assert evidence(tmp_path / "wrong")["target"]["feeding"]["status"] == "refuted"
    assert {one.status for one in wrong.findings} == {"not assessed"}
    loose = from_python(case, tmp_path / "loose", owner_predictions=known, owner_tolerance=50.0)
    assert "other people's would as well" in loose.notes[0]


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"owner_predictions": np.ones(3)}, "owner_predictions"),
        ({"owner_predictions": np.ones((PEOPLE, 2))}, r"shape \(200, 2\)"),
        ({"owner_tolerance": 0.1}, "owner_tolerance 0.1"),
        ({"owner_predictions": np.ones(PEOPLE), "owner_tolerance": np.inf}, "owner_tolerance inf"),
    ],
)
def test_from_python_what_does_not_fit_is_refused(case: Case, tmp_path: Path, said: dict, what: str) -> None:
    with pytest.raises(DataError, match=what):
        from_python(case, tmp_path / "run", **said)
    assert not (tmp_path / "run").exists()


AGE = np.random.default_rng(4).uniform(45, 80, PEOPLE)
NOISE = np.random.default_rng(5).normal(0, 4, PEOPLE)
IS_MEMBER = np.random.default_rng(6).permutation(PEOPLE) % 2 == 0
OTHERS = np.random.default_rng(7).permutation(PEOPLE)


def of_answers(answers: np.ndarray, run: Path) -> remembrain.Audit:
    """Audit a function that gives these answers to names of scans."""
    given = {f"scan-{place}": float(answer) for place, answer in enumerate(answers)}

    def predict(names: list[str]) -> list[float]:
        return [given[name] for name in names]

    return remembrain.audit(predict, [*given], AGE, IS_MEMBER, run, attacks=("error-threshold",), repeats=1)


@pytest.mark.parametrize(
    ("answers", "seen"),
    [
        ((AGE + NOISE)[OTHERS], "no better than a single number"),  # of other rows, or of columns in another order
        (12 * (AGE + NOISE), "months"),
    ],
    ids=["other rows", "months"],
)
def test_answers_that_no_training_leads_to_are_never_called_not_detected(
    answers: np.ndarray, seen: str, tmp_path: Path
) -> None:
    of_answers(answers, tmp_path / "run")
    found = evidence(tmp_path / "run")
    assert found["target"]["feeding"]["status"] == "doubtful"
    assert seen in "; ".join((found["target"]["feeding"]["why"], *found["target"]["feeding"]["hints"]))
    assert {one["status"] for one in found["findings"]} == {"not assessed"}
    assert "Doubtful" in (tmp_path / "run" / "report.html").read_text()


def test_answers_that_go_with_ages_are_taken_as_they_are(tmp_path: Path) -> None:
    of_answers(AGE + NOISE, tmp_path / "run")
    found = evidence(tmp_path / "run")
    assert found["target"]["feeding"] is None
    assert {one["status"] for one in found["findings"]} == {"not detected"}


def test_members_that_are_recognised_stay_so_where_answers_are_doubted(tmp_path: Path) -> None:
    of_answers(AGE + np.where(IS_MEMBER, 3, 30) * NOISE, tmp_path / "run")
    found = evidence(tmp_path / "run")
    assert found["target"]["feeding"]["status"] == "doubtful"
    assert {one["status"] for one in found["findings"]} == {"members recognised"}


@pytest.mark.parametrize("bare", [False, True])
def test_bare_numbers_in_an_order_of_ours_need_the_owner_s_predictions(bare: bool) -> None:
    """Columns in another order may be read far better than a single number: errors cannot show it."""
    box = BlackBox("m", "a file", own_columns(1), "", bare=bare)
    taken = Feeding("not proven", "taken on trust")
    assert doubts_of_feeding(taken, box) == ("", "", "taken on trust (--owner-predictions)" if bare else "")
    assert doubts_of_feeding(Feeding("doubtful", "odd"), box) == ("", "odd", "")
    assert doubts_of_feeding(Feeding("refuted", "another"), box) == ("another", "", "")
    assert ("--owner-predictions FILE" in notes_of_feeding(taken, box)[0]) is bare


def test_predictions_of_other_rows_in_a_table_are_doubted(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    names = [f"sub-{place:03d}" for place in range(PEOPLE)]
    table = pd.DataFrame({"participant_id": names, "age": AGE, "member": IS_MEMBER.astype(int)})
    table.assign(predicted_age=(AGE + NOISE)[OTHERS]).to_csv(tmp_path / "p.csv", index=False)
    quick = ["--attacks", "error-threshold", "--repeats", "1"]
    with pytest.raises(SystemExit):
        cli.main(["audit-predictions", str(tmp_path / "p.csv"), str(tmp_path / "run"), *quick])
    assert {one["status"] for one in evidence(tmp_path / "run")["findings"]} == {"not assessed"}
    said = " ".join(capsys.readouterr().err.split())
    assert "how the model is fed: doubtful" in said
    assert "try: whether each answer is of its own scan" in said
