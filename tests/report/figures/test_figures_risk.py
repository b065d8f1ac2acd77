"""Probabilities of membership, and leakage over overfitting."""

import pytest
from page_of import read

import example_runs
from remembrain.report.figures.risk import overfitting, reliability


def test_each_probability_stands_beside_what_was_observed():
    drawing = reliability(read(example_runs.everything))
    assert drawing.title == "Predicted and observed membership, “Neural network on gradient of the output layer”"
    assert drawing.description.startswith("predicted 10\u00a0%, observed 12\u00a0% (2\u00a0% to 22\u00a0%), 60 people;")


def test_the_slope_is_told_with_its_interval():
    drawing = overfitting(read(example_runs.everything))
    assert "rises by 11.7 (9.8 to 13.6) % a year of gap; r = 0.98." in drawing.description


@pytest.mark.parametrize("draw", [overfitting, reliability])
def test_nothing_is_drawn_of_nothing(draw):
    assert draw(read(example_runs.leaking)) is None
