"""A model in a file: which way it is read is told by its first bytes, whatever it is called.

No pickle is ever loaded: whoever has one turns it into a .skops file where it was made.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from remembrain.errors import DataError
from remembrain.run import in_words, insist_on_regular, memory_left
from remembrain.targets.brought.answering import IN_A_FUNCTION, KINDS_OF_FILES, Answering
from remembrain.targets.brought.onnx_file import from_onnx
from remembrain.targets.brought.skops_file import from_skops
from remembrain.targets.brought.torch_program import from_exported, from_torchscript

_TO_SKOPS = (
    'on the machine where it was made: python -c "import joblib, skops.io; '
    "skops.io.dump(joblib.load('FILE'), 'model.skops')\", then --model model.skops"
)
_SCRIPT = (
    "where its class is: torch.jit.script(model.eval()).save('model.pt'), then --model model.pt; or --weights FILE "
    "--network my_model.py:Class"
)
_PRESSED = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"\x04\x22\x4d\x18", "lz4"))
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_PICKLE = re.compile(
    rb"\x80[\x02-\x05]|ZF0x|\(?c[\w.]+\n[\w.]+\n|\((?:dp|lp|[il])[\w.]*\n?|[()\]}][\x00-\x7f]*?[qp]\d*", re.DOTALL
)
_OTHERS = (
    (b"\x89HDF\r\n\x1a\n", "is an HDF5 file, as Keras and MATLAB write", IN_A_FUNCTION),
    (b"\x93NUMPY", "is an array of NumPy", IN_A_FUNCTION),
    (b"version https://git-lfs", "is a pointer of Git LFS, and not the file", "git lfs pull"),
    (b"MATLAB 5.0", "is a file of MATLAB", IN_A_FUNCTION),
    (b"RDX", "is a file of R", "remembrain audit-predictions, with what R predicts"),
    (b"RDA", "is a file of R", "remembrain audit-predictions, with what R predicts"),
    (b"<!doctype html", "is a web page, perhaps of a login", "download the file itself"),
    (b"<html", "is a web page, perhaps of a login", "download the file itself"),
    (b"{", "is a file of JSON", IN_A_FUNCTION),
    (b"tree\n", "is a model of LightGBM", IN_A_FUNCTION),
    (b"%PDF", "is a PDF", None),
    (b"PAR1", "is a table", "remembrain audit-predictions, where these are its predictions"),
)
_UNPRINTED = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_TEXTS = {
    ".py": "--predict FILE:predict, with a function that predicts",
    ".r": "--command 'Rscript FILE {input} {output}'",
    ".m": "--command, with a program that runs it: see docs/bring_your_model.md",
    **dict.fromkeys((".csv", ".tsv", ".txt"), "remembrain audit-predictions FILE RUN, where these are its predictions"),
}


def from_file(path: Path, trust: Sequence[str] = (), output: str | None = None) -> Answering:
    """Return the model in a file.

    Parameters
    ----------
    path
        The file.
    trust
        Types that a .skops file may have beside those that skops trusts.
    output
        Which of several outputs of a network is the prediction.

    Raises
    ------
    DataError
        Where it is a pickle, or a file of another kind; what it is, and what to do.
    UsageError
        Where the extra that reads it is not installed.
    """
    size = insist_on_regular(path)
    if not size:
        raise DataError("is empty", where=path, expected=KINDS_OF_FILES)
    with path.open("rb") as file:
        head = file.read(256)
    if head.startswith(b"PK\x03\x04") or zipfile.is_zipfile(path):
        return _from_archive(path, trust, output)
    _refuse(path, head)
    return from_onnx(path, output)


def kind_of_archive(path: Path) -> str:
    """Return what a zip archive is by what it holds: ``skops``, ``torchscript``, ``exported``, or why it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise DataError(f"is a damaged archive ({error})", where=path, expected=KINDS_OF_FILES) from None
    last = {name.rpartition("/")[2] for name in names}
    if "schema.json" in names:
        return "skops"
    if "archive_format" in last or "serialized_exported_program.json" in last:
        return "exported"
    if "constants.pkl" in last:
        return "torchscript"
    if "data.pkl" in last:
        return "weights"
    if "model.weights.h5" in last or "saved_model.pb" in last:
        return "keras"
    return ""


def _from_archive(path: Path, trust: Sequence[str], output: str | None) -> Answering:
    """Return the model in a zip archive."""
    kind = kind_of_archive(path)
    _insist_on_room(path)
    if kind == "skops":
        return from_skops(path, trust)
    if kind == "exported":
        return from_exported(path, output)
    if kind == "torchscript":
        return from_torchscript(path, output)
    if kind == "weights":
        what = "is a pickle of torch: weights, or a network with the names of its code, which runs nothing by itself"
        raise DataError(what, where=path, expected=KINDS_OF_FILES, try_next=_SCRIPT.replace("FILE", path.name))
    what = "is a model of Keras" if kind == "keras" else "is an archive of something else"
    raise DataError(what, where=path, expected=KINDS_OF_FILES, try_next=IN_A_FUNCTION)


def _insist_on_room(path: Path) -> None:
    """Raise where an archive unpacks to more than the memory takes."""
    with zipfile.ZipFile(path) as archive:
        needed = sum(one.file_size for one in archive.infolist())
    if needed > (left := memory_left()):
        what = f"unpacks to more than the memory takes ({in_words(needed)}, and {in_words(left)} are left)"
        raise DataError(what, where=path, expected="a model")


def _refuse(path: Path, head: bytes) -> None:
    """Raise where a file is known to be something else than a model that can be read."""
    to_skops = _TO_SKOPS.replace("FILE", path.name)
    if _PICKLE.match(head):
        raise DataError(
            "is a pickle, and whoever loads one runs whatever it says: it is not loaded",
            where=path,
            expected=KINDS_OF_FILES,
            try_next=to_skops,
        )
    pressed = next((kind for mark, kind in _PRESSED if head.startswith(mark)), "")
    if pressed or _ZLIB.match(head):
        what = f"is compressed by {pressed or 'zlib'}, as joblib writes pickles and R its objects: it is not loaded"
        raise DataError(what, where=path, expected=KINDS_OF_FILES, try_next=f"{to_skops}; of R: audit-predictions")
    for mark, what, advice in _OTHERS:
        if head[: len(mark)].lower() == mark.lower():
            raise DataError(what, where=path, expected=KINDS_OF_FILES, try_next=advice)
    if not _UNPRINTED.search(head):
        advice = _TEXTS.get(path.suffix.lower(), IN_A_FUNCTION).replace("FILE", path.name)
        raise DataError("is a file of text, and no model", where=path, expected=KINDS_OF_FILES, try_next=advice)
