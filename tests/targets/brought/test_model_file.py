"""What a file is tells its content, whatever it is called; a pickle is refused and never loaded."""

from __future__ import annotations

import bz2
import gzip
import lzma
import pickle
import zipfile
import zlib

import pytest
import torch
from torch import nn

from remembrain.errors import DataError
from remembrain.targets.brought.model_file import from_file


class Hostile:
    """What a pickle may do to whoever loads it."""

    def __reduce__(self):
        return (eval, ("__import__('pathlib').Path('owned').touch()",))


PRESSED = {"gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zlib": zlib.compress}


@pytest.mark.parametrize("ending", [".skops", ".onnx", ".pt", ".pkl"])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_refused_whatever_its_ending(tmp_path, monkeypatch, ending, protocol):
    monkeypatch.chdir(tmp_path)
    for thing in (Hostile(), {"a": 1}, [1, 2], Hostile):
        file = tmp_path / f"model{ending}"
        file.write_bytes(pickle.dumps(thing, protocol))
        with pytest.raises(DataError, match="is a pickle") as refused:
            from_file(file)
        assert f"skops.io.dump(joblib.load('model{ending}')" in str(refused.value)
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("kind", PRESSED)
def test_so_is_one_that_is_compressed(tmp_path, kind):
    file = tmp_path / "model.skops"
    file.write_bytes(PRESSED[kind](pickle.dumps(Hostile())))
    with pytest.raises(DataError, match="compressed") as refused:
        from_file(file)
    assert "skops.io.dump" in str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "HDF5"),
        (b"<!DOCTYPE html><title>sign in</title>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS"),
        (b'{"learner": {}}', "JSON"),
        (b"RDX3\nX", "of R"),
        (b"PK\x03\x04" + bytes(100), "damaged archive"),
        (bytes(range(200)), "cannot be read"),
    ],
)
def test_another_kind_of_file_is_named(tmp_path, content, said):
    file = tmp_path / "model.onnx"
    file.write_bytes(content)
    with pytest.raises(DataError, match=said):
        from_file(file)


@pytest.mark.parametrize(
    ("name", "content", "said", "helps"),
    [
        ("pb.py", b"import numpy\ndef predict(rows):\n    return 3\n", "text", "--predict pb.py:predict"),
        ("t.csv", "participant_id,\u00e4ge\r\nsub-1,3\r\n".encode(), "text", "audit-predictions t.csv RUN"),
        ("predict.R", b"library(brainageR)\n", "text", "--command 'Rscript predict.R"),
        ("m.pmml", b"<?xml version='1.0'?><PMML/>", "text", "--predict my_model.py:predict"),
        ("t.parquet", b"PAR1\x15\x04", "table", "audit-predictions"),
        ("m.tflite", b"\x1c\x00\x00\x00TFL3" + bytes(50), "cannot be read", "--predict my_model.py:predict"),
    ],
)
def test_what_is_no_model_is_told_the_ways_there_are(tmp_path, name, content, said, helps):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=said) as refused:
        from_file(tmp_path / name)
    assert helps in str(refused.value)
    assert ".skops, .onnx, TorchScript" in str(refused.value)


def test_weights_and_pickled_networks_of_torch_are_no_programs(tmp_path):
    network = nn.Linear(2, 1)
    for thing in (network, network.state_dict()):
        torch.save(thing, tmp_path / "n.pt")
        with pytest.raises(DataError, match="pickle of torch") as refused:
            from_file(tmp_path / "n.pt")
        assert "torch.jit.script" in str(refused.value)


def test_an_archive_of_something_else_is_named(tmp_path):
    for name, said in (("model.weights.h5", "Keras"), ("word/document.xml", "something else")):
        with zipfile.ZipFile(tmp_path / "m.skops", "w") as archive:
            archive.writestr(name, "x")
        with pytest.raises(DataError, match=said):
            from_file(tmp_path / "m.skops")
