"""Another measurement than the published one: how it is made up, and what two sessions say of its reliability."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from made_regions import people
from remembrain.errors import DataError, ProblemsError
from remembrain.evidence.metrics import auc
from remembrain.record.table_settings import Adversary
from remembrain.survey.another_scan import Again, Scan, describe_again, measured_again
from remembrain.survey.answers import Answers
from remembrain.survey.attacks import ATTACKS
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.release import Case, Survey, draw_release, look

AWARE = next(attack for attack in ATTACKS if attack.name == "correlation-aware")
FILE = Path("second.csv")


def again_of(answers: Answers, rho: float, seed: int = 0) -> Answers:
    """The same people measured again with this reliability, by an instrument of another scale."""
    other = people(len(answers), 1000 + seed, columns=len(answers.numeric)).value
    middle = answers.value.mean(axis=0)
    value = 7 + 3 * (rho * (answers.value - middle) + np.sqrt(1 - rho**2) * (other - middle))
    return replace(answers, code=answers.code.copy(), value=value)


def test_what_nobody_measured_correlates_as_it_is_said_to_and_goes_together_as_one_measurement() -> None:
    answers = people(2000, columns=3)
    rho = np.array([0.8, 0.5, 1.0])
    again = Scan(rho).of(answers.value, np.random.default_rng(0))
    for place in range(3):
        assert np.corrcoef(again[:, place], answers.value[:, place])[0, 1] == pytest.approx(rho[place], abs=0.04)
        assert again[:, place].std() == pytest.approx(answers.value[:, place].std(), rel=0.06)
    before, after = np.corrcoef(answers.value.T), np.corrcoef(Scan(np.full(3, 0.8)).of(answers.value, _rng()).T)
    np.testing.assert_allclose(before, after, atol=0.1)
    assert Scan(np.ones(3)).of(answers.value, _rng()) is answers.value


def test_what_differs_in_another_scan_is_of_nobody_who_took_part() -> None:
    """Else what one of them gives away would be found with another, and hide what that one gives away."""
    value = people(60, columns=3).value
    again = Scan(np.full(3, 0.8), outside=40).of(value, _rng())
    middle = value[40:].mean(axis=0)
    noise = (again - middle - 0.8 * (value - middle)) / 0.6 + middle
    whose = np.abs(noise[:, None] - value).max(axis=2).argmin(axis=1)
    np.testing.assert_allclose(noise, value[whose])
    assert whose.min() >= 40
    assert (whose != np.arange(60)).all()


def test_a_true_second_scan_is_taken_where_there_is_one() -> None:
    value = people(60, columns=3).value
    truly = np.full_like(value, np.nan)
    truly[5], truly[6, 1] = [1.0, 2.0, 3.0], 4.0
    again, alone = (Scan(np.full(3, 0.8), some).of(value, _rng()) for some in (truly, None))
    np.testing.assert_array_equal(again[5], [1, 2, 3])
    np.testing.assert_array_equal(again[6], [alone[6, 0], 4, alone[6, 2]])
    np.testing.assert_array_equal(again[7:], alone[7:])


def test_reliability_is_measured_and_the_second_session_brought_to_the_scale_of_the_first() -> None:
    answers = people(900, columns=4)
    second = again_of(answers, 0.7).take(np.arange(100, 900))
    second.value[3, 2] = np.nan
    again = measured_again(answers, replace(second, numeric=second.numeric[:3], value=second.value[:, :3]), FILE)
    there, x = np.arange(100, 900), answers.value[100:, 0]
    assert again.reliability[0] == pytest.approx(np.corrcoef(x, second.value[:, 0])[0, 1])
    assert again.people.tolist() == [800, 800, 799, 0]
    assert again.value[there, 0].mean() == pytest.approx(x.mean())
    assert again.value[there, 0].std() == pytest.approx(x.std())
    assert np.isnan(again.value[:100]).all()
    assert np.isnan(again.value[:, 3]).all()
    measured = describe_again(answers, again)
    assert [(column.name, column.n) for column in measured.columns] == [
        ("region0", 800), ("region1", 800), ("region2", 799),
    ]  # fmt: skip
    assert measured.people == 800
    value, low, high = measured.median.ends()
    assert low < 0.7 < high
    assert high - low == pytest.approx(2 * 1.96 * (1 - value**2) / np.sqrt(797), rel=0.02)


def test_numbers_that_do_not_go_together_tell_nothing() -> None:
    """Of a reliability below 0 the adversary takes none, and everybody is like everybody."""
    answers = people(80, columns=2)
    again = measured_again(answers, replace(answers, value=-answers.value), FILE)
    np.testing.assert_allclose(again.reliability, -1)
    survey = Survey(answers, lay_out(Plan(means="all"), answers, "[release]"), again=again)
    adversary = Adversary(reference_size=20, reliability="measured")
    seen = look(draw_release(survey, Case(30, adversary=adversary), _rng()), _rng())
    assert np.ptp(AWARE.score(seen.view, _rng())) < 1e-9


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda second: second.take(np.arange(9)), "9 of 60 people have a second session; expected at least 10"),
        (lambda second: _with(second, 1, 5.0), r"reliability cannot be measured of region1 \(1 in all\)"),
        (lambda second: _with(second, 0, np.nan), r"reliability cannot be measured of region0 \(1 in all\)"),
    ],
)
def test_of_too_few_people_or_of_one_number_nothing_is_measured(spoil, message: str) -> None:
    answers = people(60)
    with pytest.raises(DataError, match=message):
        measured_again(answers, spoil(again_of(answers, 0.8)), FILE)


def test_another_sex_and_the_very_same_numbers_are_another_person_and_a_copy() -> None:
    answers = people(60)
    second = again_of(answers, 0.8)
    second.code[7, 0] = 1 - second.code[7, 0]
    second.value[9] = answers.value[9]
    with pytest.raises(ProblemsError) as caught:
        measured_again(answers, second, FILE)
    assert [problem.what for problem in caught.value.problems] == [
        "group is another in the second session",
        "has the same numbers in both sessions",
    ]


def told(again: str, rho: float, worlds: int = 4) -> float:
    """How well 40 people are told by means of 60 regions, from another scan that is made up or true."""
    aucs = []
    for seed in range(worlds):
        answers = people(700, seed, columns=60)
        second = measured_again(answers, again_of(answers, rho, seed), FILE) if again != "stated" else None
        if again == "some" and second is not None:
            second = Again(
                np.where(np.arange(700)[:, None] % 2, second.value, np.nan), second.reliability, second.people
            )
        adversary = Adversary(reference_size=400, reliability=rho if again == "stated" else "measured")
        survey = Survey(answers, lay_out(Plan(means="all"), answers, "[release]"), again=second)
        rng = np.random.default_rng([3, seed])
        seen = look(draw_release(survey, Case(40, adversary=adversary), rng), rng)
        aucs.append(auc(seen.member, AWARE.score(seen.view, rng)))
    return float(np.mean(aucs))


def test_a_second_session_tells_as_much_as_one_that_is_made_up_of_its_reliability() -> None:
    """60 regions (one factor common to two), 40 people: Phi(.6 sqrt(60 / 80) / sqrt(1 + 40 / 400)) = 0.69."""
    expected = told("stated", 0.6)
    assert expected == pytest.approx(0.68, abs=0.03)
    assert told("true", 0.6) == pytest.approx(expected, abs=0.03)
    assert told("some", 0.6) == pytest.approx(expected, abs=0.03)


def _with(answers: Answers, column: int, number: float) -> Answers:
    answers.value[:, column] = number
    return answers


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)
