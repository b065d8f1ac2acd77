"""Where people have several scans the page leads with people, and single scans stand beside them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import example_runs
from remembrain.record.model import Evidence
from remembrain.report.joined import alone, together
from remembrain.report.reading import validated
from remembrain.report.sections.attacks import attack_table


def evidence(how: tuple[str, ...]) -> Evidence:
    """An audit whose first attacks were joined so; none where nobody has several scans."""
    content: dict[str, Any] = copy.deepcopy(
        example_runs.content((0.8, 0.7, 0.9, 0.6)[: len(example_runs.ATTACKS)], 0.5, "members recognised")
    )
    for one, joined in zip(content["attacks"], how, strict=False):
        single = {
            "auc": example_runs.interval(0.66),
            "accuracy": {**example_runs.interval(0.6), "sd": 0.01},
            "tpr_at_fpr": {},
        }
        one |= {"joined": joined, "per_scan": single}
    return validated(Evidence, content)


def test_a_column_of_single_scans_stands_beside_that_of_people():
    table = attack_table(evidence(("likelihood ratio",) * 9))
    assert table.headings[:2] == ("AUC", "AUC of a single scan")
    assert [cell.value for cell in table.rows[0].cells[:2]] == ["0.80", "0.66"]
    assert {len(row.cells) for row in table.rows} == {len(table.headings)}


def test_with_one_scan_each_nothing_is_said():
    found = evidence(())
    assert attack_table(found).headings[1] == "TPR at 10\u00a0% FPR"
    assert together(found) == ""
    assert alone(found.attacks[0], "scans") == ""


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (
            ("likelihood ratio",) * 9,
            "by the likelihood ratio over all of them (how scans of one person go together is learned",
        ),
        (
            ("mean",) * 9,
            "by the mean of the scores, since fewer than 20 known members or known non-members have several",
        ),
        (("likelihood ratio", "mean"), "; of one attack, where it could not be learned, by the mean of the scores"),
    ],
)
def test_it_is_said_how_scans_were_put_together(how, said):
    assert said in together(evidence(how))
    assert alone(evidence(how).attacks[0], "scans") == "; by a single scan in 66\u00a0%"
