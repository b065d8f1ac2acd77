"""A target: a network with what turns its output into years and into the loss that training minimised.

This is all that an audit needs of a model, whoever trained it. Knows nothing of cohorts, attacks or run folders.
"""

from __future__ import annotations

import copy
import hashlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from remembrain._calling import as_batch, bare, copied, left_alone, questions
from remembrain._text import reason
from remembrain.errors import DataError, RemembrainError
from remembrain.run.streams import own_seed
from remembrain.targets._network import Network
from remembrain.targets.beside import Beside
from remembrain.targets.defences import Defence, release_of
from remembrain.targets.ensemble import Ensemble, How, combined
from remembrain.targets.heads import Head
from remembrain.targets.outputs import default_age, described, mean_squared_error
from remembrain.types import Inputs

Whose: TypeAlias = Literal["ours", "module's"]
"""Who provides a step: this package, or the module that was brought along."""

AgeHook: TypeAlias = Callable[[Any], Tensor]
LossHook: TypeAlias = Callable[[Any, Tensor], Tensor]
PreprocessHook: TypeAlias = Callable[[Path], Tensor]
ExtraHook: TypeAlias = Callable[[Mapping[str, str]], Any]


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
    extra_hook
        Returns what the network reads beside a scan, of the facts of its person; ``None`` where it reads nothing else.
    beside
        How the network is given that, where it is.
    arguments
        What an imported class was made with.
    source
        File of an imported class.
    code
        Hash of that file, of every module beside it that it loaded, and of the arguments; of a network given from
        Python that of its class, where there is text of it; ``""`` for ours.
    brought
        SHA-256 of the file of weights that was brought; ``""`` for others.
    origin
        Where it was trained, of one of ours that was not trained here; ``""`` for others.
    notes
        What was done to make the weights fit, and what else is to be told of it.
    width
        Share of the network's channels that were kept.
    defences, seed
        What was done against leakage, and what it draws from; :meth:`age` needs what is done to predictions.
    members, how
        The networks of an ensemble, each trained by itself by its own loss, and how their answers become one.
    """

    module: nn.Module
    name: str
    form: str = ""
    input_shape: tuple[int, ...] = ()
    preprocess: PreprocessHook | None = None
    age_hook: AgeHook | None = None
    head: Head | None = None
    loss_hook: LossHook | None = None
    extra_hook: ExtraHook | None = None
    beside: Beside | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    source: Path | None = None
    code: str = ""
    brought: str = ""
    origin: str = ""
    notes: tuple[str, ...] = ()
    width: float = 1.0
    defences: tuple[Defence, ...] = ()
    seed: int = 0
    members: tuple[Target, ...] = ()
    how: How = "mean"

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
        if self.members:
            return combined([one.years(part) for one, part in zip(self.members, output, strict=True)], self.how)
        if self.head is not None:
            return self.head(output)
        if self.age_hook is None:
            return default_age(output)
        years = self.age_hook(copied(output))  # the loss is of the output as the network put it out
        if not isinstance(years, Tensor) or years.ndim != 1:
            raise DataError(
                f"age(output) gave {described(years)}", where=self.name, expected="a tensor of years, shape (batch,)"
            )
        return years

    def loss(self, output: Any, age: Float[Tensor, "batch"]) -> Float[Tensor, ""]:
        """Return the loss of this output for true ages, as a scalar: the mean of those of networks side by side.

        Raises
        ------
        DataError
            Where shapes do not agree.
        """
        if self.members:
            return torch.stack([one.loss(part, age) for one, part in zip(self.members, output, strict=True)]).mean()
        if self.loss_hook is None:
            return mean_squared_error(self.years(output), age)
        loss = self.loss_hook(output, age)
        if not isinstance(loss, Tensor) or loss.numel() != 1:
            raise DataError(f"loss(output, age) gave {described(loss)}", where=self.name, expected="a scalar tensor")
        return loss.reshape(())

    @property
    def layers(self) -> Mapping[str, tuple[str, ...]]:
        """Which modules an adversary means by a layer's role, where the network says so."""
        return self.module.layers if isinstance(self.module, Network) else {}

    @property
    def side_by_side(self) -> tuple[str, ...]:
        """What names of modules begin with in each network of an ensemble."""
        return self.module.prefixes if isinstance(self.module, Ensemble) else ()

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
        """Say of ``preprocess``, ``age`` and ``loss`` whose is used; of ``extra`` too, where there is one."""
        brought = {"preprocess": self.preprocess, "age": self.head or self.age_hook, "loss": self.loss_hook}
        whose: dict[str, Whose] = {name: "ours" if hook is None else "module's" for name, hook in brought.items()}
        return whose | ({"extra": "module's"} if self.extra_hook is not None or self.beside is not None else {})


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
    module = bare(module)
    insist_on_numbers(module)
    return Target(module, name or type(module).__name__, age_hook=age, loss_hook=loss, code=_code_of(type(module)))


def _code_of(network_class: type[nn.Module]) -> str:
    """Return a hash of the code of a class that is not torch's own; nothing where there is no text of it."""
    if network_class.__module__.partition(".")[0] == "torch":
        return ""
    try:
        return hashlib.sha256(inspect.getsource(network_class).encode()).hexdigest()
    except (OSError, TypeError):
        return ""


def insist_on_numbers(module: nn.Module) -> None:
    """Raise where a network has no weights yet.

    Raises
    ------
    DataError
        Where parameters are on the meta device.
    """
    empty = [name for name, value in module.named_parameters() if value.is_meta]
    if empty:
        raise DataError(
            f"{empty[0]} and {len(empty) - 1} other parameters are on the meta device, where tensors hold no numbers",
            where=type(module).__name__,
            expected="a network with its weights",
            try_next="module.to_empty(device='cpu'), then load_state_dict",
        )


def try_one(target: Target, scan: Float[np.ndarray, "*shape"]) -> float:
    """Run the target on one scan and return the predicted years, so that what does not fit is found at once.

    The target is left as it is; layers that are lazy stay so.

    Raises
    ------
    DataError
        Where the network cannot read scans of this shape, or does not put out one finite number a scan.
    """
    module = target.module
    if is_lazy_network(module):
        module = copy.deepcopy(module)
    try:
        with questions(module) as ask, torch.no_grad():
            output = ask(as_batch(scan[None], module))
    except Exception as error:  # a stranger's code may raise anything
        raise DataError(
            f"cannot read scans of shape {scan.shape} ({reason(error)})",
            where=target.name,
            expected="the shape that the network was trained on",
            try_next=_further_inputs(module) or "another --grid, or a function preprocess(path) beside the class",
        ) from error
    try:
        with left_alone(module):
            years = target.age(output)
    except RemembrainError:
        raise
    except Exception as error:  # a stranger's code may raise anything
        raise DataError(f"its output is not turned into years ({reason(error)})", where=target.name) from error
    if years.shape != (1,) or not bool(torch.isfinite(years).all()):
        raise DataError(f"predicts {years.tolist()} for one scan", where=target.name, expected="one finite number")
    return float(years)


def is_lazy_network(module: nn.Module) -> bool:
    """Tell whether layers of a network get their shape from the first scan that they see, and have seen none."""
    return any(is_lazy(value) for value in (*module.parameters(), *module.buffers()))


def initialise_lazy(module: nn.Module, inputs: Inputs, seed: int) -> None:
    """Let lazy layers see the first scan; the weights that they draw then come from the seed."""
    if not is_lazy_network(module):
        return
    modes = {part: part.training for part in module.modules()}
    module.eval()
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(own_seed(seed, "weights of lazy layers"))
        module(torch.from_numpy(np.array(inputs[0][None], dtype=np.float32)))
    for part, training in modes.items():
        part.training = training


def _further_inputs(module: nn.Module) -> str:
    """Return what to do where a network is called with one input and needs more; nothing where it does not."""
    try:
        parameters = list(inspect.signature(module.forward).parameters.values())
    except (TypeError, ValueError):
        return ""
    needed = [one.name for one in parameters if one.default is one.empty and one.kind <= one.POSITIONAL_OR_KEYWORD]
    if len(needed) < 2 or module._forward_pre_hooks:
        return ""
    return (
        f"the network reads {', '.join(needed[1:])} beside the scan: bring a function extra(facts) beside the class, "
        "which returns them of facts['sex'] and facts['site'], or audit_module(..., extra=array)"
    )
