"""A model that was trained elsewhere: a class of the user's own, and its weights.

The file with the class may bring functions of its own beside it, which are used where they are there:
``preprocess(path) -> tensor`` (one image file to the tensor that the network was trained on), ``age(output) -> years``
and ``loss(output, age)``. The class's file is the user's own code and is run; the weights are data and are only read.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from remembrain.errors import DataError, UsageError
from remembrain.run import sha256
from remembrain.run.streams import own_seed
from remembrain.target.model import Target
from remembrain.target.weights import fit, read_weights


def load(spec: str, weights: Path, arguments: Mapping[str, Any] | None = None) -> Target:
    """Load a model that was trained elsewhere.

    Parameters
    ----------
    spec
        ``module:Class`` of an installed module, or ``path/to/file.py:Class``.
    weights
        Safetensors, or a torch file of a state dict.
    arguments
        What the class is made with.

    Returns
    -------
    target
        In evaluation mode; ``hooks`` says which steps are the module's.

    Raises
    ------
    UsageError
        Where there is no such module or class.
    DataError
        Where the class cannot be made with these arguments, or the weights cannot be read or do not fit.
    """
    module, class_name = _module(spec)
    network = _instance(module, class_name, spec, dict(arguments or {}))
    tensors, notes = read_weights(weights)
    return _with_weights(network, module, spec, tensors, weights, arguments, notes)


def fresh(spec: str, arguments: Mapping[str, Any], seed: int) -> Target:
    """Return a model of a user's class with the weights it makes itself, to be trained here.

    Whatever the class draws meanwhile comes from the seed.

    Raises
    ------
    UsageError, DataError
        As for :func:`load`.
    """
    module, class_name = _module(spec)
    network = _instance(module, class_name, spec, dict(arguments), seed)
    return _target(network, module, spec, arguments, ())


def made_with(spec: str, weights: Mapping[str, Tensor], where: Path, arguments: Mapping[str, Any]) -> Target:
    """Return a model of a user's class with weights that are in memory; ``where`` is what messages call them.

    Raises
    ------
    UsageError, DataError
        As for :func:`load`.
    """
    module, class_name = _module(spec)
    network = _instance(module, class_name, spec, dict(arguments))
    return _with_weights(network, module, spec, weights, where, arguments, ())


def _with_weights(
    network: nn.Module,
    module: ModuleType,
    spec: str,
    weights: Mapping[str, Tensor],
    where: Path,
    arguments: Mapping[str, Any] | None,
    notes: tuple[str, ...],
) -> Target:
    """Put weights into a network and return it as a target."""
    fit(network, weights, where)
    return _target(network.eval(), module, spec, arguments, notes)


def _target(
    network: nn.Module, module: ModuleType, spec: str, arguments: Mapping[str, Any] | None, notes: tuple[str, ...]
) -> Target:
    """Return a target of a network and what stands beside its class."""
    source = Path(module.__file__).resolve() if module.__file__ else None
    return Target(
        network,
        name=spec,
        preprocess=_function(module, "preprocess"),
        age_hook=_function(module, "age"),
        loss_hook=_function(module, "loss"),
        arguments=dict(arguments or {}),
        source=source,
        code=_hash_of_code(source, dict(arguments or {})) if source else "",
        notes=notes,
    )


def _hash_of_code(source: Path, arguments: dict[str, Any]) -> str:
    """Return a hash of a class's file, of every loaded module that lies beside or below it, and of the arguments."""
    beside = {
        Path(file).resolve()
        for module in list(sys.modules.values())
        if (file := getattr(module, "__file__", None)) and source.parent.name != "site-packages"
    }
    files = sorted(file for file in beside | {source} if file.is_file() and file.is_relative_to(source.parent))
    digest = hashlib.sha256(json.dumps(arguments, sort_keys=True, default=repr).encode())
    for file in files:
        digest.update(f"{file.relative_to(source.parent)} {sha256(file)}\n".encode())
    return digest.hexdigest()


def _module(spec: str) -> tuple[ModuleType, str]:
    """Import what stands before the last colon, and return it with the name that stands behind."""
    place, _, class_name = spec.rpartition(":")
    if not place or not class_name.isidentifier():
        raise UsageError(f"cannot read {spec!r}", expected="module:Class or path/to/file.py:Class")
    if place.endswith(".py"):
        return _module_of_file(Path(place)), class_name
    try:
        with _importable(Path.cwd()):
            return importlib.import_module(place), class_name
    except ModuleNotFoundError as error:
        raise UsageError(
            f"no module {error.name!r}", where=spec, try_next=f"the file that holds it: path/to/file.py:{class_name}"
        ) from error


def _module_of_file(path: Path) -> ModuleType:
    """Import a file, which may import its neighbours."""
    if not path.is_file():
        raise UsageError("no such file", where=path, expected="the Python file that defines the network")
    name = f"remembrain_imported_{path.stem}"
    found = importlib.util.spec_from_file_location(name, path.resolve())
    if found is None or found.loader is None:
        raise UsageError("is not a Python file", where=path)
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    try:
        with _importable(path.resolve().parent):
            found.loader.exec_module(module)
    except Exception as error:  # a stranger's code may raise anything
        raise DataError(f"cannot be imported ({type(error).__name__}: {error})", where=path) from error
    return module


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let the files of a folder be imported while the block runs."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _instance(module: ModuleType, class_name: str, spec: str, arguments: dict[str, Any], seed: int = 0) -> nn.Module:
    """Make the network; whatever it draws meanwhile is the same each time and leaves the global state alone."""
    network_class = getattr(module, class_name, None)
    if not isinstance(network_class, type) or not issubclass(network_class, nn.Module):
        classes = [name for name, value in vars(module).items() if _is_network_class(value, module)]
        raise UsageError(
            f"{class_name} is not a torch.nn.Module class", where=spec, expected=" or ".join(classes) or "one"
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(own_seed(seed, "weights of a class"))
        try:
            return network_class(**arguments)
        except Exception as error:  # a stranger's code may raise anything
            raise DataError(
                f"{class_name} cannot be made with {arguments or 'no arguments'} ({error})",
                where=spec,
                try_next="--network-arguments '{\"name\": value}'",
            ) from error


def _is_network_class(value: object, module: ModuleType) -> bool:
    """Tell whether a value is a network that this module defines."""
    return isinstance(value, type) and issubclass(value, nn.Module) and value.__module__ == module.__name__


def _function(module: ModuleType, name: str) -> Callable[..., Any] | None:
    """Return a function of this name if the module has one."""
    found = getattr(module, name, None)
    return found if callable(found) else None
