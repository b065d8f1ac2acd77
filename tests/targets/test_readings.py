"""Probabilities stay probabilities, however they are rounded, and whatever was asked about beside them."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
import torch

from remembrain.errors import DataError
from remembrain.targets.heads import Head

GENERATOR = torch.Generator().manual_seed(1)
AGES = torch.linspace(45, 80, 50).double()
MIDDLES = torch.arange(42.5, 82).double()
EXACT = torch.softmax(-((AGES[:, None] - MIDDLES) ** 2) / 8, dim=1)
YEARS = (EXACT * MIDDLES).sum(1)
OLDER = EXACT.flip(1).cumsum(1).flip(1)
SCORES = torch.randn(50, 40, generator=GENERATOR).double() * 3


def bins(**words):
    return Head("bins", 42, 82, **words)


@pytest.mark.parametrize(
    ("output", "years"),
    [
        (EXACT.half(), 0.05),
        (EXACT.mul(1000).round() / 1000, 0.1),
        (EXACT.mul(100).round() / 100, 0.7),
        (EXACT.mul(256).round() / 256, 0.3),
        (EXACT * 100, 1e-9),
        ((EXACT * 100).round(), 0.7),
        (EXACT - 2e-8, 1e-5),
        (EXACT.clamp(min=1e-30).log().mul(1000).round() / 1000, 0.05),
    ],
)
def test_rounded_probabilities_and_percentages_give_the_same_years(output, years):
    torch.testing.assert_close(bins()(output).double(), YEARS, atol=years, rtol=0)


def test_rounded_ones_are_divided_by_their_sum():
    torch.testing.assert_close(bins()(torch.tensor([[0.3, 0.3, 0.3, 0.0]])), torch.tensor([57.0]))


@pytest.mark.parametrize("size", [1, 7, 50])
@pytest.mark.parametrize("output", [EXACT.mul(1000).round() / 1000, SCORES, OLDER])
def test_no_answer_depends_on_what_was_asked_about_beside_it(output, size):
    head = Head("ordinal") if output is OLDER else bins()
    together = replace(head)(output)
    torch.testing.assert_close(torch.cat([head(part) for part in output.split(size)]), together, rtol=0, atol=1e-12)


@pytest.mark.parametrize("noise", [0.0, 4e-7, 5e-4])
def test_steps_a_little_outside_of_0_and_1_are_probabilities(noise):
    output = (OLDER + noise * torch.where(OLDER > 0.5, 1.0, -1.0)).float()
    torch.testing.assert_close(
        Head("ordinal", offset=3)(output).double(), OLDER.sum(1) + 3, atol=40 * noise + 1e-4, rtol=0
    )
    torch.testing.assert_close(Head("ordinal")(SCORES), SCORES.sigmoid().sum(1))


@pytest.mark.parametrize(
    ("head", "output"),
    [
        (bins(), EXACT * 0.6),
        (bins(), SCORES.abs()),
        (bins(), torch.zeros(3, 40)),
        (bins(), EXACT - 0.004),
        (Head("ordinal"), OLDER * 100),
        (Head("ordinal"), OLDER - 0.01),
        (Head("ordinal"), OLDER.clamp(min=1e-9, max=1).log()),
    ],
)
def test_what_may_be_either_is_asked_about_and_then_read_as_said(head, output):
    with pytest.raises(DataError, match="--output-form probabilities, percent or scores"):
        head(output)
    assert torch.isfinite(replace(head, form="scores")(output)).all()


def test_what_is_said_holds():
    torch.testing.assert_close(bins(form="probabilities")(EXACT * 0.6), YEARS)
    torch.testing.assert_close(Head("ordinal", form="percent")(OLDER * 100), OLDER.sum(1))
    torch.testing.assert_close(bins(form="scores")(EXACT), (EXACT.softmax(1) * MIDDLES).sum(1))
    for head, output in ((bins(form="probabilities"), SCORES), (Head("ordinal", form="probabilities"), OLDER * 100)):
        with pytest.raises(DataError, match="which are no probabilities"):
            head(output)


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (EXACT, SCORES),
        (SCORES, EXACT),
        (EXACT, EXACT * 0.6),
        (EXACT, EXACT * 100),
        (EXACT.log(), EXACT),
    ],
)
def test_rows_of_two_kinds_are_no_output_of_one_model(first, later):
    head = bins()
    head(first[:1])
    with pytest.raises(DataError, match="and others have"):
        head(later[-1:])
    with pytest.raises(DataError, match=r"and of others|and others have"):
        bins()(torch.cat([first, later]))
    replace(head)(later.softmax(1))


def test_scores_may_be_any_once_it_is_known_that_they_are():
    head = bins()
    head(SCORES)
    torch.testing.assert_close(head(SCORES.abs()), (SCORES.abs().softmax(1) * MIDDLES).sum(1))
    assert pickle.loads(pickle.dumps(head)).reading.form == "scores"


def test_what_is_no_number_says_nothing():
    output = EXACT.clone()
    output[3, 4] = torch.nan
    years = bins()(output)
    assert years.isnan().nonzero().tolist() == [[3]]
    torch.testing.assert_close(years[4:], YEARS[4:])
    assert bins()(output[3:4]).isnan().all()
