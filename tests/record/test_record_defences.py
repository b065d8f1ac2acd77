"""A comparison of defences: who is told of what, and where it would contradict itself."""

from dataclasses import replace

import pytest

import example_defences
from remembrain.record.defences import Defences
from remembrain.report.reading import validated

COMPARED = validated(Defences, example_defences.content())


def test_every_attack_is_listed_once_and_the_one_that_is_told_first():
    names = [attack.name for attack in COMPARED.every_attack]
    assert names[0] == example_defences.HEADLINE
    assert sorted(names) == sorted(name for name, *_ in example_defences.ATTACKS)
    assert COMPARED.title_of("logistic") == "Logistic regression on prediction, label and error"
    assert COMPARED.title_of("another") == "another"


def test_settings_are_told_of_the_attack_that_can_see_what_they_change():
    on_answers = COMPARED.judged_by(example_defences.OUTPUTS_ONLY)
    assert {COMPARED.settings[number - 1].protects for number in on_answers} == {"predictions"}
    assert len(on_answers) + len(COMPARED.judged_by(example_defences.HEADLINE)) == len(COMPARED.settings)


def test_what_is_spent_comes_in_order():
    spent = [setting.epsilon.value for setting in COMPARED.spenders]
    assert spent == sorted(example_defences.EPSILONS)
    assert COMPARED.private
    assert not replace(COMPARED, settings=COMPARED.settings[:1]).private


@pytest.mark.parametrize(("place", "change", "said"), [(0, {"pareto_auc": True}, "is said to be beaten by no setting")])
def test_a_comparison_that_contradicts_itself_says_how(place, change, said):
    assert COMPARED.contradiction() == ""
    settings = list(COMPARED.settings)
    settings[place] = replace(settings[place], **change)
    assert said in replace(COMPARED, settings=tuple(settings)).contradiction()


def test_an_attack_needs_no_more_than_what_a_setting_gives_out():
    settings = list(COMPARED.settings)
    (place, *_) = (number - 1 for number in COMPARED.judged_by(example_defences.OUTPUTS_ONLY))
    settings[place] = replace(
        settings[place],
        headline=example_defences.HEADLINE,
        attacks={**settings[place].attacks, example_defences.HEADLINE: settings[place].attacks["logistic"]},
    )
    assert "needs weights" in replace(COMPARED, settings=tuple(settings)).contradiction()
