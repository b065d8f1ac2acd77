"""A stranger's code that an attack holds ends that attack, and nothing else."""

from dataclasses import dataclass

import numpy as np
import pytest

from remembrain.attacks import BLIND
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.attacks.logistic import LogisticOnOutputs
from remembrain.audits.play import play
from remembrain.audits.rounds import Round, rounds_of_everybody
from remembrain.audits.view import View
from remembrain.cohort.arrays import make_scans
from remembrain.errors import RemembrainError
from remembrain.run import Key


@dataclass(frozen=True)
class Holding:
    """Holds a network whose layers fail when they are trained."""

    error: Exception
    name: str = "activation"
    needs: tuple[str, ...] = ("error",)
    knows: str = "some members"
    access: str = "weights"

    def score(self, known, unknown, rng):
        raise self.error


def attacked(folder, attacks):
    rng = np.random.default_rng(0)
    member = np.arange(60) % 2 == 0
    played = Round("real", 0, np.arange(30), np.arange(30, 60), member)
    error = {"error": rng.normal(size=60)}
    scans = make_scans(rng.uniform(50, 80, 60))
    view = View(scans, member, error, Key.of(test=1), in_process=frozenset(["activation"]))
    return play(view, attacks, [played], seed=0, folder=folder, workers=1)


def test_what_a_stranger_s_layers_raise_names_the_attack_and_the_others_run(tmp_path):
    failing = Holding(ValueError("Expected more than 1 value per channel"))
    played = attacked(tmp_path, [failing, ErrorThreshold()])
    assert played.refused == {"activation": "ValueError: Expected more than 1 value per channel"}
    assert {kind: list(said) for kind, said in played.scores.items()} == {"real": ["error-threshold"]}


def test_a_full_disk_is_no_fault_of_the_attack(tmp_path):
    with pytest.raises(RemembrainError, match="the disk is full"):
        attacked(tmp_path, [Holding(RemembrainError("the disk is full"))])


def test_equations_without_a_solution_end_their_attack_alone(tmp_path):
    failing = Holding(np.linalg.LinAlgError("Singular matrix"), name="leverage")
    played = attacked(tmp_path, [failing, ErrorThreshold()])
    assert list(played.of("real")) == ["error-threshold"]
    (why,) = played.refused.values()
    assert why.startswith("its equations cannot be solved")
    assert why.endswith("(Singular matrix)")


def test_everybody_is_asked_about_once_by_attacks_that_learn_from_nobody_and_twice_by_the_blind_baseline():
    member = np.arange(100) % 2 == 0
    first = Round("real", 0, np.arange(40), np.arange(40, 90), member)  # ten scans are of nobody audited
    everybody, swapped = rounds_of_everybody(first)
    assert everybody.kind == "everybody"
    assert everybody.tested.tolist() == list(range(90))
    assert (swapped.kind, swapped.known.tolist(), swapped.tested.tolist()) == (
        "swapped",
        list(range(40, 90)),
        list(range(40)),
    )
    assert rounds_of_everybody(Round("real", 0, np.arange(39), np.arange(39, 90), member)) == ()  # 19 of one kind
    assert rounds_of_everybody(Round("real", 0, np.arange(0), np.arange(90), member)) == ()


def test_everybody_is_scored_by_attacks_that_learn_from_nobody_and_those_known_by_the_blind_baseline():
    member = np.arange(80) % 2 == 0
    first = Round("real", 0, np.arange(40), np.arange(40, 80), member)
    rng = np.random.default_rng(0)
    signals = {name: rng.normal(size=80) for name in ("error", "prediction", "label")}
    signals["covariates"] = rng.normal(size=(80, 2))
    view = View(make_scans(np.full(80, 60.0)), member, signals, Key.of(test=1))
    attacks = [ErrorThreshold(), LogisticOnOutputs(), BLIND]
    played = play(view, attacks, [first, *rounds_of_everybody(first)], seed=0, workers=1)
    assert {kind: set(said) for kind, said in played.scores.items()} == {
        "real": {"error-threshold", LogisticOnOutputs().name, "blind"},
        "everybody": {"error-threshold"},
        "swapped": {"blind"},
    }
    assert len(played.of("everybody")["error-threshold"][0].score) == 80
