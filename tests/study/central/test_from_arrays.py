"""Any module on any arrays, from Python: what memorises is caught, what does not fit is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import remembrain
from remembrain.config import AttackOptions
from remembrain.errors import DataError, ProblemsError, UsageError

QUICK = AttackOptions(attacks=("error-threshold", "logistic"), repeats=2)
PEOPLE = 240


class Memory(nn.Module):
    """Right about everybody it was given, and years off about everybody else."""

    def __init__(self, rows: np.ndarray, age: np.ndarray, shape: tuple[int, ...] = (1,)) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, 1))
        self.shape = shape
        self.register_buffer("rows", torch.tensor(rows.reshape(len(rows), -1)))
        self.register_buffer("age", torch.tensor(age, dtype=torch.float32))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        flat = x.flatten(1)
        away = (flat[:, None] - self.rows).abs().amax(2)
        nearest = away.argmin(1)
        guess = 60 + 8 * torch.tanh(flat.mean(1))
        years = torch.where(away.min(1).values < 1e-6, self.age[nearest], guess) + self.weight.sum() * flat.mean(1)
        return years.reshape(-1, *self.shape)


def cohort(shape: tuple[int, ...] = (6,), seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((PEOPLE, *shape)).astype(np.float32)
    return rows, rng.uniform(50, 80, PEOPLE), rng.permutation(PEOPLE) < PEOPLE // 2


@pytest.mark.parametrize("shape", [(6,), (1, 3, 3, 3), (2, 5)])
def test_a_module_that_memorises_is_caught_on_arrays_of_any_shape(tmp_path: Path, shape: tuple[int, ...]) -> None:
    rows, age, member = cohort(shape)
    network = Memory(rows[member], age[member])
    found = remembrain.audit_module(network, rows, age, member, tmp_path / "run", options=QUICK)
    assert found.assessments["error-threshold"].auc.value > 0.95
    assert found.findings[0].status == "members recognised"
    content = json.loads((tmp_path / "run" / "evidence.json").read_text())
    assert content["target"]["origin"] == "given from Python"
    assert content["target"]["name"] == "Memory"
    assert "x".join(str(side) for side in shape) in content["target"]["input"].replace(" ", "")
    assert (tmp_path / "run" / "report.html").stat().st_size < 5e6


@pytest.fixture(scope="module")
def leak_of_one_form(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    return aucs_of(tmp_path_factory.mktemp("form"), (), np.float32, flat_labels=True)


@pytest.mark.parametrize("flat_labels", [True, False])
@pytest.mark.parametrize("precision", [np.float32, np.float64])
@pytest.mark.parametrize("output", [(), (1,)])
def test_a_leak_is_the_same_whatever_the_form_of_output_and_label(
    tmp_path: Path, leak_of_one_form: dict[str, float], output: tuple[int, ...], precision: type, *, flat_labels: bool
) -> None:
    found = aucs_of(tmp_path, output, precision, flat_labels=flat_labels)
    assert found == pytest.approx(leak_of_one_form, abs=1e-9)
    assert min(found.values()) > 0.7


def aucs_of(folder: Path, output: tuple[int, ...], precision: type, *, flat_labels: bool) -> dict[str, float]:
    """AUC by attack for a regressor that remembers, whose output and labels have these shapes and precision."""
    rows, age, member = cohort()
    age = age.round(1).astype(precision)
    network = Memory(rows[member], age[member], output).to(torch.from_numpy(age).dtype)
    found = remembrain.audit_module(
        network,
        rows.astype(precision),
        age if flat_labels else age[:, None],
        member,
        folder / "run",
        options=AttackOptions(attacks=("error-threshold", "logistic", "flat:gradient-magnitude+prediction"), repeats=1),
    )
    return {name: one.auc.value for name, one in found.assessments.items()}


def test_every_attack_runs_on_a_plain_network_and_nobody_is_accused(tmp_path: Path) -> None:
    rows, age, member = cohort()
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network.train()
    options = AttackOptions(attacks=("all",), repeats=1)
    found = remembrain.audit_module(network, torch.tensor(rows), age, member, tmp_path / "run", options=options)
    assert {one.status for one in found.attacks} == {"assessed"}
    assert found.findings[0].status == "not assessed"
    assert "predicts its own members no better" in found.findings[0].why
    assert network.training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_an_output_of_age_bins_needs_its_own_way_to_years(tmp_path: Path) -> None:
    rows, age, member = cohort()
    network = nn.Linear(6, 40)
    with pytest.raises(DataError, match=r"age\(output\)"):
        remembrain.audit_module(network, rows, age, member, tmp_path / "run", options=QUICK)
    centres = torch.arange(40.0, 80.0)
    found = remembrain.audit_module(
        network,
        rows,
        age,
        member,
        tmp_path / "run",
        age_of=lambda output: output.softmax(1) @ centres,
        loss=lambda output, years: nn.functional.cross_entropy(output, (years - 40).long()),
        options=QUICK,
    )
    assert {one.status for one in found.attacks} == {"assessed"}
    target = json.loads((tmp_path / "run" / "evidence.json").read_text())["target"]
    assert (target["age"], target["loss"], target["preprocess"]) == ("module's", "module's", "ours")


def test_two_sessions_of_a_person_stay_on_one_side(tmp_path: Path) -> None:
    rows, age, member = cohort()
    person = np.arange(PEOPLE) // 2
    member = np.repeat(member[: PEOPLE // 2], 2)
    session = np.arange(PEOPLE) % 2
    remembrain.audit_module(
        nn.Linear(6, 1), rows, age, member, tmp_path / "run", person=person, session=session, options=QUICK
    )
    lines = (tmp_path / "run" / "restricted" / "split.tsv").read_text().splitlines()[1:]
    sides = {line.split("\t")[0]: set() for line in lines}
    for line in lines:
        sides[line.split("\t")[0]].add(tuple(line.split("\t")[2:]))
    assert len(sides) == PEOPLE // 2
    assert all(len(kinds) == 1 for kinds in sides.values())


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda a: a.update(age=a["age"][:-1]), "different lengths"),
        (lambda a: a.update(age=np.stack([a["age"], a["age"]], 1)), "one number a scan"),
        (lambda a: a.update(member=a["member"].astype(int)), "True or False"),
        (lambda a: a.update(inputs=a["inputs"][:, 0]), r"real numbers of shape \(scan, ...\)"),
        (lambda a: a["inputs"].__setitem__((3, 2), np.nan), "person-00003: has 1 values that are NaN"),
        (lambda a: a["inputs"].__setitem__(5, 1.0), "person-00005: has the same value 1 everywhere"),
        (lambda a: a["inputs"].__setitem__(7, a["inputs"][8]), "person-00007, person-00008: the same scan"),
        (lambda a: a.update(person=[0, 0, *range(2, PEOPLE)]), "0 stands 2 times"),
        (lambda a: a.update(member=np.arange(PEOPLE) < 10), "10 members"),
        (lambda a: a["age"].__setitem__(0, np.nan), "age has 1 values"),
        (lambda a: a.update(known=1.0), "share of 1.0"),
        (lambda a: a.update(options=AttackOptions(attacks=("no-such",))), "no-such"),
    ],
)
def test_what_cannot_be_audited_is_refused_and_nothing_is_written(tmp_path: Path, spoil, message: str) -> None:
    rows, age, member = cohort()
    given = {"inputs": rows, "age": age, "member": member, "options": QUICK}
    spoil(given)
    with pytest.raises((DataError, UsageError), match=message):
        remembrain.audit_module(nn.Linear(6, 1), run=tmp_path / "run", **given)
    assert not (tmp_path / "run").exists()


def test_a_person_in_both_groups_is_named(tmp_path: Path) -> None:
    rows, age, member = cohort()
    member[:2] = [True, False]
    person = ["twice", "twice", *map(str, range(2, PEOPLE))]
    with pytest.raises(ProblemsError, match="twice: is member and non-member at once"):
        remembrain.audit_module(
            nn.Linear(6, 1),
            rows,
            age,
            member,
            tmp_path / "run",
            person=person,
            session=np.arange(PEOPLE),
            options=QUICK,
        )


def test_a_network_that_cannot_read_the_arrays_is_refused(tmp_path: Path) -> None:
    rows, age, member = cohort()
    with pytest.raises(DataError, match=r"cannot read scans of shape \(6,\)"):
        remembrain.audit_module(nn.Linear(7, 1), rows, age, member, tmp_path / "run", options=QUICK)
    assert not (tmp_path / "run").exists()


def test_the_package_exports_what_it_says() -> None:
    names = ["Attack", "Audit", "Evidence", "Head", "Interval", "Scores", "audit", "audit_module", "load", "register"]
    assert remembrain.__all__ == names
    assert all(getattr(remembrain, name) for name in remembrain.__all__)
    with pytest.raises(AttributeError, match="no_such"):
        remembrain.no_such  # noqa: B018


class Nearest(nn.Module):
    """Knows its rows by heart from a setting that is no weight."""

    def __init__(self, rows: np.ndarray, age: np.ndarray, share: float) -> None:
        super().__init__()
        self.output = nn.Linear(1, 1)
        self.memory, self.share = Memory(rows, age), share

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.share * self.memory(x) + (1 - self.share) * (62 + self.output(x.mean(1, keepdim=True)))


def test_what_one_network_answered_is_not_taken_for_another_s(tmp_path: Path) -> None:
    rows, age, member = cohort()
    for share, low, high in ((0.0, 0.3, 0.7), (1.0, 0.95, 1.0)):
        torch.manual_seed(0)
        network = Nearest(rows[member], age[member], share)
        found = remembrain.audit_module(network, rows, age, member, tmp_path / "run", options=QUICK)
        assert low < found.assessments["error-threshold"].auc.value <= high


def test_a_memory_without_any_error_is_audited(tmp_path: Path) -> None:
    rows, age, member = cohort()
    network = Memory(rows[member], age[member].round())
    found = remembrain.audit_module(network, rows, age.round(), member, tmp_path / "run", options=QUICK)
    assert found.findings[0].status == "members recognised"


def test_rare_sites_are_not_told(tmp_path: Path) -> None:
    rows, age, member = cohort()
    site = np.where(np.arange(PEOPLE) < 6, "Jane Doe", np.where(np.arange(PEOPLE) % 2, "A", "B"))
    remembrain.audit_module(nn.Linear(6, 1), rows, age, member, tmp_path / "run", site=site, options=QUICK)
    told = json.loads((tmp_path / "run" / "evidence.json").read_text())["people"]["groups"]
    assert "others" in told[0]["site"]
    assert set(told[0]["site"]) < {"A", "B", "others"}  # six people are few, and one of the others joins them
    for name in ("evidence.json", "report.html", "run.json", "log.txt"):
        assert "Jane Doe" not in (tmp_path / "run" / name).read_text()


def test_small_rows_are_seen_by_the_blind_baseline(tmp_path: Path) -> None:
    rows, age, member = cohort()
    rows[member, 0] += 2
    found = remembrain.audit_module(nn.Linear(6, 1), rows, age, member, tmp_path / "run", options=QUICK)
    assert found.blind.status == "failed"
    assert found.findings[0].status != "members recognised"


class Rude(nn.Module):
    """Changes what it is given, reads the sex beside it, counts its calls, and has no parameter."""

    calls = 0

    def forward(self, x: torch.Tensor, sex: torch.Tensor) -> tuple[torch.Tensor, str]:
        self.calls += 1
        x.sub_(x.mean())
        return 60 + x.flatten(1)[:, :1] + 3 * sex[:, None], "a text"


def test_the_caller_s_file_on_disk_stays_as_it_is_and_what_has_no_parameters_is_told_so(tmp_path: Path) -> None:
    rows, age, member = cohort()
    np.save(tmp_path / "rows.npy", rows)
    before = (tmp_path / "rows.npy").read_bytes()
    module, sex = Rude(), (np.arange(PEOPLE) % 2).astype(float)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r+")
    options = AttackOptions(attacks=("error-threshold",), repeats=1)
    remembrain.audit_module(module, mapped, age, member, tmp_path / "run", extra=sex, options=options)
    assert (tmp_path / "rows.npy").read_bytes() == before
    assert module.calls == 0
    content = json.loads((tmp_path / "run" / "evidence.json").read_text())
    assert content["target"]["extra"] == "module's"
    assert content["audit"]["hashes"].keys() == {"code", "split", "scans"}
    assert "0 parameters" not in (tmp_path / "run" / "report.html").read_text()


def test_a_network_that_saw_no_scan_or_holds_no_numbers_was_not_trained(tmp_path: Path) -> None:
    rows, age, member = cohort()
    for module, message in ((nn.LazyLinear(1), "lazy layers"), (nn.Linear(6, 1, device="meta"), "meta device")):
        with pytest.raises(DataError, match=message):
            remembrain.audit_module(module, rows, age, member, tmp_path / "run", options=QUICK)
    assert not (tmp_path / "run").exists()


CALLED = [0]


class Drifting(nn.Linear):
    """Remembers nobody, and errs the more the later it is asked, by a count that nobody can put back."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        CALLED[0] += 1
        return 10 * x[:, :1] + 60 + 0.02 * CALLED[0] + 0 * super().forward(x)


def test_a_network_that_drifts_while_members_are_asked_first_accuses_nobody(tmp_path: Path) -> None:
    rows, _, _ = cohort()
    age = 60 + 10 * rows[:, 0].astype(float) + np.random.default_rng(1).normal(0, 0.5, PEOPLE)
    member = np.arange(PEOPLE) < PEOPLE // 2
    found = remembrain.audit_module(Drifting(6, 1), rows, age, member, tmp_path / "run", options=QUICK)
    assert {one.status for one in found.findings} == {"not assessed"}
    assert "Of what was attacked instead: Members are recognised" in found.findings[1].text
    assert "hangs on when it was asked" in found.doubt
