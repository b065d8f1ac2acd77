"""Other models' answers stand for reference models, and how many there are of somebody tells nothing of membership."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.metrics import roc_auc_score

from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.attacks.lira import Lira
from remembrain.audits.view import Refusal, View
from remembrain.cohort.material import Material
from remembrain.cohort.rows import NamedRows
from remembrain.cohort.splits import Split
from remembrain.query import view_of as queried
from remembrain.record.references import References
from remembrain.references.answered_view import answered_shadow, answered_view
from remembrain.targets.brought import BlackBox
from remembrain.targets.brought.predictions import other_columns, own_columns
from remembrain.types import Known, Scans

N, FOLDS = 600, 5


def material(rng: np.random.Generator, memory: float) -> Material:
    """Members of five folds and others, who are in none; models err by what a person is like, and by themselves."""
    member = rng.permutation(np.arange(N) < N // 2)
    age = rng.uniform(45, 80, N)
    own, errors = 4 * rng.normal(size=N), rng.normal(size=(N, FOLDS + 1))
    fold = np.where(member, rng.integers(0, FOLDS, N), -1)
    inside = member[:, None] & (fold[:, None] != np.arange(FOLDS))
    known = np.column_stack([member, inside])
    answers = age[:, None] + (own[:, None] + errors) * np.where(known, 1 - memory, 1.0)
    names = np.array([f"sub-{place:04d}" for place in range(N)])
    nothing = np.full(N, "n/a")
    scans = Scans(names, np.full(N, ""), age, nothing, nothing)
    split = Split(np.where(member, "member", "nonmember").astype("<U10"), rng.random(N) < 0.5)
    rows = NamedRows(np.hstack([answers, inside.astype(float)]), tuple(names))
    return Material(scans, split, rows, age[:, None], "table of predictions", "data")


def view_of(people: Material):
    return answered_view(BlackBox("p", "a table", own_columns(1), "code", others=other_columns(1, FOLDS)), people, 0)


def auc_of_lira(people: Material) -> float:
    view = view_of(people)
    signals = {**view.signals, "label": np.asarray(people.scans.age)}
    knows = people.split.attacker_knows
    of = [{name: np.asarray(array)[mask] for name, array in signals.items()} for mask in (knows, ~knows)]
    known = Known(of[0], view.member[knows], people.scans.participant_id[knows])
    score = Lira(online=False).score(known, of[1], np.random.default_rng(0))
    return float(roc_auc_score(view.member[~knows], score))


def test_everybody_is_held_against_as_many_models_without_them():
    view = view_of(material(np.random.default_rng(0), 0.0))
    assert np.asarray(view.signals["references/error"]).shape == (N, 1, 1)
    assert not np.asarray(view.signals["references/inside"]).any()
    assert isinstance(view.facts, References)
    assert view.facts.models == FOLDS


def test_nothing_is_found_where_nothing_is_remembered_and_much_where_it_is():
    """The AUC of m + n has a standard error of at most sqrt((m + n + 1) / (12 m n)) without information."""
    rngs = [np.random.default_rng([1, draw]) for draw in range(20)]
    aucs = [auc_of_lira(material(rng, 0.0)) for rng in rngs]
    error = np.sqrt((N / 2 + 1) / (12 * (N / 4) ** 2) / len(aucs))
    assert abs(np.mean(aucs) - 0.5) < 3 * error
    assert auc_of_lira(material(np.random.default_rng(2), 0.6)) > 0.75


def test_who_was_in_every_model_leaves_nothing_to_compare():
    people = material(np.random.default_rng(3), 0.0)
    people.inputs.values[5, 1 + FOLDS :] = 1
    refusal = view_of(people)
    assert isinstance(refusal, Refusal)
    assert "1 scans were in the training of every reference model" in refusal.why


def test_the_first_model_of_a_lot_teaches_those_who_know_no_member(tmp_path) -> None:
    """Its members are half of everybody, members of the target or not; what it says of them is its own."""
    rng = np.random.default_rng(0)
    people = material(rng, memory=0.5)
    inside = rng.random((N, FOLDS)) < 0.5
    own, answers = np.asarray(people.inputs.values)[:, :1], np.asarray(people.inputs.values)[:, 1 : 1 + FOLDS]
    people = replace(people, inputs=NamedRows(np.hstack([own, answers, inside]), tuple(people.inputs.keys())))
    box = BlackBox("p", "a table", own_columns(1), "code", others=other_columns(1, FOLDS), share=0.5)
    shadow = answered_shadow(box, people, (ErrorThreshold(),), tmp_path, 0)
    assert isinstance(shadow, View)
    np.testing.assert_array_equal(shadow.member, inside[:, 0])
    error = np.asarray(shadow.signals["error"])
    np.testing.assert_allclose(np.abs(error), np.abs(answers[:, 0] - people.scans.age), rtol=1e-5)
    assert shadow.facts.epochs is None
    assert shadow.facts.mae.members.value is not None
    of_target, _ = queried(box, people, (ErrorThreshold(),), tmp_path, 0)
    assert shadow.key != of_target.key


def test_whoever_was_not_drawn_by_lot_teaches_nothing_of_who_is_a_member(tmp_path) -> None:
    """In the folds of a cross-validation only members are: who learned from one would know them."""
    people = material(np.random.default_rng(0), memory=0.5)
    folds = BlackBox("p", "a table", own_columns(1), "code", others=other_columns(1, FOLDS))
    assert "not drawn by lot" in answered_shadow(folds, people, (), tmp_path, 0).why
    alone = BlackBox("p", "a table", own_columns(1), "code", why_not_again="it only answers")
    assert answered_shadow(alone, people, (), tmp_path, 0) == Refusal("it only answers")
