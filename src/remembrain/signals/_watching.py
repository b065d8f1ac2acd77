"""What is recorded while a network runs: gradients of some parameters alone, and what some layers put out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import Tensor, nn


@contextmanager
def only_these_require_grad(module: nn.Module, names: tuple[str, ...]) -> Iterator[tuple[nn.Parameter, ...]]:
    """Let only these parameters ask for gradients, so that nothing before them is recorded; yield them in order."""
    parameters = dict(module.named_parameters())
    before = {name: parameter.requires_grad for name, parameter in parameters.items()}
    try:
        for name, parameter in parameters.items():
            if before[name] != (name in names):
                parameter.requires_grad_(name in names)
        yield tuple(parameters[name] for name in names)
    finally:
        for name, parameter in parameters.items():
            if parameter.requires_grad != before[name]:
                parameter.requires_grad_(before[name])


@contextmanager
def outputs_of(module: nn.Module, layers: tuple[str, ...]) -> Iterator[dict[str, Tensor]]:
    """Yield a mapping that holds what these layers put out for whatever ran last, before anything changed it."""
    seen: dict[str, Tensor] = {}
    hooks = [
        module.get_submodule(name).register_forward_hook(
            lambda *call, name=name: seen.update({name: call[2].detach().clone()})
        )
        for name in layers
    ]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()
