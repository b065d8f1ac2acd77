"""What trainings may spend at a site, against whoever plans them."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")


from remembrain.config.site import read_site
from remembrain.errors import DataError
from remembrain.federation.flare.ledger import charge, charged, insist_on_limit
from remembrain.federation.learner import mean_age_told
from remembrain.targets import recipes
from remembrain.targets.private.mechanism import Privacy
from remembrain.targets.start import told_before


def test_a_site_refuses_what_would_spend_more_than_it_allows(tmp_path):
    path = tmp_path / "remembrain.toml"
    path.write_text('source = "people"\nmost_epsilon = 4.0\n')
    most = read_site(path).most_epsilon
    light = recipes.recipe("mlp", "light", federated=True)
    asked = Privacy(epsilon=3.0, delta=1e-3, secure_noise=True).for_epochs(4)
    private = replace(light, privacy=asked)
    insist_on_limit(most, private, 100)
    insist_on_limit(None, light, 100)
    for recipe in (light, replace(light, privacy=replace(asked, epsilon=8.0))):
        with pytest.raises(DataError, match="this site allows epsilon 4"):
            insist_on_limit(most, recipe, 100)
    with pytest.raises(DataError, match="a seed that the server has"):
        insist_on_limit(most, replace(light, privacy=replace(asked, secure_noise=False)), 100)
    ledger = charged({}, "first", private, 100, most, epochs=0)
    ledger = charged(ledger, "first", replace(private, epochs=2), 100, most)
    ledger = charged(ledger, "first", replace(private, epochs=2), 100, most)
    assert ledger["first"][1][2] == 2 * 2 * math.ceil(100 / light.batch_size)
    assert charged({}, "second", light, 100, most) == {}
    both = charged(ledger, "second", private, 100, None, epochs=0)
    assert both["second"][0] == ledger["first"][0]  # every federation is told a mean age of its own
    with pytest.raises(DataError, match="over all federations"):
        for _ in range(10):
            ledger = charged(ledger, "second", replace(private, epochs=2), 100, most)
    path.write_text('source = "people"\nmost_epsilon = -1\n')
    with pytest.raises(DataError, match="most_epsilon = -1"):
        read_site(path)


def test_a_mean_age_is_spent_before_it_is_told_and_once_for_the_same_plan(tmp_path):
    asked = Privacy(epsilon=2.0, delta=1e-3, secure_noise=True).for_epochs(4)
    private = replace(recipes.recipe("mlp", "light", federated=True), privacy=asked)
    path, age, whose = tmp_path / "kept.json", np.linspace(50, 80, 100), np.arange(100).astype(str)
    assert not told_before(private, age, whose, path)
    told = mean_age_told(age, whose, private, learner=1, seed=0, kept=path)
    assert told_before(private, age, whose, path)
    assert mean_age_told(age, whose, private, learner=1, seed=0, kept=path) == told
    assert not told_before(private, age[1:], whose[1:], path)  # other people are told of anew
    ledger, plans = {}, 0
    with pytest.raises(DataError, match="over all federations"):  # a plan of another name asks for one more
        while plans < 1000:
            ledger = charged(ledger, f"plan {plans}", private, 100, 2.0, epochs=0)
            plans += 1
    assert 0 < plans < 100


def test_a_plan_that_calls_itself_shorter_or_its_delta_larger_spends_as_it_does(tmp_path):
    light = recipes.recipe("mlp", "light", federated=True)

    def rounds(most=4.0, **change):
        asked = Privacy(**{"epsilon": 3.9, "delta": 1e-4, "secure_noise": True, **change}).for_epochs(4)
        recipe, path = replace(light, epochs=1, privacy=asked), tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        insist_on_limit(most, recipe, 100)
        charge(path, "plan", recipe, 100, most, 0)
        for round_ in range(100):
            try:
                charge(path, "plan", recipe, 100, most, recipe.epochs)
            except DataError:
                return round_
        return 100

    assert rounds() == 4  # says that it is of four passes, and may go no further
    with pytest.raises(DataError, match="this site allows epsilon 4"):
        rounds(delta=9.9e-3)  # less of epsilon for a delta that may give one of a hundred people away


def test_jobs_that_run_at_once_spend_one_after_another(tmp_path):
    asked = Privacy(epsilon=2.0, delta=1e-3, secure_noise=True).for_epochs(4)
    private = replace(recipes.recipe("mlp", "light", federated=True), privacy=asked)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: charge(tmp_path / "spent.json", f"{n}", private, 100, None, 0), range(8)))
    assert len(json.loads((tmp_path / "spent.json").read_text())) == 8
