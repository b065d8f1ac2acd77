"""The published classifier: its shapes, its training against the same loop written out, and what it is fed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from made_signals import halves, made
from sklearn.metrics import roc_auc_score
from torch import nn

from remembrain.attacks import _fitting
from remembrain.attacks._classifier import Classifier
from remembrain.attacks._encoders import Flat
from remembrain.attacks._features import Standardiser
from remembrain.attacks._fitting import Training
from remembrain.attacks.network import NetworkAttack
from remembrain.errors import DataError
from remembrain.types import Known

QUICK = Training(epochs=8, patience=3)


def quick(*signals):
    return NetworkAttack(signals, training=QUICK)


def scored(attack, known, unknown):
    return attack.score(known, unknown, np.random.default_rng(4))


def renamed(known, **signals):
    return Known({**known.signals, **signals}, known.member, known.participant_id)


def test_the_training_is_as_published():
    how = NetworkAttack(("error",)).training
    assert (how.learning_rate, how.batch_size, how.epochs, how.patience, how.validation) == (1e-3, 64, 100, 20, 0.2)


def test_each_signal_becomes_64_numbers_and_all_together_one_logit():
    made_of = {
        name: tuple(value.shape) for name, value in Classifier([Flat([2]), Flat([864])], 0.5).state_dict().items()
    }
    assert made_of == {
        "encoders.0.1.weight": (64, 2),
        "encoders.0.1.bias": (64,),
        "encoders.1.1.weight": (64, 864),
        "encoders.1.1.bias": (64,),
        "output.weight": (1, 128),
        "output.bias": (1,),
    }
    classifier = Classifier([Flat([2]), Flat([3])], 0.5).eval()
    first, second = torch.randn(5, 2), torch.randn(5, 3)
    weights = classifier.state_dict()
    hidden = [
        (part @ weights[f"encoders.{place}.1.weight"].T + weights[f"encoders.{place}.1.bias"]).clamp(min=0)
        for place, part in enumerate((first, second))
    ]
    expected = torch.cat(hidden, 1) @ weights["output.weight"][0] + weights["output.bias"]
    torch.testing.assert_close(classifier([first, second]), expected)


def test_both_classes_weigh_the_same_in_the_loss():
    logits, member = torch.tensor([0.3, -1.0, 2.0, 0.1]), torch.tensor([1.0, 0.0, 0.0, 0.0])
    chance = torch.sigmoid(logits)
    expected = (-3 * torch.log(chance[0]) - torch.log(1 - chance[1:]).sum()) / 4
    torch.testing.assert_close(_fitting._loss(logits, member, torch.tensor(3.0)), expected)


@pytest.mark.parametrize("patience", [1, 4])
def test_training_stops_and_goes_back_to_the_best_epoch_as_in_the_same_loop_written_out(patience):
    generator = torch.Generator().manual_seed(0)
    signal, member = torch.randn(90, 3, generator=generator), torch.rand(90, generator=generator).round()
    fitting, stopping = torch.arange(60), torch.arange(60, 90)
    how = Training(learning_rate=0.03, batch_size=16, epochs=25, patience=patience)
    torch.manual_seed(5)
    trained = Classifier([Flat([3])], how.dropout)
    known = Known({}, member.numpy() == 1, np.arange(90).astype(str))
    _fitting.fit(trained, lambda places: [signal[places]], known, fitting.numpy(), stopping.numpy(), how)

    torch.manual_seed(5)
    twin = Classifier([Flat([3])], how.dropout)
    optimiser = torch.optim.Adam(twin.parameters(), lr=0.03)
    weight = torch.where(member == 1, (1 - member[:60]).sum() / member[:60].sum(), torch.tensor(1.0))
    losses, kept = [], []

    def loss_of(rows):
        return (nn.functional.softplus(-(2 * member[rows] - 1) * twin([signal[rows]])) * weight[rows]).mean()

    while len(losses) < 25 and (len(losses) <= patience or min(losses[-patience:]) < min(losses[:-patience])):
        order = fitting[torch.randperm(60)]
        for start in range(0, 60, 16):
            twin.train()
            optimiser.zero_grad()
            loss_of(order[start : start + 16]).backward()
            optimiser.step()
        twin.eval()
        with torch.no_grad():
            losses.append(float(loss_of(stopping)))
            kept.append(twin([signal]).clone())
    assert 1 <= int(np.argmin(losses)) + 1 < len(losses) < 25
    assert not trained.training
    torch.testing.assert_close(trained([signal]).detach(), kept[int(np.argmin(losses))], rtol=1e-3, atol=1e-4)


def test_a_gradient_that_vanishes_for_members_alone_is_recognised():
    signals, member = made(300)
    signals["gradient:output"] = np.where(member[:, None], 0.0, signals["gradient:output"])
    known, unknown, truth = halves(signals, member)
    score = scored(NetworkAttack(("gradient:output",)), known, unknown)
    assert roc_auc_score(truth, score) > 0.97


def test_the_order_of_the_unknown_does_not_matter():
    known, unknown, truth = halves(*made(160, leak=0.5))
    order = np.random.default_rng(1).permutation(len(truth))
    attack = quick("error", "gradient:first")
    turned = scored(attack, known, {name: value[order] for name, value in unknown.items()})
    np.testing.assert_allclose(turned, scored(attack, known, unknown)[order], rtol=1e-4, atol=1e-5)
    alone = scored(attack, known, {name: value[:1] for name, value in unknown.items()})
    np.testing.assert_allclose(alone, scored(attack, known, unknown)[:1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("power", [40, -60])
def test_the_scale_of_a_signal_does_not_matter(power):
    known, unknown, _ = halves(*made(120, leak=0.5))
    factor = np.float32(2.0**power)
    first, second = known.signals["gradient:first"], unknown["gradient:first"]
    scaled = scored(
        quick("gradient:first"),
        renamed(known, **{"gradient:first": factor * first}),
        {"gradient:first": factor * second},
    )
    assert np.array_equal(scaled, scored(quick("gradient:first"), known, unknown))


def test_the_scale_is_learned_from_those_it_trains_on_and_nobody_else(monkeypatch):
    fitted = []
    real = Standardiser.fit
    monkeypatch.setattr(Standardiser, "fit", staticmethod(lambda matrix: fitted.append(matrix) or real(matrix)))
    known, unknown, _ = halves(*made(120))
    scored(quick("gradient:output"), known, unknown)
    (matrix,) = fitted
    mine = {row.tobytes() for row in known.signals["gradient:output"]}
    assert len(matrix) == 48
    assert {row.tobytes() for row in matrix} < mine


def test_a_signal_of_one_column_is_read_with_or_without_its_axis():
    known, unknown, _ = halves(*made(120, leak=0.5))
    flat = scored(quick("error"), known, unknown)
    column = renamed(known, error=known.signals["error"][:, None])
    assert np.array_equal(scored(quick("error"), column, {"error": unknown["error"][:, None]}), flat)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_signal_that_is_not_finite_is_refused_by_its_name(value):
    known, unknown, _ = halves(*made(120))
    spoilt = unknown["gradient:first"].copy()
    spoilt[7, 1, 2] = spoilt[9, 0, 0] = value
    message = "the signal gradient:first has 2 values that are NaN or infinite"
    with pytest.raises(DataError, match=message):
        scored(quick("error", "gradient:first"), known, {**unknown, "gradient:first": spoilt})
    with pytest.raises(DataError, match=message):
        scored(quick("gradient:first"), renamed(known, **{"gradient:first": spoilt}), unknown)


def test_standardised_columns_have_mean_0_and_sd_1_and_ends():
    rng = np.random.default_rng(0)
    matrix = np.column_stack([rng.normal(7, 3, 500), np.full(500, 0.1), 1e9 + rng.normal(0, 5, 500)])
    scale = Standardiser.fit(matrix.astype(float))
    done = scale(matrix)
    np.testing.assert_allclose(done.mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(done.std(0), [1, 0, 1], atol=1e-4)
    assert scale(np.array([[1e9, 5.0, 1e9]]))[0, :2].tolist() == [20.0, 0.0]
    assert scale(np.array([[-1e9, 5.0, 1e9]]))[0, 0] == -20.0
