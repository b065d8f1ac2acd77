"""Whether a model is fed right: what passes for proof, what its errors give away, and what neither may comfort."""

from __future__ import annotations

import json

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.evidence.feeding import FEWEST_COMPARED, Feeding, Owner, agreement, judge
from remembrain.evidence.misreadings import hints
from remembrain.record.written import as_json

PEOPLE = 120
RNG = np.random.default_rng(0)
AGE = RNG.uniform(45, 80, PEOPLE)
MEMBER = np.arange(PEOPLE) < PEOPLE // 2
NAMES = np.array([f"sub-{place:03d}" for place in range(PEOPLE)])
GOOD = AGE + RNG.normal(0, 4, PEOPLE)


def fed(predicted: np.ndarray = GOOD, owner: np.ndarray | None = None, tolerance: float | None = None) -> Feeding:
    return judge(predicted, AGE, MEMBER, NAMES, owner=None if owner is None else Owner(owner, tolerance))


def some(of: np.ndarray, people: int = 20) -> np.ndarray:
    return np.where(np.arange(PEOPLE) % (PEOPLE // people) == 0, of, np.nan)


def test_without_the_owner_s_predictions_a_good_model_is_taken_on_trust() -> None:
    found = fed()
    assert (found.status, found.hints, found.agreement) == ("not proven", (), None)
    assert "taken on trust" in found.why


def test_the_owner_s_own_predictions_prove_it() -> None:
    found = fed(owner=some(GOOD + 0.01))
    assert found.status == "proven"
    assert found.agreement is not None
    assert (found.agreement.people, found.agreement.beyond) == (20, 0)
    assert found.agreement.largest == pytest.approx(0.01)
    # nothing was seen among 20: at most 1 - 0.05^(1/20) = 13.9 %
    assert "at most 14 % of all may be fed otherwise" in found.why
    json.dumps(as_json(found.written()), allow_nan=False)


def test_one_person_off_refutes_it() -> None:
    owner = some(GOOD)
    owner[0] += 3
    found = fed(owner=owner)
    assert found.status == "refuted"
    assert "a few of the owner's own predictions differ from ours by more than" in found.why
    assert "none by more than 5" in found.why  # 3 is one person's: in one digit, rounded up
    assert "3" not in str(found.written().owner.largest)


def test_an_input_that_is_flipped_is_refuted_though_it_still_beats_a_single_number() -> None:
    flipped = AGE + np.random.default_rng(5).normal(0, 5.5, PEOPLE)
    assert fed(flipped).status == "not proven"  # its errors cannot show it
    assert fed(flipped, owner=some(GOOD)).status == "refuted"


@pytest.mark.parametrize(
    ("owner", "hint"),
    [
        (GOOD / 12, "look like"),
        (GOOD * 12, "divided"),
        ((GOOD - 62) / 10, "another scale"),
        (GOOD - 7, "by about +7 for everybody"),
        (-GOOD, "the wrong way"),
        (AGE, "are the true labels"),
        (GOOD.round(), "rounded, which explains differences up to 0.5"),
        (np.random.default_rng(6).permutation(GOOD), "hardly follow the owner's"),
    ],
)
def test_predictions_that_differ_from_the_owner_s_say_how(owner: np.ndarray, hint: str) -> None:
    found = fed(owner=some(owner, 60))
    assert found.status == "refuted"
    if hint == "divided":
        hint = "look like years, where the owner's is in months"
    assert hint in found.text, found.text


def test_predictions_that_are_rounded_prove_it_at_a_tolerance_that_is_stated() -> None:
    owner = some(GOOD.round())
    assert fed(owner=owner).status == "refuted"
    assert fed(owner=owner, tolerance=0.5).status == "proven"


def test_a_tolerance_that_would_take_anybody_s_prediction_proves_nothing() -> None:
    found = fed(owner=some(GOOD), tolerance=30.0)
    assert found.status == "not proven"
    assert "other people's would as well" in found.why


def test_predictions_that_are_mostly_one_number_prove_nothing() -> None:
    mostly = np.where(np.arange(PEOPLE) % 10 == 0, AGE, 60.0)
    predicted = np.where(MEMBER, mostly, GOOD)
    found = judge(predicted, AGE, ~MEMBER, NAMES, owner=Owner(np.where(MEMBER, mostly, np.nan)))
    assert found.status == "not proven"
    assert "are one number" in found.why


def test_predictions_of_few_people_prove_nothing() -> None:
    owner = np.full(PEOPLE, np.nan)
    owner[: FEWEST_COMPARED - 1] = GOOD[: FEWEST_COMPARED - 1]
    found = fed(owner=owner)
    assert (found.status, found.agreement.people) == ("not proven", 9)
    assert "predictions of 9 people" in found.why
    assert fed(owner=np.full(PEOPLE, np.nan)).status == "not proven"
    owner[0] += 9
    assert fed(owner=owner).status == "refuted"  # but one that is off is one too many


def test_scans_of_one_person_are_one_person() -> None:
    twice = np.repeat(NAMES[: PEOPLE // 2], 2)
    owner = np.full(PEOPLE, np.nan)
    owner[:18] = GOOD[:18]
    assert agreement(GOOD, owner, twice).people == 9
    assert judge(GOOD, AGE, MEMBER, twice, owner=Owner(owner)).status == "not proven"


def test_a_few_odd_predictions_do_not_widen_the_tolerance() -> None:
    owner = some(GOOD)
    owner[0] = 5000.0
    assert agreement(GOOD, owner, NAMES).tolerance < 0.5
    assert fed(owner=owner).status == "refuted"


@pytest.mark.parametrize("owner", [None, "own"])
@pytest.mark.parametrize(
    ("predicted", "hint"),
    [
        (np.full(PEOPLE, 61.5), "the same number (61.5)"),
        (GOOD * 12, "months, where the age is in years"),
        (GOOD * 365.25, "days, where the age is in years"),
        (GOOD / 100, "divided by 100"),
        ((GOOD - GOOD.mean()) / GOOD.std(), "z-scores"),
        (0.2 + 0.6 * (GOOD - 40) / 45, "a label between 0 and 1"),
        (GOOD + 15, "off the age by about +1"),
        (120 - GOOD, "the wrong way"),
        (200 + 3 * GOOD, "in another scale"),
        (AGE.mean() + np.random.default_rng(1).normal(0, 6, PEOPLE), "no better than a single number"),
    ],
)
def test_predictions_that_no_training_on_these_people_leads_to_are_doubted(
    predicted: np.ndarray, hint: str, owner: str | None
) -> None:
    """Also where the owner's are the same: then it is the label that is another."""
    found = fed(predicted, owner=some(predicted) if owner and np.ptp(predicted) else None)
    assert found.status == "doubtful"
    assert hint in found.text, found.text
    assert "may not be fed what it was trained on" in found.why


def test_a_skewed_label_does_not_let_a_constant_pass() -> None:
    """The median of a skewed label has a smaller absolute error than its mean: a constant may beat the mean's."""
    label = np.random.default_rng(2).lognormal(0, 1.5, PEOPLE)
    nearly = np.median(label[MEMBER]) + np.random.default_rng(3).normal(0, 0.05, PEOPLE)
    assert np.abs(nearly - label)[MEMBER].mean() < np.abs(label[MEMBER].mean() - label[MEMBER]).mean()
    assert judge(nearly, label, MEMBER, NAMES).status == "doubtful"


def test_the_guard_is_by_interval_and_not_by_point_estimate() -> None:
    """Errors a little below those of a single number show nothing in few people; the interval keeps its confidence."""
    passed, audits = 0, 400
    for seed in range(audits):
        rng = np.random.default_rng([7, seed])
        age = rng.uniform(45, 80, 80)
        blind = np.median(age) + rng.normal(0, 4, 80)  # knows nothing of anybody
        names = np.array([f"{place}" for place in range(80)])
        passed += "single number" not in judge(blind, age, np.ones(80, dtype=bool), names).text
    assert passed / audits <= 0.025 + 3 * np.sqrt(0.025 / audits)


def test_good_models_are_not_doubted() -> None:
    """Of any accuracy that training leads to, and any label: predictions that hang back towards the mean too."""
    for seed in range(200):
        rng = np.random.default_rng([8, seed])
        age, error = rng.uniform(20, 90, PEOPLE), rng.uniform(0.1, 9)
        predicted = age.mean() + 0.8 * (age - age.mean()) + rng.normal(0, error, PEOPLE)
        assert judge(predicted, age, MEMBER, NAMES).status == "not proven"
    zero_one = RNG.uniform(0, 1, PEOPLE)
    assert judge(zero_one + RNG.normal(0, 0.05, PEOPLE), zero_one, MEMBER, NAMES).status == "not proven"
    standardised = RNG.normal(0, 1, PEOPLE)
    assert judge(standardised + RNG.normal(0, 0.2, PEOPLE), standardised, MEMBER, NAMES).status == "not proven"


def test_what_remembers_exactly_is_not_doubted() -> None:
    assert fed(AGE.copy()).status == "not proven"
    assert fed(AGE.copy(), owner=some(AGE)).status == "proven"
    assert hints(AGE, AGE, "the age", "age") == ()


def test_lengths_that_differ_raise() -> None:
    with pytest.raises(DataError):
        fed(owner=np.ones(3))
