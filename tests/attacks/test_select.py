"""Attacks by name and by access; what is listed can be named, sent to a worker and told apart."""

from __future__ import annotations

import pickle

import pytest

from remembrain.attacks import (
    ATTACKS,
    BLIND,
    BOUNDING,
    CORE,
    GROUPS,
    OVER_ROUNDS,
    QUICK,
    REFERENCED,
    by_name,
    groups_of,
    select,
)
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


@pytest.mark.parametrize("name", ["blind", "Logistic", "network", "gradient:first", "shadow:all"])
def test_what_is_no_attack_is_answered_with_those_that_are(name):
    with pytest.raises(UsageError) as caught:
        select(["error-threshold", name])
    assert all(one.name in str(caught.value) for one in ATTACKS)
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Logistic", "logistic"),
        ("boostd", "boosted"),
        ("error-treshold", "error-threshold"),
        ("publshed", "published"),
        ("gradient:first", "network:gradient:first"),
        ("xyzzy", "remembrain attacks"),
    ],
)
def test_a_name_that_is_unknown_is_answered_with_the_nearest(name, near):
    with pytest.raises(UsageError) as caught:
        select([f"error-threshold,{name}"])
    assert caught.value.try_next == near


def test_every_name_of_a_group_is_an_attack():
    everything = {one.name for one in (*ATTACKS, *REFERENCED, *OVER_ROUNDS)}
    assert GROUPS["all"] == everything
    assert all(names <= everything for names in GROUPS.values())
    assert not everything & set(GROUPS)  # a word means one thing


def test_the_core_has_an_attack_of_every_adversary_and_those_of_whom_epsilon_is_bounded():
    assert [one.name for one in CORE] == [
        "error-threshold",
        "logistic",
        "quadratic-discriminant",
        "unusual-error",
        "network:prediction+label",
        "network:gradient-magnitude",
        "network:gradient:output",
        "boosted",
        "shadow:error-threshold",
    ]
    assert {(one.access, one.knows) for one in CORE} == {(one.access, one.knows) for one in ATTACKS}
    assert {*BOUNDING, *QUICK} <= {one.name for one in CORE}


def test_the_core_reads_no_gradient_as_an_image():
    """Networks on whole gradients of hidden layers took nine tenths of an audit's time."""
    needs = {need for one in CORE for need in one.needs}
    assert not {need for need in needs if need.startswith(("gradient:", "activation:"))} - {"gradient:output"}


def test_groups_and_names_are_mixed_and_each_attack_comes_once():
    mixed = [one.name for one in select(["leverage, core", "error-threshold,inverse-hessian"])]
    assert mixed == ["leverage", *(one.name for one in CORE), "inverse-hessian"]
    assert select(["core"]) == select() == select([]) == CORE
    assert select(["all"]) == ATTACKS
    assert set(select(["published,core"])) == {one for one in ATTACKS if groups_of(one)}


def test_of_a_group_comes_what_can_be_run():
    """Where attacks are named one by one, what cannot be run is refused instead."""
    assert set(select(["all"], references=True, rounds=True)) == {*ATTACKS, *REFERENCED, *OVER_ROUNDS}
    usual = [one.name for one in select(references=True) if one not in CORE]
    assert usual == ["lira-offline", "rmia", "bavaria", "lira-without-age", "stacked"]
    assert {one.name for one in select(rounds=True)} == {*(one.name for one in CORE), "trajectory", "fed-mia"}
    assert [one.name for one in select(["published"], access="outputs")] == [
        "error-forest",
        "network:prediction+label",
        "shadow:network:prediction+label",
    ]
    with pytest.raises(UsageError, match="activation needs more"):
        select(["published,activation"], access="outputs")
    with pytest.raises(UsageError, match="rmia needs reference models"):
        select(["all,rmia"])


def test_only_what_is_named_one_by_one_is_asked_for_by_name():
    assert by_name(["all,leverage", "published"]) == ("leverage",)
    assert by_name(["core"]) == by_name([]) == ()
