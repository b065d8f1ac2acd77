"""A model that was trained elsewhere: a class or a function of the user's own that makes it, and its weights.

The file with the class may bring functions of its own beside it, which are used where they are there:
``preprocess(path) -> tensor`` (one image file to the tensor that the network was trained on), ``age(output) -> years``,
``loss(output, age)`` and ``extra(facts) -> tensors`` (what the network reads beside the scan). The class's file is the
user's own code and is run; the weights are data and are only read.
"""

from __future__ import annotations

import copy
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from remembrain._calling import bare, left_alone
from remembrain._code_files import hash_of, import_place
from remembrain._text import reason, shown
from remembrain.errors import DataError, UsageError, with_article
from remembrain.run import sha256
from remembrain.run.kept import hash_of as content_hash
from remembrain.run.streams import own_seed
from remembrain.targets.ensemble import Ensemble, How
from remembrain.targets.heads import Head
from remembrain.targets.model import Target, insist_on_numbers
from remembrain.targets.weights import as_safetensors, bring, fit


def load(
    spec: str,
    weights: Path,
    arguments: Mapping[str, Any] | None = None,
    key: str | None = None,
    head: Head | None = None,
) -> Target:
    """Load a model that was trained elsewhere.

    Parameters
    ----------
    spec
        ``module:Class`` of an installed module, or ``path/to/file.py:Class``; instead of the class also a function that
        makes the network, or the network itself.
    weights
        Safetensors, or a torch file of tensors.
    arguments
        What the class is made with.
    key
        Which of several mappings in the file of weights.
    head
        How its output becomes years, where no function ``age`` says it.

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
    module, network = _made(spec, dict(arguments or {}))
    notes = bring(network, weights, key)
    target = with_head(_target(network.eval(), module, spec, arguments), head)
    return replace(target, notes=(*notes, *_unused_methods(network)), brought=sha256(weights))


def with_head(target: Target, head: Head | None) -> Target:
    """Return a target whose output becomes years by a head, where there is one.

    Raises
    ------
    UsageError
        Where its class says how as well.
    """
    if head is None or head.plain:
        return target
    if target.age_hook is not None:
        what = "brings age(output), which says how its output becomes years, and options say it too"
        raise UsageError(what, where=target.name, expected="one of the two")
    return replace(target, head=head, code=f"{target.code} {head!r}")


def load_several(files: Sequence[Path], how: How, load_one: Callable[[Path], Target]) -> Target:
    """Return an ensemble of networks of one class, with the weights of a file each.

    Parameters
    ----------
    files
        At least two.
    how
        How their answers become one.
    load_one
        Loads one of them, as :func:`load` does.

    Raises
    ------
    DataError
        Where two files hold the same weights.
    """
    targets: list[Target] = []
    seen: dict[str, Path] = {}
    for file in files:
        target = load_one(file)
        weights = as_safetensors(target.module.state_dict())
        if (same := seen.setdefault(content_hash(weights), file)) is not file:
            raise DataError(f"holds the same weights as {same}", where=file, expected="each model once")
        targets.append(target)
    ensemble = joined(targets, how)
    what = f"an ensemble of {len(files)} networks, of whose answers the {how} is given out"
    notes = dict.fromkeys([what, *(note for target in targets for note in target.notes)])
    return replace(ensemble, notes=tuple(notes), brought=content_hash([target.brought for target in targets]))


def joined(targets: Sequence[Target], how: How) -> Target:
    """Return networks of one class as an ensemble."""
    module, first = Ensemble([target.module for target in targets]).eval(), targets[0]
    code = f"{first.code} {how} of {len(targets)}"
    return replace(first, module=module, members=tuple(targets), how=how, code=code)


def fresh(spec: str, arguments: Mapping[str, Any], seed: int) -> Target:
    """Return a model of a user's class with the weights it makes itself, to be trained here.

    Whatever the class draws meanwhile comes from the seed.

    Raises
    ------
    UsageError, DataError
        As for :func:`load`.
    """
    module, network = _made(spec, dict(arguments), seed)
    return _target(network, module, spec, arguments)


def made_with(spec: str, weights: Mapping[str, Tensor], where: Path, arguments: Mapping[str, Any]) -> Target:
    """Return a model of a user's class with weights that are in memory; ``where`` is what messages call them.

    Raises
    ------
    UsageError, DataError
        As for :func:`load`.
    """
    module, network = _made(spec, dict(arguments))
    fit(network, weights, where)
    return _target(network.eval(), module, spec, arguments)


def _target(network: nn.Module, module: ModuleType, spec: str, arguments: Mapping[str, Any] | None) -> Target:
    """Return a target of a network and what stands beside its class."""
    insist_on_numbers(network)
    source = Path(module.__file__).resolve() if module.__file__ else None
    return Target(
        network,
        name=spec,
        preprocess=_hook(module, network, "preprocess"),
        age_hook=_hook(module, network, "age"),
        loss_hook=_hook(module, network, "loss"),
        extra_hook=_hook(module, network, "extra"),
        arguments=dict(arguments or {}),
        source=source,
        code=hash_of(source, dict(arguments or {})) if source else "",
    )


def _made(spec: str, arguments: dict[str, Any], seed: int | None = None) -> tuple[ModuleType, nn.Module]:
    """Import what stands before the last colon, and make the network that stands behind it.

    Whatever it draws meanwhile is the same each time and leaves the global state alone. Without a ``seed`` its weights
    are going to be replaced, so a network that is made already will do.
    """
    place, _, name = spec.rpartition(":")
    if not place or not all(part.isidentifier() for part in name.split(".")):
        raise UsageError(f"cannot read {shown(spec)!r}", expected="module:Class or path/to/file.py:Class")
    module = import_place(place, name)
    maker: Any = module
    for part in name.split("."):
        maker = getattr(maker, part, None)
    if isinstance(maker, nn.Module) and seed is None and not arguments:
        return module, bare(copy.deepcopy(maker))
    if not callable(maker) or isinstance(maker, nn.Module):
        why = "is made already, and cannot be made again" if isinstance(maker, nn.Module) else "is not there"
        raise UsageError(f"{name} {why}", where=spec, expected=_expected(module))
    with left_alone(), redirect_stdout(sys.stderr):
        torch.manual_seed(own_seed(seed or 0, "weights of a class"))
        try:
            network = maker(**arguments)
        except (Exception, SystemExit) as error:  # a stranger's code may raise anything
            raise DataError(
                f"{name} cannot be made with {arguments or 'no arguments'} ({reason(error)})",
                where=spec,
                try_next="--network-arguments '{\"name\": value}'",
            ) from error
    if not isinstance(network, nn.Module):
        what = f"{name} makes {with_article(type(network).__name__)}, not a torch.nn.Module"
        raise UsageError(what, where=spec, expected=_expected(module))
    return module, bare(network)


def _expected(module: ModuleType) -> str:
    """Name the networks that a module defines."""
    classes = [name for name, value in vars(module).items() if _is_network_class(value, module)]
    return " or ".join(classes) or "a torch.nn.Module class, or a function that returns one"


def _is_network_class(value: object, module: ModuleType) -> bool:
    """Tell whether a value is a network that this module defines."""
    return isinstance(value, type) and issubclass(value, nn.Module) and value.__module__ == module.__name__


HOOKS = {"preprocess": 1, "age": 1, "loss": 2, "extra": 1}
"""What may stand beside a class or be a method of it, and how many arguments each takes."""


def _hook(module: ModuleType, network: nn.Module, name: str) -> Callable[..., Any] | None:
    """Return a function of this name beside the class, or a method of the class that takes as many arguments."""
    function = getattr(module, name, None)
    if callable(function):
        return function  # type: ignore[no-any-return]  # of a stranger's
    method = _method(network, name)
    return method if method is not None and _takes(method, HOOKS[name]) else None


def _method(network: nn.Module, name: str) -> Callable[..., Any] | None:
    """Return a method that a network's own class has, and torch's has not."""
    inherited = getattr(nn.Module, name, None)
    method = getattr(network, name, None) if callable(getattr(type(network), name, inherited)) else None
    return method if callable(method) and inherited is None else None


def _takes(method: Callable[..., Any], number: int) -> bool:
    """Tell whether a method can be called with so many arguments."""
    try:
        inspect.signature(method).bind(*range(number))
    except (TypeError, ValueError):
        return False
    return True


def _unused_methods(network: nn.Module) -> tuple[str, ...]:
    """Return which methods are called like hooks and take other arguments: they may have been meant."""
    found = {name: _method(network, name) for name in HOOKS}
    return tuple(
        f"its method {name} takes other arguments than {name} of an audit, and was not used"
        for name, method in found.items()
        if method is not None and not _takes(method, HOOKS[name])
    )
