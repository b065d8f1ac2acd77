"""A setting of a defence, what goes with its fronts, and who beats whom on them."""

from dataclasses import replace

import pytest

import example_defences
from remembrain.record.defences import Defences
from remembrain.record.settings import beaten, leakage, on_front
from remembrain.report.reading import validated


@pytest.fixture
def settings():
    return validated(Defences, example_defences.content()).settings


def test_a_setting_is_named_by_its_strength(settings):
    assert (settings[0].name, settings[0].level, settings[0].bare) == ("Undefended", "", True)
    assert settings[1].name == "Differential privacy, by noise (noise multiplier: 0.3)"


def test_what_is_told_is_of_the_attack_that_stands_for_it(settings):
    assert settings[0].achieved is settings[0].attacks[example_defences.HEADLINE]
    name, other = settings[0].strongest_other()
    assert (name, other) == ("logistic", settings[0].attacks["logistic"])
    lost = replace(settings[0], headline="leverage")
    assert (lost.achieved.assessed, lost.achieved.why) == (False, "it was not run")


def test_more_may_be_measured_than_an_accountant_allows(settings):
    assert not settings[4].overspent
    assert replace(settings[4], lower_bound=replace(settings[4].lower_bound, value=3.3)).overspent
    assert not settings[0].overspent


def test_leakage_goes_with_the_front_and_says_why_it_is_not_known(settings):
    achieved = settings[0].achieved
    assert leakage(settings[0], "pareto_auc") == achieved.auc
    assert leakage(settings[0], "pareto_tpr") == achieved.tpr_at_fpr["0.01"]
    lost = replace(settings[0], attacks={})
    assert [leakage(lost, front).why for front in ("pareto_auc", "pareto_tpr")] == ["it was not run"] * 2
    assert achieved.rate("0.001").why == example_defences.TOO_FEW


def test_fronts_are_by_error_and_tell_who_is_beaten(settings):
    front = on_front(settings, "pareto_auc")
    errors, leaks, names = zip(*front, strict=True)
    assert list(errors) == sorted(errors)
    assert list(leaks) == sorted(leaks, reverse=True)
    assert all(setting.pareto_auc for setting in names)
    assert beaten(settings, "pareto_auc") == ""
    dear = replace(names[-1], mae=replace(names[-1].mae, value=9.0), title="Dear")
    assert beaten([*settings, dear], "pareto_auc") == f"Dear ({dear.dose})"
