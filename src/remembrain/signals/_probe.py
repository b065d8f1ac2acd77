"""What one scan reveals about how a network is built: its layers in order, and which parameters count.

Networks come from anywhere, so nothing is read from their code: one scan is run through and watched.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from remembrain._calling import as_batch, leaves, questions
from remembrain._text import nameless, shown
from remembrain.errors import DataError
from remembrain.run.streams import own_seed
from remembrain.signals._watching import only_these_require_grad
from remembrain.types import Auditable

_NORMS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.LocalResponseNorm, nn.RMSNorm)
_LOOKED_UP = (nn.Embedding, nn.EmbeddingBag)
ROLES = ("first", "second", "last-hidden", "output")


@dataclass(frozen=True, eq=False)
class Probe:
    """A target and one scan with its true age (years) to watch it with.

    ``front`` is the shape of the scan itself where ``scan`` holds more for the network; empty where it does not.
    """

    target: Auditable
    scan: Float[np.ndarray, "*shape"]
    age: float
    front: tuple[int, ...] = ()

    def batch(self) -> Float[Tensor, "1 *shape"]:
        """Return a batch of the scan that nobody else holds."""
        return as_batch(self.scan[None], self.target.module)

    @cached_property
    def output_shapes(self) -> dict[str, tuple[int, ...]]:
        """What every layer with weights puts out for one scan, by module name, in order of execution.

        The first axis is counted too: a network may treat parts of a scan as a batch. A layer that puts out anything
        but a tensor, or is run several times, is left out.
        """
        module = self.target.module
        self._insist_on_layers()
        seen: dict[str, list[tuple[int, ...] | None]] = {}

        def note(name: str, output: object) -> None:
            seen.setdefault(name, []).append(tuple(output.shape) if isinstance(output, Tensor) else None)

        hooks = [
            layer.register_forward_hook(lambda *call, name=name: note(name, call[2]))
            for name, layer in module.named_modules()
            if name and _weight_of(layer) is not None
        ]
        try:
            with questions(module) as ask, torch.no_grad():
                ask(self.batch())
        finally:
            for hook in hooks:
                hook.remove()
        return {name: shapes[0] for name, shapes in seen.items() if len(shapes) == 1 and shapes[0] is not None}

    def layer(self, role: str) -> str:
        """Return the name of the module that is meant, as for :meth:`weight`; it has to be run once a scan.

        In a network of two layers ``second`` is the first: behind the second nothing follows.

        Raises
        ------
        DataError
            Where there is none, or it is the output itself.
        """
        name, last = (self.weight(one, self._shown).rpartition(".")[0] for one in (role, "output"))
        if role == "second" and name == last:
            name = self.weight("first", self._shown).rpartition(".")[0]
        if name not in self.output_shapes:
            raise DataError(f"layer {name or role!r} is not run once for a scan", expected="one output a scan")
        if name == last:
            raise DataError(f"layer {shown(name)!r} is the output: no layer follows it", expected="an earlier layer")
        return name

    @cached_property
    def calls(self) -> tuple[str, ...]:
        """The weights (parameter names) of the layers, in order of execution; norms and embeddings are not counted."""
        module, called = self.target.module, list[str]()
        self._insist_on_layers()
        hooks = []
        for name, layer in module.named_modules():
            weight = _weight_of(layer)
            if weight is not None:
                full = f"{name}.{weight}" if name else weight
                hooks.append(layer.register_forward_pre_hook(lambda *_, full=full: called.append(full)))
        try:
            with questions(module) as ask, torch.no_grad():
                ask(self.batch())
        finally:
            for hook in hooks:
                hook.remove()
        return tuple(called)

    def weight(self, layer: str, counts: Callable[[str], bool] | None = None) -> str:
        """Return the parameter name of a layer's weights.

        Parameters
        ----------
        layer
            ``first``, ``second``, ``last-hidden``, ``output`` (what the target means by them; otherwise in order of
            execution, of the layers that the loss depends on), or the name of a module.
        counts
            Which weights count; those that the loss has a gradient of when left out.

        Raises
        ------
        DataError
            Where there is none.
        """
        counts = counts or self._reached
        names = dict(self.target.module.named_parameters())
        layer = next(iter(self.target.layers.get(layer, ())), layer)
        if layer not in ROLES:
            found = [weight for weight in dict.fromkeys(self.calls) if layer in (weight, weight.rpartition(".")[0])]
            if not found or not counts(found[0]):
                listed = ", ".join(weight.rpartition(".")[0] or weight for weight in dict.fromkeys(self.calls))
                raise self._hidden() or DataError(
                    f"no layer {shown(layer)!r} that the loss depends on", expected=f"one of {listed}"
                )
            return found[0]
        place = 1 if layer in ("second", "last-hidden") else 0
        calls = [call for call in self.calls if call.startswith(self.target.side_by_side[:1] or "")]
        order = calls if layer in ("first", "second") else calls[::-1]
        reached = (weight for weight in dict.fromkeys(order) if weight in names and counts(weight))
        for number, weight in enumerate(reached):
            if number == place:
                return weight
        raise self._hidden() or DataError(
            f"the network has no {layer} layer with weights", expected=f"at least {place + 1} such layers"
        )

    def shape(self, parameter: str) -> tuple[int, ...]:
        """Return the shape of a parameter."""
        return tuple(self.target.module.get_parameter(parameter).shape)

    def reached(self, parameters: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of these parameters that the loss has a gradient of, as autograd records it.

        Raises
        ------
        DataError
            Where it has none of any, with the reason.
        """
        gradients = self._gradients(parameters)
        if not gradients:
            raise self._hidden() or DataError("no gradient of the loss reaches these parameters")
        return tuple(name for name in parameters if name in gradients)

    def _reached(self, parameter: str) -> bool:
        """Tell whether the loss depends on a parameter."""
        return parameter in self._gradients((parameter,))

    def _shown(self, parameter: str) -> bool:
        """Tell whether a layer's output counts: of a network without gradients that of every layer which runs."""
        return not self.records_gradients or self._reached(parameter)

    @cached_property
    def records_gradients(self) -> bool:
        """Whether autograd reaches any weights of a layer that runs."""
        try:
            return any(self._reached(weight) for weight in dict.fromkeys(self.calls[::-1]))
        except Exception:  # a stranger's code may raise anything, and then there are none
            return False

    def _gradients(self, parameters: tuple[str, ...]) -> Mapping[str, Tensor]:
        """Return the gradient of the loss by each parameter that it depends on."""
        module = self.target.module
        with questions(module) as ask, only_these_require_grad(module, parameters) as values:
            output = ask(self.batch())
            loss = self.target.loss(output, self.target.age(output).detach() + 1)
            if not loss.requires_grad:
                return {}
            found = torch.autograd.grad(loss, values, allow_unused=True)
        return {name: one for name, one in zip(parameters, found, strict=True) if one is not None}

    def _insist_on_layers(self) -> None:
        """Raise where layers cannot be watched."""
        if any(isinstance(part, torch.jit.ScriptModule) for part in self.target.module.modules()):
            raise DataError("a scripted or traced network does not show its layers")

    def _hidden(self) -> DataError | None:
        """Say why nothing is seen of any layer, where that is so."""
        module = self.target.module
        names = tuple(name for name, value in module.named_parameters() if value.is_floating_point())
        if not names:
            return DataError("the network has no parameters")
        if not self._gradients(names):
            return DataError(
                "the network records no gradient: it computes under no_grad or inference_mode, or detaches its output"
            )
        return None

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
        if next(module.parameters(), None) is None:
            raise DataError("the network has no parameters")
        generator = torch.Generator().manual_seed(own_seed(0, "moves of weights"))
        parameters = {name: value.detach().double() for name, value in module.named_parameters()}
        true = []
        with questions(module) as ask, torch.no_grad():
            try:
                output_with = _in_double(ask.of, module, self.batch, parameters)
                before = output_with({})
            except Exception as error:  # a stranger's code may raise anything
                raise DataError(
                    f"gradient magnitudes need a network that also runs in double precision ({nameless(error)})",
                    try_next="attacks without gradient-magnitude",
                ) from error
            if not before.numel():
                raise DataError("the network puts out no fractional numbers")
            for name, value in parameters.items():
                size = float(value.square().mean().sqrt()) or 1.0
                move = torch.randn(value.shape, generator=generator, dtype=torch.float64).to(value.device)
                moved = output_with({name: value + step * size * move}) - before
                if float(moved.abs().max()) > threshold * max(float(before.abs().max()), math.ulp(1.0)):
                    true.append(name)
        return tuple(true)


def _in_double(
    call: Callable[[Callable[[Tensor], object], Tensor], object],
    module: nn.Module,
    batch: Callable[[], Tensor],
    parameters: Mapping[str, Tensor],
) -> Callable[[Mapping[str, Tensor]], Tensor]:
    """Return what gives every number that a network puts out in double precision, with some parameters changed."""
    alone = torch.jit.ScriptModule, nn.DataParallel
    if any(isinstance(part, alone) for part in module.modules()):  # these run with their own tensors alone
        twin = copy.deepcopy(module).double()
        own = dict(twin.named_parameters())

        def output_of_twin(changed: Mapping[str, Tensor]) -> Tensor:
            for name, value in changed.items():
                own[name].copy_(value)
            try:
                return _flat(call(twin, batch().double()))
            finally:
                for name in changed:
                    own[name].copy_(parameters[name])

        return output_of_twin

    def output_with(changed: Mapping[str, Tensor]) -> Tensor:
        buffers = {n: v.double() if v.is_floating_point() else v.clone() for n, v in module.named_buffers()}
        buffers = {n: v.clone() for n, v in buffers.items()}
        tensors = {**parameters, **buffers, **changed}
        return _flat(call(lambda scan: torch.func.functional_call(module, tensors, (scan,)), batch().double()))

    return output_with


def _weight_of(layer: nn.Module) -> str | None:
    """Return the name of a layer's own weights: ``weight``, or its largest parameter of at least two axes."""
    own = {name: value for name, value in layer.named_parameters(recurse=False) if value.ndim >= 2}
    if not own or isinstance(layer, (*_NORMS, *_LOOKED_UP)):
        return None
    return "weight" if "weight" in own else max(own, key=lambda name: own[name].numel())


def _flat(output: object) -> Tensor:
    """Return every number of an output, whatever it is made of, as one row."""
    parts = [part.reshape(-1).double() for _, part in leaves(output) if not part.is_complex()]
    return torch.cat(parts) if parts else torch.empty(0)
