"""The sum over people of their clipped gradients, in two ways that give the same.

*One by one* works for every network and any number of scans a person: one person's scans go through the network at a
time, so that nobody else can matter and memory is that of one person. *Together* is for networks of convolutional and
linear layers and people with one scan each: norms come from what goes in and out of each layer, without every
person's gradient (Goodfellow 2015, arXiv 1510.01799; Bu et al. 2023, arXiv 2210.00038), a few people at a time. It is
several times faster where a network is small. Which way is taken is declared by the network, and tried on the user's
own data before the first step (:mod:`checks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, cast

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.grad import conv2d_weight, conv3d_weight

from remembrain._device import device_of
from remembrain.errors import DataError, RemembrainError
from remembrain.targets._network import Network
from remembrain.targets.batches import read
from remembrain.targets.model import Target
from remembrain.types import Inputs

TOGETHER = 8
"""People whose gradients are held at a time; memory does not grow with the number that a step draws."""

_TINY = 1e-6
Layer: TypeAlias = "nn.Linear | nn.Conv2d | nn.Conv3d"
Person: TypeAlias = Int[np.ndarray, "scans"]


@dataclass(frozen=True, eq=False)
class Clipped:
    """A sum of clipped gradients, one tensor a parameter, and the summed losses of the people in it."""

    total: list[Tensor]
    loss: float


@dataclass(frozen=True, eq=False)
class Clipper:
    """Adds up people's clipped gradients.

    Attributes
    ----------
    target
        The network with its loss; parameters that need no gradient are left alone.
    inputs, age
        All scans and ages (years).
    clip
        The L2 norm that no person's gradient exceeds.
    together
        Whether people are taken a few at a time.
    """

    target: Target
    inputs: Inputs
    age: Float[np.ndarray, "scan"]
    clip: float
    together: bool

    @cached_property
    def parameters(self) -> list[nn.Parameter]:
        """What is learned."""
        return [one for one in self.target.module.parameters() if one.requires_grad]

    @cached_property
    def layers(self) -> list[Layer]:
        """Where it is learned, for people who are taken together."""
        return layers_of(self.target.module)

    def __call__(self, people: Sequence[Person]) -> Clipped:
        """Return the sum over these people.

        Raises
        ------
        RemembrainError
            Where a loss or a gradient is not a number any more.
        """
        total = [torch.zeros_like(one) for one in self.parameters]
        size = TOGETHER if self.together else 1
        add = self._add_together if self.together else self._add_one
        loss = 0.0
        for start in range(0, len(people), size):
            loss += add(total, people[start : start + size])
        return Clipped(total, loss)

    def _add_one(self, total: list[Tensor], people: Sequence[Person]) -> float:
        """Add one person's clipped gradient of the mean loss over the person's scans."""
        (places,) = people
        scans, age = self._read(places)
        loss = self.target.loss(self.target.module(scans), age)
        value = _number(loss.item())
        found = torch.autograd.grad(loss, self.parameters, allow_unused=True)
        gradients = [torch.zeros_like(sum_) if one is None else one for one, sum_ in zip(found, total, strict=True)]
        norm = _number(float(torch.stack(torch._foreach_norm(gradients)).norm()))
        torch._foreach_add_(total, gradients, alpha=min(1.0, self.clip / (norm + _TINY)))
        return value

    def _add_together(self, total: list[Tensor], people: Sequence[Person]) -> float:
        """Add some people's clipped gradients at once; each has one scan."""
        scans, age = self._read(np.concatenate(people))
        layers = self.layers
        seen: dict[nn.Module, tuple[Tensor, Tensor]] = {}

        def keep(module: nn.Module, given: tuple[Tensor, ...], put_out: Tensor) -> None:
            if module in seen:
                raise DataError("a layer runs twice a scan", where=self.target.name)
            seen[module] = (given[0].detach(), put_out)

        hooks = [layer.register_forward_hook(keep) for layer in layers]
        try:
            years = self.target.years(self.target.module(scans))
        finally:
            for hook in hooks:
                hook.remove()
        loss = (years - age).square().sum()
        value = _number(loss.item())
        gradients = torch.autograd.grad(loss, [seen[layer][1] for layer in layers])
        parts = [_Part.of(layer, seen[layer][0], one, len(scans)) for layer, one in zip(layers, gradients, strict=True)]
        norms = torch.stack([part.squares for part in parts]).sum(dim=0).sqrt()
        _number(float(norms.sum()))
        weights = (self.clip / (norms + _TINY)).clamp(max=1.0)
        place = dict(zip(self.parameters, total, strict=True))
        for layer, part in zip(layers, parts, strict=True):
            place[cast(nn.Parameter, layer.weight)] += part.weighted(weights).view_as(layer.weight)
            if layer.bias is not None:
                place[cast(nn.Parameter, layer.bias)] += weights @ part.bias
        return value

    def _read(self, places: Person) -> tuple[Float[Tensor, "batch *shape"], Float[Tensor, "batch"]]:
        """Read scans and their ages, and put them where the network is."""
        where = device_of(self.target.module)
        age = torch.from_numpy(self.age[places].astype(np.float32)).to(where)
        return read(self.inputs, places).to(where), age


def can_be_together(target: Target, people: Sequence[Person]) -> bool:
    """Tell whether people can be taken a few at a time: the network says that this is faster, each has one scan, and
    the loss is the squared error of this package.
    """
    declared = isinstance(target.module, Network) and target.module.together
    return declared and target.loss_hook is None and all(len(places) == 1 for places in people)


def layers_of(module: nn.Module) -> list[Layer]:
    """Return the layers whose parameters are all that a network learns.

    Raises
    ------
    DataError
        Where it learns anything else, naming it.
    """
    layers = [one for one in module.modules() if isinstance(one, nn.Linear | nn.Conv2d | nn.Conv3d)]
    held = [id(parameter) for layer in layers for parameter in layer.parameters(recurse=False)]
    covered = set(held)
    if len(held) > len(covered):
        raise DataError("two layers share their weights", where=type(module).__name__)
    for name, parameter in module.named_parameters():
        if parameter.requires_grad and id(parameter) not in covered:
            raise DataError(f"{name} is not of a convolutional or linear layer", where=type(module).__name__)
    return layers


def _sides(
    layer: Layer, given: Tensor, gradient: Tensor, scans: int
) -> tuple[Float[Tensor, "scan position input"], Float[Tensor, "scan position output"]]:
    """Return what a layer's weights are multiplied with, position by position, and the gradient of what comes out.

    A layer's rows may be more than the scans (slices of one): those of a scan stand together, one scan behind another.
    """
    if isinstance(layer, nn.Linear):
        return given.reshape(scans, -1, given.shape[-1]), gradient.reshape(scans, -1, gradient.shape[-1])
    given = _patches(layer, given)
    gradient = gradient.flatten(2).transpose(1, 2)
    return given.reshape(scans, -1, given.shape[-1]), gradient.reshape(scans, -1, gradient.shape[-1])


def _patches(
    layer: nn.Conv2d | nn.Conv3d, x: Float[Tensor, "row channel *space"]
) -> Float[Tensor, "row position input"]:
    """Return the patch of numbers that a convolution multiplies with its weights at each position."""
    _insist_on_plain(layer)
    around = [pad for pad in reversed(cast(Any, layer.padding)) for _ in (0, 1)]
    if any(around):
        x = nn.functional.pad(x, around)
    dimensions = len(layer.kernel_size)
    for dimension, (size, step) in enumerate(zip(layer.kernel_size, layer.stride, strict=True)):
        x = x.unfold(2 + dimension, size, step)
    order = (0, *range(2, 2 + dimensions), 1, *range(2 + dimensions, 2 + 2 * dimensions))
    return x.permute(order).reshape(len(x), -1, layer.in_channels * int(np.prod(layer.kernel_size)))


def _insist_on_plain(layer: nn.Conv2d | nn.Conv3d) -> None:
    """Raise on a convolution of a kind whose gradients are not made here."""
    if layer.groups != 1 or any(step != 1 for step in layer.dilation) or isinstance(layer.padding, str):
        raise DataError("a convolution with groups, dilation or padding by name", where=type(layer).__name__)


def _own(
    layer: nn.Conv2d | nn.Conv3d, given: Tensor, gradient: Tensor, scans: int
) -> Float[Tensor, "scan output input"]:
    """Return each scan's gradient of a convolution's weights, made a scan at a time, without its patches."""
    _insist_on_plain(layer)
    make = cast(Any, conv2d_weight if isinstance(layer, nn.Conv2d) else conv3d_weight)
    shape, how = tuple(layer.weight.shape), (layer.stride, layer.padding, layer.dilation, layer.groups)
    pairs = zip(given.chunk(scans), gradient.chunk(scans), strict=True)
    return torch.stack([make(one, shape, other, *how).flatten(1) for one, other in pairs])


@dataclass(frozen=True, eq=False)
class _Part:
    """What one layer adds to the norms and to the sum.

    ``own`` is each scan's gradient of the weights, where making it needs fewer numbers than the inner products of all
    positions with one another do; elsewhere ``sides`` are what went in and the gradient of what came out, position by
    position. ``bias`` is each scan's gradient of what is added.
    """

    own: Float[Tensor, "scan output input"] | None
    sides: tuple[Float[Tensor, "scan position input"], Float[Tensor, "scan position output"]] | None
    bias: Float[Tensor, "scan output"]
    squares: Float[Tensor, "scan"]

    @classmethod
    def of(cls, layer: Layer, given: Tensor, gradient: Tensor, scans: int) -> _Part:
        """Take what went in and the gradient of what came out of a layer."""
        outputs, inputs = len(layer.weight), layer.weight[0].numel()
        positions = gradient.numel() // (scans * outputs)
        own, sides = None, None
        if positions * (inputs + outputs) < inputs * outputs:
            sides = _sides(layer, given, gradient, scans)
            both = torch.bmm(sides[0], sides[0].transpose(1, 2)) * torch.bmm(sides[1], sides[1].transpose(1, 2))
            squares = both.sum(dim=(1, 2))
        elif isinstance(layer, nn.Linear):
            rows, put_out = _sides(layer, given, gradient, scans)
            own = torch.bmm(put_out.transpose(1, 2), rows)
            squares = own.square().sum(dim=(1, 2))
        else:
            own = _own(layer, given, gradient, scans)
            squares = own.square().sum(dim=(1, 2))
        flat = gradient.flatten(0, -2) if isinstance(layer, nn.Linear) else gradient.flatten(2).sum(dim=2)
        bias = flat.reshape(scans, -1, outputs).sum(dim=1)
        if layer.bias is not None:
            squares = squares + bias.square().sum(dim=1)
        return cls(own, sides, bias, squares)

    def weighted(self, weights: Float[Tensor, "scan"]) -> Float[Tensor, "output input"]:
        """Return the sum of every scan's gradient of the weights, each times its number."""
        if self.sides is None:
            return torch.einsum("s,soi->oi", weights, cast(Tensor, self.own))
        given, gradient = self.sides
        return (gradient * weights[:, None, None]).flatten(0, 1).T @ given.flatten(0, 1)


def _number(value: float) -> float:
    """Return the value, or raise where it is not a finite number."""
    if not np.isfinite(value):
        raise RemembrainError(
            f"a person's loss or gradient became {value}", try_next="a smaller --learning-rate, or a smaller --clip"
        )
    return value
