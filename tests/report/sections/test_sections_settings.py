"""A row a setting."""

from __future__ import annotations

import pytest
from page_of import kept, table

import example_defences


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    return kept(example_defences.compared)


def test_a_row_a_setting_with_all_that_it_gives_away(compared):
    rows = table(compared, "still gives away")
    assert len(rows) == 16
    assert rows[2] == (
        "3 Differential privacy, by noise noise multiplier: 0.5 recognised weights 200 + 201 tested 0.60 0.56 to 0.64 "
        "2.4 % 0 % to 5.4 % 58 % 53 % to 62 % AUC 0.57 0.53 to 0.61 Logistic regression on prediction, label and error "
        "AUC, TPR"
    )
    assert rows[13].startswith("14 Rounded predictions step, years: 1 recognised outputs 200 + 201 tested Logistic")


def test_a_row_a_setting_with_all_that_it_costs(compared):
    rows = table(compared, "does and costs")
    assert rows[0] == "1 Undefended – none – 1.05 0.92 to 1.18 2.95 2.74 to 3.16 +1.90 +1.66 to +2.14"
    assert rows[1] == (
        "2 Differential privacy, by noise noise multiplier: 0.3 the weights 118 delta 1 × 10⁻⁵ second opinion 109 "
        "1.4 95 % confidence gaussian-dp 2.40 2.27 to 2.53 3.30 3.09 to 3.51 +0.90 +0.66 to +1.14"
    )
    assert "released predictions alone" in rows[14]
