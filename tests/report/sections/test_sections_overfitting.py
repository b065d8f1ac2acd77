"""Leakage and overfitting over settings."""

from page_of import kept, section, words

import example_defences


def test_slope_and_settings_are_said_or_why_there_is_no_line() -> None:
    text = words(section(kept(example_defences.compared), "overfitting"))
    assert "settings that act on the weights: its accuracy rises by" in text
    assert "for orientation, no benchmark" in text
    few = words(section(kept(example_defences.few), "overfitting"))
    assert few.endswith("Not assessed: a line takes at least three settings whose gap and accuracy are known.")
