"""What trying many settings costs."""

from page_of import kept, section, words

import example_defences


def test_settings_trainings_and_epsilons_are_counted() -> None:
    found = section(kept(example_defences.compared), "trying")
    assert found.attributes["class"] == "verdict not-assessed"
    assert "Settings 16 Trainings 48 Epsilon of all 12 private ones together 352" in words(found)
