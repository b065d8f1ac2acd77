"""The mean age that a training starts at, told with noise and once where people are protected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from remembrain.targets.learning import mechanism_of
from remembrain.targets.private.mechanism import Privacy
from remembrain.targets.recipes import Recipe
from remembrain.targets.start import start_age, told_before

AGE, PERSON = np.linspace(50, 80, 40), np.arange(40).astype(str)
PLAIN = Recipe("adam", 1e-2, 0.0, 5, 4)


def private(**asked: object) -> Recipe:
    return replace(PLAIN, privacy=Privacy(delta=1e-3, **asked))


@pytest.mark.parametrize("recipe", [PLAIN, private(noise_multiplier=0.0)])
def test_without_noise_it_is_the_mean(recipe: Recipe) -> None:
    assert start_age(recipe, AGE, PERSON, 0) == pytest.approx(65.0)


def test_with_noise_it_is_what_the_mechanism_releases_for_the_seed(tmp_path: Path) -> None:
    recipe = private(noise_multiplier=1.0)
    told = start_age(recipe, AGE, PERSON, 3, tmp_path / "mean.json")
    assert told == mechanism_of(recipe, AGE, PERSON).mean_age(AGE, PERSON, 3) != pytest.approx(65.0, abs=1e-6)
    assert told != start_age(recipe, AGE, PERSON, 4)
    assert not list(tmp_path.iterdir())  # the seed gives it again


def test_cryptographic_noise_is_drawn_once_for_the_same_people(tmp_path: Path) -> None:
    recipe, kept = private(noise_multiplier=1.0, secure_noise=True), tmp_path / "mean.json"
    assert not told_before(recipe, AGE, PERSON, kept)
    told = start_age(recipe, AGE, PERSON, 3, kept)
    assert told_before(recipe, AGE, PERSON, kept)
    assert start_age(recipe, AGE, PERSON, 4, kept) == told
    assert not told_before(recipe, AGE[1:], PERSON[1:], kept)
    assert start_age(recipe, AGE[1:], PERSON[1:], 3, kept) != told
    assert not told_before(recipe, AGE, PERSON, None)
