"""What one scan reveals about how a network is built: its layers in order, and which parameters count.

Networks come from anywhere, so nothing is read from their code: one scan is run through and watched.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from remembrain.errors import DataError
from remembrain.run.streams import own_seed
from remembrain.types import Auditable

_NORMS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.LocalResponseNorm, nn.RMSNorm)
_ROLES = ("first", "second", "last-hidden", "output")


@dataclass(frozen=True, eq=False)
class Probe:
    """A target and one scan with its true age (years) to watch it with."""

    target: Auditable
    scan: Float[np.ndarray, "*shape"]
    age: float

    @cached_property
    def output_shapes(self) -> dict[str, tuple[int, ...]]:
        """What every layer with weights puts out for one scan, by module name, in order of execution.

        The first axis is counted too: a network may treat parts of a scan as a batch. A layer that puts out anything
        but a tensor, or is run several times, is left out.
        """
        module = self.target.module
        seen: dict[str, list[Any]] = {}
        hooks = [
            layer.register_forward_hook(lambda *call, name=name: seen.setdefault(name, []).append(call[2]))
            for name, layer in module.named_modules()
            if name and _weight_of(layer) is not None
        ]
        try:
            with evaluation_mode(module), torch.no_grad():
                module(as_batch(self.scan, module))
        finally:
            for hook in hooks:
                hook.remove()
        return {
            name: tuple(outputs[0].shape)
            for name, outputs in seen.items()
            if len(outputs) == 1 and isinstance(outputs[0], Tensor)
        }

    def layer(self, role: str) -> str:
        """Return the name of the module that is meant, as for :meth:`weight`; it has to be run once a scan.

        In a network of two layers ``second`` is the first: behind the second nothing follows.

        Raises
        ------
        DataError
            Where there is none, or it is the output itself.
        """
        name, last = (self.weight(one).rpartition(".")[0] for one in (role, "output"))
        if role == "second" and name == last:
            name = self.weight("first").rpartition(".")[0]
        if name not in self.output_shapes:
            raise DataError(f"layer {name or role!r} is not run once for a scan", expected="one output a scan")
        if name == last:
            raise DataError(f"layer {name!r} is the output: no layer follows it", expected="an earlier layer")
        return name

    @cached_property
    def calls(self) -> tuple[str, ...]:
        """The weights (parameter names) of the layers, in order of execution; norm layers are not counted."""
        module, called = self.target.module, []
        hooks = []
        for name, layer in module.named_modules():
            weight = _weight_of(layer)
            if weight is not None:
                full = f"{name}.{weight}" if name else weight
                hooks.append(layer.register_forward_pre_hook(lambda *_, full=full: called.append(full)))
        try:
            with evaluation_mode(module), torch.no_grad():
                module(as_batch(self.scan, module))
        finally:
            for hook in hooks:
                hook.remove()
        return tuple(called)

    def weight(self, layer: str) -> str:
        """Return the parameter name of a layer's weights.

        Parameters
        ----------
        layer
            ``first``, ``second``, ``last-hidden``, ``output`` (what the target means by them; otherwise in order of
            execution, of the layers that the loss depends on), or the name of a module.

        Raises
        ------
        DataError
            Where there is none.
        """
        names = dict(self.target.module.named_parameters())
        layer = next(iter(self.target.layers.get(layer, ())), layer)
        if layer not in _ROLES:
            found = [weight for weight in dict.fromkeys(self.calls) if layer in (weight, weight.rpartition(".")[0])]
            if not found or not self._reached(found[0]):
                listed = ", ".join(weight.rpartition(".")[0] or weight for weight in dict.fromkeys(self.calls))
                raise DataError(f"no layer {layer!r} that the loss depends on", expected=f"one of {listed}")
            return found[0]
        place = 1 if layer in ("second", "last-hidden") else 0
        order = self.calls if layer in ("first", "second") else self.calls[::-1]
        reached = (weight for weight in dict.fromkeys(order) if weight in names and self._reached(weight))
        for number, weight in enumerate(reached):
            if number == place:
                return weight
        raise DataError(f"the network has no {layer} layer with weights", expected=f"at least {place + 1} such layers")

    def shape(self, parameter: str) -> tuple[int, ...]:
        """Return the shape of a parameter."""
        return tuple(self.target.module.get_parameter(parameter).shape)

    def _reached(self, parameter: str) -> bool:
        """Tell whether the loss depends on a parameter."""
        module = self.target.module
        with evaluation_mode(module), only_these_require_grad(module, (parameter,)) as (weight,):
            output = module(as_batch(self.scan, module))
            loss = self.target.loss(output, self.target.age(output).detach() + 1)
            return loss.requires_grad and torch.autograd.grad(loss, weight, allow_unused=True)[0] is not None

    def true_gradients(self, step: float = 1e-2, threshold: float = 1e-10) -> tuple[str, ...]:
        """Return the parameters that the output depends on, in the order of the module.

        A bias in front of a norm without affine has a gradient of exactly 0, of which autograd returns rounding noise.
        So each parameter is moved a little, in double precision and without a graph, which costs no more memory than
        predicting: where the output moves by less than ``threshold`` of its size, the gradient is not a true one.

        Parameters
        ----------
        step
            Size of the move, relative to the parameter's root mean square (absolute where that is 0).
        threshold
            Smallest relative move of the output that counts.

        Raises
        ------
        DataError
            Where the network cannot run in double precision.
        """
        module = self.target.module
        generator = torch.Generator().manual_seed(own_seed(0, "moves of weights"))
        parameters = {name: value.detach().double() for name, value in module.named_parameters()}
        buffers = {n: v.double() if v.is_floating_point() else v for n, v in module.named_buffers()}
        scan = as_batch(self.scan, module).double()

        def output_with(changed: dict[str, Tensor]) -> Tensor:
            return _flat(torch.func.functional_call(module, {**parameters, **buffers, **changed}, (scan,)))

        true = []
        with evaluation_mode(module), torch.no_grad():
            try:
                before = output_with({})
            except RuntimeError as error:
                raise DataError(
                    f"gradient magnitudes need a network that also runs in double precision ({error})",
                    try_next="attacks without gradient-magnitude",
                ) from error
            for name, value in parameters.items():
                size = float(value.square().mean().sqrt()) or 1.0
                move = torch.randn(value.shape, generator=generator, dtype=torch.float64).to(value.device)
                moved = output_with({name: value + step * size * move}) - before
                if float(moved.abs().max()) > threshold * max(float(before.abs().max()), math.ulp(1.0)):
                    true.append(name)
        return tuple(true)


@contextmanager
def evaluation_mode(module: nn.Module) -> Iterator[None]:
    """Put every part of a network into evaluation mode, and each back into its own mode afterwards."""
    modes = {part: part.training for part in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for part, training in modes.items():
            part.training = training


@contextmanager
def only_these_require_grad(module: nn.Module, names: tuple[str, ...]) -> Iterator[tuple[nn.Parameter, ...]]:
    """Let only these parameters ask for gradients, so that nothing before them is recorded; yield them in order."""
    parameters = dict(module.named_parameters())
    before = {name: parameter.requires_grad for name, parameter in parameters.items()}
    for name, parameter in parameters.items():
        parameter.requires_grad_(name in names)
    try:
        yield tuple(parameters[name] for name in names)
    finally:
        for name, parameter in parameters.items():
            parameter.requires_grad_(before[name])


@contextmanager
def outputs_of(module: nn.Module, layers: tuple[str, ...]) -> Iterator[dict[str, Tensor]]:
    """Yield a mapping that holds what these layers put out for whatever ran last."""
    seen: dict[str, Tensor] = {}
    hooks = [
        module.get_submodule(name).register_forward_hook(lambda *call, name=name: seen.update({name: call[2].detach()}))
        for name in layers
    ]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def as_batch(scan: Float[np.ndarray, "*shape"], module: nn.Module) -> Float[Tensor, "1 *shape"]:
    """Return a batch of one scan, where and in the precision that the network's parameters are."""
    batch = torch.from_numpy(scan).unsqueeze(0)
    like = next(module.parameters(), None)
    return batch if like is None else batch.to(like)


def _weight_of(layer: nn.Module) -> str | None:
    """Return the name of a layer's own weights: ``weight``, or its largest parameter of at least two axes."""
    own = {name: value for name, value in layer._parameters.items() if value is not None and value.ndim >= 2}
    if not own or isinstance(layer, _NORMS):
        return None
    return "weight" if "weight" in own else max(own, key=lambda name: own[name].numel())


def _flat(output: Any) -> Tensor:
    """Return every number of an output, whatever it is made of, as one row."""
    if isinstance(output, Tensor):
        return output.reshape(-1).double()
    parts = output.values() if isinstance(output, dict) else output
    return torch.cat([_flat(part) for part in parts])
