"""Reference models: who is in which, trained once, kept, and the same whatever the number of workers."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from in_memory import InMemory
from remembrain._parallel import map_widening
from remembrain._ray import HERE, map_cluster
from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.references import ensemble
from remembrain.references.ensemble import (
    Population,
    Training,
    in_training,
    nearest_share,
    share_like,
    train_references,
)
from remembrain.references.shadow import Architecture
from remembrain.signals.queries import QUERIES, queries_for
from remembrain.targets.recipes import recipe


def trained(folder: Path, models: int = 4, workers: int | None = 1, cluster: str | None = None) -> ensemble.Ensemble:
    rng = np.random.default_rng(0)
    rows = InMemory(rng.standard_normal((60, 5)))
    person = np.repeat([f"sub-{place:02d}" for place in range(30)], 2)
    age = rng.uniform(45, 80, 60)
    like = Architecture("mlp", "light", rows.shape)
    return train_references(
        like, recipe("mlp", "light", epochs=2), Population(rows, age, person),
        Training(models, 3, workers, cluster), folder, queries_for(rows.shape, 3),
    )  # fmt: skip


@pytest.mark.parametrize("models", [2, 8, 18])
def test_everybody_is_in_half_of_the_models_with_all_scans(models: int) -> None:
    person = np.repeat([f"sub-{place}" for place in range(41)], 3)
    inside = in_training(person, models, np.random.default_rng(1))
    assert (inside.sum(axis=1) == models // 2).all()
    assert (inside[::3] == inside[1::3]).all()
    assert (inside[:, 0] == ~inside[:, 1]).all()
    assert len({column.tobytes() for column in inside.T}) == models


@pytest.mark.parametrize("models", [0, 1, 7])
def test_an_odd_number_of_models_is_refused(models: int) -> None:
    with pytest.raises(UsageError, match="even number"):
        in_training(np.array([f"p{place}" for place in range(40)]), models, np.random.default_rng(0))


@pytest.mark.parametrize(("models", "folds"), [(10, 5), (20, 5), (20, 10), (9, 3)])
@pytest.mark.parametrize("most", [True, False])
def test_everybody_is_in_as_many_models(models: int, folds: int, most: bool) -> None:
    person = np.repeat([f"sub-{place}" for place in range(43)], 2)
    inside = in_training(person, models, np.random.default_rng(1), 1 - 1 / folds if most else 1 / folds)
    fold = ~inside if most else inside
    assert (fold.sum(axis=1) == models // folds).all()
    assert (fold[::2] == fold[1::2]).all()
    people = fold[::2].sum(axis=0)
    assert people.min() == 43 // folds
    assert people.max() == -(-43 // folds)
    for first in range(0, models, folds):
        assert (fold[:, first : first + folds].sum(axis=1) == 1).all()


@pytest.mark.parametrize(("models", "share", "folds"), [(4, 0.8, 5), (8, 0.2, 5), (0, 1 / 3, 3)])
def test_a_round_that_is_not_whole_is_refused(models: int, share: float, folds: int) -> None:
    with pytest.raises(UsageError, match=f"a multiple of {folds}"):
        in_training(np.array([f"p{place}" for place in range(40)]), models, np.random.default_rng(0), share)


@pytest.mark.parametrize(
    ("models", "of_target", "share"),
    [
        (8, 0.5, 0.5),
        (8, 0.45, 0.5),
        (8, 0.25, 0.25),
        (8, 0.75, 0.75),
        (8, 0.9, 0.75),
        (20, 0.8, 0.8),
        (20, 0.1, 0.1),
        (20, 1.0, 0.9),
        (2, 0.9, 0.5),
        (4, 0.9, 0.5),
    ],
)
def test_models_are_trained_on_as_large_a_share_as_the_target(models: int, of_target: float, share: float) -> None:
    assert share_like(models, of_target) == pytest.approx(share)


@pytest.mark.parametrize(
    ("said", "share"), [(0.5, 0.5), (0.7, 2 / 3), (0.8, 0.8), (0.3, 1 / 3), (0.95, 0.95), (0.45, 0.5)]
)
def test_a_share_that_no_folds_have_is_the_nearest_and_those_trained_on_are_so_many(said: float, share: float) -> None:
    assert nearest_share(said) == pytest.approx(share)
    person = np.array([f"p{place:03d}" for place in range(120)])
    inside = in_training(person, 60, np.random.default_rng(0), nearest_share(said))
    assert inside.mean() == pytest.approx(share)


def test_few_people_are_refused() -> None:
    with pytest.raises(DataError, match="at least 20"):
        in_training(np.array(["a", "b", "c"]), 2, np.random.default_rng(0))


def test_models_are_the_same_with_any_number_of_workers_and_more_begin_with_the_same(tmp_path: Path) -> None:
    one, two = trained(tmp_path / "one"), trained(tmp_path / "two", workers=2)
    np.testing.assert_array_equal(one.predicted, two.predicted)
    np.testing.assert_array_equal(one.inside, two.inside)
    more = trained(tmp_path / "one", models=6)
    np.testing.assert_array_equal(more.predicted[:, :4], one.predicted)


def test_with_a_graphics_processor_models_are_trained_by_measured_widths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    widened = []

    def widen(call, jobs, *, description: str) -> list:
        widened.append(len(jobs))
        return map_widening(call, jobs, description=description)

    monkeypatch.setattr(ensemble, "map_widening", widen)
    one = trained(tmp_path / "one")
    monkeypatch.setattr(ensemble, "device", lambda: SimpleNamespace(type="cuda"))
    trained(tmp_path / "two", models=2)
    both = trained(tmp_path / "two", workers=None)
    assert widened == [2]  # those that were kept are not asked for again, and who says a number gets it
    np.testing.assert_array_equal(both.predicted, one.predicted)


@pytest.mark.slow
def test_a_ray_cluster_gives_the_same_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray", reason="Ray is not installed (pip install 'remembrain[ray]')")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))  # what jobs hold has to be importable there
    here, there = trained(tmp_path / "here"), trained(tmp_path / "there", cluster=HERE)
    np.testing.assert_array_equal(there.predicted, here.predicted)
    for one, other in zip(here.folders, there.folders, strict=True):
        assert (one / "model.safetensors").read_bytes() == (other / "model.safetensors").read_bytes()
    again = trained(tmp_path / "there")  # what the cluster trained is kept for whoever goes on here
    assert again.seconds == there.seconds
    monkeypatch.setattr(ensemble, "seed_of", lambda *_: "no seed")
    with pytest.raises(RuntimeError, match="expected a long"):
        trained(tmp_path / "broken", cluster=HERE)


def test_a_cluster_s_answers_come_in_order_and_its_troubles_as_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    class TaskError(Exception):
        cause = DataError("too few")

    def wait(waiting: list, num_returns: int) -> tuple[list, list]:
        return waiting[-num_returns:], waiting[:-num_returns]  # the last is done first

    def get(done: tuple) -> object:
        if isinstance(done[1], Exception):
            raise done[1]
        return done[0](done[1])

    ended = []
    ray = SimpleNamespace(
        init=lambda **_: None, wait=wait, get=get, shutdown=lambda: ended.append(1),
        remote=lambda **_: lambda call: SimpleNamespace(remote=lambda item: (call, item)),
        exceptions=SimpleNamespace(RayTaskError=TaskError, RayError=OSError),
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "ray", ray)
    assert map_cluster(str, [3, 1, 2], address=HERE, description="saying") == ["3", "1", "2"]
    with pytest.raises(DataError, match="too few"):
        map_cluster(str, [1, TaskError()], address=HERE, description="saying")
    with pytest.raises(RemembrainError, match="saying: a machine of the cluster was lost"):
        map_cluster(str, [OSError()], address=HERE, description="saying")
    assert len(ended) == 3


def test_what_was_kept_needs_no_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = trained(tmp_path)
    monkeypatch.setitem(sys.modules, "ray", None)
    np.testing.assert_array_equal(trained(tmp_path, cluster="10.0.0.1:6379").predicted, first.predicted)


def test_jobs_name_no_person_and_say_where_they_write_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs: list = []
    monkeypatch.setattr(ensemble, "map_cluster", lambda _, items, **__: jobs.extend(items) or [np.zeros((60, 1))] * 4)
    monkeypatch.setattr(ensemble, "read_json", lambda _: {"seconds": 1.0})
    monkeypatch.chdir(tmp_path)
    trained(Path("run"), cluster=HERE)
    assert all(job.folder.is_absolute() for job in jobs)
    assert not [name for job in jobs for name in job.people.person if "sub" in name]


def test_a_cluster_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: object) -> None:
        raise ConnectionError("nobody listens at 10.0.0.1:6379\nand more")

    ended = []
    ray = SimpleNamespace(init=fails, shutdown=lambda: ended.append(1))
    monkeypatch.setitem(sys.modules, "ray", ray)
    with pytest.raises(
        RemembrainError, match=r"10\.0\.0\.1:6379: no Ray cluster answers \(nobody listens at [^\n]*6379\)"
    ):
        trained(tmp_path, cluster="10.0.0.1:6379")
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"remembrain\[ray\]"):
        trained(tmp_path, cluster=HERE)


def test_what_was_trained_is_never_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = trained(tmp_path)
    monkeypatch.setattr(ensemble, "train_like", lambda *_, **__: pytest.fail("trained again"))
    again = trained(tmp_path)
    np.testing.assert_array_equal(first.predicted, again.predicted)
    assert again.seconds == first.seconds


def test_a_stopped_ensemble_loses_the_models_in_flight_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = ensemble.train_like, []

    def stops(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(ensemble, "train_like", stops)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path)
    monkeypatch.setattr(ensemble, "train_like", lambda *args, **kwargs: calls.append(2) or real(*args, **kwargs))
    found = trained(tmp_path)
    assert calls == [1, 1, 1, 2, 2]
    np.testing.assert_array_equal(found.predicted, trained(tmp_path / "unbroken").predicted)


def test_people_in_a_model_are_predicted_better_by_it(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = InMemory(rng.standard_normal((80, 10)))
    age, person = rng.uniform(45, 80, 80), np.array([f"p{place}" for place in range(80)])
    found = train_references(
        Architecture("mlp", "light", rows.shape), recipe("mlp", "light", epochs=60), Population(rows, age, person),
        Training(2, 0, workers=1), tmp_path, QUERIES[:1],
    )  # fmt: skip
    size = np.abs(found.predicted[:, :, 0] - age[:, None])
    assert size[found.inside].mean() < 0.5 * size[~found.inside].mean()
