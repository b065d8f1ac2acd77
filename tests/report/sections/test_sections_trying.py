"""What trying many settings costs."""

from page_of import kept, section, words

import example_defences
from remembrain.report.sections.trying import cost


def test_settings_trainings_and_epsilons_are_counted() -> None:
    found = section(kept(example_defences.compared), "trying")
    assert found.attributes["class"] == "verdict not-assessed"
    assert "Settings 16 Trainings 48 Epsilon of all 12 private ones together 352" in words(found)


def test_what_trying_costs_counts_every_private_model() -> None:
    told = cost(4, 12, 3, 7.123, 1e-5)
    assert (told.settings, told.trainings, told.private, told.epsilon) == (4, 12, 3, 7.123)
    assert told.text.startswith("4 settings were trained 12 times in all on these people")
    assert (
        "sees all 3 private models, or one that was chosen by looking at all, is promised an epsilon of 7.12 at delta"
        in (told.text)
    )
    assert "epsilon" not in cost(4, 12, 0, None, 0.0).text.lower()
