"""Errors of members and others, and both by epoch of training."""

import pytest
from page_of import read

import example_runs
from remembrain.report.figures.model import errors, leakage, training


@pytest.mark.parametrize(
    ("draw", "description"),
    [
        (training, "After 20 epochs the mean absolute error is 2.67 for members and 4.33 for non-members, in years."),
        (leakage, "After epoch 20 the absolute error alone has an AUC of 0.75 (0.71 to 0.79)."),
        (
            errors,
            "Smoothed densities of prediction less truth. Mean absolute error: members 2.50, non-members 4.30 years.",
        ),
    ],
)
def test_the_last_figures_are_told_and_what_was_not_seen_is_not_drawn(draw, description):
    assert draw(read(example_runs.leaking)).description.startswith(description)
    assert draw(read(example_runs.too_few)) is None
