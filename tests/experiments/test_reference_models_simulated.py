"""Attacks with reference models against who knows how people are distributed, in worlds with a closed form."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from remembrain.attacks.bavaria import Bavaria
from remembrain.attacks.rmia import Rmia

HERE = Path(__file__).parents[2] / "experiments" / "reference_models"
NAMES = (
    "plain",
    "weak leak",
    "overfitted",
    "means that bend with age",
    "unlike spreads",
    "unlike spreads and means",
    "unlike spreads, each kind its own",
)
BAR = 0.005
"""What not knowing how people are distributed may cost of the AUC."""


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(HERE))
    import simulated

    yield simulated
    sys.modules.pop("simulated", None)


def lost(simulated, world, models: int, worlds: int, *, people: int = 1600, levels: float = 0.0) -> tuple[float, float]:
    """By how much the attack's AUC is below the optimum's on the same people, and the standard error of that."""
    best = simulated.measured(world, None, models, worlds, people)[:, 0]
    found = simulated.measured(replace(world, levels=levels), Bavaria(), models, worlds, people)[:, 0]
    return float(np.mean(best - found)), float(np.std(best - found, ddof=1) / np.sqrt(worlds))


def test_the_optimum_is_the_ratio_of_two_conditional_normal_densities(simulated) -> None:
    """Person by person, of the joint distribution of all errors, the target's being one of them."""
    world = simulated.World(unlike=2.5, scaled=True, slopes=(-4.0, -1.0))
    people = simulated.draw(world, 40, 4, 0)
    found = simulated.optimum(world, people)
    for person in range(40):
        covariance = np.array(world.covariance) * people.share[person, 0]
        logs = []
        for kind in (0, 1):
            kinds = np.append(people.inside[person].astype(int), kind)
            together = covariance[np.ix_(kinds, kinds)]
            together = together + np.diag((np.array(world.variance) * people.share[person])[kinds])
            errors = np.append(people.error[person], people.target[person])
            logs.append(stats.multivariate_normal.logpdf(errors, people.centre[person][kinds], together))
        assert found[person] == pytest.approx(logs[1] - logs[0], abs=1e-5)


@pytest.mark.parametrize("name", ["plain", "weak leak"])
def test_two_models_are_as_good_as_knowing_how_people_are_distributed(simulated, name: str) -> None:
    less, error = lost(simulated, simulated.WORLDS[name], 2, 4)
    assert less < BAR + 3 * error
    assert error < BAR / 2


@pytest.mark.parametrize("members", [0.1, 0.9])
def test_levels_are_found_whatever_the_share_of_members(simulated, members: float) -> None:
    world = replace(simulated.WORLDS["means that bend with age"], members=members)
    less, error = lost(simulated, world, 2, 3, levels=2.0)
    assert less < BAR + 3 * error
    assert error < BAR  # taking half of them for members loses 0.12 and 0.06 here


@pytest.mark.slow
@pytest.mark.parametrize("models", [2, 4, 8, 16])
@pytest.mark.parametrize("name", NAMES)
def test_bavaria_is_as_good_as_knowing_how_people_are_distributed(simulated, name: str, models: int) -> None:
    assert set(NAMES) == set(simulated.WORLDS)
    less, error = lost(simulated, simulated.WORLDS[name], models, 20)
    # the optimum knows each person's spread, which nobody can learn from a few models
    assert less < BAR + 3 * error + (0.02 if "unlike" in name else 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("models", [2, 8])
@pytest.mark.parametrize("members", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("people", [240, 1600])
def test_levels_cost_nothing_worth_speaking_of(simulated, members: float, models: int, people: int) -> None:
    world = replace(simulated.WORLDS["means that bend with age"], members=members)
    less, error = lost(simulated, world, models, 20, people=people, levels=2.0)
    # a curve of three numbers, from the errors of n people that a third of their spread is left of, costs about 3/n
    assert less < BAR + 3 * error + 3 / people


@pytest.mark.slow
@pytest.mark.parametrize(("name", "before"), [("plain", 0.119), ("overfitted", 0.194)])
def test_rmia_names_more_than_with_the_variance_of_members_alone(simulated, name: str, before: float) -> None:
    """The rates before were measured by the same script on the same 20 worlds."""
    rates = simulated.measured(simulated.WORLDS[name], Rmia(), 8, 20, 1600)[:, 1]
    assert rates.mean() - 2 * rates.std(ddof=1) / np.sqrt(len(rates)) > 1.15 * before
