"""Intervals of figures over several targets that share people and reference models, in worlds of which all is known."""

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from remembrain.evidence.influence import by_repeat
from remembrain.evidence.metrics import auc, auc_parts
from remembrain.evidence.people import People, Repeat

HERE = Path(__file__).parents[2] / "experiments" / "reference_models"
MODELS, TARGETS = 18, 9


@pytest.fixture
def over_targets(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(HERE))
    import over_targets

    yield over_targets
    sys.modules.pop("over_targets", None)


def drawn(seed: int, people: int, differ: float, *, ratio: bool) -> list[Repeat]:
    """Nine targets, each trained on half of the same people; ``differ`` is how much the targets' memories do.

    The attack is a threshold on the error, or a log-ratio with the means of 16 reference models, which all targets
    share but for two, and whose memories are the same in every world.
    """
    rng = np.random.default_rng([seed, people])
    inside = np.zeros((people, MODELS), dtype=bool)
    for pair in range(0, MODELS, 2):
        inside[rng.permutation(people)[: people // 2], pair] = True
        inside[:, pair + 1] = ~inside[:, pair]
    mean, size = rng.normal(0, 4, (people, 1)), np.sqrt(2 / rng.gamma(3, 1, (people, 1)))

    def errors(left: np.ndarray) -> np.ndarray:
        return np.where(inside, left * mean, mean) + np.where(inside, 1.5, 2.0) * size * rng.standard_normal(
            inside.shape
        )

    references = errors(0.5 * np.exp(differ * np.random.default_rng(1).standard_normal(MODELS)))
    target = errors(0.5 * np.exp(differ * rng.standard_normal(MODELS)))
    found = []
    for place in range(TARGETS):
        others = np.arange(MODELS) // 2 != place // 2
        means = [
            (references * mask).sum(axis=1) / mask.sum(axis=1).clip(1) for mask in (~inside & others, inside & others)
        ]
        error, member = target[:, place], inside[:, place]
        score = (error - means[0]) ** 2 - (error - means[1]) ** 2 if ratio else -np.abs(error)
        tested = np.concatenate(
            [rng.permutation(np.flatnonzero(member == side))[: people // 4] for side in (True, False)]
        )
        found.append(Repeat(member[tested], score[tested], tested))
    return found


def test_one_target_has_the_interval_of_people_alone(over_targets) -> None:
    one = drawn(0, 200, 0.0, ratio=True)[:1]
    values, influence = by_repeat(
        People("", tuple(one), np.zeros(200, dtype=bool), np.arange(200).astype(str), np.arange(200)), auc_parts
    )
    error, freedom = over_targets.standard_error(values, influence)
    assert error == pytest.approx(np.sqrt(np.square(influence).sum()))
    assert freedom == 199


def test_targets_that_say_the_same_of_everybody_are_worth_one(over_targets) -> None:
    one = drawn(0, 800, 0.0, ratio=True)[0]
    alone, nine = over_targets.auc_of([one]), over_targets.auc_of([one] * 9)
    assert (nine.value, nine.low, nine.high) == pytest.approx((alone.value, alone.low, alone.high))
    rates = over_targets.tpr_of([one]), over_targets.tpr_of([one] * 9)
    assert vars(rates[0]) == pytest.approx(vars(rates[1]))
    assert 0 <= rates[0].low < rates[0].value < rates[0].high
    gain = over_targets.gain_of([one] * 9, [one] * 9)
    assert (gain.value, gain.low, gain.high) == (0, 0, 0)


def test_targets_that_share_nobody_have_their_variance_over_targets(over_targets) -> None:
    rng = np.random.default_rng(0)
    influence = np.kron(np.eye(9), rng.normal(0, 0.01, 50))
    values = 0.7 + 0.1 * rng.standard_normal(9)  # far more than their people explain
    error, freedom = over_targets.standard_error(values, influence)
    assert error == pytest.approx(values.std(ddof=1) / 3)  # Student's, with nearly as few degrees of freedom
    assert 7 < freedom < 9


@pytest.mark.slow
@pytest.mark.parametrize("ratio", [False, True])
@pytest.mark.parametrize("differ", [0.0, 0.1, 0.3])
@pytest.mark.parametrize("people", [400, 1600])
def test_intervals_over_targets_cover_what_they_say(over_targets, people: int, differ: float, ratio: bool) -> None:
    worlds = 400 if people == 400 else 200
    found, means, students = [], [], []
    for seed in range(worlds):
        targets = drawn(seed, people, differ, ratio=ratio)
        values = np.array([auc(one.member, one.score) for one in targets])
        one = over_targets.auc_of(targets)
        found.append((one.low, one.high))
        means.append(values.mean())
        reach = stats.t.ppf(0.975, TARGETS - 1) * values.std(ddof=1) / np.sqrt(TARGETS)
        students.append((values.mean() - reach, values.mean() + reach))
    truth = np.mean(means)
    covered, before = (np.mean([low <= truth <= high for low, high in some]) for some in (found, students))
    print(f"{people} people, {differ} {ratio}: {covered:.3f}, Student's {before:.3f}, AUC {truth:.3f}")
    error = np.sqrt(0.05 * 0.95 / worlds)
    assert 0.95 - 3 * error < covered
