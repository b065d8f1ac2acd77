"""A network from an .onnx file, answered by onnxruntime on the CPU: data, no code. Needs the extra ``onnx``."""

from __future__ import annotations

import mmap
import re
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain._text import few, reason, shown
from remembrain.errors import DataError, UsageError
from remembrain.run import sha256
from remembrain.targets.brought.answering import IN_A_FUNCTION, KINDS_OF_FILES, Answering
from remembrain.targets.brought.asking import Predict
from remembrain.targets.brought.outputs import prediction_among
from remembrain.targets.brought.shapes import as_array

_KINDS = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16}
_LOCATION = re.compile(rb"\x0a\x08location\x12([\x01-\x7f]|[\x80-\xff][\x01-\x7f])")
"""How an entry of a graph begins that names a file beside it in which weights lie, and the length of that name."""


def from_onnx(path: Path, output: str | None = None) -> Answering:
    """Return the network in a file.

    Parameters
    ----------
    path
        An .onnx file.
    output
        Which of several outputs is the prediction.

    Raises
    ------
    UsageError
        Where onnxruntime is not installed, or there is no such output.
    DataError
        Where the file cannot be read, has an operator that onnxruntime does not know, or reads or puts out several
        things.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise UsageError(
            "an .onnx file is answered by onnxruntime, which is not installed",
            try_next="pip install 'remembrain[onnx]'",
        ) from error
    session = _session(onnxruntime, path)
    name, kind, sides = _input_of(session, path)
    named = prediction_among([one.name for one in session.get_outputs()], output, path)
    batch = sides[0]
    if batch is not None and batch != 1:
        raise DataError(
            f"reads {batch} scans at once and no other number",
            where=path,
            expected="a dynamic batch axis, or a batch of one",
            try_next=f"export it with dynamic_axes={{{name!r}: {{0: 'batch'}}}}",
        )
    hashes = {"model": sha256(path)} | {
        f"weights in {shown(name)}": sha256(path.parent / name) for name in _beside(path)
    }
    return Answering(
        path.stem,
        "a network in an .onnx file",
        _asking(session, name, named, kind, alone=batch == 1),
        f"{' '.join(hashes.values())} {named} onnxruntime {metadata.version('onnxruntime')}",
        shape=sides[1:],
        hashes=hashes,
        why_not_again="an .onnx file answers, and does not say how it was trained",
    )


def _beside(path: Path) -> list[str]:
    """Return the files beside it in which weights lie, however they are called, as the graph names them."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        names = set()
        for found in _LOCATION.finditer(content):
            length = found[1][0] & 127 | (found[1][1] << 7 if len(found[1]) > 1 else 0)
            names.add(content[found.end() : found.end() + length].decode("utf-8", "replace"))
    return sorted(name for name in names if name.isprintable() and (path.parent / name).is_file())


def _session(onnxruntime: Any, path: Path) -> Any:
    """Open a file on the CPU, on one thread: answers do not depend on the machine's number of cores."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised, and told once
    onnxruntime.disable_telemetry_events()
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # whatever a damaged file leads to
        said = reason(error)
        if "not a registered function/op" in str(error) or "No Op registered" in str(error) or "custom" in said.lower():
            raise DataError(
                f"has an operator that onnxruntime does not know ({said})",
                where=path,
                expected="operators of ONNX alone",
                try_next="--predict my_model.py:predict, with a function that runs it where it can be run",
            ) from error
        what = f"cannot be read as an .onnx file ({said})"
        raise DataError(what, where=path, expected=KINDS_OF_FILES, try_next=IN_A_FUNCTION) from error


def _input_of(session: Any, path: Path) -> tuple[str, Any, tuple[int | None, ...]]:
    """Return name, kind of numbers and sides of what a network reads."""
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise DataError(
            f"reads {len(inputs)} inputs ({few(one.name for one in inputs)})",
            where=path,
            expected="one input, the scan or the row",
            try_next="--predict my_model.py:predict, with a function that gives it the others",
        )
    (one,) = inputs
    if one.type not in _KINDS:
        raise DataError(f"reads {one.type}", where=path, expected="numbers: tensor(float)")
    sides = tuple(side if isinstance(side, int) and side > 0 else None for side in one.shape)
    if len(sides) < 2:
        raise DataError(f"reads an array of {len(sides)} axes", where=path, expected="a batch of scans or rows")
    return one.name, _KINDS[one.type], sides


def _asking(session: Any, name: str, output: str, kind: Any, *, alone: bool) -> Predict:
    """Return what asks a network, one scan at a time where it takes no more."""

    def once(scans: Float[np.ndarray, "scan *shape"]) -> Any:
        return session.run([output], {name: scans.astype(kind)})[0]

    def predict(scans: Sequence[Any]) -> Any:
        batch = as_array(scans)
        if not alone:
            return once(batch)
        return np.array(
            [np.asarray(once(batch[place : place + 1]), dtype=float).reshape(-1) for place in range(len(batch))]
        )

    return predict
