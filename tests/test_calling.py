"""Whatever a network does to what it is given, or to itself, the next question finds everything as it was."""

import random
from collections import namedtuple
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from remembrain._calling import as_batch, bare, bytes_of, copied, leaves, questions


class Changing(nn.Module):
    """Changes its input, its buffers, its parameter, its attributes and its modes whenever it is called."""

    def __init__(self):
        super().__init__()
        self.linear, self.norm, self.drop = nn.Linear(3, 1), nn.BatchNorm1d(1), nn.Dropout(0.5)
        self.register_buffer("count", torch.zeros((), dtype=torch.long))
        self.calls, self.hidden, self.cache, self.seen = 0, None, {"last": 0}, []

    def forward(self, x):
        x.sub_(1)
        self.count += 1
        self.linear.weight.data.mul_(1.5)
        self.calls += 1
        self.cache["last"] = self.calls
        self.seen.append(x)
        self.norm.train()
        out = self.norm(torch.cat([self.linear(x), self.linear(x) + 1]))[:1] + self.count
        if self.hidden is not None:
            out = out + self.hidden
        self.hidden = out
        self.new = out
        return out


def state(module):
    tensors = {name: value.clone() for name, value in module.state_dict().items()}
    return tensors, module.calls, module.hidden, dict(module.cache), list(module.seen), "new" in vars(module)


def same(one, other):
    return one[1:] == other[1:] and all(torch.equal(value, other[0][name]) for name, value in one[0].items())


def test_every_question_is_asked_of_the_network_as_it_was_brought():
    module = Changing().train()
    before = state(module)
    scan = np.ones((1, 3), dtype=np.float32)
    with questions(module) as ask, torch.no_grad():
        first, second = ask(as_batch(scan, module)), ask(as_batch(scan, module))
        in_a_row = ask.again(as_batch(scan, module))
    assert torch.equal(first, second)
    assert not torch.equal(first, in_a_row)
    assert same(state(module), before)
    assert all(part.training for part in module.modules())


def test_a_parameter_that_is_changed_in_place_is_put_back_before_the_next_question():
    class Growing(nn.Linear):
        def forward(self, x):
            with torch.no_grad():
                self.weight.add_(1)
            return super().forward(x)

    module = Growing(3, 1)
    with questions(module) as ask:
        assert torch.equal(ask(torch.ones(1, 3)), ask(torch.ones(1, 3)))


def test_a_network_that_fails_is_put_back_too():
    class Failing(Changing):
        def forward(self, x):
            super().forward(x)
            raise KeyboardInterrupt

    module = Failing()
    before = state(module)
    with pytest.raises(KeyboardInterrupt), questions(module) as ask:
        ask(torch.ones(1, 3))
    assert same(state(module), before)


def test_gradients_are_taken_before_anything_is_put_back():
    module = Changing()
    module.linear.weight.requires_grad_()
    with questions(module) as ask:
        (gradient,) = torch.autograd.grad(ask(torch.ones(1, 3)).sum(), [module.norm.weight])
    assert bool(torch.isfinite(gradient).all())


def test_what_is_drawn_is_the_same_for_every_question_and_nobody_else_s():
    class Drawing(nn.Module):
        def forward(self, x):
            return nn.functional.dropout(x, 0.5, training=True).sum() + np.random.rand() + random.random()  # noqa: NPY002

    before = torch.random.get_rng_state(), np.random.get_state()[1].tolist(), random.getstate()  # noqa: NPY002
    with questions(Drawing()) as ask:
        first, second, other = (float(ask(torch.ones(1, 50), draws=draws)) for draws in (0, 0, 1))
    assert first == second != other
    assert torch.equal(before[0], torch.random.get_rng_state())
    assert before[1:] == (np.random.get_state()[1].tolist(), random.getstate())  # noqa: NPY002


def test_what_a_network_prints_is_talk(capsys):
    class Printing(nn.Module):
        def forward(self, x):
            print("shape", x.shape)
            return x

    with questions(Printing()) as ask:
        ask(torch.ones(1))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
def test_a_batch_of_a_file_on_disk_is_nobody_else_s(tmp_path, mode):
    np.save(tmp_path / "a.npy", np.arange(6, dtype=np.float32).reshape(2, 3))
    before = (tmp_path / "a.npy").read_bytes()
    array = np.load(tmp_path / "a.npy", mmap_mode=mode)
    with questions(Changing()) as ask:
        ask(as_batch(array[:1], Changing()))
    del array
    assert (tmp_path / "a.npy").read_bytes() == before


@pytest.mark.parametrize("kind", [">f4", "<f8", "<f4"])
def test_a_batch_is_of_the_network_s_precision_whatever_the_array_s(kind):
    array = np.arange(6).reshape(2, 3).astype(kind)[:, ::-1]
    batch = as_batch(array, nn.Linear(3, 1).double())
    assert (batch.dtype, batch.tolist()) == (torch.float64, [[2, 1, 0], [5, 4, 3]])
    assert as_batch(array, nn.Linear(3, 1).half()).dtype == torch.float16


def test_where_numbers_are_whole_the_batch_stays_fractional():
    module = nn.Module()
    module.register_buffer("count", torch.zeros(2, dtype=torch.long))
    assert as_batch(np.ones((1, 3), dtype=np.float32), module).dtype == torch.float32


Pair = namedtuple("Pair", "years rest")


@dataclass
class Answer:
    years: object
    rest: object = "a text"


def test_every_tensor_of_an_output_is_found_with_the_python_that_leads_to_it():
    output = [Pair(torch.ones(1), None), {"a": (2.5, "text", 3)}, Answer(np.ones(2)), SimpleNamespace(x=torch.zeros(1))]
    assert [name for name, _ in leaves(output)] == [
        "output[0].years",
        "output[1]['a'][0]",
        "output[2].years",
        "output[3].x",
    ]
    endless = []
    endless.append(endless)
    assert list(leaves(endless)) == []


@pytest.mark.parametrize(
    "output", [torch.ones(1), [torch.ones(1)], {"a": Pair(torch.ones(1), None)}, Answer((torch.ones(1), "text"))]
)
def test_a_copied_output_is_of_its_kind_and_nobody_else_s(output):
    twin = copied(output)
    assert type(twin) is type(output)
    for _, part in leaves(twin):
        part.zero_()
    assert all(bool(part.all()) for _, part in leaves(output))


def test_wrappers_that_compute_the_same_are_taken_off():
    network = nn.Linear(3, 1)
    assert bare(torch.compile(nn.DataParallel(network), backend="eager")) is network


def _no_compiler(*_):
    raise RuntimeError("there is no compiler")


def test_compiled_parts_run_as_they_are_written():
    module = nn.Sequential(torch.compile(nn.Linear(3, 1), backend=_no_compiler))
    with questions(module) as ask, torch.no_grad():
        assert ask(torch.ones(1, 3)).shape == (1, 1)


def test_numbers_that_numpy_does_not_have_are_hashed():
    assert bytes_of(torch.ones(2, dtype=torch.bfloat16)) == bytes_of(torch.ones(2))


def test_what_is_everybody_s_is_as_before():
    class Spoiling(nn.Linear):
        def forward(self, x):
            torch.set_default_dtype(torch.float64)
            torch.set_num_threads(2)
            years = super().forward(x)
            torch.set_grad_enabled(False)
            return years

    module = Spoiling(3, 1)
    before = torch.get_default_dtype(), torch.get_num_threads(), torch.is_grad_enabled()
    with questions(module) as ask:
        years = [ask(torch.ones(1, 3)) for _ in range(2)]
        assert all(one.requires_grad for one in years)
    assert before == (torch.get_default_dtype(), torch.get_num_threads(), torch.is_grad_enabled())


def test_what_functions_beside_a_network_print_is_talk(capsys):
    with questions(nn.Linear(3, 1)) as ask, torch.no_grad():
        ask(torch.ones(1, 3))
        print("years by hand")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "years by hand\n")
