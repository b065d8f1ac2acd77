"""The head of the page that compares defences."""

from __future__ import annotations

from dataclasses import replace

import pytest
from page_of import kept, page, read, words

import example_defences
from remembrain.report.sections.defence_summary import head


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


def answers(defences):
    return {sentence.question: sentence.answer for sentence in head(defences)}


def test_the_head_says_what_was_compared_and_what_the_undefended_model_gives_away():
    said = answers(read(example_defences.compared))
    assert said["What was compared"].startswith(
        "15 settings of 8 defences, and the undefended model, each trained with 3"
    )
    assert "errs by 2.95 (2.74 to 3.16) years on people it has not seen" in said["Without a defence"]
    assert "an AUC of 0.85 (0.81 to 0.89), the greatest of 3 attacks here: its interval" in said["Without a defence"]
    assert "An interval that contains guessing does not show" in said["What it cannot tell"]


def test_the_least_error_with_guessing_in_the_interval_is_told():
    defences = read(example_defences.compared)
    guessing = [setting for setting in defences.settings if setting.achieved.auc.ends()[1] <= 0.5]
    least = min(guessing, key=lambda setting: setting.mae.ends()[0])
    cost = answers(defences)["What it costs"]
    assert f"guessing is {least.mae.value:.2f} (" in cost
    assert f"({least.title.lower()}, {least.parameter} {least.strength:g}; AUC 0.5" in cost
    leaking = [setting for setting in defences.settings if setting.achieved.auc.ends()[1] > 0.5]
    assert answers(replace(defences, settings=tuple(leaking)))["What it costs"].startswith("No setting brought")


def test_where_nothing_leaks_there_was_nothing_to_defend():
    defences = read(example_defences.compared)
    bare, *others = defences.settings
    attack = replace(bare.achieved, auc=replace(bare.achieved.auc, value=0.52, low=0.48, high=0.56))
    still = replace(
        bare, attacks=bare.attacks | {bare.headline: attack}, finding=replace(bare.finding, status="not detected")
    )
    assert "nothing to defend against it" in answers(replace(defences, settings=(still, *others)))["What it costs"]


def test_nothing_is_said_of_what_was_not_assessed():
    said = answers(read(example_defences.nothing_assessed))
    assert "errs by not assessed years" in said["Without a defence"]
    assert said["What it costs"].startswith("No setting brought")
