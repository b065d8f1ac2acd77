"""Training of a target: one plain loop.

Each epoch: one pass over the members, predictions of every scan in evaluation mode, a line in ``training.tsv``, a
checkpoint. A run killed anywhere resumes to the same bytes. Knows nothing of BIDS, attacks or how the scans were read.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from remembrain._device import device, device_of
from remembrain._progress import progress
from remembrain._validate import finite, same_length
from remembrain.errors import DataError, RemembrainError
from remembrain.run import write_array, write_text
from remembrain.target import checkpoint
from remembrain.target.model import default_age, mean_squared_error
from remembrain.target.recipes import Recipe
from remembrain.target.weights import write_weights
from remembrain.types import ROLES, Filling, Inputs, Role

TOLD: tuple[Role, ...] = ("member", "nonmember", "validation")
COLUMNS = ("epoch", "loss", *(f"mae_{role}" for role in TOLD))

Roles = Mapping[Role, Int[np.ndarray, "some"]]


@dataclass(frozen=True)
class Trained:
    """What training left: for each epoch its number, mean training loss and mean absolute errors (years).

    ``history`` has the columns of ``training.tsv``; a role without scans has NaN.
    """

    history: tuple[Mapping[str, float], ...]
    weights: Path


def train(
    network: nn.Module,
    inputs: Inputs,
    age: Float[np.ndarray, "scan"],
    *,
    roles: Roles,
    recipe: Recipe,
    folder: Path,
    epochs_folder: Path,
    seed: int,
    description: str = "training",
) -> Trained:
    """Train a network in place on the members, by mean squared error in years.

    Parameters
    ----------
    network
        With fresh weights; its output is one number a scan. It is trained on the graphics processor where there is
        one, and ends on the processor, in evaluation mode, with the last epoch's weights.
    inputs
        All scans, members and others.
    age
        True ages in years.
    roles
        Which scans are whose: places in ``inputs``.
    recipe
        How to train.
    folder
        Gets ``training.tsv`` and ``model.safetensors``.
    epochs_folder
        Gets ``epoch-NNN.npy``, the float32 predictions of every scan after each epoch, kept weights, and the
        checkpoint. This names people by their place, so it belongs under ``restricted/``.
    seed
        Decides the order of members in each epoch, and dropout.
    description
        Text of the progress bar.

    Raises
    ------
    DataError
        Where there are no members, ages do not go with scans, or the folder holds a checkpoint of another training.
    RemembrainError
        Where the loss or a prediction stops being a number, or a file cannot be written.
    """
    _check(inputs, age, roles)
    network.to(device())
    optimiser = recipe.make_optimiser(network)
    saved = checkpoint.Checkpoint(epochs_folder / "checkpoint.pt", _identity(network, inputs, age, roles, recipe, seed))
    history = saved.resume(network, optimiser)
    steps = math.ceil(len(roles["member"]) / recipe.batch_size) + math.ceil(len(inputs) / recipe.batch_size)
    with progress(description, steps * recipe.epochs) as advance:
        advance(_title(description, recipe, history), steps * len(history))
        for epoch in range(len(history) + 1, recipe.epochs + 1):
            step = partial(advance, _title(description, recipe, history))
            loss = one_pass(network, optimiser, inputs, age, roles["member"], recipe, seed, epoch, step)
            predicted = predict(network, inputs, recipe.batch_size, step)
            finite(predicted, f"predictions after epoch {epoch}")
            history.append({"epoch": epoch, "loss": loss, **_errors(predicted, age, roles)})
            write_array(epochs_folder / f"epoch-{epoch:03d}.npy", predicted)
            if recipe.keep_every and epoch % recipe.keep_every == 0:
                write_weights(network, epochs_folder / f"epoch-{epoch:03d}.safetensors")
            _write_history(history, folder / "training.tsv")
            saved.write(network, optimiser, history)
    _write_history(history, folder / "training.tsv")
    network.to("cpu")
    write_weights(network, folder / "model.safetensors")
    return Trained(tuple(history), folder / "model.safetensors")


def one_pass(
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    inputs: Inputs,
    age: Float[np.ndarray, "scan"],
    members: Int[np.ndarray, "some"],
    recipe: Recipe,
    seed: int,
    epoch: int,
    advance: Callable[[], None],
) -> float:
    """Take one step a batch over all members, in an order that (seed, epoch) decides; return the mean loss."""
    order = np.random.default_rng((seed, epoch)).permutation(members)
    total, where = 0.0, device_of(network)
    network.train()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_dropout_seed(seed, epoch))
        for number, (places, scans) in enumerate(_batches(inputs, order, recipe.batch_size), start=1):
            optimiser.zero_grad()
            years = default_age(network(scans.to(where)))
            loss = mean_squared_error(years, torch.from_numpy(age[places].astype(np.float32)).to(where))
            value = loss.item()
            if not math.isfinite(value):
                raise RemembrainError(
                    f"the loss became {value} in epoch {epoch}, batch {number}",
                    try_next=f"a --learning-rate below {recipe.learning_rate:g}",
                )
            loss.backward()
            optimiser.step()
            total += value * len(places)
            advance()
    return total / len(order)


def predict(
    network: nn.Module, inputs: Inputs, batch_size: int, advance: Callable[[], None]
) -> Float[np.ndarray, "scan"]:
    """Return predicted years of every scan, in evaluation mode, which stays on."""
    network.eval()
    years, where = [], device_of(network)
    with torch.no_grad():
        for _, scans in _batches(inputs, np.arange(len(inputs)), batch_size):
            years.append(default_age(network(scans.to(where))).numpy(force=True))
            advance()
    return np.concatenate(years).astype(np.float32)


def _batches(
    inputs: Inputs, order: Int[np.ndarray, "some"], size: int
) -> Iterator[tuple[Int[np.ndarray, "batch"], Float[Tensor, "batch *shape"]]]:
    """Cut an order of scans into batches and read each; the last may be smaller."""
    for start in range(0, len(order), size):
        places = order[start : start + size]
        batch = np.empty((len(places), *inputs.shape), dtype=np.float32)
        _fill(batch, inputs, places)
        yield places, torch.from_numpy(batch)


def _fill(batch: Float[np.ndarray, "batch *shape"], inputs: Inputs, places: Int[np.ndarray, "batch"]) -> None:
    """Read scans into a batch."""
    if isinstance(inputs, Filling):
        inputs.fill(batch, places)
        return
    for row, place in enumerate(places):
        batch[row] = inputs[int(place)]


def _dropout_seed(seed: int, epoch: int) -> int:
    """Return a seed for torch that (seed, epoch) decides."""
    return int(np.random.SeedSequence((seed, epoch)).generate_state(1, np.uint64)[0] >> np.uint64(1))


def _errors(predicted: Float[np.ndarray, "scan"], age: Float[np.ndarray, "scan"], roles: Roles) -> dict[str, float]:
    """Return the mean absolute error of each role, in years."""
    distance = np.abs(predicted.astype(float) - age)
    empty = np.empty(0, dtype=int)
    places = {role: roles.get(role, empty) for role in TOLD}
    return {f"mae_{role}": float(distance[at].mean()) if len(at) else math.nan for role, at in places.items()}


def _title(description: str, recipe: Recipe, history: list[dict[str, float]]) -> str:
    """Return the text of the progress bar: the epoch under way and the errors after the last one."""
    text = f"{description}, epoch {min(len(history) + 1, recipe.epochs)}/{recipe.epochs}"
    if history:
        text += f": MAE {history[-1]['mae_member']:.2f} members, {history[-1]['mae_nonmember']:.2f} others"
    return text


def _write_history(history: list[dict[str, float]], path: Path) -> None:
    """Write ``training.tsv`` with one line an epoch."""
    lines = ["\t".join(COLUMNS)]
    for row in history:
        values = ("n/a" if math.isnan(row[name]) else f"{row[name]:.6g}" for name in COLUMNS[1:])
        lines.append("\t".join([str(int(row["epoch"])), *values]))
    write_text(path, "\n".join(lines) + "\n")


def _check(inputs: Inputs, age: Float[np.ndarray, "scan"], roles: Roles) -> None:
    """Raise where training could not mean anything."""
    same_length(scans=np.arange(len(inputs)), ages=age)
    finite(age, "age")
    if not len(roles.get("member", ())):
        raise DataError("there are no members to train on", where="split")
    for role, places in roles.items():
        if len(places) and not (places.min() >= 0 and places.max() < len(inputs)):
            raise DataError(f"a {role} is not among the {len(inputs)} scans", where="split")


def _identity(
    network: nn.Module, inputs: Inputs, age: Float[np.ndarray, "scan"], roles: Roles, recipe: Recipe, seed: int
) -> str:
    """Return a hash of everything that decides the result, so that another training is never resumed by mistake."""
    digest = hashlib.sha256(f"{recipe.identity} {seed}".encode())
    for name, value in network.state_dict().items():
        digest.update(name.encode() + value.numpy(force=True).tobytes())
    for role in ROLES:
        digest.update(role.encode() + np.asarray(roles.get(role, ()), dtype=np.int64).tobytes())
    digest.update(age.astype(np.float64).tobytes() + "\n".join(inputs.keys()).encode())
    return digest.hexdigest()
