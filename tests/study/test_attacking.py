"""A stranger's code that an attack holds ends that attack, and nothing else."""

from dataclasses import dataclass

import numpy as np
import pytest

from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.cohort.arrays import make_scans
from remembrain.errors import RemembrainError
from remembrain.run import Key
from remembrain.study.attacking import AttackFailed, Round, run_attacks


@dataclass(frozen=True)
class Holding:
    """Holds a network whose layers fail when they are trained."""

    error: Exception
    name: str = "activation"
    needs: tuple[str, ...] = ("error",)

    def score(self, known, unknown, rng):
        raise self.error


def attacked(folder, attacks):
    rng = np.random.default_rng(0)
    member = np.arange(60) % 2 == 0
    played = Round("real", 0, np.arange(30), np.arange(30, 60), member)
    return run_attacks(
        attacks,
        {"error": rng.normal(size=60)},
        make_scans(rng.uniform(50, 80, 60)),
        [played],
        seed=0,
        folder=folder,
        key=Key.of(test=1),
        here=["activation"],
        workers=1,
    )


def test_what_a_stranger_s_layers_raise_names_the_attack_and_the_others_run(tmp_path):
    failing = Holding(ValueError("Expected more than 1 value per channel"))
    with pytest.raises(AttackFailed, match="activation: ValueError: Expected more than 1 value") as caught:
        attacked(tmp_path, [failing, ErrorThreshold()])
    assert (caught.value.attack, caught.value.what[:10]) == ("activation", "ValueError")
    assert list(attacked(tmp_path, [ErrorThreshold()])) == [("error-threshold", "real")]


def test_a_full_disk_is_no_fault_of_the_attack(tmp_path):
    with pytest.raises(RemembrainError, match="the disk is full") as caught:
        attacked(tmp_path, [Holding(RemembrainError("the disk is full"))])
    assert not isinstance(caught.value, AttackFailed)


def test_equations_without_a_solution_end_their_attack_alone(tmp_path):
    failing = Holding(np.linalg.LinAlgError("Singular matrix"), name="leverage")
    with pytest.raises(AttackFailed, match=r"leverage: its equations cannot be solved .*Singular matrix") as caught:
        attacked(tmp_path, [failing, ErrorThreshold()])
    assert caught.value.attack == "leverage"
