"""Claims held against bounds from several sources: contradicted, left open, and never confirmed."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.evidence.guarantee import ANY_MECHANISM, Source, Terms, weigh
from remembrain.record.privacy import Claim

MEMBER = np.arange(400) % 2 == 0
TERMS = Terms(delta=1e-5)


def source(score, confidence=0.95):
    return Source("a", "An attack", np.asarray(score, dtype=float), MEMBER, confidence)


def claim(epsilon, by="training"):
    return Claim(by=by, epsilon=epsilon, delta=1e-5)


PERFECT, NOISE = source(MEMBER), source(np.random.default_rng(0).normal(size=400))


def test_a_promise_below_what_a_perfect_attack_shows_is_contradicted():
    weighed = weigh([claim(0.5)], [PERFECT], TERMS)
    assert weighed.verdict.status == "contradicted"
    assert max(bound.value for bound in weighed.bounds) > 0.5
    assert {bound.source for bound in weighed.bounds} == {"a"}
    assert weighed.failed == {}


def test_a_promise_that_no_attack_on_these_people_could_contradict_is_not_assessed():
    weighed = weigh([claim(50.0)], [PERFECT], TERMS)
    assert weighed.verdict.status == "not assessed"
    assert "even a perfect attack would show no more than" in weighed.verdict.why


def test_what_is_not_contradicted_is_told_with_what_could_have_been_shown():
    weighed = weigh([claim(1.0)], [NOISE], TERMS)
    assert weighed.verdict.status == "not contradicted"
    assert "a perfect attack on these people would show" in weighed.verdict.text
    left = weigh([claim(1.0)], [NOISE], Terms(delta=1e-5, unproven="it may be fed otherwise"))
    assert (left.verdict.status, left.verdict.why) == ("not assessed", "it may be fed otherwise")


def test_of_several_claims_the_one_that_is_contradicted_is_told():
    weighed = weigh([claim(50.0), claim(0.5, by="owner")], [PERFECT], TERMS)
    assert (weighed.claim.by, weighed.verdict.status) == ("owner", "contradicted")


@pytest.mark.parametrize("any_mechanism", [True, False])
def test_of_a_stranger_s_noise_only_bounds_for_any_mechanism_decide(any_mechanism):
    weighed = weigh([claim(0.5, by="owner")], [PERFECT], Terms(delta=1e-5, any_mechanism=any_mechanism))
    deciding = {bound.estimator for bound in weighed.bounds if bound.decides}
    assert (deciding <= set(ANY_MECHANISM)) == any_mechanism
    assert deciding


def test_a_source_of_too_few_people_is_named_with_the_reason():
    few = Source("b", "Few", np.zeros(12), np.arange(12) < 6, 0.95)
    weighed = weigh([claim(1.0)], [few], TERMS)
    assert weighed.bounds == ()
    assert weighed.verdict.status == "not assessed"
    assert "6 members and 6 non-members" in weighed.failed["b"]
    assert "6 members and 6 non-members" in weighed.verdict.why


def test_without_sources_and_claims_the_reason_is_said():
    weighed = weigh([], [], TERMS, why="no attack was run")
    assert (weighed.claim, weighed.verdict.status) == (None, "not assessed")
    assert "no attack was run" in weighed.verdict.text
