"""Whatever a stranger wraps weights in, they are the network's under its own names, or refused with what is there."""

from pathlib import Path

import pytest
import torch
from torch import nn

from remembrain.errors import DataError
from remembrain.targets.state_dicts import choose, wanted_names

WHERE = Path("w.pt")


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))


STATE = dict(network().state_dict())
OTHER = dict(network(1).state_dict())


def under(prefix, state=None):
    return {prefix + name: value for name, value in (state or STATE).items()}


def in_the_middle(part):
    return {name.replace(".", f".{part}.", 1): value for name, value in STATE.items()}


@pytest.mark.parametrize(
    "content",
    [
        STATE,
        *({key: STATE} for key in ("model", "net", "network", "network_weights", "state_dict", "generator", "ema")),
        {"epoch": 7, "config": {"lr": 0.1}, "checkpoint": {"module": {"weights": STATE}}},
        [STATE],
        *(under(prefix) for prefix in ("module.", "model.", "net.", "network.", "_orig_mod.", "_module.", "a.b.c.")),
        under("module.model._orig_mod.net."),
        {"state_dict": under("_orig_mod.module.")},
        in_the_middle("_fsdp_wrapped_module"),
        in_the_middle("_checkpoint_wrapped_module"),
        {"n_averaged": torch.tensor(5), **under("module.")},
        {**STATE, "0.total_ops": torch.zeros(1), "total_params": torch.zeros(1)},
        {**under("model."), "criterion.weight": torch.ones(2), "train_metric.total": torch.ones(1)},
        {"model": STATE, "optimizer": {"state": {0: {"exp_avg": torch.zeros(4, 3)}}, "param_groups": [{"lr": 1}]}},
        {"model": STATE, "discriminator": {"weight": torch.zeros(2)}},
        {"model": STATE, "best": dict(STATE)},
    ],
)
def test_weights_are_found_wherever_they_lie_and_whatever_their_names_begin_with(content):
    chosen = choose(content, network(), WHERE)
    assert chosen.tensors.keys() == STATE.keys()
    assert all(torch.equal(chosen.tensors[name], value) for name, value in STATE.items())
    assert bool(chosen.notes) == (content is not STATE)


def test_names_that_the_class_puts_in_front_are_added():
    module = nn.ModuleDict({"net": network()})
    chosen = choose(STATE, module, WHERE)
    assert chosen.tensors.keys() == module.state_dict().keys()
    assert "was put before every name" in chosen.notes[-1]


def test_wrappers_names_stay_where_the_network_has_them():
    module = nn.ModuleDict({"_orig_mod": network()})
    chosen = choose(under("_orig_mod."), module, WHERE)
    assert (chosen.tensors.keys(), chosen.notes) == (module.state_dict().keys(), ())


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        ({"model": STATE, "ema": OTHER}, ("model", "ema")),
        ({**under("generator."), **under("teacher.", OTHER)}, ("generator", "teacher")),
        (
            {"state_dict": {**under("model."), **under("ema_model.", OTHER)}},
            ("state_dict.model", "state_dict.ema_model"),
        ),
        ([STATE, OTHER], ("0", "1")),
    ],
)
def test_several_that_fit_are_asked_about_and_chosen_by_the_user(content, keys):
    with pytest.raises(DataError, match="differ and all fit the network") as caught:
        choose(content, network(), WHERE)
    for key, state in zip(keys, (STATE, OTHER), strict=True):
        assert f"--weights-key {key}" in str(caught.value)
        chosen = choose(content, network(), WHERE, key)
        assert torch.equal(chosen.tensors["0.weight"], state["0.weight"])


def test_a_key_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(DataError, match=r"nothing under 'emma'; expected --weights-key of model, ema"):
        choose({"model": STATE, "ema": OTHER}, network(), WHERE, "emma")


def test_tensors_beside_those_that_fit_may_be_of_another_class():
    content = {**under("encoder."), "head.weight": torch.ones(1, 1)}
    with pytest.raises(DataError, match=r"tensors that the network does not have \(head\.weight\)"):
        choose(content, network(), WHERE)
    chosen = choose(content, network(), WHERE, "encoder")
    assert chosen.tensors.keys() == STATE.keys()
    assert "left out of the file: head.weight" in chosen.notes


def test_what_fits_nowhere_is_what_comes_closest():
    content = {"optimizer": {"0": torch.zeros(1)}, "model": under("module.", {**STATE, "3.weight": torch.ones(1)})}
    assert wanted_names(network()).unknown(choose(content, network(), WHERE).tensors) == ["3.weight"]


def test_of_several_that_fit_by_name_the_one_that_fits_by_shape_is_taken():
    content = {"first": {"weight": torch.ones(4, 3), "bias": torch.ones(4)}}
    content["second"] = {"weight": torch.ones(1, 4), "bias": torch.ones(1)}
    assert choose(content, nn.Linear(4, 1), WHERE).place == "second"


def test_older_names_of_normed_weights_are_understood():
    old = {"bias": torch.zeros(2), "weight_g": torch.ones(2, 1), "weight_v": torch.ones(2, 3)}
    new = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
    assert choose(old, new, WHERE).tensors.keys() == new.state_dict().keys()
