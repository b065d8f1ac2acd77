from collections import namedtuple
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from remembrain.errors import DataError
from remembrain.targets.outputs import default_age, mean_squared_error


@given(st.integers(1, 5), st.integers(0, 4))
def test_one_number_a_scan_is_read_whatever_its_empty_axes(batch, axes):
    values = torch.arange(batch, dtype=torch.float32)
    assert torch.equal(default_age(values.reshape(batch, *[1] * axes)), values)


def test_a_network_that_squeezes_a_single_scan_is_read():
    assert default_age(torch.tensor(61.5)).tolist() == [61.5]


Answer = namedtuple("Answer", "years name")


@dataclass
class Prediction:
    years: object
    name: str = "sub-01"


@pytest.mark.parametrize(
    "output",
    [
        (torch.tensor([[61.5], [62.5]]), None),
        [torch.tensor([[61.5], [62.5]])],
        {"age": torch.tensor([61.5, 62.5]), "model": "a text", "version": 3},
        Answer(torch.tensor([61.5, 62.5]), "sub-01"),
        Prediction({"head": (None, torch.tensor([61.5, 62.5]))}),
        SimpleNamespace(logits=torch.tensor([61.5, 62.5]), loss=None),
        np.array([61.5, 62.5]),
    ],
)
def test_a_tensor_that_is_alone_is_taken_out_of_whatever_it_comes_in(output):
    assert default_age(output).tolist() == [61.5, 62.5]


def test_whole_years_and_single_numbers_are_years():
    assert default_age(torch.tensor([61, 62])).tolist() == [61.0, 62.0]
    assert default_age(61.5).tolist() == [61.5]


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ((torch.zeros(1, 1), torch.zeros(1, 3)), "return output[0].flatten()"),
        ([torch.zeros(1, 40, 1, 1, 1).log_softmax(1)], "output[0].flatten(1).exp() * torch.linspace(YOUNGEST, OLDEST"),
        ({"bins": torch.zeros(2, 7).softmax(1)}, "output['bins'].flatten(1) * "),
        (torch.zeros(2, 7), "output.flatten(1).softmax(1) * "),
    ],
)
def test_what_age_has_to_return_is_written_out_for_the_output_at_hand(output, advice):
    with pytest.raises(DataError) as caught:
        default_age(output)
    assert advice in str(caught.value)


@pytest.mark.parametrize(
    "output",
    [
        torch.zeros(2, 40),
        torch.zeros(1, 2),
        {"age": torch.zeros(1), "sex": torch.zeros(1)},
        (),
        3,
        "61",
        None,
        torch.zeros(1, dtype=torch.complex64),
        torch.tensor([True]),
    ],
)
def test_any_other_output_asks_for_an_age_function(output):
    with pytest.raises(DataError, match=r"bring a function age\(output\)"):
        default_age(output)


def test_loss_is_the_mean_of_squared_errors_in_years():
    assert float(mean_squared_error(torch.tensor([60.0, 62.0]), torch.tensor([61.0, 65.0]))) == 5.0


@pytest.mark.parametrize("shape", [(2, 1), (1,), ()])
def test_loss_never_broadcasts(shape):
    with pytest.raises(DataError, match="do not go with ages"):
        mean_squared_error(torch.zeros(2), torch.zeros(shape))
