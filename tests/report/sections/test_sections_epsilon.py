"""Settings under differential privacy."""

from page_of import kept, section, words

import example_defences


def test_an_epsilon_is_of_one_training_and_of_nobody_who_knows_the_seed() -> None:
    found = section(kept(example_defences.compared), "epsilon")
    assert "such an epsilon holds against nobody who has read them" in words(found)
    assert [each.attributes["id"] for each in found.all("figure")] == ["all-figure-epsilon"]
