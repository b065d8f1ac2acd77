"""One pass of a target over scans, a scan at a time, that serves every signal asked for and streams them to disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float

from remembrain._device import device_of
from remembrain._progress import progress
from remembrain._validate import finite, same_length
from remembrain.errors import DataError, UsageError
from remembrain.signals import (
    activation,
    disguised_error,
    error,
    gradient_magnitude,
    label,
    layer_gradient,
    prediction,
)
from remembrain.signals._probe import Probe, as_batch, evaluation_mode, only_these_require_grad, outputs_of
from remembrain.signals._rows import RowFile
from remembrain.signals._signal import Seen, Signal
from remembrain.signals.queries import Query
from remembrain.types import Array, Auditable, Inputs

KINDS: Mapping[str, Callable[[str, Probe], Signal]] = {
    "prediction": prediction.resolve,
    "label": label.resolve,
    "error": error.resolve,
    "disguised-error": disguised_error.resolve,
    "gradient-magnitude": gradient_magnitude.resolve,
    "gradient:": layer_gradient.resolve,
    "activation:": activation.resolve,
}
"""Every kind of signal; one whose name ends with a colon takes the name of a layer behind it."""


def resolve(
    target: Auditable, scan: Float[np.ndarray, "*shape"], age: float, names: Sequence[str]
) -> dict[str, Signal]:
    """Find out what each signal is for this target.

    Parameters
    ----------
    target
        The model.
    scan, age
        Any scan it can read, and its age in years: run through once or a few times to watch the network.
    names
        ``prediction``, ``label``, ``error``, ``disguised-error``, ``gradient-magnitude``, ``gradient:first``,
        ``gradient:last-hidden``, ``gradient:output``, ``gradient:<module name>``, ``activation:second`` or
        ``activation:<module name>``.

    Returns
    -------
    signals
        By name; ``parameters`` tells whose gradients each reads, ``shape`` its numbers a scan. Where a role means
        several modules of the target, the others come as ``name/module``.

    Raises
    ------
    UsageError
        For a name that is no signal.
    DataError
        Where the network has no such layer.
    """
    probe = Probe(target, scan, age)
    return {part: _kind(part)(part, probe) for name in names for part in _parts(name, target)}


def _parts(name: str, target: Auditable) -> list[str]:
    """Return a signal's name, and one for each further module that its role means."""
    kind, _, role = name.partition(":")
    modules = target.layers.get(role, ()) if kind == "gradient" else ()
    return [name, *(f"{name}/{module}" for module in modules[1:])]


def check_names(names: Sequence[str]) -> None:
    """Raise a UsageError for a name that is no signal of any target."""
    for name in names:
        _kind(name)


def extract(
    target: Auditable,
    inputs: Inputs,
    age: Float[np.ndarray, "scan"],
    *,
    names: Sequence[str],
    folder: Path,
    key: str = "",
    labels: Sequence[str] | None = None,
    description: str = "signals",
) -> dict[str, Array]:
    r"""Compute signals of every scan, or read those that were computed before from the same target, scans and ages.

    The target is in evaluation mode and sees one scan at a time, so no scan's signals depend on another scan.
    Gradients are of the target's own loss at the true age (Gupta et al. 2021, section 3).

    Parameters
    ----------
    target
        The model; left as it was found, and asked where its parameters are.
    inputs
        The scans as it reads them.
    age
        True ages in years.
    names
        As for :func:`resolve`.
    folder
        Gets a file a signal. It says things of people by their place, so it belongs under ``restricted/``.
    key
        Whatever else decides what the target does, such as a hash of the code that turns its output into years.
    labels
        One name a scan for messages.
    description
        Text of the progress bar.

    Returns
    -------
    signals
        By name, memory-mapped and read-only: float64 of shape (scan,) for prediction, label and error, of shape
        (scan, disguise) for errors in disguise; float32 of shape (scan, tensor) for gradient magnitudes and
        (scan, \*weight shape) for a layer's gradient; float16 for activations. Parts as for :func:`resolve`.

    Raises
    ------
    UsageError, DataError
        For an unknown signal or layer, ages that do not go with the scans, or a signal that is not finite (the scan
        is named).
    RemembrainError
        Where the disk is full.
    """
    if not same_length(scans=np.arange(len(inputs)), ages=age):
        raise DataError("there are no scans")
    finite(age, "age")
    check_names(names)
    signals = resolve(target, inputs[0], float(age[0]), names)
    identity = _identity(target, inputs, age, key)
    files = {name: _file(signal, folder, identity, len(inputs)) for name, signal in signals.items()}
    missing = {name: signal for name, signal in signals.items() if not files[name].complete}
    if missing:
        name_of = labels.__getitem__ if labels is not None else "scan {}".format
        _one_pass(target, inputs, age, missing, files, name_of, description)
    return {name: file.read() for name, file in files.items()}


def _one_pass(
    target: Auditable,
    inputs: Inputs,
    age: Float[np.ndarray, "scan"],
    signals: Mapping[str, Signal],
    files: Mapping[str, RowFile],
    name_of: Callable[[int], str],
    description: str,
) -> None:
    """Compute what is not on disk yet, beginning behind the last scan that all of these signals have."""
    done = min(files[name].rows_done() for name in signals)
    names = tuple(dict.fromkeys(parameter for signal in signals.values() for parameter in signal.parameters))
    layers = tuple(dict.fromkeys(layer for signal in signals.values() for layer in signal.layers))
    disguises = tuple(dict.fromkeys(one for signal in signals.values() for one in signal.disguises))
    module = target.module
    with ExitStack() as stack:
        advance = stack.enter_context(progress(description, len(inputs)))
        advance(steps=done)
        outs = [
            (signal, stack.enter_context(files[name].append_after(done, name_of))) for name, signal in signals.items()
        ]
        stack.enter_context(evaluation_mode(module))
        parameters = stack.enter_context(only_these_require_grad(module, names))
        stack.enter_context(torch.set_grad_enabled(bool(names)))
        activations = stack.enter_context(outputs_of(module, layers))
        for place in range(done, len(inputs)):
            seen = _see(target, inputs[place], float(age[place]), names, parameters, activations, disguises)
            for signal, rows in outs:
                rows.append(signal.row(seen))
            advance()
    for name in signals:
        files[name].finish()


def _see(
    target: Auditable,
    scan: Float[np.ndarray, "*shape"],
    age: float,
    names: tuple[str, ...],
    parameters: tuple[torch.nn.Parameter, ...],
    activations: Mapping[str, torch.Tensor],
    disguises: Sequence[Query],
) -> Seen:
    """Run one scan through the target, and its loss back to the parameters that are asked for.

    The scan as it is comes last: ``activations`` holds what ran last.
    """
    with torch.no_grad():
        disguised = {
            one.name: target.age(target.module(as_batch(one(scan), target.module))).item() for one in disguises
        }
    batch = as_batch(scan, target.module)
    output = target.module(batch)
    years = target.age(output)
    gradients = {}
    if names:
        loss = target.loss(output, torch.tensor([age], dtype=batch.dtype, device=batch.device))
        found = torch.autograd.grad(loss, parameters, allow_unused=True, materialize_grads=True)
        gradients = dict(zip(names, found, strict=True))
    return Seen(years.item(), age, gradients, activations, disguised)


def _kind(name: str) -> Callable[[str, Probe], Signal]:
    """Return the kind that a signal's name belongs to."""
    prefix, colon, layer = name.partition(":")
    if prefix + colon in KINDS and bool(colon) == bool(layer):
        return KINDS[prefix + colon]
    listed = ", ".join(kind + "LAYER" if kind.endswith(":") else kind for kind in KINDS)
    raise UsageError(f"no signal {name!r}", expected=f"one of {listed} (first, last-hidden, output or a module's name)")


def _file(signal: Signal, folder: Path, identity: str, rows: int) -> RowFile:
    """Return where a signal lies; the key in the file's name is of all that decides its content."""
    content = f"{identity} {signal.name} {signal.parameters} {signal.layers} {signal.shape} {signal.dtype} "
    content += " ".join(map(repr, signal.disguises))
    key = hashlib.sha256(content.encode()).hexdigest()[:16]
    return RowFile(folder, signal.name.replace(":", "_").replace("/", "_"), key, rows, signal.shape, signal.dtype)


def _identity(target: Auditable, inputs: Inputs, age: Float[np.ndarray, "scan"], key: str) -> str:
    """Return a hash of the target's weights and kinds of layers, the scans, the ages and ``key``."""
    digest = hashlib.sha256(f"{key} {device_of(target.module).type}".encode())
    for name, part in target.module.named_modules():
        digest.update(f"{name} {type(part).__module__}.{type(part).__qualname__}\n".encode())
    for name, value in target.module.state_dict().items():
        array = value.detach().numpy(force=True)
        digest.update(f"{name} {array.dtype} {array.shape}\n".encode() + np.ascontiguousarray(array).tobytes())
    digest.update("\n".join(inputs.keys()).encode() + np.asarray(age, dtype=np.float64).tobytes())
    return digest.hexdigest()
