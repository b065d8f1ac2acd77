"""Files that are brought for weights and are something else: what each is, by what it holds, and what to do."""

from __future__ import annotations

import zipfile
from pathlib import Path

from remembrain.errors import DataError

_EXPECTED = "safetensors, or a torch file of a state dict"
_IN_TORCH = (
    "write the same network in torch and give it these numbers; then safetensors.torch.save_file(model.state_dict(), "
    "'weights.safetensors')"
)
_SCRIPTED = (
    "where torch is: safetensors.torch.save_file({name: tensor.clone() for name, tensor in "
    "torch.jit.load('FILE').state_dict().items()}, 'weights.safetensors'), and --network with the class"
)
_EXPORTED = _SCRIPTED.replace("jit.load", "export.load")
_HEADS = (
    (b"\x89HDF\r\n\x1a\n", "is an HDF5 file, as Keras and MATLAB write, and no file of torch", _IN_TORCH),
    (b"\x93NUMPY", "is an array of NumPy, and no weights by name", _IN_TORCH),
    (b"\x1f\x8b", "is compressed by gzip", "gunzip it first"),
    (b"version https://git-lfs", "is a pointer of Git LFS, and not the file", "git lfs pull"),
    (b"MATLAB 5.0", "is a file of MATLAB", _IN_TORCH),
    (b"<!doctype html", "is a web page, perhaps of a login", "download the file itself"),
    (b"<html", "is a web page, perhaps of a login", "download the file itself"),
)
_MEMBERS = (
    ("constants.pkl", "is a TorchScript archive, a program with its weights", _SCRIPTED),
    ("model.weights.h5", "is a model of Keras", _IN_TORCH),
    (
        "serialized_exported_program.json",
        "is a program that torch.export wrote",
        _SCRIPTED.replace("jit.load", "export.load"),
    ),
    ("META-INF/MANIFEST.MF", "is a Java archive", _IN_TORCH),
)


def refuse_other_files(path: Path) -> None:
    """Raise where a file is known to be something else than weights of torch.

    Raises
    ------
    DataError
        Saying what it is, and what to do.
    """
    with path.open("rb") as file:
        head = file.read(64)
    for mark, what, advice in _HEADS:
        if head[: len(mark)].lower() == mark.lower():
            raise DataError(what, where=path, expected=_EXPECTED, try_next=advice)
    if not head.startswith(b"PK") or not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    for member, what, advice in _MEMBERS:
        if any(name == member or name.endswith(f"/{member}") for name in names):
            raise DataError(what, where=path, expected=_EXPECTED, try_next=advice.replace("FILE", path.name))
    if names and all(name.endswith(".npy") for name in names):
        raise DataError(
            "holds arrays of NumPy, and no weights of torch", where=path, expected=_EXPECTED, try_next=_IN_TORCH
        )
