"""An audit that is read again: the same figures in a table, and every score with whom it is of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import remembrain
from remembrain.errors import DataError


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> remembrain.Audit:
    rng = np.random.default_rng(0)
    age, member = rng.uniform(45, 80, 200), np.arange(200) % 2 == 0
    answers = age + rng.normal(0, np.where(member, 0.5, 5.0))
    run = tmp_path_factory.mktemp("result") / "run"
    return remembrain.audit(
        lambda rows: rows[:, 0], answers[:, None], age, member, run, attacks=["error-threshold"], repeats=1
    )


def test_a_loaded_audit_is_the_same(audit: remembrain.Audit) -> None:
    again = remembrain.load(audit.run)
    assert again == audit
    assert (again.finding, again.report) == (audit.finding, audit.run / "report.html")
    assert again.report.is_file()


def test_the_table_has_a_row_an_attack_with_its_interval(audit: remembrain.Audit) -> None:
    table = audit.table()
    assert list(table.index) == ["error-threshold", "blind"]
    row = table.loc["error-threshold"]
    assert row.finding == audit.evidence.finding(audit.attacks[0]).status == "members recognised"
    assert 0.5 < row.auc_low < row.auc < row.auc_high <= 1
    assert table.loc["blind"].finding == "control"
    assert [control.status for control in audit.controls] == ["holds", "holds"]
    assert audit._repr_html_().startswith("<p><b>members recognised</b>: ")


def test_scores_are_of_people_and_give_the_figure(audit: remembrain.Audit) -> None:
    scores = audit.scores()
    own = scores[scores.attack == "error-threshold"]
    members, others = own.score[own.member == 1].to_numpy(), own.score[own.member == 0].to_numpy()
    auc = (members[:, None] > others).mean() + (members[:, None] == others).mean() / 2
    assert audit.table().auc["error-threshold"] == pytest.approx(auc, abs=0.02)  # told in steps


def test_where_there_is_no_run_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not a run folder"):
        remembrain.load(tmp_path)
