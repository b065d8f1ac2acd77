"""A federation that ends earlier."""

from __future__ import annotations

from made_defended import PLAIN

from remembrain.targets.defences import DEFENCES, named


def test_a_federation_has_the_stated_rounds_and_training_in_them_is_as_it_was() -> None:
    (defence,) = named(["fewer-rounds=3"])
    assert defence.rounds(25) == 3
    assert (defence.federated, defence.changes(None)) == (True, {})
    assert PLAIN.defended((defence,)).epochs == PLAIN.epochs


def test_no_other_defence_changes_how_many_rounds_there_are() -> None:
    assert {name for name, kind in DEFENCES.items() if kind(1.0 if kind.high >= 1 else 0.5).rounds(25) != 25} == {
        "fewer-rounds"
    }
