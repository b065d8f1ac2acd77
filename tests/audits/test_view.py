"""A new attack with a need of a new kind: one class, and one function that says what is to be seen."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pytest

from made_data import write_table
from remembrain import attacks
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.attacks.network import NetworkAttack
from remembrain.attacks.shadow import ShadowAttack
from remembrain.audits.play import play
from remembrain.audits.rounds import Round
from remembrain.audits.view import Refusal, View
from remembrain.cohort.arrays import make_scans
from remembrain.config import AttackOptions, Config, SplitOptions, TrainOptions
from remembrain.query import key_of
from remembrain.run import Key
from remembrain.study import audit
from remembrain.study.central import views


@dataclass(frozen=True)
class Hearsay:
    """Believes what it was told of people."""

    name: str = "hearsay"
    title: str = "Hearsay"
    access: str = "outputs"
    knows: str = "some members"
    needs: tuple[str, ...] = ("rumours",)
    paper: str = ""

    def score(self, known, unknown, rng):
        return np.asarray(unknown["rumours"], dtype=float) - float(np.mean(np.asarray(known.signals["rumours"])))


def rumours(case):
    """Every third person is told of wrongly."""
    people = case.sample.audited
    member = people.split.role == "member"
    said = np.where(np.arange(len(member)) % 3 == 0, ~member, member) + np.linspace(0, 0.1, len(member))
    return View(people.scans, member, {"rumours": said}, key_of(case.target, people, case.seed).also(rumours=said))


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(attacks, "ATTACKS", (*attacks.ATTACKS, Hearsay()))
    config = Config(
        source=write_table(tmp_path / "people.tsv", people=240),
        split=SplitOptions(members=110, nonmembers=110, validation=0, population=0),
        training=TrainOptions(network="mlp", epochs=1),
    )
    return audit.train(config, tmp_path / "run").path


def said_of(run):
    audit.attack(run, AttackOptions(attacks=("hearsay", "error-threshold"), repeats=1), workers=1)
    return {one["name"]: one for one in json.loads((run / "evidence.json").read_text())["attacks"]}


def test_an_attack_of_a_new_kind_is_played_on_what_a_new_view_shows(run, monkeypatch):
    monkeypatch.setitem(views.BESIDE, "rumours", rumours)
    found = said_of(run)
    assert found["hearsay"]["auc"]["value"] == pytest.approx(2 / 3, abs=0.1)
    assert found["error-threshold"]["auc"]["value"] < 0.6


def test_without_such_a_view_it_is_answered_and_the_others_run(run, monkeypatch):
    found = said_of(run)
    assert (found["hearsay"]["status"], found["error-threshold"]["status"]) == ("not assessed", "assessed")
    assert found["hearsay"]["why"] == "it reads rumours, which nobody has here"
    monkeypatch.setitem(views.BESIDE, "rumours", lambda _: Refusal("nobody talks of these people"))
    assert said_of(run)["hearsay"]["why"] == "nobody talks of these people"


def test_an_attack_that_lacks_one_of_its_signals_is_not_played_without_it():
    rng = np.random.default_rng(0)
    scans = make_scans(rng.uniform(50, 80, 60))
    member = np.arange(60) % 2 == 0
    played_round = Round("real", 0, np.arange(30), np.arange(30, 60), member)
    signals = {"error": rng.normal(size=60), "label": scans.age}
    view = View(scans, member, signals, Key.of(test=1))
    composed = NetworkAttack(("label", "predicton"))
    played = play(view, [composed, ErrorThreshold()], [played_round], seed=0, workers=1)
    assert played.refused == {composed.name: "it reads predicton, which nobody has here"}
    assert list(played.of("real")) == ["error-threshold"]


def test_an_attack_on_a_shadow_is_not_taught_without_one_of_its_signals():
    rng = np.random.default_rng(0)
    scans, member = make_scans(rng.uniform(50, 80, 60)), np.arange(60) % 2 == 0
    signals = {"error": rng.normal(size=60), "rumours": rng.normal(size=60)}
    teacher = View(scans, member, {"error": signals["error"]}, Key.of(test=2))
    view = View(scans, member, signals, Key.of(test=1), teacher=teacher)
    assert view.lacking([ShadowAttack(Hearsay()), ShadowAttack(ErrorThreshold())]) == {
        "shadow:hearsay": "it reads rumours, which nobody has here"
    }
    assert view.lacking([Hearsay()]) == {}
