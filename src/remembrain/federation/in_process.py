"""A federation on one machine: learners take turns in worker processes, and the mean of their models is the next one.

Memory is that of the workers, whatever the number of learners: models lie on disk in between.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Float, Int
from torch import nn

from remembrain._parallel import Pool, pool
from remembrain._progress import progress
from remembrain.cohort.subset import Subset
from remembrain.errors import RemembrainError
from remembrain.federation.aggregate import Reply
from remembrain.federation.archive import Archive
from remembrain.federation.learner import LearnerRound, Local, Turn, train_locally, weight_of
from remembrain.federation.rounds import attempts_at, end_round, identity
from remembrain.targets.learning import predict
from remembrain.targets.model import from_module
from remembrain.targets.recipes import Recipe
from remembrain.targets.weights import fit, read_weights, write_weights
from remembrain.types import Inputs, Texts

_BATCH = 16
_PIECE = 4 * _BATCH


@dataclass(frozen=True, eq=False)
class Federation:
    """Who learns what.

    Attributes
    ----------
    network
        The network; its weights are the community model before round 1.
    inputs, age
        All scans and true ages (years).
    learners
        Places of each learner's scans, by number from 1.
    names
        What learners are called, by number.
    unseen
        Places of people whom no learner has; the community model's error on them is recorded each round.
    recipe
        Of a learner's round.
    rounds
        How many.
    seed
        Of everything.
    person
        Whose each scan is; every scan is a person of its own when left out.
    """

    network: nn.Module
    inputs: Inputs
    age: Float[np.ndarray, "scan"]
    learners: Mapping[int, Int[np.ndarray, "some"]]
    names: Mapping[int, str]
    unseen: Int[np.ndarray, "some"]
    recipe: Recipe
    rounds: int
    seed: int
    person: Texts | None = None


def run_rounds(federation: Federation, archive: Archive, *, workers: int | None = None) -> None:
    """Run every round that is not complete yet; the network ends with the last community model.

    Raises
    ------
    DataError
        Where the archive holds another federation.
    RemembrainError
        Where a learner's model is not a number any more, naming the learner.
    """
    done = archive.begin(
        federation.network,
        identity(federation.network, federation.recipe, federation.seed, federation.names),
        federation.inputs.shape,
    )
    description = "training over learners"
    learners = len(federation.learners)
    with (
        progress(description, federation.rounds * learners) as advance,
        pool(workers, learners, description) as processes,
    ):
        advance(None, done * learners)
        for round_ in range(done + 1, federation.rounds + 1):
            title = f"{description}, round {round_}/{federation.rounds}{archive.error_shown(round_ - 1)}"
            _one_round(federation, archive, round_, processes, partial(advance, title))
    fit(federation.network, archive.state(federation.rounds), archive.community(federation.rounds))


def _one_round(
    federation: Federation, archive: Archive, round_: int, processes: Pool, advance: Callable[[], None]
) -> None:
    """Have every learner train, take the mean, and archive the round."""
    sizes = {
        number: weight_of(_names(federation, places), federation.recipe)
        for number, places in federation.learners.items()
    }
    order = sorted(sizes, key=lambda number: (-sizes[number], number))  # the longest first
    attempts = attempts_at(archive, round_, federation.recipe)
    trained = processes.map(partial(_learn, federation, archive, round_), order, done=advance)
    parent = archive.fingerprint(round_ - 1)
    replies = {
        number: (Reply(read_weights(archive.local(round_, number)), sizes[number], parent), of_round)
        for number, of_round in zip(order, trained, strict=True)
    }
    error = partial(_error, federation, archive, round_, processes)
    end_round(archive, round_, replies, federation.names, attempts=attempts, error=error)


def _names(federation: Federation, places: Int[np.ndarray, "some"]) -> Texts:
    """Return whose some scans are."""
    return places.astype(str) if federation.person is None else federation.person[places]


def _error(federation: Federation, archive: Archive, round_: int, processes: Pool) -> float | None:
    """Return the mean absolute error (years) of a community model on people whom no learner has.

    Pieces are as large however many workers there are: predictions differ in the last bits with what shares a batch.
    """
    predicted = processes.map(partial(_look, federation, archive, round_), _pieces(federation.unseen))
    return _mean_error(predicted, federation.age[federation.unseen])


def mean_error(
    network: nn.Module, inputs: Inputs, age: Float[np.ndarray, "scan"], places: Int[np.ndarray, "some"]
) -> float | None:
    """Return a model's mean absolute error (years) on some scans; none where there are none."""
    return _mean_error([_predicted(network, inputs, piece) for piece in _pieces(places)], age[places])


def _pieces(places: Int[np.ndarray, "some"]) -> list[Int[np.ndarray, "piece"]]:
    """Cut places into pieces that are predicted one by one."""
    return [places[start : start + _PIECE] for start in range(0, len(places), _PIECE)]


def _predicted(network: nn.Module, inputs: Inputs, piece: Int[np.ndarray, "piece"]) -> Float[np.ndarray, "piece"]:
    """Return what a model predicts of some scans, in years."""
    return predict(from_module(network), Subset(inputs, piece), _BATCH, lambda: None)


def _mean_error(predicted: Sequence[Float[np.ndarray, "piece"]], age: Float[np.ndarray, "some"]) -> float | None:
    """Return the mean absolute error (years) of predictions that came in pieces; none where there are none."""
    return float(np.abs(np.concatenate(predicted) - age).mean()) if predicted else None


def _learn(federation: Federation, archive: Archive, round_: int, learner: int) -> LearnerRound:
    """Train one learner's model of a round, leave it in the archive, and return what is told of it."""
    network = _community(federation, archive, round_ - 1)
    local = Local(federation.inputs, federation.age, federation.person, federation.learners[learner])
    try:
        of_round = train_locally(network, local, federation.recipe, Turn(learner, round_, federation.seed))
    except RemembrainError as error:
        error.within(f"{federation.names[learner]}, round {round_}")
        raise
    write_weights(network, archive.local(round_, learner))
    return of_round


def _look(
    federation: Federation, archive: Archive, round_: int, piece: Int[np.ndarray, "piece"]
) -> Float[np.ndarray, "piece"]:
    """Return what a community model predicts of some scans, in years."""
    return _predicted(_community(federation, archive, round_), federation.inputs, piece)


def _community(federation: Federation, archive: Archive, round_: int) -> nn.Module:
    """Return the network with the community model of a round."""
    network = copy.deepcopy(federation.network)
    fit(network, archive.state(round_), archive.community(round_))
    return network
