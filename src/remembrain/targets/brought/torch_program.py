"""A network as a program: TorchScript, or what ``torch.export`` wrote. It answers, and shows nothing else.

Both run without their author's Python. torch reads the second by ways that can be made to run anything (pickles where
tensors are expected, text that is evaluated, names of any function, libraries), so it is looked through before: only
tensors, operators of torch's own, and arithmetic of sizes pass.
"""

from __future__ import annotations

import ast
import os
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from remembrain._calling import left_alone
from remembrain._text import few, reason, shown
from remembrain.errors import DataError
from remembrain.run import parse_json, sha256
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.asking import Predict
from remembrain.targets.brought.outputs import prediction_among
from remembrain.targets.brought.shapes import as_array

_NOT_SAID = "it is a program that answers, and does not say how it was trained"
_OWN = re.compile(r"torch\.ops\.(aten|prims|higher_order)\.\w+(\.\w+)?|(_operator|math)\.\w+")
_ROUNDED = frozenset(
    ("Mod", "PythonMod", "FloorDiv", "CleanDiv", "CeilDiv", "TruncToInt", "IntTrueDiv", "ceiling", "floor")
)
_COMPARED = frozenset(("Eq", "Ne", "Lt", "Le", "Gt", "Ge", "And", "Or", "Not", "Max", "Min", "Abs"))
_SIZES = frozenset(("Symbol", "Integer", "Rational", "Float", "Add", "Mul", "Pow")) | _ROUNDED | _COMPARED
_SAFE = (
    re.compile(r"(models|data/weights|data/constants)/[\w.-]+\.json"),
    re.compile(r"data/(weights|constants|sample_inputs)/[\w.-]+"),
    re.compile(r"archive_format|archive_version|byteorder|version|(\.data|\.format)[\w./-]*|\.storage_alignment"),
)
_NAMES = ("name", "as_name", "forward_arg_names", "parameter_name", "buffer_name", "tensor_constant_name", "fqn")
_MOST = 2**28
"""Bytes of text that a program may have."""
_FORCED = "TORCH_FORCE_WEIGHTS_ONLY_LOAD"


def from_torchscript(path: Path, output: str | None = None) -> Answering:
    """Return the network in a TorchScript file.

    Raises
    ------
    DataError
        Where it cannot be read, or reads several things.
    """
    try:
        with left_alone(), _quiet():
            module = torch.jit.load(str(path), map_location="cpu").eval()
            needed = [one.name for one in module.forward.schema.arguments[1:] if not one.has_default_value()]
    except Exception as error:  # whatever a damaged file leads to
        raise DataError(f"cannot be read ({reason(error)})", where=path, expected="a TorchScript file") from error
    if len(needed) != 1:
        raise _several(needed, path)
    return _answering(path, "a TorchScript program", _asking(module, path, output, _kind_of(module), alone=False), None)


def from_exported(path: Path, output: str | None = None) -> Answering:
    """Return the network in a file of ``torch.export``.

    Raises
    ------
    DataError
        Where it cannot be read, holds what is no part of a network, or reads several things.
    """
    _insist_on_network(path)
    try:
        with left_alone(), _quiet(), _tensors_alone():
            program = torch.export.load(path)
            module = program.module(check_guards=False)  # guards are text that would be run
            given = [node for node in program.graph.nodes if node.name in program.graph_signature.user_inputs]
            shapes = [tuple(node.meta["val"].shape) for node in given]
    except Exception as error:  # whatever a damaged file leads to
        raise DataError(
            f"cannot be read ({reason(error)})", where=path, expected="a file that torch.export of this version wrote"
        ) from error
    if len(given) != 1:
        raise _several([node.name for node in given], path)
    (shape,) = shapes
    sides = tuple(side if isinstance(side, int) else None for side in shape)
    if not sides or sides[0] not in (None, 1):
        raise DataError(
            f"reads {sides[0] if sides else 'no'} scans at once and no other number",
            where=path,
            expected="a dynamic batch axis, or a batch of one",
            try_next="export it with dynamic_shapes=({0: torch.export.Dim('batch')},)",
        )
    predict = _asking(module, path, output, _kind_of(module), alone=sides[0] == 1)
    return _answering(path, "a program of torch.export", predict, sides[1:])


def _answering(path: Path, origin: str, predict: Predict, shape: tuple[int | None, ...] | None) -> Answering:
    """Return a program that answers."""
    hashed = sha256(path)
    return Answering(
        path.stem,
        origin,
        predict,
        f"{hashed} torch {torch.__version__}",
        shape=shape,
        hashes={"model": hashed},
        why_not_again=_NOT_SAID,
    )


def _several(names: list[str], path: Path) -> DataError:
    """Return what is said of a network that reads anything but one thing."""
    return DataError(
        f"reads {len(names)} inputs ({few(names)})",
        where=path,
        expected="one input, the scan or the row",
        try_next="--predict my_model.py:predict, with a function that gives it the others",
    )


def _kind_of(module: Any) -> torch.dtype:
    """Return the precision of a network's parameters."""
    kinds = (value.dtype for value in module.parameters() if value.is_floating_point())
    return next(kinds, torch.float32)


def _asking(module: Callable[..., Any], path: Path, output: str | None, kind: torch.dtype, *, alone: bool) -> Predict:
    """Return what asks a program, one scan at a time where it takes no more."""

    def once(batch: Tensor) -> Tensor:
        return _of(module(batch), path, output).float().reshape(len(batch), -1)

    def predict(scans: Any) -> Any:
        with left_alone(), _quiet(), torch.inference_mode():
            batch = torch.from_numpy(as_array(scans)).to(kind)
            try:
                answers = [once(batch[place : place + 1]) for place in range(len(batch))] if alone else [once(batch)]
            except (RuntimeError, ValueError) as error:  # the first lines say where in the program
                said = (str(error).strip() or type(error).__name__).splitlines()[-1]
                shape = " x ".join(map(str, batch.shape[1:]))
                raise DataError(f"does not answer to {shape} numbers a scan ({said})", where=path) from error
            return torch.cat(answers).numpy()

    return predict


def _of(answer: Any, path: Path, output: str | None) -> Tensor:
    """Return the prediction among what a program puts out."""
    if isinstance(answer, Mapping):
        outputs = {str(name): value for name, value in answer.items()}
    else:
        several = isinstance(answer, tuple | list)
        outputs = {str(place): value for place, value in enumerate(answer if several else [answer])}
    value = outputs[prediction_among(list(outputs), output, path)]
    if not isinstance(value, Tensor):
        raise DataError(f"puts out a {type(value).__name__}", where=path, expected="one number a scan")
    return value


def _insist_on_network(path: Path) -> None:
    """Raise where a file of torch.export holds more than tensors, operators of torch's own and sizes."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        root = names[0].split("/", 1)[0] + "/" if names and all("/" in name for name in names) else ""
        roots = {name.split("/", 1)[0] for name in names if "/" in name}
        if root and roots != {root[:-1]}:
            root = ""
        strange = [name for name in names if not any(form.fullmatch(name.removeprefix(root)) for form in _SAFE)]
        if strange:
            raise DataError(
                f"holds more than a network ({few(strange)})",
                where=path,
                expected="what torch.export.save wrote, without compiled code",
                try_next="export it again, or --predict my_model.py:predict",
            )
        models = [name for name in names if re.fullmatch(r"models/[\w.-]+\.json", name.removeprefix(root))]
        if len(models) != 1:
            raise DataError(f"holds {len(models)} models", where=path, expected="one")
        if sum(archive.getinfo(name).file_size for name in models) > _MOST:
            raise DataError("has a program of more than 256 MB without its weights", where=path)
        content = parse_json(archive.read(models[0]).decode("utf-8", "replace"), f"{path}, {models[0]}")
    for key, value in _texts(content):
        if key in _NAMES and not re.fullmatch(r"[\w.*]*", value):  # torch writes them into a program
            raise DataError(f"has the name {shown(value)}", where=path, expected="names as torch.export gives them")
        if key in ("target", "as_operator") and not _OWN.fullmatch(value):
            raise DataError(
                f"calls {shown(value)}, which is no operator of torch's own",
                where=path,
                try_next="--predict my_model.py:predict, with a function that runs it where it can be run",
            )
        if key in ("expr_str", "as_expr") and not _is_size(value):
            raise DataError(f"has {shown(value)} for a size", where=path, expected="arithmetic of whole numbers")


def _texts(content: Any) -> Iterator[tuple[str, str]]:
    """Iterate over every text in JSON that stands under a key."""
    waiting = [content]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield from ((key, value) for key, value in one.items() if isinstance(value, str))
            waiting.extend(one.values())
            lists = ((key, value) for key, value in one.items() if isinstance(value, list))
            yield from ((key, text) for key, texts in lists for text in texts if isinstance(text, str))
        elif isinstance(one, list):
            waiting.extend(one)


def _is_size(text: str) -> bool:
    """Tell whether a text is arithmetic of sizes and nothing else."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in _SIZES):
            return False
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not re.fullmatch(r"\w{1,40}", node.value):
            return False
        if isinstance(node, ast.Name) and not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", node.id):
            return False
        if not isinstance(node, _ARITHMETIC):
            return False
    return True


_ARITHMETIC = (
    *(ast.Expression, ast.Call, ast.Name, ast.Load, ast.Constant, ast.keyword, ast.BinOp, ast.UnaryOp, ast.Compare),
    *(ast.BoolOp, ast.operator, ast.unaryop, ast.cmpop, ast.boolop),
)


@contextmanager
def _tensors_alone() -> Iterator[None]:
    """Have torch read tensors and nothing else, wherever it would fall back to pickles."""
    before = os.environ.get(_FORCED)
    os.environ[_FORCED] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_FORCED]
        else:
            os.environ[_FORCED] = before


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what torch warns of its own ways to itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
