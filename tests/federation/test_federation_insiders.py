"""From which rounds insiders learn, and which attacks they can run."""

from __future__ import annotations

import pytest

from remembrain.attacks import ROUNDS, select
from remembrain.attacks.lira import Lira
from remembrain.federation.insiders import Insiders, Rounds


class Ours(Lira):
    """An attack of the user's own, which says that it needs no model with the person."""

    name, offline = "ours", True


@pytest.mark.parametrize(
    ("last", "last_rounds", "looks", "late", "looked", "every"),
    [
        (8, 2, 2, (7, 8), (0, 4, 8), (0, 4, 7, 8)),
        (3, 5, 2, (1, 2, 3), (0, 2, 3), (0, 1, 2, 3)),
        (2, 1, 5, (2,), (0, 1, 2), (0, 1, 2)),
    ],
)
def test_the_last_rounds_are_learned_from_and_some_are_looked_at(last, last_rounds, looks, late, looked, every):
    rounds = Rounds.of(last, last_rounds, looks)
    assert (rounds.late, rounds.looked, rounds.every) == (late, looked, every)


def test_who_was_asked_for_and_cannot_run_is_answered_once():
    attacks = select(("lira", "lira-offline", "error-threshold", "trajectory"), references=True, rounds=True)
    insiders = Insiders(None, attacks, Rounds.of(3, 1, 1), (), None)
    assert {attack.name for attack in insiders.offline} == {"lira-offline"}
    refused = insiders.refused("learner", ("lira", "lira-offline"))
    assert refused.keys() == {"lira"}
    assert refused["lira"][1] == "a learner cannot train models with the people whom it asks about"
    assert insiders.refused("server", ("lira",)) == {}
    assert insiders.refused("learner", ()) == {}  # what stands for several by one word is left out in silence
    assert [attack.name for attack in attacks if ROUNDS in attack.needs] == ["trajectory"]


def test_an_attack_of_the_user_s_own_runs_offline_where_it_says_so():
    insiders = Insiders(None, (Ours(), Lira()), Rounds.of(3, 1, 1), (), None)
    assert [attack.name for attack in insiders.offline] == ["ours"]
    assert insiders.refused("learner", ("ours", "lira")).keys() == {"lira"}
