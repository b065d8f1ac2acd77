"""Rows of numbers with intervals: groups, white-box gain, who is exposed."""

from dataclasses import replace

import pytest
from page_of import read

import example_runs
from remembrain.report.figures.intervals import beyond, differences, exposed


@pytest.mark.parametrize(
    ("draw", "description"),
    [
        (differences, "Differences with 95 % intervals. age: +0.02 (−0.14 to +0.18); sex: F: −0.04 (−0.20 to +0.12);"),
        (beyond, "3  Neural network on gradient of the output layer: +0.090 (+0.050 to +0.130)."),
        (exposed, "age band below 55: AUC 0.93 (0.84 to 1.00), recognised 46\u00a0% (34\u00a0% to 59\u00a0%);"),
    ],
)
def test_every_row_is_told_and_nothing_is_drawn_of_nothing(draw, description):
    assert draw(read(example_runs.everything)).description.startswith(description)
    assert draw(read(example_runs.leaking)) is None


def test_limits_are_drawn_where_groups_were_not_drawn_by_lot():
    compared = read(example_runs.everything)
    by_lot = replace(compared, groups=replace(compared.groups, by_lot=True))
    lines = [len(differences(evidence).figure.axes[0].lines) for evidence in (compared, by_lot)]
    assert lines[0] == lines[1] + 2
