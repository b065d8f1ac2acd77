"""Weights from strangers: read without running anything that the file may hold, and fitted to a network.

Safetensors, or torch files of tensors alone (``weights_only``). No pickle is ever loaded.
"""

from __future__ import annotations

import argparse
import pickle
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PosixPath
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from remembrain._text import few
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.run import atomic_path, in_words, insist_on_regular, memory_left
from remembrain.targets.other_files import refuse_other_files
from remembrain.targets.state_dicts import Wanted, choose, fits, mappings, wanted_names

_SCALAR: Any = np.float64(0).__reduce__()[0]
_PLAIN: list[Callable[..., Any] | tuple[Callable[..., Any], str]] = [
    argparse.Namespace,
    PosixPath,
    np.dtype,
    *(type(np.dtype(kind)) for kind in (bool, np.int32, np.int64, np.float16, np.float32, np.float64)),
    (_SCALAR, "numpy.core.multiarray.scalar"),
    (_SCALAR, "numpy._core.multiarray.scalar"),
]
"""What often lies beside the weights, such as the best error or how training was called, and is data as they are."""

_PACKED = 20
"""How many times its size a torch file may unpack to: torch packs nothing, and numbers do not shrink much."""

_CONVERT = (
    "where the model was trained: safetensors.torch.save_file(model.state_dict(), 'weights.safetensors'), "
    "then use that file"
)


def write_weights(module: nn.Module, path: Path) -> None:
    """Write every parameter and buffer as safetensors, whole or not at all."""
    write_tensors(module.state_dict(), path)


def write_tensors(state: Mapping[str, Tensor], path: Path) -> None:
    """Write a state dict as safetensors, whole or not at all."""
    content = as_safetensors(state)
    with atomic_path(path) as partial:
        partial.write_bytes(content)


def as_safetensors(state: Mapping[str, Tensor]) -> bytes:
    """Return a state dict as a file of it is."""
    tensors = {name: value for name, value in state.items() if isinstance(value, Tensor)}  # not what code keeps there
    return bytes(save({name: value.detach().cpu().clone().contiguous() for name, value in tensors.items()}))


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read weights that this program wrote: one tensor a name.

    Raises
    ------
    DataError
        Where the file is missing, damaged, holds anything else or NaN, or would have to run code to be read.
    """
    content = read_content(path)
    if not isinstance(content, dict) or not content or not all(isinstance(one, Tensor) for one in content.values()):
        raise DataError(
            "holds more or less than tensors by name", where=path, expected="weights that were written here"
        )
    broken = [name for name, value in content.items() if not bool(torch.isfinite(value).all())]
    if broken:
        raise _not_finite(broken, path)
    return content


def bring(module: nn.Module, path: Path, key: str | None = None) -> tuple[str, ...]:
    """Put a stranger's weights into a network.

    Parameters
    ----------
    module
        The network, as its class makes it.
    path
        Safetensors; or a torch file whose tensors lie at any depth, under names that wrappers may have changed.
    key
        Which of several mappings in the file, or which prefix of names.

    Returns
    -------
    notes
        What was done to make the weights fit.

    Raises
    ------
    DataError
        As for :func:`read_content` and :func:`~remembrain.targets.state_dicts.choose`, and for weights that are not
        finite where those of the fresh network are.
    ProblemsError
        As for :func:`fit`.
    """
    chosen = choose(read_content(path), module, path, key)
    return (*chosen.notes, *fit(module, chosen.tensors, path))


def read_content(path: Path) -> object:
    """Read whatever a file of weights holds: tensors, plain values and containers of them.

    Raises
    ------
    DataError
        Where the file is missing or damaged, or would have to run code to be read.
    """
    insist_on_regular(path)
    with path.open("rb") as file:
        start = file.read(9)
    if not start:
        raise DataError("is empty", where=path, expected="weights as safetensors or a torch file")
    refuse_other_files(path)
    is_safetensors = start[8:] == b"{"  # behind eight bytes of length, whatever they look like
    if not start.startswith((b"PK", b"\x80")) or is_safetensors:
        return _safetensors(path)
    if (unpacked := _unpacked(path)) > _PACKED * path.stat().st_size + 2**20:
        what = f"unpacks to {in_words(unpacked)}, {unpacked // path.stat().st_size:,} times what it holds"
        raise DataError(what, where=path, expected="weights as torch writes them, which are not packed")
    _insist_on_room(unpacked, path)
    content = _torch_file(path)
    tensors = [value for _, some in mappings(content) for value in some.values()]
    if any(not _is_plain(value) for value in tensors):
        raise DataError("holds tensors that are not plain numbers in memory", where=path, expected="dense tensors")
    _insist_on_room(sum(value.numel() * value.element_size() for value in tensors), path)
    return content


def _unpacked(path: Path) -> int:
    """Return how many bytes a torch file unpacks to, as its directory says."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):  # no archive, or a broken one
        return path.stat().st_size


def _is_plain(value: Tensor) -> bool:
    """Tell whether a tensor has a number of its own in memory for each place."""
    return value.layout is torch.strided and value.device.type == "cpu" and not value.is_quantized


def _insist_on_room(needed: int, path: Path) -> None:
    """Raise where weights would not fit into the memory twice: numbers that are packed or repeated take no room."""
    if 2 * needed > (left := memory_left()):
        what = f"unpacks to more than the memory takes ({in_words(needed)}, and {in_words(left)} are left)"
        raise DataError(what, where=path, expected="weights of a network")


def fit(module: nn.Module, weights: Mapping[str, Tensor], where: Path) -> tuple[str, ...]:
    """Put the weights into the network.

    Counters of batch norms may be missing, and all but one of tensors that are one and the same in the network.

    Returns
    -------
    notes
        What was converted or left as the network made it.

    Raises
    ------
    ProblemsError
        Naming every tensor that is missing, not expected or of another shape.
    DataError
        Where a number is NaN or infinite that is finite in the fresh network, such as any weight.
    """
    wanted = wanted_names(module)
    problems = [Problem(name, "missing from the file") for name in wanted.missing(weights)]
    problems += [Problem(name, "not expected by the network") for name in wanted.unknown(weights)]
    problems += [
        Problem(name, f"has shape {tuple(value.shape)}, the network expects {tuple(wanted.tensors[name].shape)}")
        for name, value in weights.items()
        if name in wanted.tensors and not fits(wanted.tensors[name], value)
    ]
    problems += [
        Problem(name, f"differs from {other} in the file, and the two are one in the network")
        for name, others in wanted.tied.items()
        for other in others
        if name < other and {name, other} <= weights.keys() and not torch.equal(weights[name], weights[other])
    ]
    if problems:
        raise ProblemsError(
            problems,
            where=where,
            try_next="the class and arguments that the weights were trained with (--network, --network-arguments)",
        )
    broken = [name for name, value in weights.items() if not _finite_as(wanted.tensors[name], value)]
    if broken:
        raise _not_finite(broken, where)
    notes = _conversions(wanted, weights)
    module.load_state_dict(dict(weights), strict=False)  # what is missing was looked at above
    return notes


def _finite_as(wanted: Tensor, value: Tensor) -> bool:
    """Tell whether a tensor is finite, or is a buffer of the network's own that is not, such as a mask."""
    if bool(torch.isfinite(value).all()):
        return True
    if isinstance(wanted, nn.Parameter) or is_lazy(wanted):
        return False
    return torch.equal(torch.isfinite(value), torch.isfinite(wanted).to(value.device))


def _conversions(wanted: Wanted, weights: Mapping[str, Tensor]) -> tuple[str, ...]:
    """Say which precision is converted to which, and what stays as the network made it."""
    kinds = Counter(
        (str(value.dtype).removeprefix("torch."), str(wanted.tensors[name].dtype).removeprefix("torch."))
        for name, value in weights.items()
        if value.is_floating_point() and value.dtype != wanted.tensors[name].dtype
    )
    notes = [f"{count} tensors were converted from {old} to {new}" for (old, new), count in kinds.items()]
    absent = [name for name in wanted.tensors if name not in weights]
    if any(name.endswith("num_batches_tracked") for name in absent):
        notes.append("counters of batch norms are not in the file, and nothing depends on them")
    if tied := [name for name in absent if name in wanted.tied]:
        notes.append(f"not in the file, and the same tensor as another one that is: {', '.join(tied)}")
    return tuple(notes)


def _not_finite(names: Sequence[str], where: Path) -> DataError:
    """Return what is said of weights that are no numbers."""
    return DataError(f"NaN or infinite weights in {few(names)}", where=where, expected="finite weights")


def _safetensors(path: Path) -> object:
    """Read a safetensors file."""
    try:
        return load_file(path)
    except (SafetensorError, ValueError) as error:
        advice = "copy the file again"
        advice += "" if path.suffix == ".safetensors" else f", or, if it is none of safetensors or torch, {_CONVERT}"
        raise DataError(f"not readable as safetensors, or cut off ({error})", where=path, try_next=advice) from error


def _torch_file(path: Path) -> object:
    """Read a torch file of tensors and plain containers; whatever needs more is refused unread."""
    try:
        # Opened here, since torch goes by the suffix of a path; what it warns of a pickle's protocol helps nobody.
        with (
            path.open("rb") as file,
            warnings.catch_warnings(action="ignore"),
            torch.serialization.safe_globals(_PLAIN),
        ):
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
