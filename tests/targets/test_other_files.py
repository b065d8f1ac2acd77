"""Files that are brought for weights and are none say what they are."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from remembrain.errors import DataError
from remembrain.targets.other_files import refuse_other_files
from remembrain.targets.weights import read_content


def refused(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_content(path)
    text = str(caught.value)
    assert "copy the file again" not in text
    assert "weights_only" not in text
    return text


def test_a_torchscript_archive_says_how_its_weights_are_taken_out(tmp_path: Path) -> None:
    with warnings.catch_warnings(action="ignore"):  # torch would rather export
        torch.jit.save(torch.jit.script(nn.Linear(2, 1)), tmp_path / "model.pt")  # type: ignore[no-untyped-call]
    text = refused(tmp_path / "model.pt")
    assert "model.pt: is a TorchScript archive" in text
    assert "torch.jit.load('model.pt').state_dict()" in text


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x89HDF\r\n\x1a\n" + bytes(64), "is an HDF5 file, as Keras and MATLAB write"),
        (b"\x1f\x8b\x08" + bytes(64), "is compressed by gzip"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a pointer of Git LFS"),
        (b"<!DOCTYPE html><html>", "is a web page"),
    ],
)
def test_other_files_are_named(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "w.h5").write_bytes(content)
    assert what in refused(tmp_path / "w.h5")


def test_archives_of_others_are_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", "x")
    assert "is a model of Keras" in refused(tmp_path / "m.keras")
    np.savez(tmp_path / "w.npz", a=np.ones(3))
    assert "holds arrays of NumPy" in refused(tmp_path / "w.npz")


def test_weights_of_torch_pass(tmp_path: Path) -> None:
    torch.save(nn.Linear(2, 1).state_dict(), tmp_path / "w.pt")
    refuse_other_files(tmp_path / "w.pt")
    assert isinstance(read_content(tmp_path / "w.pt"), dict)
