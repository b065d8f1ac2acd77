"""Many models like the target, each trained on a part of the people, so that everybody is in the training of as many.

They come in rounds: people are divided by lot into folds, and each model of a round is trained without one, or on one
alone. Two folds are halves, as of Carlini et al. 2022, IEEE S&P (arXiv 2112.03570), section IV, whose target was
trained on a half; of a model that was trained on most of the people those like it are, too. Each is trained in a
process of its own, kept by a hash of all it depends on, and never trained twice. This module must not know attacks, nor
who was trained on by the target.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float

from remembrain._device import device
from remembrain._parallel import map_processes, map_widening
from remembrain._ray import map_cluster
from remembrain.errors import DataError, UsageError
from remembrain.references.shadow import Architecture, divided, train_like
from remembrain.run import Key, read_array, read_json, write_array, write_json
from remembrain.run.kept import libraries
from remembrain.run.streams import own_seed, stream
from remembrain.signals.queries import Queried, Query
from remembrain.targets.learning import predict
from remembrain.targets.recipes import Recipe
from remembrain.types import Inputs, Texts

FEWEST_PEOPLE = 20
HALF = 0.5
COST = "cost.json"


@dataclass(frozen=True, eq=False)
class Ensemble:
    """What reference models predict, who was in each, where each is kept, and the seconds that training them took.

    ``predicted`` is of the scans that were asked about, ``inside`` of those that could be trained on; they are the same
    unless it was said otherwise. Of models that were kept from an earlier run, ``seconds`` is what they took then.
    """

    predicted: Float[np.ndarray, "asked model query"]
    inside: Bool[np.ndarray, "scan model"]
    folders: tuple[Path, ...]
    seconds: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Population:
    """People whom an attacker could have: their scans, true ages (years), and whose each scan is.

    ``asked`` are the scans whose age the models predict, where these are others.
    """

    inputs: Inputs
    age: Float[np.ndarray, "scan"]
    person: Texts
    asked: Inputs | None = None


@dataclass(frozen=True)
class Training:
    """How many models are trained, and where.

    Attributes
    ----------
    models
        More of the same seed begin with the same ones.
    seed
        Of folds, weights and orders.
    workers
        Processes; when left out one a core, or with a graphics processor as many as are measured to be faster.
    cluster
        Address of the Ray cluster whose machines train instead; all have to see the folder and the scans.
    share
        Part of the people whom each is trained on: 1/K or 1 - 1/K.
    """

    models: int
    seed: int
    workers: int | None = None
    cluster: str | None = None
    share: float = HALF


@dataclass(frozen=True, eq=False)
class _Job:
    """One reference model for a worker process."""

    like: Architecture
    recipe: Recipe
    people: Population
    inside: Bool[np.ndarray, "scan"]
    queries: tuple[Query, ...]
    folder: Path
    seed: int


def insist_on_whole_rounds(models: int, share: float = HALF) -> None:
    """Raise where not everybody would be in the training of as many models.

    Raises
    ------
    UsageError
        Saying how many models there may be.
    """
    folds = _folds(share)
    if models < folds or models % folds:
        able = "an even number" if folds == 2 else f"a multiple of {folds}"
        raise UsageError(f"{models} reference models", expected=f"{able}, so that everybody is in as many")


def share_like(models: int, share: float) -> float:
    """Return on which share of the people models are trained to be like one that was trained on this share.

    It is 1/K or 1 - 1/K with K folds, K a divisor of the number of models; of more than two models, two at least are
    trained with everybody, and two without.

    Parameters
    ----------
    models
        How many there are to be, an even number.
    share
        Part of the people whom the model was trained on, between 0 and 1.
    """
    smaller = max(min(share, 1 - share), 1 / FEWEST_PEOPLE)
    most = max(2, min(models // 2, round(1 / smaller)))
    folds = max(folds for folds in range(2, most + 1) if models % folds == 0)
    return _of_folds(folds, share)


def nearest_share(share: float) -> float:
    """Return the nearest share that folds can have: 1/K, or 1 - 1/K of a half and more."""
    return _of_folds(_folds(share), share)


def in_training(
    person: Texts, models: int, rng: np.random.Generator, share: float = HALF
) -> Bool[np.ndarray, "scan model"]:
    """Return who each model is trained on: by person, in rounds of as many models as there are folds.

    Raises
    ------
    UsageError
        As of :func:`insist_on_whole_rounds`.
    DataError
        Where there are fewer than 20 people.
    """
    insist_on_whole_rounds(models, share)
    names, place = np.unique(person, return_inverse=True)
    if len(names) < FEWEST_PEOPLE:
        raise DataError(f"{len(names)} people for reference models", expected=f"at least {FEWEST_PEOPLE}")
    folds, of_fold = _folds(share), np.zeros((len(names), models), dtype=bool)
    ends = [len(names) * fold // folds for fold in range(folds + 1)]
    for first in range(0, models, folds):
        order = rng.permutation(len(names))
        for fold in range(folds):
            of_fold[order[ends[fold] : ends[fold + 1]], first + folds - 1 - fold] = True
    return np.asarray((of_fold if share < HALF else ~of_fold)[place])


def drawn_for_training(person: Texts, models: int, seed: int, share: float = HALF) -> Bool[np.ndarray, "scan model"]:
    """Return who each model is trained on, as the seed draws it wherever models like a target are trained.

    Raises
    ------
    UsageError, DataError
        As of :func:`in_training`.
    """
    return in_training(person, models, stream(seed, "halves of people"), share)


def _of_folds(folds: int, share: float) -> float:
    """Return the share of one fold where less than a half is wanted, of all but one otherwise."""
    return 1 / folds if share < HALF else 1 - 1 / folds


def _folds(share: float) -> int:
    """Return into how many folds people are divided, for models of one of them or of all but one."""
    return max(2, round(1 / min(share, 1 - share)))


def train_references(
    like: Architecture,
    recipe: Recipe,
    people: Population,
    training: Training,
    folder: Path,
    queries: Sequence[Query],
) -> Ensemble:
    """Train reference models, or read what they predicted in an earlier run.

    Parameters
    ----------
    like, recipe
        The network and how it is trained: the target's.
    people
        Whom they are trained on, each on a share of them.
    training
        How many, on which share, and where.
    folder
        Gets a folder a model. It says things of people by their place, so it belongs under ``restricted/``.
    queries
        Ways to show each scan to the models, the first of which is as it is.

    Raises
    ------
    UsageError, DataError
        As of :func:`in_training`.
    RemembrainError
        Where the cluster cannot be reached.
    """
    seed, workers, cluster = training.seed, training.workers, training.cluster
    inside = drawn_for_training(people.person, training.models, seed, training.share)
    key = Key.of(
        scans=list(people.inputs.keys()),
        ages=people.age,
        people=people.person,
        asked=None if people.asked is None else list(people.asked.keys()),
        network=[like.name, like.form, list(like.shape), like.arguments, like.code],
        settings=recipe.identity,
        seed=seed,
        program=f"{metadata.version('remembrain')} {libraries()}",
    )
    nameless = replace(people, person=without_names(people.person))
    folder, jobs = folder.resolve(), []
    for model in range(training.models):
        home = folder / key.also(model=model, inside=inside[:, model]).digest
        jobs.append(_Job(like, recipe, nameless, inside[:, model], tuple(queries), home, seed_of(seed, model)))
    description = "training reference models"
    predictions = (
        map_cluster(_train, jobs, address=cluster, description=description)
        if cluster and not all(map(_kept, jobs))
        else _on_this_machine(jobs, workers, description)
    )
    seconds = tuple(float(read_json(job.folder / COST)["seconds"]) for job in jobs)
    return Ensemble(np.stack(predictions, axis=1), inside, tuple(job.folder for job in jobs), seconds)


def without_names(person: Texts) -> Texts:
    """Return whose each scan is by number, so that no name leaves this process or is kept beside a model."""
    return np.array([f"{number:09d}" for number in np.unique(person, return_inverse=True)[1]])


def seed_of(seed: int, model: int) -> int:
    """Return the seed of one model of an ensemble."""
    return own_seed(seed, "reference model", model)


def _on_this_machine(
    jobs: Sequence[_Job], workers: int | None, description: str
) -> list[Float[np.ndarray, "asked query"]]:
    """Train on this machine: a model a core, or on a graphics processor as many at once as is measured to be faster."""
    new = [job for job in jobs if not _kept(job)]
    if workers is None and new and device().type != "cpu":
        map_widening(_train, new, description=description)
        workers = 1  # all are kept now, and only read
    return map_processes(_train, jobs, workers=workers, description=description)


def _files(job: _Job) -> list[Path]:
    """Return where predictions are kept, a file a query."""
    return [job.folder / f"{query.name}.npy" for query in job.queries]


def _kept(job: _Job) -> bool:
    """Return whether a model was trained and asked before."""
    return all(file.is_file() for file in (*_files(job), job.folder / COST))


def _train(job: _Job) -> Float[np.ndarray, "asked query"]:
    """Train one model, or read what it predicted."""
    files = _files(job)
    if not _kept(job):
        torch.set_num_threads(1)  # the same bytes wherever it runs
        start = time.perf_counter()
        people = divided(job.people.inputs, job.people.age, job.inside, job.people.person)
        model = train_like(job.like, job.recipe, people, job.folder, job.seed, "training a reference model")
        asked = job.people.inputs if job.people.asked is None else job.people.asked
        for query, file in zip(job.queries, files, strict=True):
            write_array(file, predict(model, Queried(asked, query), job.recipe.batch_size, lambda: None))
        write_json(job.folder / COST, {"seconds": time.perf_counter() - start})
    return np.column_stack([read_array(file) for file in files])
