"""A new attack with a need of a new kind: one class, and one function that says what is to be seen."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pytest

from made_data import write_table
from remembrain import attacks
from remembrain.audit.view import Refusal, View
from remembrain.config import AttackOptions, Config, SplitOptions, TrainOptions
from remembrain.query import key_of
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
    people = case.audited
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
