"""The published encoders: exactly these layers and shapes on the published gradients, and the flat one elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from remembrain.attacks import _encoders
from remembrain.attacks._encoders import Flat, GradientImage, GradientSequence, HiddenLinear, encoder_of
from remembrain.attacks._fitting import Training
from remembrain.attacks.network import NetworkAttack
from remembrain.types import Known

CONV6_3D, CONV6_2D, HIDDEN = (64, 256, 1, 1, 1), (64, 256, 1, 1), (64, 32)
PUBLISHED = [
    (
        GradientImage,
        CONV6_3D,
        [
            (nn.Conv2d, 64, (5, 5)), (nn.MaxPool2d, (4, 2)), (nn.ReLU,),
            (nn.Conv2d, 64, (4, 2)), (nn.MaxPool2d, (4, 2)), (nn.ReLU,),
            (nn.Conv2d, 16, (4, 3)), (nn.MaxPool2d, 2), (nn.ReLU,),
        ],
        (16, 6, 6),
        True,
    ),
    (
        GradientSequence,
        CONV6_2D,
        [
            (nn.Conv1d, 128, (5,)), (nn.MaxPool1d, 4), (nn.ReLU,),
            (nn.Conv1d, 128, (4,)), (nn.MaxPool1d, 2), (nn.ReLU,),
            (nn.Conv1d, 128, (3,)), (nn.MaxPool1d, 2), (nn.ReLU,),
        ],
        (128, 14),
        False,
    ),
    (
        HiddenLinear,
        HIDDEN,
        [(nn.Conv1d, 64, (3,)), (nn.MaxPool1d, 2), (nn.ReLU,)] * 3,
        (64, 4),
        False,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "shape", "layers", "left", "rectified"), PUBLISHED)
def test_layers_and_shapes_are_the_published_ones(kind, shape, layers, left, rectified):
    encoder = kind(shape)
    seen = []
    encoder.convolutions.register_forward_hook(lambda *call: seen.append(tuple(call[2].shape[1:])))
    assert encoder(torch.randn(3, *shape)).shape == (3, 64)
    assert set(seen) == {left}
    found = []
    for part in encoder.convolutions:
        if isinstance(part, nn.ReLU):
            found.append((nn.ReLU,))
        elif hasattr(part, "out_channels"):
            found.append((type(part), part.out_channels, part.kernel_size))
        else:
            found.append((type(part), part.kernel_size))
    assert found == layers
    dense = [type(part) for part in encoder.dense]
    assert dense == [nn.Flatten, nn.Linear, nn.ReLU] if rectified else dense == [nn.Flatten, nn.Linear]
    assert encoder.dense[1].in_features == np.prod(left)


def test_the_image_is_of_input_by_output_channels():
    """A gradient that only has its first input channel lights the first row."""
    encoder = GradientImage(CONV6_3D)
    gradient = torch.zeros(1, *CONV6_3D)
    gradient[0, :, 0] = 1
    seen = []
    encoder.convolutions[0].register_forward_pre_hook(lambda _, given: seen.append(given[0].detach()))
    encoder(gradient)
    assert seen[0].shape == (1, 1, 256, 64)
    assert bool((seen[0][0, 0, 0] == 1).all())
    assert float(seen[0].sum()) == 64


@pytest.mark.parametrize(
    ("signal", "shape", "kind"),
    [
        ("gradient:conv6", CONV6_3D, GradientImage),
        ("gradient:last-hidden", CONV6_2D, GradientSequence),
        ("gradient:output/output.0", HIDDEN, HiddenLinear),
        ("gradient:output", (1, 64), Flat),
        ("gradient:output", (1, 64, 1, 1, 1), Flat),
        ("gradient:first", (32, 1, 3, 3, 3), Flat),
        ("gradient:first", HIDDEN, Flat),
        ("gradient:conv2", (64, 32, 3, 3, 3), Flat),
        ("gradient:last-hidden", (4096,), Flat),
        ("gradient:conv6", (64, 64, 1, 1, 1), Flat),
        ("gradient:conv6", (21, 256, 1, 1, 1), Flat),
        ("gradient:conv6", (64, 47, 1, 1), Flat),
        ("gradient-magnitude", (14,), Flat),
        ("prediction", (2,), Flat),
    ],
)
def test_the_encoder_follows_the_shape(signal, shape, kind):
    assert encoder_of(signal, shape) is kind
    assert kind(shape)(torch.randn(2, *shape)).shape == (2, 64)


@pytest.mark.parametrize(("kind", "shape"), [(GradientImage, (22, 96, 1, 1, 1)), (GradientSequence, (2, 48, 1, 1))])
def test_the_smallest_shapes_leave_something(kind, shape):
    assert kind(shape)(torch.randn(2, *shape)).shape == (2, 64)


def test_halves_of_numbers_change_little_and_scans_together_nothing(monkeypatch):
    torch.manual_seed(0)
    encoder, gradient = GradientImage(CONV6_3D), torch.randn(9, *CONV6_3D)
    monkeypatch.setattr(_encoders, "_HALVES", False)
    exact = encoder(gradient)
    torch.testing.assert_close(torch.cat([encoder(one) for one in gradient.split(1)]), exact, rtol=1e-4, atol=1e-5)
    monkeypatch.setattr(_encoders, "_HALVES", True)
    # bfloat16 keeps 8 bits: three convolutions err by some per cent of the spread
    assert float((encoder(gradient) - exact).detach().abs().max()) < 0.05 * float(exact.detach().abs().max())


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("shape", [CONV6_2D, HIDDEN])
def test_a_planted_direction_is_found(shape, flat):
    rng = np.random.default_rng(0)
    member = np.arange(300) % 2 == 0
    planted = np.full(shape, 12 / np.sqrt(np.prod(shape)))
    gradient = (rng.normal(size=(300, *shape)) + member.reshape(-1, *[1] * len(shape)) * planted).astype(np.float32)
    attack = NetworkAttack(("gradient:conv6",), flat=flat, training=Training(epochs=8, patience=6))
    known = Known({"gradient:conv6": gradient[:200]}, member[:200], np.arange(200).astype(str))
    score = attack.score(known, {"gradient:conv6": gradient[200:]}, np.random.default_rng(0))
    better = np.mean(score[member[200:]][:, None] > score[~member[200:]])
    assert better > 0.9


def test_prediction_and_label_share_an_encoder_and_so_know_the_error():
    """The sum of a function of each could not: members are told by the difference of two numbers that vary widely."""
    rng = np.random.default_rng(1)
    member = np.arange(1200) % 2 == 0
    label = rng.uniform(45, 80, 1200)
    prediction = label + np.where(member, 0.5, 4.0) * rng.normal(size=1200)
    rows = {"prediction": prediction, "label": label}
    known = Known({name: one[:800] for name, one in rows.items()}, member[:800], np.arange(800).astype(str))
    asked = {name: one[800:] for name, one in rows.items()}
    score = NetworkAttack(("prediction", "label")).score(known, asked, np.random.default_rng(0))
    assert ((score > 0) == member[800:]).mean() > 0.7
