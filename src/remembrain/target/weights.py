"""Weights from strangers: read without running anything that the file may hold, and fitted to a network.

Safetensors, or torch files of tensors alone (``weights_only``). No pickle is ever loaded.
"""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from remembrain.errors import DataError, Problem, ProblemsError, with_article
from remembrain.run import atomic_path

_NESTED = ("state_dict", "model_state_dict")
_CONVERT = (
    "where the model was trained: safetensors.torch.save_file(model.state_dict(), 'weights.safetensors'), "
    "then use that file"
)


def write_weights(module: nn.Module, path: Path) -> None:
    """Write every parameter and buffer as safetensors, whole or not at all."""
    write_tensors(module.state_dict(), path)


def write_tensors(state: Mapping[str, Tensor], path: Path) -> None:
    """Write a state dict as safetensors, whole or not at all."""
    tensors = {name: value.detach().cpu().clone().contiguous() for name, value in state.items()}
    with atomic_path(path) as partial:
        partial.write_bytes(save(tensors))


def read_weights(path: Path) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """Read a file of weights.

    Parameters
    ----------
    path
        Safetensors; or a torch file that holds a state dict, alone or under ``state_dict`` or ``model_state_dict``.

    Returns
    -------
    weights
        One tensor a name.
    notes
        What was changed: a prefix ``module.`` that data-parallel training leaves is taken off.

    Raises
    ------
    DataError
        Where the file is missing, damaged, holds NaN, or would have to run code to be read.
    """
    if not path.is_file():
        raise DataError("no such file", where=path, expected="weights as safetensors or a torch file")
    with path.open("rb") as file:
        start = file.read(9)
    if not start:
        raise DataError("is empty", where=path, expected="weights as safetensors or a torch file")
    is_safetensors = start[8:] == b"{"  # behind eight bytes of length, whatever they look like
    content = _torch_file(path) if start.startswith((b"PK", b"\x80")) and not is_safetensors else _safetensors(path)
    tensors, notes = _state_dict(content, path)
    broken = [name for name, value in tensors.items() if not bool(torch.isfinite(value).all())]
    if broken:
        raise DataError(f"NaN or infinite weights in {', '.join(broken)}", where=path, expected="finite weights")
    return tensors, notes


def fit(module: nn.Module, weights: Mapping[str, Tensor], where: Path) -> None:
    """Put the weights into the network.

    Raises
    ------
    ProblemsError
        Naming every tensor that is missing, not expected or of another shape.
    """
    wanted = module.state_dict()
    problems = [Problem(name, "missing from the file") for name in wanted if name not in weights]
    problems += [Problem(name, "not expected by the network") for name in weights if name not in wanted]
    problems += [
        Problem(name, f"has shape {tuple(value.shape)}, the network expects {tuple(wanted[name].shape)}")
        for name, value in weights.items()
        if name in wanted and value.shape != wanted[name].shape
    ]
    if problems:
        raise ProblemsError(
            problems,
            where=where,
            try_next="the class and arguments that the weights were trained with (--network, --network-arguments)",
        )
    module.load_state_dict(dict(weights))


def _safetensors(path: Path) -> object:
    """Read a safetensors file."""
    try:
        return load_file(path)
    except (SafetensorError, ValueError) as error:
        raise DataError(
            f"not readable as safetensors, or cut off ({error})", where=path, try_next="copy the file again"
        ) from error


def _torch_file(path: Path) -> object:
    """Read a torch file of tensors and plain containers; whatever needs more is refused unread."""
    try:
        # Opened here, since torch goes by the suffix of a path; what it warns of a pickle's protocol helps nobody.
        with path.open("rb") as file, warnings.catch_warnings(action="ignore"):
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise DataError(
            "is a pickle that holds more than tensors: reading it could run code, so it is refused",
            where=path,
            expected="safetensors, or a torch file of a state dict",
            try_next=_CONVERT,
        ) from error
    except (RuntimeError, EOFError, ValueError, KeyError, IndexError, AttributeError, OSError) as error:
        raise DataError(
            f"not readable as a torch file, or cut off ({(str(error) or 'it ends early').splitlines()[0]})",
            where=path,
            try_next="copy the file again, or " + _CONVERT,
        ) from error


def _state_dict(content: object, path: Path) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """Return the tensors of a state dict by name, wherever they are nested, and what was changed."""
    notes = []
    for key in _NESTED:
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
            notes.append(f"the weights were taken from {key!r} in the file")
            break
    if not isinstance(content, Mapping) or not content:
        raise DataError(
            f"holds {with_article(type(content).__name__)}", where=path, expected="tensors by name", try_next=_CONVERT
        )
    others = [str(name) for name, value in content.items() if not isinstance(value, Tensor)]
    if others:
        raise DataError(f"{', '.join(others)}: not a tensor", where=path, expected="tensors by name", try_next=_CONVERT)
    tensors = {str(name): value for name, value in content.items()}
    if all(name.startswith("module.") for name in tensors):
        tensors = {name.removeprefix("module."): value for name, value in tensors.items()}
        notes.append("the prefix 'module.' was taken off every name")
    return tensors, tuple(notes)
