"""Many models like the target, each trained on half of the people, so that everybody is in half of them.

They come in pairs: one on a random half of the people, one on the other half. Each is trained in a process of its own,
kept by a hash of all it depends on, and never trained twice. Source: Carlini et al. 2022, IEEE S&P (arXiv 2112.03570),
section IV. This module must not know attacks, nor who was trained on by the target.
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
COST = "cost.json"
PAIRS = "an even number, so that everybody is in half of them"


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
        Of halves, weights and orders.
    workers
        Processes; when left out one a core, or with a graphics processor as many as are measured to be faster.
    cluster
        Address of the Ray cluster whose machines train instead; all have to see the folder and the scans.
    """

    models: int
    seed: int
    workers: int | None = None
    cluster: str | None = None


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


def halves(person: Texts, models: int, rng: np.random.Generator) -> Bool[np.ndarray, "scan model"]:
    """Return who each model is trained on: by person, in pairs of a half and the other half.

    Raises
    ------
    UsageError
        Where the number of models is odd or below 2: not everybody could be in half of them.
    DataError
        Where there are fewer than 20 people.
    """
    if models < 2 or models % 2:
        raise UsageError(f"{models} reference models", expected=PAIRS)
    names, place = np.unique(person, return_inverse=True)
    if len(names) < FEWEST_PEOPLE:
        raise DataError(f"{len(names)} people for reference models", expected=f"at least {FEWEST_PEOPLE}")
    inside = np.zeros((len(names), models), dtype=bool)
    for pair in range(0, models, 2):
        inside[rng.permutation(len(names))[: len(names) // 2], pair] = True
        inside[:, pair + 1] = ~inside[:, pair]
    return np.asarray(inside[place])


def halves_of_people(person: Texts, models: int, seed: int) -> Bool[np.ndarray, "scan model"]:
    """Return who each model is trained on, as the seed draws it wherever models like a target are trained.

    Raises
    ------
    UsageError, DataError
        As of :func:`halves`.
    """
    return halves(person, models, stream(seed, "halves of people"))


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
        Whom they are trained on, each on half of them.
    training
        How many, and where.
    folder
        Gets a folder a model. It says things of people by their place, so it belongs under ``restricted/``.
    queries
        Ways to show each scan to the models, the first of which is as it is.

    Raises
    ------
    UsageError, DataError
        As of :func:`halves`.
    RemembrainError
        Where the cluster cannot be reached.
    """
    seed, workers, cluster = training.seed, training.workers, training.cluster
    inside = halves_of_people(people.person, training.models, seed)
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
