"""A federation in the evidence: which threat findings are concluded from, and one that could not be assessed."""

from __future__ import annotations

from remembrain.record.attacks import Finding
from remembrain.record.federation import Federation, PairsAttack, Successful, Threat
from remembrain.record.numbers import Accuracy, Number
from remembrain.record.written import as_json

FINDING = Finding(attack=None, status="not detected", text="nothing was shown")
ATTACK = PairsAttack(
    name="error-threshold",
    title="Threshold",
    access="outputs",
    knows="some members",
    needs=("error",),
    paper="",
    n_members=20,
    n_nonmembers=20,
    repeats=2,
    accuracy=Accuracy(value=0.5, low=0.4, high=0.6),
    auc=Number(value=0.5, low=0.4, high=0.6),
    tpr_at_fpr={},
    status="assessed",
    pairs=(),
    successful=Successful(n=0, of=2),
)


def federation_of(*threats):
    return Federation(
        environment="sites",
        learners=(),
        people_known_of_nobody="<10",
        people_tested_of_nobody=20,
        rounds=(),
        last_rounds=(3,),
        threats=threats,
        outsider=FINDING,
    )


def test_a_threat_without_attacks_was_not_assessed_and_the_main_one_is_meant_where_no_people_are_named():
    unmatched, matched = (
        Threat(by="learner", people=people, main=people == "matched", n_pairs=2, attacks=(ATTACK,))
        for people in ("unmatched", "matched")
    )
    server = Threat(by="server", people="matched", main=True, n_pairs=0, why="no pair")
    federation = federation_of(unmatched, matched, server)
    assert federation.threat("learner") is matched
    assert federation.threat("learner", "unmatched") is unmatched
    assert federation.threat("server") is None
    assert matched.attack(ATTACK.name) is ATTACK
    assert matched.tried == (ATTACK,)
    assert as_json(federation)["threats"][2]["why"] == "no pair"
