"""Learners, pairs and rounds of a federation."""

import pytest
from page_of import read

import example_federations
import example_runs
from remembrain.report.figures.rounds import environment, over_rounds, pairs, trend


def test_every_learner_is_told():
    federation = read(example_federations.federated).federation
    drawing = environment(federation.learners, "uniform", "age", "years")
    assert drawing.description == (
        "site 1: about 100 people, age 60.0; site 2: about 200 people, age 60.0; site 3: about 300 people, age 60.0."
    )


def test_pairs_are_of_the_best_attack_and_of_none_on_everybody_and_on_matched_people():
    drawing = pairs(read(example_federations.federated))
    assert drawing.description == (
        "attack, everybody: mean AUC 0.62 over 6 pairs; no model, everybody: mean AUC 0.50 over 6 pairs; attack, "
        "matched people: mean AUC 0.62 over 6 pairs."
    )
    assert len(drawing.figure.axes[0].patches) == 6


def test_the_last_round_is_told():
    assert over_rounds(read(example_federations.federated)).description.endswith(
        "at round 2: Logistic regression on prediction, label and error 0.60."
    )


@pytest.mark.parametrize("draw", [pairs, over_rounds])
def test_without_a_federation_there_is_nothing_to_draw(draw):
    assert draw(read(example_runs.leaking)) is None


def test_a_meter_s_lines_are_drawn_where_there_is_a_number():
    rows = [("1", "logistic", "n/a", "n/a", "n/a"), ("2", "logistic", "0.6", "0.5", "0.7")]
    assert trend(rows, 0.6).description == "round 2, logistic: 0.6 (0.5 to 0.7)."
    assert trend(rows[:1], None) is None
