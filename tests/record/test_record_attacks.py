"""What an attack achieved, and what is quoted of it."""

from dataclasses import replace

import pytest

from remembrain.record.attacks import Accuracy, Attack, OfSeveral
from remembrain.record.numbers import Number

AUC, RATE = Number(value=0.7, low=0.6, high=0.8), Number(value=0.2, low=0.1, high=0.3)
ATTACK = Attack(
    name="a", title="An attack", access="outputs", knows="some members", needs=("error",), paper="a paper",
    n_members=100, n_nonmembers=100, repeats=5, accuracy=Accuracy(value=0.6, low=0.55, high=0.65, sd=0.01), auc=AUC,
    tpr_at_fpr={"0.1": RATE, "0.001": Number(why="too few people")}, quoted_fpr=0.1, status="assessed",
)  # fmt: skip


def test_of_several_the_intervals_hold_for_all_at_once():
    assert ATTACK.chosen() is ATTACK
    wider = replace(AUC, low=0.5)
    chosen = replace(ATTACK, of_several=OfSeveral(confidence=0.99, auc=wider, tpr_at_fpr={})).chosen()
    assert (chosen.auc, chosen.tpr_at_fpr, chosen.quoted_fpr) == (wider, {}, None)
    assert chosen.accuracy is ATTACK.accuracy  # of which nothing is told for all at once


def test_a_rate_is_known_where_it_was_resolved():
    assert ATTACK.rate(0.1) is RATE
    assert ATTACK.rate(0.001).why == "too few people"
    assert not ATTACK.rate(0.5).known
    assert not ATTACK.rate(None).known


@pytest.mark.parametrize(("access", "blind"), [("nothing", True), ("outputs", False), ("weights", False)])
def test_the_blind_baseline_is_the_one_that_sees_nothing(access, blind):
    assert replace(ATTACK, access=access).blind == blind


def test_an_attack_is_assessed_with_an_interval_alone():
    assert ATTACK.assessed
    assert not replace(ATTACK, auc=Number(value=0.7)).assessed
    assert not replace(ATTACK, status="not assessed").assessed
