"""Attacks by name and by access; what is listed can be named, sent to a worker and told apart."""

from __future__ import annotations

import pickle

import pytest

from remembrain.attacks import ATTACKS, BLIND, select
from remembrain.attacks.network import NetworkAttack
from remembrain.errors import UsageError


def test_no_two_have_one_name_or_one_title():
    everyone = [*ATTACKS, BLIND]
    assert len({one.name for one in everyone}) == len({one.title for one in everyone}) == len(everyone)


@pytest.mark.parametrize("attack", [*ATTACKS, BLIND], ids=lambda one: one.name)
def test_an_attack_reaches_a_worker_process_as_it_is(attack):
    again = pickle.loads(pickle.dumps(attack))
    assert again == attack
    assert repr(again) == repr(attack)  # which names the file of its scores


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.name)
def test_every_listed_attack_can_be_named(attack):
    assert select([attack.name]) == (attack,)


def test_attacks_stand_in_the_order_in_which_they_are_named():
    names = ["network:gradient:output", "error-threshold", "network:label", "error-threshold"]
    assert [one.name for one in select(names)] == list(dict.fromkeys(names))


@pytest.mark.parametrize(
    ("name", "access"),
    [
        ("network:error", "outputs"),
        ("network:label+error+prediction", "outputs"),
        ("network:error+gradient-magnitude", "weights"),
        ("network:gradient:features.0", "weights"),
    ],
)
def test_what_a_composed_attack_needs_follows_from_its_signals(name, access):
    (attack,) = select([name])
    assert attack == NetworkAttack(tuple(name.removeprefix("network:").split("+")))
    assert attack.name == name
    assert attack.access == access
    assert select([name], access="weights") == (attack,)


def test_names_that_access_allows_stay_and_one_that_it_does_not_stops_all():
    assert [one.name for one in select(["logistic", "error-threshold"], access="outputs")] == [
        "logistic",
        "error-threshold",
    ]
    with pytest.raises(UsageError, match=r"network:gradient:first, network:gradient-magnitude needs more") as caught:
        select(["network:gradient:first", "logistic", "network:gradient-magnitude"], access="outputs")
    assert "leave out --access" in str(caught.value)


@pytest.mark.parametrize("name", ["network:covariates", "network:error+covariates"])
def test_facts_of_people_are_no_signal_of_the_model(name):
    """An attack on them would find who the members are, and call it the model's memory."""
    with pytest.raises(UsageError, match=r"facts of the people and not of the model.*blind baseline"):
        select([name])


@pytest.mark.parametrize("name", ["blind", "Logistic", "logistic ", "network", "gradient:first"])
def test_what_is_no_attack_is_answered_with_those_that_are(name):
    with pytest.raises(UsageError) as caught:
        select(["error-threshold", name])
    assert all(one.name in str(caught.value) for one in ATTACKS)
    assert repr(name) in str(caught.value)
