"""What a federation promised: each learner its own, the largest for all, a round as often as it was begun.

There is so little noise that both accountants are quick.
"""

from __future__ import annotations

import pytest

from remembrain.errors import DataError
from remembrain.federation.archive import Archive
from remembrain.federation.promise import record_federation
from remembrain.run import RunFolder, write_text
from remembrain.targets.private.accounting import epsilon_of
from remembrain.targets.private.mechanism import Privacy
from remembrain.targets.private.promise import PRIVACY, read_training
from remembrain.targets.recipes import Recipe

RECIPE = Recipe("sgd", 1e-2, 0.0, 4, 2, privacy=Privacy(noise_multiplier=0.2, delta=1e-3))


def run_of(path, rounds=2, **change):
    """Return a run whose rounds say what Oslo (40 people) and Rome (20) spent, the second round begun twice."""
    run, archive = RunFolder(path), Archive(path / "rounds")
    write_text(run.target / "model.safetensors", "weights")
    for round_ in range(1, rounds + 1):
        learners = [
            {
                "name": name,
                "privacy": {
                    "people": people,
                    "noise_multiplier": 0.2,
                    "sample_rate": 8 / people,
                    "steps": people // 2,
                    "mean_noise": 10.0,
                    "checked": people,
                    **change,
                },
            }
            for name, people in (("Oslo", 40), ("Rome", 20))
        ]
        archive.complete(round_, {"learners": learners, "attempts": round_})
    return run, archive


def test_everybody_s_epsilon_is_that_of_the_own_learner_and_the_largest_is_the_federation_s(tmp_path):
    run, archive = run_of(tmp_path)
    record_federation(run, archive, RECIPE, 2)
    training = read_training(run)
    oslo, rome = training.learners
    assert rome.epsilon == pytest.approx(epsilon_of(((10.0, 1.0, 1), (0.2, 0.4, 3 * 10)), 1e-3))
    assert oslo.epsilon == pytest.approx(epsilon_of(((10.0, 1.0, 1), (0.2, 0.2, 3 * 20)), 1e-3))
    assert (training.name, training.epsilon) == ("Oslo", oslo.epsilon)
    assert oslo.epsilon > rome.epsilon
    assert training.people == 60
    assert (training.clip_check.people, training.clip_check.kept) == (60, True)
    assert [spent.epoch for spent in training.by_epoch] == [1, 2]
    assert training.by_epoch[-1].epsilon == training.epsilon > training.by_epoch[0].epsilon
    assert any("several learners" in line for line in training.not_covered)


def test_what_was_promised_is_bound_to_its_weights_and_goes_where_nothing_is_promised(tmp_path):
    run, archive = run_of(tmp_path)
    record_federation(run, archive, RECIPE, 2)
    write_text(run.target / "model.safetensors", "other weights")
    with pytest.raises(DataError, match="is a promise of other weights"):
        read_training(run)
    write_text(run.target / PRIVACY, '{"epsilon": 3}')
    with pytest.raises(DataError, match="does not say what was promised"):
        read_training(run)
    record_federation(run, archive, Recipe("sgd", 1e-2, 0.0, 4, 2), 2)
    assert read_training(run) is None


def test_rounds_that_leave_a_learner_s_people_unmeasured_promise_nothing(tmp_path):
    run, archive = run_of(tmp_path, checked=19)
    with pytest.raises(DataError, match="Oslo never measured the shares of all its people"):
        record_federation(run, archive, RECIPE, 2)
    archive.complete(1, {"learners": [{"name": "Oslo"}]})
    with pytest.raises(DataError, match="does not say what Oslo spent"):
        record_federation(run, archive, RECIPE, 2)
