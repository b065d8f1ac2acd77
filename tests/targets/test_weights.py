import os
import pickle
import resource
import zipfile
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from remembrain.errors import DataError, ProblemsError, RemembrainError
from remembrain.targets.weights import bring, fit, read_content, read_weights, write_weights


def network():
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def same(tensors, module):
    expected = module.state_dict()
    return list(tensors) == list(expected) and all(torch.equal(tensors[name], expected[name]) for name in expected)


def test_what_is_written_is_read(tmp_path):
    module = network()
    write_weights(module, tmp_path / "a.safetensors")
    tensors = read_weights(tmp_path / "a.safetensors")
    assert {name: value.tolist() for name, value in tensors.items()} == {
        name: value.tolist() for name, value in module.state_dict().items()
    }


def test_tensors_that_share_memory_are_written(tmp_path):
    module = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    module[1].weight = module[0].weight
    write_weights(module, tmp_path / "a.safetensors")
    assert torch.equal(read_weights(tmp_path / "a.safetensors")["1.weight"], module[0].weight)


@pytest.mark.parametrize("key", [None, "state_dict", "network_weights"])
@pytest.mark.parametrize("legacy", [False, True])
def test_torch_files_of_a_state_dict_are_brought_wherever_it_is_nested(tmp_path, key, legacy):
    module, fresh = network(), network()
    content = module.state_dict() if key is None else {"epoch": 3, key: module.state_dict()}
    torch.save(content, tmp_path / "a.pt", _use_new_zipfile_serialization=not legacy)
    notes = bring(fresh, tmp_path / "a.pt")
    assert same(module.state_dict(), fresh)
    assert len(notes) == (key is not None)


@pytest.mark.parametrize("form", ["pickle", "whole model", "state dict with a trap", "legacy trap"])
def test_files_that_would_run_code_are_refused_and_run_none(tmp_path, form):
    ran, path = tmp_path / "ran", tmp_path / "weights.pt"
    if form == "pickle":
        path.write_bytes(pickle.dumps({"weight": Trap(ran)}))
    elif form == "whole model":
        torch.save(network(), path)
    else:
        torch.save({"weight": Trap(ran)}, path, _use_new_zipfile_serialization=form != "legacy trap")
    with pytest.raises(DataError, match=r"reading it could run code(.|\n)*safetensors") as caught:
        read_content(path)
    assert str(path) in str(caught.value)
    assert not ran.exists()


def test_a_pickle_is_recognised_whatever_its_protocol(tmp_path):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        ran, path = tmp_path / "ran", tmp_path / "weights.safetensors"
        path.write_bytes(pickle.dumps(Trap(ran), protocol=protocol))
        with pytest.raises(DataError):
            read_weights(path)
        assert not ran.exists()


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_files_that_are_cut_off_are_named(tmp_path, suffix, keep):
    path = tmp_path / f"weights{suffix}"
    if suffix == ".pt":
        torch.save(network().state_dict(), path)
    else:
        write_weights(network(), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(DataError, match="cut off") as caught:
        read_weights(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "is empty"), (b"hello, this is text", "not readable"), (b"PK", "refused")]
)
def test_what_is_no_file_of_weights_is_named(tmp_path, content, message):
    path = tmp_path / "weights"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_weights(path)


def test_what_is_no_file_is_named_and_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.pt")
    (tmp_path / "zero.pt").symlink_to("/dev/zero")
    said = {"none.pt": "no such file", "": "is a folder", "pipe.pt": "is a named pipe", "zero.pt": "is a device"}
    for name, message in said.items():
        with pytest.raises(DataError, match=message):
            read_weights(tmp_path / name)


def test_weights_that_take_more_room_than_they_seem_to_are_refused(tmp_path):
    torch.save({"w": torch.zeros(1).expand(10**12)}, tmp_path / "repeated.pt")
    torch.save({"w": torch.arange(4.0)}, tmp_path / "plain.pt")
    with zipfile.ZipFile(tmp_path / "plain.pt") as plain, zipfile.ZipFile(tmp_path / "packed.pt", "w", 8) as packed:
        for entry in plain.infolist():
            numbers = entry.filename.endswith("data/0")
            packed.writestr(entry.filename, bytes(10**7) if numbers else plain.read(entry))
    torch.save({"w": torch.zeros(3, device="meta")}, tmp_path / "nowhere.pt")
    torch.save({"w": torch.ones(3).to_sparse()}, tmp_path / "sparse.pt")
    (tmp_path / "claims.safetensors").write_bytes(
        bytes([64, 0, 0, 0, 0, 0, 0, 0]) + b'{"w":{"dtype":"F32","shape":[99999],"data_offsets":[0,399996]}}'.ljust(64)
    )
    nested = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    (tmp_path / "deep.safetensors").write_bytes(len(nested).to_bytes(8, "little") + nested)
    (tmp_path / "long.safetensors").write_bytes((2**60).to_bytes(8, "little") + b"{}")
    said = {
        "repeated.pt": r"unpacks to more than the memory takes \(3\.6 TB",
        "packed.pt": r"unpacks to 9\.5 MB, [0-9,]+ times what it holds",
        "nowhere.pt": "not plain numbers in memory",
        "sparse.pt": "not plain numbers in memory",
        "claims.safetensors": "not readable as safetensors",
        "deep.safetensors": "not readable as safetensors",
        "long.safetensors": "not readable as safetensors",
    }
    for name, message in said.items():
        with pytest.raises(DataError, match=message):
            read_content(tmp_path / name)
    assert read_content(tmp_path / "plain.pt")["w"].tolist() == [0, 1, 2, 3]


def test_a_small_file_that_names_one_list_a_trillion_times_is_looked_at_once(tmp_path):
    content = {"weights": torch.zeros(1)}
    for _ in range(4):
        content = {str(number): content for number in range(1000)}
    torch.save(content, tmp_path / "a.pt")
    with pytest.raises(ProblemsError, match="missing from the file"):
        bring(network(), tmp_path / "a.pt")


@pytest.mark.parametrize("content", [{}, [3], {"a": 3}, {"state_dict": {}}, torch.zeros(1)])
def test_torch_files_of_something_else_are_refused(tmp_path, content):
    torch.save(content, tmp_path / "a.pt")
    with pytest.raises(DataError, match="tensors by name"):
        bring(network(), tmp_path / "a.pt")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused_by_name(tmp_path, value):
    save_file({"good": torch.ones(2), "bad.weight": torch.tensor([1.0, value])}, tmp_path / "a.safetensors")
    with pytest.raises(DataError, match=r"NaN or infinite weights in bad\.weight$|in bad\.weight;"):
        read_weights(tmp_path / "a.safetensors")


def test_everything_that_does_not_fit_is_listed_at_once():
    weights = dict(network().state_dict())
    del weights["0.bias"]
    weights["0.weight"] = torch.zeros(4, 5)
    weights["3.weight"] = torch.zeros(2)
    with pytest.raises(ProblemsError) as caught:
        fit(network(), weights, Path("w.pt"))
    assert [str(problem) for problem in caught.value.problems] == [
        "0.bias: missing from the file",
        "3.weight: not expected by the network",
        "0.weight: has shape (4, 5), the network expects (4, 3)",
    ]
    assert "w.pt: 3 problems" in str(caught.value)


def test_weights_that_fit_are_put_in():
    module, weights = network(), network().state_dict()
    fit(module, weights, Path("w.pt"))
    assert same(dict(weights), module)


def test_a_disk_that_takes_no_more_is_a_clear_message_and_leaves_nothing(tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(RemembrainError, match=r"model\.safetensors: cannot be written"):
            write_weights(network(), tmp_path / "model.safetensors")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_a_length_that_looks_like_a_pickle_s_first_byte_is_still_safetensors(tmp_path):
    for length in range(1, 200):
        content = {"weight": torch.zeros(1), "x" * length: torch.zeros(1)}
        save_file(content, tmp_path / "a.safetensors")
        if (tmp_path / "a.safetensors").read_bytes()[0] == 0x80:
            break
    else:
        raise AssertionError("no such length")
    assert set(read_weights(tmp_path / "a.safetensors")) == set(content)


class Masked(nn.Module):
    """A mask of -inf, a tie, and a norm: a buffer that is not finite, two names of one tensor, a counter."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mask", torch.tensor([0.0, -torch.inf]))
        self.first, self.second = nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)
        self.second.weight = self.first.weight
        self.norm = nn.BatchNorm1d(2)


def test_a_mask_that_is_not_finite_in_the_network_is_brought_and_any_other_number_is_not(tmp_path):
    state = Masked().state_dict()
    torch.save(state, tmp_path / "a.pt")
    bring(Masked(), tmp_path / "a.pt")
    for name, value in (("mask", [torch.nan, -torch.inf]), ("norm.running_var", [1.0, torch.inf])):
        torch.save({**state, name: torch.tensor(value)}, tmp_path / "a.pt")
        with pytest.raises(DataError, match=f"NaN or infinite weights in {name}"):
            bring(Masked(), tmp_path / "a.pt")


def test_what_nothing_depends_on_may_be_missing_and_is_told(tmp_path):
    trained, fresh = Masked(), Masked()
    state = dict(trained.state_dict())
    del state["norm.num_batches_tracked"], state["second.weight"]  # safetensors keeps one of what is tied
    save_file(state, tmp_path / "a.safetensors")
    notes = bring(fresh, tmp_path / "a.safetensors")
    assert torch.equal(fresh.second.weight, trained.first.weight)
    assert any("counters of batch norms" in note for note in notes)
    assert any("second.weight" in note for note in notes)


def test_two_weights_that_differ_are_not_put_where_the_network_has_one(tmp_path):
    state = {**Masked().state_dict(), "second.weight": torch.ones(2, 2)}
    torch.save(state, tmp_path / "a.pt")
    with pytest.raises(ProblemsError, match=r"first\.weight: differs from second\.weight in the file"):
        bring(Masked(), tmp_path / "a.pt")


@pytest.mark.parametrize("precision", [torch.float16, torch.bfloat16, torch.float64])
def test_another_precision_is_converted_and_told(tmp_path, precision):
    torch.save(nn.Linear(3, 1).to(precision).state_dict(), tmp_path / "a.pt")
    fresh = nn.Linear(3, 1)
    (note,) = bring(fresh, tmp_path / "a.pt")
    assert fresh.weight.dtype == torch.float32
    assert note == f"2 tensors were converted from {str(precision)[6:]} to float32"


def test_lazy_layers_take_the_shape_of_the_weights(tmp_path):
    trained, lazy = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1)), nn.Sequential(nn.LazyLinear(4), nn.LazyLinear(1))
    torch.save(trained.state_dict(), tmp_path / "a.pt")
    bring(lazy, tmp_path / "a.pt")
    assert torch.equal(lazy(torch.ones(1, 3)), trained(torch.ones(1, 3)))


def test_numbers_and_names_that_lie_beside_the_weights_are_no_code(tmp_path):
    module, fresh = network(), network()
    beside = {"best": np.float64(3.1), "epoch": np.int64(7), "args": Namespace(lr=0.1), "folder": Path("/data")}
    torch.save({**beside, "model": module.state_dict()}, tmp_path / "a.pt")
    bring(fresh, tmp_path / "a.pt")
    assert same(module.state_dict(), fresh)
