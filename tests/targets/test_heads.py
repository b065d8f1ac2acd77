"""Years are taken out of what published networks put out, whichever way they stand in it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from remembrain.errors import DataError, UsageError
from remembrain.targets.heads import Head

SCORES = torch.randn(6, 40, generator=torch.Generator().manual_seed(0))
MIDDLES = torch.arange(42.5, 82)


@pytest.mark.parametrize(
    "output", [SCORES, SCORES.softmax(1), SCORES.log_softmax(1), SCORES.log_softmax(1)[:, :, None, None, None]]
)
def test_bins_give_the_expected_middle_however_they_are_said(output):
    years = Head("bins", 42, 82)(output)
    torch.testing.assert_close(years, (SCORES.softmax(1) * MIDDLES).sum(1))


@pytest.mark.parametrize("centres", [(42.5, 81.5), tuple(MIDDLES.tolist())])
def test_the_middles_of_bins_say_the_same_as_their_range(centres):
    torch.testing.assert_close(Head("bins", centres=centres)(SCORES), Head("bins", 42, 82)(SCORES))


def test_bins_may_have_any_middles():
    years = Head("bins", centres=(20.0, 30.0, 90.0))(torch.tensor([[0.5, 0.25, 0.25]]))
    torch.testing.assert_close(years, torch.tensor([40.0]))


@pytest.mark.parametrize("shape", [(6, 40), (6, 40, 1, 1)])
def test_arrays_become_the_same_years_as_tensors(shape):
    years = Head("bins", 42, 82).of_array(SCORES.double().reshape(shape).numpy())
    np.testing.assert_allclose(years, Head("bins", 42, 82)(SCORES.double()).numpy(), rtol=1e-12)


def test_what_a_model_of_months_learned_from_is_had_again():
    head = Head(months=True, mean=3, sd=2, offset=1)
    years = np.array([50.0, 61.5])
    np.testing.assert_allclose(head.of_array(head.before(years)[:, None]), years)


def test_a_head_is_made_again_from_what_is_written_of_it():
    for head in (Head(), Head("bins", 42, 82), Head("bins", centres=(3, 95), offset=3.5, months=True), Head(column=2)):
        assert Head.of(head.facts()) == head
    assert str(Head("bins", centres=(3, 95), offset=3)) == "--head bins --bin-centres 3 95 --output-offset 3"


def test_ordinal_steps_are_added_up():
    torch.testing.assert_close(Head("ordinal", offset=3)(SCORES), SCORES.sigmoid().sum(1) + 3)
    torch.testing.assert_close(Head("ordinal", offset=3)(SCORES.sigmoid()), SCORES.sigmoid().sum(1) + 3)


def test_a_column_months_and_standardised_ages():
    several = torch.tensor([[720.0, 1.0], [840.0, 0.0]])
    torch.testing.assert_close(Head(column=0, months=True)((several,)), torch.tensor([60.0, 70.0]))
    torch.testing.assert_close(Head(mean=60, sd=10)(torch.tensor([[0.5], [-1.0]])), torch.tensor([65.0, 50.0]))


def test_gradients_reach_the_scores():
    scores = SCORES.clone().requires_grad_()
    Head("bins", 42, 82)(scores).sum().backward()
    assert scores.grad.abs().sum() > 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"kind": "bins"}, "--bins LOW HIGH"),
        ({"kind": "bins", "low": 82, "high": 42}, "--bins LOW HIGH"),
        ({"low": 42, "high": 82}, "goes with --head bins"),
        ({"kind": "bins", "low": 42, "high": 82, "centres": (1, 2)}, "say the same"),
        ({"kind": "bins", "centres": (42,)}, "from the youngest to the oldest"),
        ({"kind": "bins", "centres": (42, 41, 43)}, "from the youngest to the oldest"),
        ({"centres": (42, 82)}, "--bin-centres goes with --head bins"),
        ({"kind": "ordinal", "column": 1}, "--output-column"),
        ({"sd": 0}, "--output-sd"),
    ],
)
def test_options_that_do_not_go_together_are_refused(words, said):
    with pytest.raises(UsageError, match=said):
        Head(**words)


@pytest.mark.parametrize(
    ("head", "output"),
    [
        (Head(months=True), SCORES),
        (Head(column=40), SCORES),
        (Head("bins", 42, 82), torch.ones(3, 1)),
        (Head("bins", centres=(1, 2, 3)), SCORES),
        (Head(mean=1), (SCORES, SCORES)),
    ],
)
def test_outputs_of_another_kind_are_told(head, output):
    with pytest.raises(DataError):
        head(output)
