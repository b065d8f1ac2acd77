import numpy as np
import pytest
import torch
from torch import nn

from remembrain.errors import DataError
from remembrain.targets.model import Target, from_module, is_lazy_network, try_one
from remembrain.types import Auditable


def bins_target():
    years = torch.arange(50.0, 54.0)
    return from_module(
        nn.Linear(3, 4),
        age=lambda output: (output.softmax(1) * years).sum(1),
        loss=lambda output, age: nn.functional.cross_entropy(output, (age - 50).long()),
        name="bins",
    )


def test_a_module_s_own_age_and_loss_are_used():
    target: Auditable = bins_target()
    output = torch.tensor([[0.0, 0.0, 50.0, 0.0]])
    assert float(target.age(output)) == 52.0
    assert float(target.loss(output, torch.tensor([52.0]))) == 0.0
    assert bins_target().hooks == {"preprocess": "ours", "age": "module's", "loss": "module's"}
    assert bins_target().parameters == 16


def test_what_a_module_s_own_functions_give_is_checked():
    target = from_module(nn.Linear(3, 4), age=lambda output: output, loss=lambda output, _: output)
    with pytest.raises(DataError, match=r"shape \(batch,\)"):
        target.age(torch.zeros(1, 4))
    with pytest.raises(DataError, match="a scalar tensor"):
        target.loss(torch.zeros(1, 4), torch.zeros(1))


def test_facts_of_a_module_from_python():
    target = from_module(nn.Linear(3, 1))
    assert (target.name, target.form, target.source) == ("Linear", "", None)
    assert set(target.hooks.values()) == {"ours"}


def test_one_scan_is_tried_in_evaluation_mode_and_the_mode_restored():
    module = nn.Sequential(nn.Dropout(0.9), nn.Linear(3, 1)).train()
    scan = np.ones(3, dtype=np.float32)
    expected = module[1](torch.ones(3)).item()
    assert try_one(Target(module, "net"), scan) == pytest.approx(expected)
    assert module.training


def test_a_scan_of_the_wrong_shape_is_named():
    with pytest.raises(DataError, match=r"cannot read scans of shape \(4,\)"):
        try_one(from_module(nn.Linear(3, 1)), np.ones(4, dtype=np.float32))


@pytest.mark.parametrize("module", [nn.Linear(3, 2), nn.Sequential(nn.Linear(3, 1), nn.Flatten(0), nn.LogSigmoid())])
def test_what_does_not_predict_one_finite_number_is_refused(module):
    with torch.no_grad():
        next(module.parameters()).fill_(float("nan"))
    with pytest.raises(DataError, match=r"one (finite )?number"):
        try_one(from_module(module), np.ones(3, dtype=np.float32))


def test_a_hook_that_changes_the_output_in_place_leaves_the_loss_as_it_is():
    target = from_module(nn.Linear(3, 1), age=lambda output: output[:, 0].mul_(10).add_(50))
    output = torch.tensor([[1.0]])
    assert target.age(output).tolist() == [60.0]
    assert target.loss(output, torch.tensor([61.0])).item() == 1.0
    assert output.tolist() == [[1.0]]


def test_lazy_layers_stay_lazy_when_one_scan_is_tried():
    module = nn.Sequential(nn.LazyLinear(4), nn.ReLU(inplace=True), nn.LazyLinear(1))
    scan = np.ones(3, dtype=np.float32)
    try_one(Target(module, "net"), scan)
    assert is_lazy_network(module)
    assert scan.tolist() == [1.0, 1.0, 1.0]


def test_a_function_that_does_not_turn_an_output_into_years_is_one_message():
    target = from_module(nn.Linear(3, 1), age=lambda output: output["years"])
    with pytest.raises(DataError, match="its output is not turned into years"):
        try_one(target, np.ones(3, dtype=np.float32))
