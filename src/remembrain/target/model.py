"""A target: a network with what turns its output into years and into the loss that training minimised.

This is all that an audit needs of a model, whoever trained it. Knows nothing of cohorts, attacks or run folders.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from remembrain.errors import DataError, with_article
from remembrain.target._network import Network
from remembrain.target.defences import Defence, release_of

Whose: TypeAlias = Literal["ours", "module's"]
"""Who provides a step: this package, or the module that was brought along."""

AgeHook: TypeAlias = Callable[[Any], Tensor]
LossHook: TypeAlias = Callable[[Any, Tensor], Tensor]
PreprocessHook: TypeAlias = Callable[[Path], Tensor]


@dataclass(frozen=True, eq=False)
class Target:
    """A model under audit (a :class:`~remembrain.types.Auditable`).

    Attributes
    ----------
    module
        The network; scans along the first axis of what it takes.
    name
        A network of ours, the ``module:Class`` that was imported, or the class of a module given from Python.
    form
        ``light`` or ``paper`` for ours, ``""`` for others.
    input_shape
        Shape of one scan; () where it is not known.
    preprocess
        Reads one image file into the tensor that the network was trained on; ``None`` where ours does.
    age_hook, loss_hook
        What the module brought along; ``None`` where ours apply.
    arguments
        What an imported class was made with.
    source
        File of an imported class.
    code
        Hash of that file, of every module beside it that it loaded, and of the arguments; ``""`` for others.
    notes
        What was done to make the weights fit.
    width
        Share of the network's channels that were kept.
    defences
        What was done against leakage; of these, :meth:`age` needs what is done to predictions that are given out.
    seed
        What such a defence draws from.
    """

    module: nn.Module
    name: str
    form: str = ""
    input_shape: tuple[int, ...] = ()
    preprocess: PreprocessHook | None = None
    age_hook: AgeHook | None = None
    loss_hook: LossHook | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    source: Path | None = None
    code: str = ""
    notes: tuple[str, ...] = ()
    width: float = 1.0
    defences: tuple[Defence, ...] = ()
    seed: int = 0

    def age(self, output: Any) -> Float[Tensor, "batch"]:
        """Turn the module's output into predicted years as they are given out; who holds the weights sees ``years``.

        Raises
        ------
        DataError
            As for :meth:`years`.
        """
        years = self.years(output)
        release = release_of(self.defences, self.seed)
        return years if release is None else release(years)

    def years(self, output: Any) -> Float[Tensor, "batch"]:
        """Turn the module's output into predicted years.

        Raises
        ------
        DataError
            Where the output is not one number a scan and the module brought no ``age(output)``.
        """
        if self.age_hook is None:
            return default_age(output)
        years = self.age_hook(output)
        if not isinstance(years, Tensor) or years.ndim != 1:
            raise DataError(
                f"age(output) gave {_described(years)}", where=self.name, expected="a tensor of years, shape (batch,)"
            )
        return years

    def loss(self, output: Any, age: Float[Tensor, "batch"]) -> Float[Tensor, ""]:
        """Return the loss of this output for true ages, as a scalar.

        Raises
        ------
        DataError
            Where shapes do not agree.
        """
        if self.loss_hook is None:
            return mean_squared_error(self.years(output), age)
        loss = self.loss_hook(output, age)
        if not isinstance(loss, Tensor) or loss.numel() != 1:
            raise DataError(f"loss(output, age) gave {_described(loss)}", where=self.name, expected="a scalar tensor")
        return loss.reshape(())

    @property
    def layers(self) -> Mapping[str, tuple[str, ...]]:
        """Which modules an adversary means by a layer's role, where the network says so."""
        return self.module.layers if isinstance(self.module, Network) else {}

    @property
    def hides_predictions(self) -> bool:
        """Whether what is given out is not what the weights say: attacks on predictions see less than others."""
        return release_of(self.defences, self.seed) is not None

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return sum(parameter.numel() for parameter in self.module.parameters())

    @property
    def hooks(self) -> dict[str, Whose]:
        """Say of ``preprocess``, ``age`` and ``loss`` whose is used."""
        brought = {"preprocess": self.preprocess, "age": self.age_hook, "loss": self.loss_hook}
        return {name: "ours" if hook is None else "module's" for name, hook in brought.items()}


def from_module(
    module: nn.Module, *, age: AgeHook | None = None, loss: LossHook | None = None, name: str | None = None
) -> Target:
    """Make a target of any network that regresses one number a scan from tensors of any shape.

    Parameters
    ----------
    module
        The network, with its trained weights.
    age
        Turns its output into years, shape (batch,); needed unless the output is one number a scan.
    loss
        The loss that it was trained with, of output and true ages; squared error of ``age`` when left out.
    name
        What the report calls it; the class's name when left out.
    """
    return Target(module, name or type(module).__name__, age_hook=age, loss_hook=loss)


def default_age(output: object) -> Float[Tensor, "batch"]:
    """Return an output of one number a scan, such as (batch, 1) or (batch, 1, 1, 1, 1), as (batch,).

    An output without axes, as of a network that squeezes a single scan, counts as a batch of one.

    Raises
    ------
    DataError
        For every other output.
    """
    if isinstance(output, Tensor) and output.numel() == (len(output) if output.ndim else 1):
        return output.reshape(-1)
    raise DataError(
        f"the network puts out {_described(output)}",
        expected="one number a scan",
        try_next="bring a function age(output) that returns years of shape (batch,), beside the class or from Python",
    )


def mean_squared_error(years: Float[Tensor, "batch"], age: Float[Tensor, "batch"]) -> Float[Tensor, ""]:
    """Return the mean of (years - age) ** 2; shapes must be equal, nothing is broadcast.

    Raises
    ------
    DataError
        Where they are not.
    """
    if years.shape != age.shape:
        raise DataError(f"predictions of shape {tuple(years.shape)} do not go with ages of shape {tuple(age.shape)}")
    return (years - age).square().mean()


def try_one(target: Target, scan: Float[np.ndarray, "*shape"]) -> float:
    """Run the target on one scan and return the predicted years, so that what does not fit is found at once.

    Raises
    ------
    DataError
        Where the network cannot read scans of this shape, or does not put out one finite number a scan.
    """
    modes = {part: part.training for part in target.module.modules()}
    target.module.eval()
    like = next(target.module.parameters(), torch.zeros(()))
    try:
        with torch.no_grad():
            output = target.module(torch.from_numpy(scan)[None].to(like))
    except Exception as error:  # a stranger's code may raise anything
        raise DataError(
            f"cannot read scans of shape {scan.shape} ({error})",
            where=target.name,
            expected="the shape that the network was trained on",
            try_next="another --grid, or a function preprocess(path) beside the class",
        ) from error
    finally:
        for part, training in modes.items():
            part.training = training
    years = target.age(output)
    if years.shape != (1,) or not bool(torch.isfinite(years).all()):
        raise DataError(f"predicts {years.tolist()} for one scan", where=target.name, expected="one finite number")
    return float(years)


def _described(value: object) -> str:
    """Say what a value is, for messages."""
    return f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else with_article(type(value).__name__)
