"""How a network is called, whoever wrote it: what it is given is its own, and what it does to itself is put back.

A stranger's network may change its input in place, count its calls, keep a hidden state, draw random numbers or print.
Every question is therefore asked of the network as it was brought, on a copy of the scan, with the same draws. Whoever
makes a batch or asks for an answer does it here. Knows nothing of ages, signals or files.
"""

from __future__ import annotations

import copy
import dataclasses
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from remembrain._device import like_of
from remembrain.run.streams import own_seed, seed_torch

_DEEPEST = 8
_OF_TORCH = frozenset(vars(nn.Module())) - {"training", "_parameters", "_buffers"}
"""What every module has of torch's own; hooks are among it, and who listens adds some."""


def as_batch(scans: Shaped[np.ndarray, "batch *shape"], module: nn.Module) -> Float[Tensor, "batch *shape"]:
    """Return scans as a batch that nobody else holds, where and in the precision that the network's parameters are."""
    batch = torch.from_numpy(np.array(scans, dtype=scans.dtype.newbyteorder("="), order="C"))
    like = like_of(module)
    return batch if like is None else batch.to(like)


def leaves(output: object, name: str = "output", depth: int = 0) -> Iterator[tuple[str, Tensor]]:
    """Iterate over every tensor of an output, whatever it is made of, with the Python that leads to it.

    Arrays and fractional numbers count as tensors; text, ``None``, whole numbers and truth values as nothing.
    """
    if isinstance(output, Tensor):
        yield name, output
    elif isinstance(output, np.ndarray) and np.issubdtype(output.dtype, np.number):
        yield name, torch.from_numpy(np.array(output))
    elif isinstance(output, float | np.floating):
        yield name, torch.tensor(float(output))
    elif depth < _DEEPEST:
        for within, part in _parts(output):
            yield from leaves(part, name + within, depth + 1)


def _parts(output: object) -> Iterator[tuple[str, object]]:
    """Iterate over what something is made of, each with the Python that takes it out."""
    if isinstance(output, Mapping):
        yield from ((f"[{key!r}]", part) for key, part in output.items())
    elif isinstance(output, tuple) and hasattr(output, "_fields"):
        yield from ((f".{field}", getattr(output, field)) for field in output._fields)
    elif isinstance(output, list | tuple):
        yield from ((f"[{place}]", part) for place, part in enumerate(output))
    elif dataclasses.is_dataclass(output):
        yield from ((f".{one.name}", getattr(output, one.name, None)) for one in dataclasses.fields(output))
    elif hasattr(output, "__dict__") and not callable(output):
        yield from ((f".{attribute}", part) for attribute, part in vars(output).items())


def copied(output: Any) -> Any:
    """Return an output whose tensors are copies, so that whoever gets it may change them in place."""
    if isinstance(output, Tensor):
        return output.clone()
    if isinstance(output, dict):
        twin = copy.copy(output)
        twin.update({key: copied(part) for key, part in output.items()})
        return twin
    if isinstance(output, tuple) and hasattr(output, "_fields"):
        return type(output)(*map(copied, output))
    if isinstance(output, list | tuple):
        return type(output)(map(copied, output))
    if hasattr(output, "__dict__") and not callable(output):
        twin = copy.copy(output)
        vars(twin).update({name: copied(part) for name, part in vars(output).items()})
        return twin
    return output


def bytes_of(tensor: Tensor) -> bytes:
    """Return a tensor's numbers for a hash; what NumPy has no numbers for, such as bfloat16, is widened."""
    value = tensor.detach()
    try:
        return np.ascontiguousarray(value.numpy(force=True)).tobytes()
    except TypeError:
        return np.ascontiguousarray(value.float().numpy(force=True)).tobytes()


class Questions:
    """Asks one network, each time as if it had never been asked before."""

    def __init__(self, module: nn.Module) -> None:
        self._module, self._state = module, _State(module)

    def __call__(self, batch: Tensor, *, draws: int = 0) -> Any:
        """Return the output for a batch, which belongs to the network from now on.

        ``draws`` is what random numbers that it may draw come from.
        """
        self._state.put_back()
        return self.again(batch, draws=draws)

    def again(self, batch: Tensor, *, draws: int = 0) -> Any:
        """Ask without putting back what the last question changed of the network."""
        return _quietly(self._module, batch, draws)

    def of(self, network: Callable[[Tensor], object], batch: Tensor) -> object:
        """Ask what stands for the network, such as a copy of it, in the same way."""
        self._state.put_back()
        return _quietly(network, batch)

    def close(self) -> None:
        """Put back whatever was changed, parameters too."""
        self._state.put_back(everything=True)


def bare(module: nn.Module) -> nn.Module:
    """Return the network inside of wrappers that compute the same: copies for several devices, and compiled code."""
    while True:
        inner = getattr(module, "_orig_mod", None)
        if isinstance(module, nn.DataParallel | nn.parallel.DistributedDataParallel):
            inner = module.module
        if not isinstance(inner, nn.Module):
            return module
        module = inner


@contextmanager
def questions(module: nn.Module) -> Iterator[Questions]:
    """Let a network be asked in evaluation mode; weights, modes and global random numbers are as before afterwards."""
    modes = {part: part.training for part in module.modules() if hasattr(part, "training")}  # a frozen script has none
    if modes:
        module.eval()
    asked = Questions(module)
    try:
        with left_alone(module), _without_compiling(module), redirect_stdout(sys.stderr):
            yield asked  # functions that are brought beside the network are called here too
    finally:
        asked.close()
        for part, training in modes.items():
            part.training = training


@contextmanager
def left_alone(module: nn.Module | None = None) -> Iterator[None]:
    """Put back what a stranger's code may change for everybody: random numbers, precision, threads, the folder."""
    like = None if module is None else like_of(module)
    devices = [like.device] if like is not None and like.device.type == "cuda" else []
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002  # a stranger's, left alone
    threads, folder = torch.get_num_threads(), Path.cwd()
    try:
        with torch.random.fork_rng(devices=devices), _same_arithmetic():
            yield
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        os.chdir(folder)


@contextmanager
def _same_arithmetic() -> Iterator[None]:
    """Put back whether gradients are recorded, and the precision of what is made."""
    precision = torch.get_default_dtype()
    with torch.set_grad_enabled(torch.is_grad_enabled()):
        try:
            yield
        finally:
            torch.set_default_dtype(precision)


def _quietly(network: Callable[[Tensor], Any], batch: Tensor, draws: int = 0) -> Any:
    """Return what a network puts out; what it prints is talk, and what it draws is always the same."""
    _seed(draws)
    with redirect_stdout(sys.stderr), _same_arithmetic():
        return network(batch)


def _seed(draws: int) -> None:
    """Have every global generator draw the same numbers from here on."""
    seed_torch(_own_seed(draws))
    np.random.seed(draws)  # noqa: NPY002  # what a stranger's code draws from, put back afterwards
    random.seed(draws)


@lru_cache(8)
def _own_seed(draws: int) -> int:
    """Return what torch draws from, which is asked for at every question."""
    return own_seed(draws, "answers of a network")


@contextmanager
def _without_compiling(module: nn.Module) -> Iterator[None]:
    """Run what was compiled as it is written: a compiler may not be there, and hooks see nothing of what it made."""
    compiled = any(
        type(part).__name__ == "OptimizedModule" or getattr(part, "_compiled_call_impl", None) is not None
        for part in module.modules()
    )
    with ExitStack() as stack:
        if compiled:
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        yield


class _State:
    """What a network is at one moment: its tensors, and whatever else its parts keep."""

    def __init__(self, module: nn.Module) -> None:
        self._attributes = [(part, _kept(part)) for part in module.modules() if not _is_script(part)]
        tensors = {id(value): value for value in (*module.parameters(), *module.buffers()) if not is_lazy(value)}
        own = {id(value) for value in module.parameters()}
        self._tensors = [(value, value.detach().clone(), _version(value), key in own) for key, value in tensors.items()]

    def put_back(self, *, everything: bool = False) -> None:
        """Put back what was changed; parameters whose change torch did not count only where everything is looked at."""
        for part, kept in self._attributes:
            _restore(part, kept)
        for place, (value, before, version, learned) in enumerate(self._tensors):
            if learned and not everything and version is not None and _version(value) == version:
                continue
            if not torch.equal(value, before):
                with torch.inference_mode(value.is_inference()), torch.no_grad():
                    value.copy_(before)
            self._tensors[place] = (value, before, _version(value), learned)


def _is_script(part: nn.Module) -> bool:
    """Tell whether a part keeps what it knows outside of Python."""
    return isinstance(part, torch.jit.ScriptModule)


def _version(value: Tensor) -> int | None:
    """Return how often torch saw a tensor change in place; ``None`` where it does not count."""
    return None if value.is_inference() else value._version


def _kept(part: nn.Module) -> dict[str, tuple[object, object]]:
    """Return the attributes of a part, each with a copy of what it holds where it is a container."""
    return {
        name: (value, value.copy() if isinstance(value, list | dict | set) else None)
        for name, value in vars(part).items()
        if name not in _OF_TORCH
    }


def _restore(part: nn.Module, kept: Mapping[str, tuple[object, object]]) -> None:
    """Give a part the attributes that it had, with what they held."""
    attributes = vars(part)
    for name in [name for name in attributes if name not in kept and name not in _OF_TORCH]:
        del attributes[name]
    for name, (value, content) in kept.items():
        if attributes.get(name) is not value:
            attributes[name] = value
        if isinstance(value, list) and isinstance(content, list):
            value[:] = content
        elif isinstance(value, dict) and isinstance(content, dict):
            if len(value) != len(content) or any(value.get(key) is not one for key, one in content.items()):
                value.clear()
                value.update(content)
        elif isinstance(value, set) and isinstance(content, set) and value != content:
            value.clear()
            value.update(content)
