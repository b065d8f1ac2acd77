"""Training of a target: one plain loop.

Each epoch: one pass over the members, predictions of every scan in evaluation mode, a line in ``training.tsv``, a
checkpoint. A run killed anywhere resumes to the same bytes. Knows nothing of BIDS, attacks or how the scans were read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from torch import Tensor

from remembrain._calling import bytes_of
from remembrain._device import device
from remembrain._progress import progress
from remembrain._validate import finite, same_length
from remembrain.errors import DataError
from remembrain.run import Key, write_array
from remembrain.targets import checkpoint
from remembrain.targets.history import COLUMNS, TOLD, write_history
from remembrain.targets.learning import Examples, learn, predict
from remembrain.targets.model import Target, initialise_lazy
from remembrain.targets.private.accounting import Spent, compact, epsilon_of
from remembrain.targets.private.checks import ClipCheck
from remembrain.targets.private.mechanism import Mechanism
from remembrain.targets.private.steps import PrivateSteps
from remembrain.targets.recipes import Recipe
from remembrain.targets.weights import write_weights
from remembrain.types import ROLES, Inputs, Role, Texts

Roles = Mapping[Role, Int[np.ndarray, "place"]]


@dataclass(frozen=True)
class Trained:
    """What training left: for each epoch its number, mean training loss and mean absolute errors (years).

    ``history`` has the columns of ``training.tsv``; a role without scans has NaN. Of private training: what was
    promised, what was spent, and what the clip self-test measured.
    """

    history: tuple[Mapping[str, float], ...]
    weights: Path
    mechanism: Mechanism | None = None
    spent: Spent = ()
    checked: ClipCheck | None = None


@dataclass(frozen=True, eq=False)
class People:
    """Whom a target is trained on, and who is told of beside them.

    Attributes
    ----------
    inputs
        All scans, members and others.
    age
        True ages in years.
    roles
        Which scans are whose: places in ``inputs``.
    person
        Whose each scan is; every scan is a person of its own when left out. Private training protects people.
    extra
        Places of scans that are trained on beside the members and are in nobody's errors: canaries.
    spent_before
        What was spent on these people before the first step.
    """

    inputs: Inputs
    age: Float[np.ndarray, "scan"]
    roles: Roles
    person: Texts | None = None
    extra: Int[np.ndarray, "extra"] | None = None
    spent_before: Spent = ()

    @property
    def examples(self) -> Examples:
        """The scans that are learned from, with whose they are."""
        places = self.roles["member"] if self.extra is None else np.concatenate([self.roles["member"], self.extra])
        person = np.arange(len(self.inputs)).astype(str) if self.person is None else np.asarray(self.person)
        return Examples(self.inputs, self.age, person, places)

    def check(self) -> None:
        """Raise where training could not mean anything.

        Raises
        ------
        DataError
            Where there are no members, or ages do not go with scans.
        """
        same_length(scans=np.arange(len(self.inputs)), ages=self.age)
        finite(self.age, "age")
        if not len(self.roles.get("member", ())):
            raise DataError("there are no members to train on", where="split")
        for role, places in self.roles.items():
            if len(places) and not (places.min() >= 0 and places.max() < len(self.inputs)):
                raise DataError(f"a {role} is not among the {len(self.inputs)} scans", where="split")


@dataclass(frozen=True)
class Kept:
    """Where a training is kept.

    Attributes
    ----------
    folder
        Gets ``training.tsv`` and ``model.safetensors``.
    epochs
        Gets ``epoch-NNN.npy``, the float32 predictions of every scan after each epoch, kept weights, and the
        checkpoint. This names people by their place, so it belongs under ``restricted/``.
    key
        Of this training, where it was taken before its start was drawn; :func:`key_of` it when left out.
    """

    folder: Path
    epochs: Path
    key: Key | None = None


def train(
    target: Target,
    people: People,
    recipe: Recipe,
    kept: Kept,
    seed: int,
    description: str = "training",
    *,
    watched: bool = True,
) -> Trained:
    """Train a target in place on the members, by its own loss: squared error in years unless it brought another.

    Parameters
    ----------
    target
        With fresh weights. It is trained on the graphics processor where there is one, and ends on the processor, in
        evaluation mode, with the last epoch's weights.
    people
        Members and others.
    recipe
        How to train.
    kept
        Where.
    seed
        Decides the order of members in each epoch, and dropout.
    description
        Text of the progress bar.
    watched
        Whether every scan is predicted after every epoch, which takes a third of the time; else the errors are NaN.

    Raises
    ------
    DataError
        Where there are no members, ages do not go with scans, or the folder holds a checkpoint of another training.
    RemembrainError
        Where the loss or a prediction stops being a number, or a file cannot be written.
    """
    people.check()
    network, inputs = target.module, people.inputs
    initialise_lazy(network, inputs, seed)
    key = kept.key or key_of(target, people, recipe, seed)
    network.to(device())
    optimiser = recipe.make_optimiser(network)
    saved = checkpoint_of(kept.epochs, key)
    state = saved.resume(network, optimiser)
    history = state.history
    if not history:
        for stale in kept.epochs.glob("epoch-*"):
            stale.unlink()  # of another training, whose checkpoint was taken away
    learning = learn(target, people.examples, recipe, seed, begun=bool(history))
    ledger = Ledger(learning.private, state.spent or people.spent_before, state.checked)
    steps = learning.steps + (math.ceil(len(inputs) / recipe.batch_size) if watched else 0)
    with progress(description, steps * recipe.epochs) as advance:
        advance(_title(description, recipe, history), steps * len(history))
        for epoch in range(len(history) + 1, recipe.epochs + 1):
            step = partial(advance, _title(description, recipe, history))
            loss = learning.one_pass(optimiser, seed, epoch, step)
            for defence in recipe.defences:
                defence.after_epoch(network, epoch, recipe.epochs)
            errors = dict.fromkeys(COLUMNS[2:], math.nan)
            if watched:
                predicted = predict(target, inputs, recipe.batch_size, step)
                finite(predicted, f"predictions after epoch {epoch}")
                write_array(kept.epochs / f"epoch-{epoch:03d}.npy", predicted)
                errors = _errors(predicted, people.age, people.roles)
            history.append({"epoch": epoch, "loss": loss, **errors, **ledger.spend()})
            if recipe.keep_every and epoch % recipe.keep_every == 0:
                write_weights(network, kept.epochs / f"epoch-{epoch:03d}.safetensors")
            write_history(history, kept.folder / "training.tsv")
            saved.write(network, optimiser, checkpoint.State(history, ledger.spent, ledger.checked))
    write_history(history, kept.folder / "training.tsv")
    network.to("cpu").eval()
    write_weights(network, kept.folder / "model.safetensors")
    return Trained(tuple(history), kept.folder / "model.safetensors", ledger.mechanism, ledger.spent, ledger.checked)


class Ledger:
    """What private training has spent, epoch by epoch; of other training, nothing."""

    def __init__(self, private: PrivateSteps | None, spent: Spent, checked: ClipCheck | None) -> None:
        self.mechanism = private.mechanism if private else None
        self.checked = checked or (private.checked if private else None)
        self.spent = spent

    def spend(self) -> dict[str, float]:
        """Add an epoch's steps, and return the epsilon up to now as a column of the history."""
        if self.mechanism is None:
            return {}
        made = self.mechanism
        self.spent = compact((*self.spent, (made.noise_multiplier, made.rate, made.steps)))
        return {"epsilon": epsilon_of(self.spent, made.asked.delta)}


def _errors(predicted: Float[np.ndarray, "scan"], age: Float[np.ndarray, "scan"], roles: Roles) -> dict[str, float]:
    """Return the mean absolute error of each role, in years."""
    distance = np.abs(predicted.astype(float) - age)
    empty = np.empty(0, dtype=int)
    places = {role: roles.get(role, empty) for role in TOLD}
    return {f"mae_{role}": float(distance[at].mean()) if len(at) else math.nan for role, at in places.items()}


def _title(description: str, recipe: Recipe, history: list[dict[str, float]]) -> str:
    """Return the text of the progress bar: the epoch under way and the errors after the last one."""
    text = f"{description}, epoch {min(len(history) + 1, recipe.epochs)}/{recipe.epochs}"
    if history and not math.isnan(history[-1]["mae_member"]):
        text += f": MAE {history[-1]['mae_member']:.2f} members, {history[-1]['mae_nonmember']:.2f} others"
    if history and "epsilon" in history[-1]:
        text += f", epsilon {history[-1]['epsilon']:.3g}"
    return text


def key_of(target: Target, people: People, recipe: Recipe, seed: int) -> Key:
    """Return the key of everything that decides the result, so that another training is never resumed by mistake.

    Arguments are those of :func:`train`; the target has its first weights.
    """
    tensors = {name: value for name, value in target.module.state_dict().items() if isinstance(value, Tensor)}
    return Key.of(
        seed=seed,
        settings=recipe.identity,
        form=[target.form, list(target.input_shape)],
        code=target.code,
        first_weights={name: [list(value.shape), bytes_of(value)] for name, value in tensors.items()},
        people=people.examples.person,
        roles={role: np.asarray(people.roles.get(role, ()), dtype=np.int64) for role in ROLES},
        canaries=None if people.extra is None else people.extra.astype(np.int64),
        ages=people.age.astype(np.float64),
        scans=list(people.inputs.keys()),
    )


def checkpoint_of(epochs_folder: Path, key: Key) -> checkpoint.Checkpoint:
    """Return where a training keeps its state."""
    return checkpoint.Checkpoint(epochs_folder / "checkpoint.pt", key)
