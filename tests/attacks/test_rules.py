"""What holds of every attack: members score higher, noise stays noise, and nobody's score depends on the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from made_signals import halves, made
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression
from torch import nn

from remembrain.attacks import ATTACKS, BLIND, _classifier, network, select
from remembrain.attacks._fitting import Training
from remembrain.attacks.activation import LaterLayers
from remembrain.attacks.error_threshold import ErrorThreshold, best_threshold
from remembrain.attacks.logistic import LogisticOnOutputs
from remembrain.attacks.network import NetworkAttack
from remembrain.attacks.shadow import ShadowAttack
from remembrain.errors import UsageError
from remembrain.types import Known

QUICK = Training(epochs=15, patience=5)
EVERY = [*ATTACKS, BLIND]
NAMES = [one.name for one in EVERY]


def ready(attack, training=None):
    """The attack as it is run: later layers are given, and networks are trained for this long."""
    if isinstance(attack, ShadowAttack):
        return replace(attack, attack=ready(attack.attack, training))
    if isinstance(attack, LaterLayers):
        attack = attack.of(LATER)
    if training and isinstance(attack, NetworkAttack | LaterLayers):
        return replace(attack, training=training)
    return attack


class AbsoluteError(nn.Module):
    """Later layers that can know the size of an error: (batch, 1, 8) to one number."""

    def __init__(self):
        super().__init__()
        self.hidden, self.output = nn.Linear(8, 32), nn.Linear(32, 1)

    def forward(self, x):
        return self.output(torch.relu(self.hidden(x.flatten(1)))).squeeze(1)


LATER = AbsoluteError()


def quick(attack):
    return ready(attack, QUICK)


def auc(score, member):
    ranks, inside = rankdata(score), member.sum()
    return (ranks[member].sum() - inside * (inside + 1) / 2) / (inside * (~member).sum())


@pytest.mark.parametrize("attack", EVERY, ids=NAMES)
def test_it_declares_what_a_threat_model_needs(attack):
    assert attack.access in ("nothing", "outputs", "weights")
    without = attack.name.startswith("shadow:") or attack.name == "unusual-error"
    assert attack.knows == ("population" if without else "some members")
    assert attack.needs
    assert attack.title[0].isupper()
    assert any(year in attack.paper for year in map(str, range(2015, 2027)))
    assert attack.access == (
        "nothing" if attack is BLIND else "outputs" if network.BLACK_BOX.issuperset(attack.needs) else "weights"
    )


def test_the_baseline_is_blind():
    assert BLIND.needs == ("covariates",)
    assert not any("covariates" in one.needs for one in ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.name)
def test_members_of_a_model_that_memorised_score_higher(attack):
    known, unknown, member = halves(*made(1000, leak=0.97))
    score = ready(attack).score(known, unknown, np.random.default_rng(0))
    assert score.shape == member.shape
    if attack.name.endswith("network:prediction+label"):  # a thousand steps resolve a hundredth of the ages only so far
        assert auc(score, member) > 0.6
        return
    assert auc(score, member) > 0.9
    assert ((score > 0) == member).mean() > 0.8


ONE_OF_EACH = [one for one in EVERY if not one.name.startswith(("flat:", "shadow:", "network:gradient"))]
"""Those left out are made of the same parts."""


@pytest.mark.parametrize("attack", ONE_OF_EACH, ids=lambda one: one.name)
def test_nothing_is_found_where_there_is_nothing(attack):
    """Under the null an AUC has a standard error of sqrt((100 + 100 + 1) / (12 * 100 * 100)) = 0.041."""
    found = []
    for seed in range(12):
        known, unknown, member = halves(*made(400, leak=0.0, seed=seed))
        found.append(auc(quick(attack).score(known, unknown, np.random.default_rng(seed)), member))
    assert abs(np.mean(found) - 0.5) < 4 * 0.041 / np.sqrt(len(found))


@pytest.mark.parametrize("attack", EVERY, ids=NAMES)
def test_a_score_depends_on_no_other_unknown_person(attack):
    known, unknown, member = halves(*made(160, leak=0.5))
    whole = quick(attack).score(known, unknown, np.random.default_rng(1))
    some = np.random.default_rng(2).permutation(len(member))[:17]
    part = quick(attack).score(known, {name: value[some] for name, value in unknown.items()}, np.random.default_rng(1))
    np.testing.assert_allclose(part, whole[some], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("attack", EVERY, ids=NAMES)
def test_the_same_seed_gives_the_same_scores_and_the_global_state_is_left_alone(attack):
    known, unknown, _ = halves(*made(120, leak=0.5))
    state, random = torch.random.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    first, second = (quick(attack).score(known, unknown, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, second)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert np.array_equal(np.random.get_state()[1], random)  # noqa: NPY002


@pytest.mark.parametrize("attack", EVERY, ids=NAMES)
@pytest.mark.parametrize("spoil", ["constant", "huge", "tiny", "outlier"])
def test_odd_signals_still_give_finite_scores(attack, spoil):
    signals, member = made(120, leak=0.5)
    change = {
        "constant": lambda value: np.full_like(value, 3.0),
        "huge": lambda value: value * 1e12,
        "tiny": lambda value: value * 1e-12,
        "outlier": lambda value: np.where(np.arange(len(value)).reshape(-1, *[1] * (value.ndim - 1)) == 3, 1e9, value),
    }[spoil]
    known, unknown, _ = halves({name: change(value).astype(value.dtype) for name, value in signals.items()}, member)
    assert np.isfinite(quick(attack).score(known, unknown, np.random.default_rng(0))).all()


def naive_threshold(size, member):
    """The best balanced accuracy over every place between two sizes."""
    places = [-1.0, *size, *(size + 1e-9)]
    return max(((size < place)[member].mean() + (size >= place)[~member].mean()) / 2 for place in places)


@pytest.mark.parametrize("seed", range(20))
def test_the_threshold_is_as_good_as_an_exhaustive_search(seed):
    rng = np.random.default_rng(seed)
    size, member = np.round(rng.exponential(3, 41), 1 if seed % 2 else 6), rng.random(41) < 0.4
    member[:2] = [True, False]
    found = best_threshold(size, member)
    reached = ((size < found)[member].mean() + (size >= found)[~member].mean()) / 2
    assert reached == pytest.approx(naive_threshold(size, member), abs=1e-12)


def test_the_threshold_s_score_is_what_it_says():
    known, unknown, _ = halves(*made(200, leak=0.8))
    attack = ErrorThreshold()
    threshold = best_threshold(np.abs(known.signals["error"]), known.member)
    score = attack.score(known, unknown, np.random.default_rng(0))
    np.testing.assert_array_equal(score, threshold - np.abs(unknown["error"]))


def test_logistic_is_scikit_learn_s_on_the_ten_features_that_it_names():
    known, unknown, _ = halves(*made(200, leak=0.8))
    centre = known.signals["label"].mean()

    def features(signals):
        p, a, e = signals["prediction"] - centre, signals["label"] - centre, signals["error"]
        return np.column_stack([p, a, e, abs(e), p * a, e * a, abs(e) * a, e * e, a * a, p * p])

    mine, theirs = features(known.signals), features(unknown)
    mean, scale = mine.mean(0), mine.std(0)
    model = LogisticRegression(class_weight="balanced", max_iter=5000, tol=1e-8).fit(
        (mine - mean) / scale, known.member
    )
    expected = model.decision_function(np.clip((theirs - mean) / scale, -20, 20))
    np.testing.assert_allclose(LogisticOnOutputs().score(known, unknown, np.random.default_rng(0)), expected, atol=0.02)


def test_the_blind_baseline_sees_groups_that_differ():
    signals, member = made(400)
    signals["covariates"][:, 1] += 3 * member
    known, unknown, truth = halves(signals, member)
    assert auc(BLIND.score(known, unknown, np.random.default_rng(0)), truth) > 0.95


def test_the_blind_baseline_sees_middling_people():
    rng = np.random.default_rng(0)
    signals, member = made(400)
    signals["covariates"][:, 1] = np.where(member, 0.1, 2.0) * rng.normal(size=400)
    known, unknown, truth = halves(signals, member)
    assert auc(BLIND.score(known, unknown, np.random.default_rng(0)), truth) > 0.8


def test_the_people_that_stop_the_training_are_others_than_those_it_learns_from(monkeypatch):
    seen = {}
    signals, member = made(120, leak=0.5)
    person = np.repeat([f"p{place}" for place in range(60)], 2)
    member = np.repeat(member[:60], 2)
    known, unknown, _ = halves(signals, member, person)
    real = _classifier.fit

    def spy(classifier, batch_of, known, fitting, stopping, how):
        seen.update(fitting=fitting, stopping=stopping)
        real(classifier, batch_of, known, fitting, stopping, how)

    monkeypatch.setattr(_classifier, "fit", spy)
    NetworkAttack(("error",), training=QUICK).score(known, unknown, np.random.default_rng(0))
    fitting, stopping = (set(known.participant_id[seen[name]]) for name in ("fitting", "stopping"))
    assert not fitting & stopping
    assert len(seen["fitting"]) + len(seen["stopping"]) == len(known.member)
    assert 0.1 < len(stopping) / (len(fitting) + len(stopping)) < 0.3


def test_unequal_groups_weigh_the_same():
    signals, member = made(600, leak=0.9)
    keep = np.flatnonzero(~member | (np.cumsum(member) % 5 == 0))
    known = Known({name: value[keep] for name, value in signals.items()}, member[keep], keep.astype(str))
    others, truth = made(400, leak=0.9, seed=1)
    for attack in (LogisticOnOutputs(), NetworkAttack(("error",), training=Training(epochs=60))):
        said = attack.score(known, others, np.random.default_rng(0)) > 0
        assert said[truth].mean() > 0.6


def test_all_attacks_that_access_allows_are_selected():
    assert [one.name for one in select(["all"], access="outputs")] == [
        "error-threshold",
        "error-forest",
        "logistic",
        "quadratic-discriminant",
        "unusual-error",
        "network:prediction+label",
        "shadow:error-threshold",
        "shadow:network:prediction+label",
    ]
    assert select(["all"], access="weights") == ATTACKS


def test_an_attack_is_composed_by_naming_signals():
    (attack,) = select(["network:error+gradient:conv1"])
    assert attack.needs == ("error", "gradient:conv1")
    assert attack.access == "weights"
    assert attack.title == "Neural network on error + gradient of the conv1 layer"
    assert select(["logistic", "logistic"]) == select(["logistic"])


@pytest.mark.parametrize("name", ["nothing", "network:", "network:+", "network:error+", ""])
def test_an_unknown_name_lists_those_that_there_are(name):
    with pytest.raises(UsageError, match="error-threshold, error-forest, logistic") as caught:
        select([name])
    assert "remembrain attacks" in str(caught.value)


def test_errors_in_disguise_are_seen_by_who_sees_outputs():
    (attack,) = select(["flat:error+disguised-error"], access="outputs")
    assert attack.access == "outputs"
    assert select(["shadow:quadratic-discriminant"])[0].access == "outputs"


def test_an_attack_that_needs_more_than_is_allowed_is_refused():
    with pytest.raises(UsageError, match="network:gradient:output needs more than access to outputs"):
        select(["network:gradient:output"], access="outputs")
