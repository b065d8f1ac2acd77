"""One pass of a target over scans, a scan at a time, that serves every signal asked for and streams them to disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float
from torch import Tensor

from remembrain._calling import bytes_of
from remembrain._device import device_of
from remembrain._text import shown
from remembrain._validate import finite, same_length
from remembrain.errors import DataError, UsageError
from remembrain.run import Key
from remembrain.signals import (
    activation,
    disguised_error,
    error,
    gradient_magnitude,
    label,
    layer_gradient,
    prediction,
)
from remembrain.signals._asking import Asking, steadiness, still_answers, why
from remembrain.signals._probe import ROLES, Probe
from remembrain.signals._rows import RowFile
from remembrain.signals._signal import Signal
from remembrain.signals.queries import front_of
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


@dataclass(frozen=True, eq=False)
class Extracted:
    """What was asked of a target.

    Attributes
    ----------
    seen
        Signals by name, as :func:`extract` describes them.
    layers
        What of the target each signal of a layer reads, for the report.
    refused
        Why a signal could not be had, by the name that was asked for; no person is named.
    unsteady
        Why what is seen is not all that could be: how answers to one question differ; empty where they do not.
    unexplained
        Whether nothing tells why: what is seen may then hang on the order of the scans.
    """

    seen: Mapping[str, Array]
    layers: Mapping[str, str]
    refused: Mapping[str, str]
    unsteady: str
    unexplained: bool = False


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
    return {part: _kind(part)(part, probe) for name in names for part in _parts(name, probe)}


def _resolved(probe: Probe, names: Sequence[str]) -> tuple[dict[str, Signal], dict[str, str]]:
    """Return what each signal is for a target, and why it has none of some."""
    signals: dict[str, Signal] = {}
    refused: dict[str, str] = {}
    for name in names:
        try:
            signals |= {part: _kind(part)(part, probe) for part in _parts(name, probe)}
        except Exception as error:  # a stranger's code may raise anything
            refused[name] = why(error)
    return signals, refused


def _parts(name: str, probe: Probe) -> list[str]:
    """Return a signal's name, and one for each further module that its role means, such as in each network beside."""
    kind, _, role = name.partition(":")
    if kind != "gradient":
        return [name]
    modules = probe.target.layers.get(role, ())
    if role in ROLES and (prefixes := probe.target.side_by_side):
        module = probe.weight(role).rpartition(".")[0].removeprefix(prefixes[0])
        modules = tuple(f"{prefix}{module}" for prefix in prefixes)
    return [name, *(f"{name}/{module}" for module in modules[1:])]


def is_signal(name: str) -> bool:
    """Tell whether a name is one of a signal that a target may be asked for."""
    prefix, colon, _ = name.partition(":")
    return prefix + colon in KINDS


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
) -> Extracted:
    r"""Compute signals of every scan, or read those that were computed before from the same target, scans and ages.

    The target is in evaluation mode and sees one scan at a time, and whatever it changes of itself is put back, so no
    scan's signals depend on another scan. Gradients are of the target's own loss at the true age (Gupta et al. 2021,
    section 3). A signal that cannot be had of this target, or of one scan, is refused with the reason, and the others
    are as if it had not been asked for; without predictions there is nothing, and an error.

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

    Returns
    -------
    extracted
        Signals by name, memory-mapped and read-only: float64 of shape (scan,) for prediction, label and error, of shape
        (scan, disguise) for errors in disguise; float32 of shape (scan, tensor) for gradient magnitudes and
        (scan, \*weight shape) for a layer's gradient; float16 for activations. Parts as for :func:`resolve`.

    Raises
    ------
    UsageError, DataError
        For an unknown signal, ages that do not go with the scans, or a prediction that fails or is not finite (the scan
        is named).
    RemembrainError
        Where the disk is full.
    """
    if not same_length(scans=np.arange(len(inputs)), ages=age):
        raise DataError("there are no scans")
    finite(age, "age")
    check_names(names)
    name_of = labels.__getitem__ if labels is not None else "scan {}".format
    probe = Probe(target, inputs[0], float(age[0]), front_of(inputs))
    unsteady = steadiness(probe, name_of(0))
    signals, refused = _resolved(probe, names)
    identity = _identity(target, inputs, age, key)
    files = {name: _file(signal, folder, identity, len(inputs)) for name, signal in signals.items()}
    missing = {name: signal for name, signal in signals.items() if not files[name].complete}
    if missing:
        asking = Asking(target, inputs, age, missing, files, name_of)
        refused |= asking.one_pass()
    seen = {name: file.read() for name, file in files.items() if name.partition("/")[0] not in refused}
    if "prediction" in seen and not unsteady.text:
        unsteady = still_answers(probe, float(seen["prediction"][0]))
    layers = {name: signals[name].described() for name in seen if ":" in name}
    return Extracted(seen, layers, refused, unsteady.text, unsteady.unexplained)


def _kind(name: str) -> Callable[[str, Probe], Signal]:
    """Return the kind that a signal's name belongs to."""
    prefix, colon, layer = name.partition(":")
    if prefix + colon in KINDS and bool(colon) == bool(layer):
        return KINDS[prefix + colon]
    listed = ", ".join(kind + "LAYER" if kind.endswith(":") else kind for kind in KINDS)
    raise UsageError(
        f"no signal {shown(name)!r}", expected=f"one of {listed} (first, last-hidden, output or a module's name)"
    )


def _file(signal: Signal, folder: Path, identity: Key, rows: int) -> RowFile:
    """Return where a signal lies; the key in the file's name is of all that decides its content."""
    of = [signal.name, repr(signal.parameters), repr(signal.layers), signal.shape, str(signal.dtype)]
    key = identity.also(signal=of, disguises=[repr(disguise) for disguise in signal.disguises])
    name = signal.name.replace(":", "_").replace("/", "_")
    return RowFile(folder, name, key.digest[:16], rows, signal.shape, signal.dtype)


def _identity(target: Auditable, inputs: Inputs, age: Float[np.ndarray, "scan"], key: str) -> Key:
    """Return the key of the target's weights and kinds of layers, the scans, the ages and ``key``."""
    kinds = {name: f"{type(part).__module__}.{type(part).__qualname__}" for name, part in target.module.named_modules()}
    weights = {
        name: [str(value.dtype), tuple(value.shape), bytes_of(value)]
        for name, value in target.module.state_dict().items()
        if isinstance(value, Tensor)  # what else a network keeps is code's business
    }
    return Key.of(
        more=key,
        device=device_of(target.module).type,
        layers=kinds,
        weights=weights,
        scans=list(inputs.keys()),
        ages=np.asarray(age, dtype=np.float64),
    )
