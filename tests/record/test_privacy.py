"""A promise beside what was measured: where the evidence would contradict itself."""

from dataclasses import replace

import pytest

from remembrain.record.privacy import Claim, ClipCheck, Judgement, LowerBound, Privacy, PrivateTraining

BOUND = LowerBound(
    estimator="gaussian-dp", title="Gaussian", source="error-threshold", value=0.8, delta=1e-5, confidence=0.99,
    n_members=200, n_nonmembers=200, tried=4, assumption="", paper="",
)  # fmt: skip
TRAINING = PrivateTraining(epsilon=3.0, delta=1e-5, unit="person", people=400, neighbours="", sampling="")
CLAIM = Claim(by="training", epsilon=3.0, delta=1e-5)


def privacy(status="not contradicted", **other):
    judged = Judgement(status=status, text="")
    return Privacy(**{"training": TRAINING, "claim": CLAIM, "bounds": (BOUND,), "verdict": judged, **other})


def test_a_bound_counts_at_the_delta_of_a_claim_and_at_larger_ones():
    assert not BOUND.exceeds(CLAIM)
    above = replace(BOUND, value=3.5)
    assert above.exceeds(CLAIM)
    assert replace(above, delta=1e-3).exceeds(CLAIM)
    assert not replace(above, delta=1e-7).exceeds(CLAIM)
    assert not replace(BOUND, value=None).exceeds(CLAIM)


@pytest.mark.parametrize(
    ("check", "holds"),
    [
        (ClipCheck(people=10, largest=1.0005, bound=1.0), True),  # single precision
        (ClipCheck(people=10, largest=1.002, bound=1.0), False),
        (ClipCheck(people=0, largest=0.5, bound=1.0), False),
        (ClipCheck(people=10, bound=1.0, kept=True), True),
        (ClipCheck(people=10, bound=1.0), False),
    ],
)
def test_a_bound_on_shares_holds_where_somebody_was_looked_at_and_nobody_is_above(check, holds):
    assert check.holds == holds
    assert privacy(training=replace(TRAINING, clip_check=check)).unclipped != holds


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"claim": None}, "there is no claim"),
        ({"training": None}, "no epsilon of it is known"),
        ({"bounds": (replace(BOUND, value=3.5),)}, "is not contradicted, but gaussian-dp is at least 3.5"),
        ({"bounds": (replace(BOUND, value=3.5, decides=False),)}, "no bound was measured"),
        ({"bounds": ()}, "no bound was measured"),
        ({"status": "contradicted"}, "is contradicted, but no bound exceeds it"),
        ({"status": "contradicted", "bounds": (replace(BOUND, value=3.5),)}, ""),
        ({"status": "not assessed", "claim": None}, ""),
    ],
)
def test_a_verdict_and_what_stands_beside_it_have_to_agree(change, said):
    contradiction = privacy(**change).contradiction()
    assert said in contradiction
    assert bool(contradiction) == bool(said)


def test_the_highest_bound_is_of_those_that_decide():
    bounds = (BOUND, replace(BOUND, value=2.0, decides=False), replace(BOUND, value=1.2, source="canaries"))
    assert privacy(bounds=bounds).highest.value == 1.2
    assert privacy(bounds=bounds).from_groups
    assert not privacy(bounds=bounds[2:]).from_groups


def test_noise_from_the_seed_that_is_printed_can_be_repeated():
    assert privacy().repeatable
    assert not privacy(training=replace(TRAINING, secure_noise=True)).repeatable
    assert not privacy(training=replace(TRAINING, epsilon=None)).noise
