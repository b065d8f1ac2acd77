"""Years are taken out of what published networks put out, whichever way they stand in it."""

from __future__ import annotations

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
        (Head(mean=1), (SCORES, SCORES)),
    ],
)
def test_outputs_of_another_kind_are_told(head, output):
    with pytest.raises(DataError):
        head(output)
