"""The head of the page that compares defences."""

from __future__ import annotations

import pytest
from page_of import kept, page, words

import example_defences


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    return kept(example_defences.compared)


def test_people_seeds_intervals_threats_and_costs_are_said(compared):
    text = words(compared.all("main")[0])
    for part in (
        "Every setting was trained with seeds 0, 1 and 2; of one seed, all settings have the same members.",
        "400 members, in one place; the scans of 400 non-members",
        "200 members and 201 non-members are tested in each. 95 % intervals are for other people",
        "is not taken to shrink with the number of seeds",
        "greatest mean AUC of all attacks on the undefended model",
        "Anyone who holds a copy of the model’s weights and already knows of some people whether their scans trained",
        "Epsilons add up; choosing by what members show is in none of them.",
        "Epsilon of all 12 private ones together 352",
        "To halve what is given away costs 0.4 years of error.",
        "What an attack would find that was made for one of these defences",
        "it came from the seeds that this page prints",
    ):
        assert part in text, part


@pytest.mark.usefixtures("words_for_pictures")
def test_settings_that_lack_a_seed_are_named(tmp_path):
    def drop(found):
        found["settings"][1]["seeds"] = [0, 2]

    text = page(example_defences.compared(tmp_path / "run", drop)).text()
    assert "but for Differential privacy, by noise (noise multiplier: 0.3): seeds 0 and 2." in text


def test_a_bound_above_the_accountant_is_the_loudest_thing():
    found = kept(example_defences.overspent)
    head = found.all("section")[0]
    assert head.attributes["class"] == "verdict contradicted"
    assert head.all("h2")[0].text().startswith("A guarantee is contradicted")
    assert "contradicted Setting 5: more was measured than its accountant allows." in found.text()
