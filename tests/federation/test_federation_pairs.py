"""Pairs of attacker and victim: a score a round and scan, joined by scan, and lines that name learners alone."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from remembrain.audits.rounds import Round
from remembrain.cohort.arrays import make_scans
from remembrain.federation.case import Pairing
from remembrain.federation.pairs import HEADER, lines_of, pairs_of, scores_of
from remembrain.federation.views import InsiderView, Rows
from remembrain.types import Scores

PEOPLE = 60
MEMBER = np.arange(PEOPLE) < 20


@pytest.fixture
def said():
    """Return what learner 1 said of learner 2's people (the first 20) and of 20 of nobody's, in rounds 3 and 4."""
    scans = make_scans(np.linspace(50, 80, PEOPLE), [f"sub-{place:02d}" for place in range(PEOPLE)])
    case = SimpleNamespace(material=SimpleNamespace(scans=scans), member=MEMBER, names={1: "Oslo", 2: "Rome"})
    order = np.random.default_rng(0).permutation(PEOPLE)
    rows = Rows.of_anybody(np.concatenate([order, order]), np.repeat([3, 4], PEOPLE), np.zeros(2 * PEOPLE, dtype=int))
    score = np.where(MEMBER[rows.scan], 10.0, 0.0) + rows.scan / 100 + rows.round_
    tested = np.arange(2 * PEOPLE)
    pairing = Pairing("unmatched", {1: MEMBER}, {2: np.arange(PEOPLE) < 40})
    played = Round("real", 1, np.arange(1), tested, MEMBER[rows.scan])
    names = scans.participant_id[rows.scan]
    scores = Scores("attack", 1, names, scans.session_id[rows.scan], MEMBER[rows.scan], score)
    return case, pairing, pairs_of(InsiderView(None, rows), {"attack": [scores]}, pairing, [played])


def test_a_pair_has_a_score_of_every_tested_scan_in_order_and_their_mean(said):
    _, _, pairs = said
    (pair,) = pairs["attack"]
    assert (pair.attacker, pair.victim) == (1, 2)
    np.testing.assert_array_equal(pair.scan, np.arange(40))
    for round_ in (3, 4):
        np.testing.assert_allclose(pair.by_round[round_], 10.0 * MEMBER[:40] + np.arange(40) / 100 + round_)
    np.testing.assert_allclose(pair.mean(), 10.0 * MEMBER[:40] + np.arange(40) / 100 + 3.5)


def test_scores_are_joined_to_people_and_the_table_has_each_round_and_the_mean(said):
    case, pairing, pairs = said
    (scores,) = scores_of(case, "attack", pairs["attack"])
    np.testing.assert_array_equal(scores.member, MEMBER[:40])
    assert scores.participant_id[7] == "sub-07"
    rows = [dict(zip(HEADER, line.split("\t"), strict=True)) for line in lines_of(case, "learner", pairing, pairs)]
    assert [row["round"] for row in rows] == ["3", "4", "mean"]
    for row in rows:
        assert (row["attacker"], row["victim"], row["n_members"], row["n_nonmembers"]) == ("Oslo", "Rome", "20", "20")
        assert (row["auc"], row["auc_high"]) == ("1", "1")
        assert row["tpr_at_fpr_0.01"] == "n/a"
        assert "cannot resolve" in row["why"]


def test_a_round_that_does_not_say_something_of_everybody_once_is_a_fault():
    rows = Rows.of_anybody(np.array([0, 0]), np.array([3, 3]), np.array([0, 0]))
    played = Round("real", 1, np.arange(0), np.arange(2), np.zeros(2, dtype=bool))
    pairing = Pairing("unmatched", {}, {2: np.ones(2, dtype=bool)})
    twice = SimpleNamespace(score=np.zeros(2))
    with pytest.raises(AssertionError, match="round 3"):
        pairs_of(InsiderView(None, rows), {"attack": [twice]}, pairing, [played])
