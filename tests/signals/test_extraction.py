"""Signals whole: what autograd gives by hand, kept, resumed, and refused."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch
from audited import ALL, Audited, InMemory, by_hand, mixed_target, scans, seen
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.signals import resolve


def test_every_signal_is_what_autograd_gives_by_hand(tmp_path):
    inputs, age = scans()
    found = seen(tmp_path)
    magnitudes = resolve(mixed_target(), inputs[0], age[0], ["gradient-magnitude"])["gradient-magnitude"].parameters
    assert tuple(found) == ALL
    for place in range(len(inputs)):
        prediction, gradients = by_hand(mixed_target(), inputs[place], age[place])
        assert found["prediction"][place] == pytest.approx(prediction, rel=1e-6)
        assert found["label"][place] == age[place]
        assert found["error"][place] == found["prediction"][place] - age[place]
        norms = [gradients[name].norm().item() for name in magnitudes]
        np.testing.assert_allclose(found["gradient-magnitude"][place], norms, rtol=1e-5)
        for layer, name in (("first", "conv"), ("last-hidden", "hidden"), ("output", "output"), ("hidden", "hidden")):
            expected = gradients[f"{name}.weight"].numpy()
            np.testing.assert_allclose(found[f"gradient:{layer}"][place], expected, rtol=1e-4, atol=1e-7)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.lists(st.sampled_from(ALL[:-1]), unique=True, min_size=1))
def test_shapes_and_types(tmp_path_factory, count, width, names):
    module = nn.Sequential(nn.Linear(3, width), nn.Tanh(), nn.Linear(width, 1))
    shapes = {
        "gradient-magnitude": (4,),
        "gradient:first": (width, 3),
        "gradient:last-hidden": (width, 3),
        "gradient:output": (1, width),
    }
    found = seen(tmp_path_factory.mktemp("s"), Audited(module), scans(count, (3,)), names)
    assert list(found) == names
    for name, array in found.items():
        assert array.shape == (count, *shapes.get(name, ()))
        assert array.dtype == (np.float32 if name.startswith("gradient") else np.float64)
        assert isinstance(array, np.memmap)
        assert not array.flags.writeable


def test_no_scan_depends_on_another_one(tmp_path):
    inputs, age = scans(8)
    order = np.random.default_rng(1).permutation(8)
    found = seen(tmp_path / "a", data=(inputs, age))
    moved = seen(tmp_path / "b", data=(InMemory(inputs.array[order]), age[order]))
    alone = seen(tmp_path / "c", data=(InMemory(inputs.array[5:6]), age[5:6]))
    for name in ALL:
        assert found[name][order].tobytes() == np.asarray(moved[name]).tobytes()
        assert found[name][5:6].tobytes() == np.asarray(alone[name]).tobytes()


def test_what_is_asked_together_and_apart_is_the_same(tmp_path):
    together = seen(tmp_path / "a")
    for name in ALL:
        apart = seen(tmp_path / name.replace(":", "_"), names=[name])
        np.testing.assert_array_equal(together[name], apart[name])


def test_the_target_is_left_as_it_was_found(tmp_path):
    target = mixed_target()
    target.module.layer_norm.eval()
    target.module.conv.bias.requires_grad_(False)
    before = {name: value.clone() for name, value in target.module.state_dict().items()}
    seen(tmp_path, target)
    assert {name for name, part in target.module.named_modules() if not part.training} == {"layer_norm"}
    assert [name for name, value in target.module.named_parameters() if not value.requires_grad] == ["conv.bias"]
    assert all(parameter.grad is None for parameter in target.module.parameters())
    for name, value in target.module.state_dict().items():
        assert torch.equal(value, before[name])


def test_only_what_is_asked_for_is_recorded_by_autograd(tmp_path):
    inputs, age = scans()
    recorded = []

    class Watched(Audited):
        def loss(self, output, age):
            recorded.append({name for name, value in self.module.named_parameters() if value.requires_grad})
            return super().loss(output, age)

        def age(self, output):
            recorded.append(output.requires_grad)
            return super().age(output)

    target = Watched(mixed_target().module)
    seen(tmp_path, target, (inputs, age), ["prediction", "error", "label"])
    assert set(recorded) == {False}
    assert len(recorded) >= len(inputs)
    recorded.clear()
    seen(tmp_path, target, (inputs, age), ["gradient:hidden"])
    assert recorded[-1] == {"hidden.weight"}


def test_a_module_s_own_loss_and_output_are_used(tmp_path):
    class Bins(Audited):
        def age(self, output):
            return (output.softmax(1) * torch.arange(40)).sum(1)

        def loss(self, output, age):
            return nn.functional.cross_entropy(output, age.round().long())

    module = nn.Sequential(nn.Linear(9, 3), nn.Tanh(), nn.Linear(3, 40))
    inputs, age = scans(shape=(9,))
    found = seen(tmp_path, Bins(module), (inputs, age), ["prediction", "gradient:output", "gradient-magnitude"])
    output = module(torch.from_numpy(inputs.array))
    np.testing.assert_allclose(found["prediction"], (output.softmax(1) * torch.arange(40)).sum(1).detach(), rtol=1e-5)
    loss = nn.functional.cross_entropy(output[2:3], torch.tensor(age[2:3]).round().long())
    expected = torch.autograd.grad(loss, list(module.parameters()))
    np.testing.assert_allclose(found["gradient:output"][2], expected[2], rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(found["gradient-magnitude"][2], [value.norm() for value in expected], rtol=1e-4)


def test_a_network_in_double_precision_is_read(tmp_path):
    target = mixed_target()
    target.module.double()
    np.testing.assert_allclose(seen(tmp_path / "a", target)["error"], seen(tmp_path / "b")["error"], atol=1e-5)


def test_a_rerun_is_free_and_what_has_changed_is_computed_again(tmp_path):
    data = scans()
    first = {name: np.array(value) for name, value in seen(tmp_path, data=data).items()}
    inputs, age = data
    inputs.read.clear()
    seen(tmp_path, data=data)
    assert inputs.read == [0]
    before = sorted(path.name for path in tmp_path.iterdir())
    assert len(before) == len(ALL)
    for change in (
        {"target": mixed_target(seed=1)},
        {"data": scans(seed=1)},
        {"data": (inputs, age + 1)},
        {"key": "another preprocessing"},
    ):
        again = seen(tmp_path, **{"data": data, **change})
        assert set(before).isdisjoint(path.name for path in tmp_path.iterdir())
        assert len(list(tmp_path.iterdir())) == len(ALL)
        assert ("key" in change) == np.array_equal(again["error"], first["error"])


def test_a_signal_asked_for_later_leaves_the_others(tmp_path):
    seen(tmp_path, names=["prediction"])
    (path,) = tmp_path.iterdir()
    written = path.stat().st_mtime_ns
    seen(tmp_path, names=["prediction", "error"])
    assert path.stat().st_mtime_ns == written
    assert len(list(tmp_path.iterdir())) == 2


class Breaks(InMemory):
    """Fails at one scan the first time it is read in a pass."""

    at = 4

    def __getitem__(self, index):
        if index == self.at:
            raise KeyboardInterrupt
        return super().__getitem__(index)


@pytest.mark.parametrize("torn", [0, 3])
def test_a_pass_that_was_stopped_goes_on_where_it_stopped(tmp_path, torn):
    inputs, age = scans(8)
    whole = seen(tmp_path / "whole", data=(inputs, age))
    with pytest.raises(KeyboardInterrupt):
        seen(tmp_path / "killed", data=(Breaks(inputs.array), age))
    growing = sorted((tmp_path / "killed").iterdir())
    assert all(path.name.endswith(".npy.part") for path in growing)
    with growing[2].open("ab") as file:
        file.write(b"x" * torn)
    inputs.read.clear()
    resumed = seen(tmp_path / "killed", data=(inputs, age))
    assert inputs.read == [0, 4, 5, 6, 7], "the first is read to see what each signal is"
    for name in ALL:
        assert resumed[name].tobytes() == whole[name].tobytes()


def test_a_signal_that_is_no_number_names_the_scan(tmp_path):
    inputs, age = scans()
    inputs.array[3] = np.nan
    with pytest.raises(DataError, match="scan 3: the signal prediction is NaN or infinite"):
        seen(tmp_path / "a", data=(inputs, age))
    labels = [f"sub-{number:02d}" for number in range(6)]
    with pytest.raises(DataError, match="sub-03: the signal error is NaN or infinite"):
        seen(tmp_path / "b", data=(inputs, age), labels=labels, names=["error"])
    assert not list(tmp_path.glob("*/*.npy"))


def test_ages_that_do_not_go_with_the_scans_and_no_scans_are_refused(tmp_path):
    inputs, age = scans()
    with pytest.raises(DataError, match="different lengths"):
        seen(tmp_path, data=(inputs, age[1:]))
    with pytest.raises(DataError, match="no scans"):
        seen(tmp_path, data=scans(0))
    with pytest.raises(DataError, match="age has 1 values"):
        seen(tmp_path, data=(inputs, np.where(np.arange(6) == 2, np.nan, age)))
    with pytest.raises(UsageError, match="no signal 'loss'"):
        seen(tmp_path, names=["error", "loss"])
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_no_more_is_a_clear_message_and_a_rerun_goes_on(tmp_path):
    inputs, age = scans(40)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, before[1]))
    try:
        with pytest.raises(RemembrainError, match=r"prediction\.[0-9a-f]{16}\.npy\.part: cannot be written"):
            seen(tmp_path, data=(inputs, age), names=["prediction"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    found = seen(tmp_path, data=(inputs, age), names=["prediction"])
    np.testing.assert_array_equal(found["prediction"], seen(tmp_path / "b", data=(inputs, age))["prediction"])


MEMORY = """
    import resource, sys
    from pathlib import Path
    sys.path[:0] = [sys.argv[1], str(Path(sys.argv[1]).parent)]
    import numpy as np
    import torch
    from audited import Audited
    from remembrain.signals import extract

    torch.set_num_threads(1)

    class Scans:
        shape = (2000,)
        def __len__(self):
            return int(sys.argv[3])
        def __getitem__(self, index):
            return np.full(2000, index / 1000, dtype=np.float32)
        def keys(self):
            return [str(index) for index in range(len(self))]

    target = Audited(torch.nn.Sequential(torch.nn.Linear(2000, 100), torch.nn.Linear(100, 1)))
    extract(target, Scans(), np.zeros(len(Scans())), names=["gradient:first", "error"], folder=Path(sys.argv[2]))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_number_of_scans(tmp_path):
    def peak(count):
        arguments = [str(Path(__file__).parent), str(tmp_path / str(count)), str(count)]
        command = [sys.executable, "-c", textwrap.dedent(MEMORY), *arguments]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        return int(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)

    few, many = peak(10), peak(160)
    assert many - few < 50_000, "150 more gradients of 0.8 MB each should not be in memory (in kB)"
