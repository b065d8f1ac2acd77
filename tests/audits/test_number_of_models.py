"""The same attacks along the number of reference models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from remembrain.audits.number_of_models import Measured, power_over_models
from remembrain.audits.play import play
from remembrain.audits.rounds import Round
from remembrain.audits.view import View
from remembrain.cohort.arrays import make_scans
from remembrain.run import Key


@dataclass(frozen=True)
class NeedsFour:
    """An attack whose equations have no solution with fewer than four models."""

    name: str = "needs-four"
    access: str = "outputs"
    knows: str = "population"
    needs: tuple[str, ...] = ("references",)

    def score(self, known, unknown, rng):
        if unknown["references/error"].shape[1] < 4:
            raise np.linalg.LinAlgError("Singular matrix")
        return -np.abs(np.asarray(unknown["references/target"])[:, 0])


def test_a_number_of_models_with_which_it_cannot_be_computed_is_passed_over(tmp_path):
    rng = np.random.default_rng(0)
    member = np.arange(80) % 2 == 0
    scans = make_scans(rng.uniform(50, 80, 80))
    signals = {
        "references/error": rng.normal(size=(80, 8, 1)),
        "references/inside": np.tile([True, False], (80, 4)),
        "references/target": rng.normal(size=(80, 1)) * np.where(member, 0.5, 1.5)[:, None],
    }
    references = View(scans, member, signals, Key.of(references=1))
    view = View(scans, member, {}, Key.of(test=1)).beside(references=references)
    rounds = [Round("real", 0, np.arange(40), np.arange(40, 80), member)]
    real = play(view, [NeedsFour()], rounds, seed=0, workers=1).of("real")
    measured = Measured(rounds, real, 0, tmp_path, 1)
    found = power_over_models(view, references.signals, [NeedsFour()], measured)
    assert [(row.models, [attack.name for attack in row.attacks]) for row in found.power] == [
        (2, []),
        (4, ["needs-four"]),
        (8, ["needs-four"]),
    ]
    assert found.best == "needs-four"
