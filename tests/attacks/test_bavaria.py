"""A spread for each person, learned from all of them: its prior, its evidence, and a model's own curve in age."""

from __future__ import annotations

import numpy as np
import pytest
from made_references import made
from made_signals import split

from remembrain.attacks._sides import Side
from remembrain.attacks.bavaria import Bavaria, Prior, fit_spread
from remembrain.evidence.metrics import auc


def test_evidence_is_the_density_of_what_was_seen() -> None:
    prior, rng = Prior(0.7, 2.5, 3.0), np.random.default_rng(0)
    errors = rng.normal(1.0, 2.0, 4)
    side = Side(
        np.array([[4.0]]), errors.mean(keepdims=True)[None], np.array([[np.square(errors - errors.mean()).sum()]])
    )
    centre = np.array([[0.5]])
    # by the chain rule: each error under the predictive of those before it
    total = 0.0
    for place, value in enumerate(errors):
        before = errors[:place]
        mean = before.mean() if place else 0.0
        seen = Side(np.array([[float(place)]]), np.array([[mean]]), np.array([[np.square(before - mean).sum()]]))
        total += float(prior.predictive(seen, centre, np.array([[value]]))[0, 0])
    assert prior.evidence(side, centre) - 2 * np.log(2 * np.pi) == pytest.approx(total)


def test_the_prior_is_found_where_there_is_one() -> None:
    rng, people = np.random.default_rng(2), 4000
    variance = 3.0 / rng.gamma(4.0, 1.0, people)
    mean = rng.normal(0, np.sqrt(variance / 0.5))
    errors = mean[:, None] + np.sqrt(variance)[:, None] * rng.standard_normal((people, 8))
    middle = errors.mean(axis=1, keepdims=True)
    side = Side(np.full((people, 1), 8.0), middle, np.square(errors - middle).sum(axis=1, keepdims=True))
    found = fit_spread(side, np.zeros((people, 1)), 0.5)
    assert (found.alpha, found.beta) == pytest.approx((4.0, 3.0), rel=0.1)


def test_what_a_model_does_to_everybody_says_nothing_of_anybody() -> None:
    signals, member = made(1000, 8, 9)
    bent = {name: array.copy() for name, array in signals.items()}
    age = (bent["label"] - 62) / 10
    rng = np.random.default_rng(3)
    for model in range(8):
        curve = rng.normal(0, 3) + rng.normal(0, 2) * age + rng.normal(0, 1) * age**2
        bent["references/error"][:, model] += curve[:, None]
    bent["references/target"] += (2.5 - 1.5 * age)[:, None]
    plain, moved = (split(one, member) for one in (signals, bent))
    found = [auc(answer, Bavaria().score(known, asked, rng)) for known, asked, answer in (plain, moved)]
    assert abs(found[0] - found[1]) < 0.003  # the search for a prior ends a little elsewhere
