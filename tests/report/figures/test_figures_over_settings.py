"""Leakage over overfitting, and error and leakage over epsilon."""

from page_of import read

import example_defences
from remembrain.report.figures.over_settings import epsilon, overfitting


def test_the_line_is_told_with_its_interval():
    drawing = overfitting(read(example_defences.compared))
    text = drawing.description.replace("\u00a0", " ")
    assert text.startswith("Over 13 settings the accuracy of “Neural network on gradient of the output layer” rises by")
    assert text.endswith("15.2 (14.6 to 15.8) % a year of gap; r = 0.97.")
    assert overfitting(read(example_defences.few)) is None


def test_settings_stand_by_what_they_spend():
    drawing = epsilon(read(example_defences.compared))
    spent = [float(part.split("epsilon ")[1].split(",")[0]) for part in drawing.description.split("; ")]
    assert spent == [2.4, 7.9, 31.0, 118.0]
    assert epsilon(read(example_defences.few)) is None
