"""What means and standard deviations make certain is true, in every small data set, of tables that were given too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from made_survey import question
from remembrain.record.table_settings import Adversary, Protection
from remembrain.survey.answers import MISSING, Answers
from remembrain.survey.certain import certain_of, describe_certain, why_not
from remembrain.survey.columns import Question
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.published.reading import read_published
from remembrain.survey.release import Case, Look, Release, Survey, _publish, draw_release, look, of_tables

MEANS = Plan(means="all", sds="all")
BY = Plan(means="all", sds="all", by=("q0",))


def item(name: str, high: int | None = 5, *, whole: bool = False) -> Question:
    """A scale from 1, of a declared range unless there is no end."""
    if high is None:
        return Question(name, "numeric", low=1.0, high=9.0, whole=whole)
    return Question(name, "numeric", low=1.0, high=float(high), ranged=True, whole=whole)


def answers_of(
    values: np.ndarray, high: int | None = 5, code: np.ndarray | None = None, *, whole: bool = False
) -> Answers:
    """People who gave these numbers, a column an item, and stand in these groups of two questions."""
    people = len(values)
    code = np.zeros((people, 2), dtype=np.int16) if code is None else code.astype(np.int16)
    numbers = tuple(item(f"n{place}", high, whole=whole) for place in range(values.shape[1]))
    names = np.array([f"p{place:03d}" for place in range(people)])
    return Answers(names, (question("q0", 2), question("q1", 3)), code, numbers, values.astype(float), np.ones(people))


def released(
    answers: Answers, plan: Plan, group: np.ndarray, case: Case | None = None, seed: int = 0
) -> tuple[Release, Look]:
    """What is published of these very people, and what is seen of it; the others did not take part."""
    survey = Survey(answers, lay_out(plan, answers, "[release]"))
    case = replace(case or Case(adversary=Adversary(reference_size=20)), group_size=max(10, len(group)))
    release = draw_release(survey, case, np.random.default_rng(seed))
    others = np.setdiff1d(np.arange(len(answers)), group)
    release = replace(release, group=group, members=group, others=others)
    published = _publish(survey, case, group, np.random.default_rng(0))
    return (release := replace(release, published=published)), look(release, np.random.default_rng([3, seed]))


def rounded(release: Release, seen: Look, decimals: int, *, by_n: bool = False) -> tuple[Release, Look]:
    """The same as somebody else's tables, in which numbers have decimals, and spreads may be divided by n."""
    share, spreads = release.published.share.copy(), release.survey.layout.cells_of_kind("sd")
    if by_n:
        share[spreads] *= np.sqrt(1 - 1 / np.maximum(release.published.base[spreads], 1))
    published = replace(release.published, share=share.round(decimals), half=0.5 * 10.0**-decimals)
    return replace(release, published=published, given=True), replace(seen, published=published)


def numbers_of(seen: Look, answers: Answers) -> np.ndarray:
    place = {name: row for row, name in enumerate(answers.participant_id)}
    return answers.value[[place[name] for name in seen.participant_id], 0]


def test_a_mean_at_the_end_of_its_scale_excludes_everybody_else() -> None:
    values = np.array([1] * 30 + [1, 2, 3, 5] * 15)[:, None]
    answers = answers_of(values)
    release, seen = released(answers, MEANS, np.arange(30))
    np.testing.assert_array_equal(certain_of(release, seen).excluded, numbers_of(seen, answers) > 1)
    told = describe_certain(release, seen)
    assert (told.why, told.on, told.proven) == ("", ("means",), 0)


def test_who_alone_gave_a_number_that_somebody_must_have_given_is_proven() -> None:
    """29 times 1 and once 5 is the only way to such a mean and spread on 1 to 5; nobody else of the file gave a 5."""
    values = np.array([1] * 29 + [5] + [1, 2, 3, 4] * 15)[:, None]
    answers = answers_of(values)
    release, seen = released(answers, MEANS, np.arange(30))
    claims = certain_of(release, seen)
    assert seen.participant_id[claims.proven].tolist() == ["p029"]
    np.testing.assert_array_equal(claims.excluded, np.isin(numbers_of(seen, answers), (2, 3, 4)))
    values[40] = 5
    release, seen = released(answers_of(values), MEANS, np.arange(30))
    assert not certain_of(release, seen).proven.any()


def test_of_numbers_that_are_not_whole_those_beyond_reach_are_excluded() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(50, 5, (120, 3))
    values[100:, 1] += 400
    answers = answers_of(values, None)
    release, seen = released(answers, MEANS, np.arange(60))
    far = np.isin(seen.participant_id, answers.participant_id[100:])
    assert far.any()
    np.testing.assert_array_equal(certain_of(release, seen).excluded, far)
    assert not certain_of(release, seen).proven.any()


def test_of_tables_of_somebody_else_numbers_are_whole_where_that_is_declared_and_nobody_is_proven() -> None:
    values = np.array([1] * 29 + [5] + [1, 2, 3, 4] * 15)[:, None]
    for whole in (False, True):
        answers = answers_of(values, whole=whole)
        release, seen = rounded(*released(answers, MEANS, np.arange(30)), decimals=3)
        claims = certain_of(release, seen)
        theirs = numbers_of(seen, answers)
        assert claims.excluded[np.isin(theirs, (2, 3, 4))].all() == whole
        assert not claims.proven.any()


def test_of_a_papers_table_it_has_to_be_told_how_many_answered(tmp_path: Path) -> None:
    """1.00 of 60 on a scale from 1 to 5 excludes every other answer; of 62 who may not all have, none."""
    values = np.array([1] * 60 + [np.nan] * 2 + [1, 2, 3, 5] * 15)[:, None]
    answers = answers_of(values, whole=True)
    layout = lay_out(MEANS, answers, "[release]")
    member = np.arange(len(answers)) < 62
    missing = "Missing,2\n"
    for rows, written, most in ((missing, "1.00 (0.00)", 1), ("", "1.00 (0.00)", 5), (missing, "1 (0)", 3)):
        path = tmp_path / "t1.csv"
        path.write_text(f'Characteristic,Overall (N = 62)\n"n0, mean (SD)",{written}\n{rows}')
        published, _ = read_published(path, layout, (*answers.categorical, *answers.numeric))
        others = replace(answers, participant_id=np.char.add("other-", answers.participant_id))
        release = of_tables(Survey(answers, layout, reference=others), Case(62), member, published)
        seen = look(release, np.random.default_rng(0))
        assert bool(why_not(release)) == (not rows)
        np.testing.assert_array_equal(certain_of(release, seen).excluded, numbers_of(seen, answers) > most)


def test_where_it_is_not_told_of_how_many_people_a_mean_is_nothing_is_claimed() -> None:
    values = np.array([1] * 30 + [1, 2, 3, 5] * 15)[:, None]
    release, seen = released(answers_of(values), MEANS, np.arange(30))
    published = replace(release.published, count=np.full(2, np.nan))
    untold = replace(release, published=published)
    assert why_not(untold) == "no table is of counts; of how many people means are is not told exactly"
    assert not certain_of(untold, replace(seen, published=published)).excluded.any()
    blurred = replace(release.published, half=np.inf)
    assert not certain_of(replace(release, published=blurred), replace(seen, published=blurred)).excluded.any()


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (Case(rules=Protection(round_to=5)), "counts are rounded or noised"),
        (Case(adversary=Adversary(answer_error=0.1, reference_size=20)), "the adversary may be wrong of an answer"),
        (
            Case(adversary=Adversary(reliability=0.9, reference_size=20)),
            "no table is of counts; the adversary has other measurements than those of the means",
        ),
    ],
)
def test_nothing_is_certain_of_means_that_are_not_exact_or_of_other_measurements(case: Case, why: str) -> None:
    values = np.array([1] * 30 + [1, 2, 3, 5] * 15)[:, None]
    release, seen = released(answers_of(values), MEANS, np.arange(30), case)
    assert why_not(release) == why
    assert describe_certain(release, seen).why == why


def test_with_another_measurement_counts_are_certain_still_and_means_are_not() -> None:
    values = np.array([1] * 30 + [1, 2, 3, 5] * 15)[:, None]
    code = np.zeros((90, 2))
    code[60:, 1] = 2
    case = Case(adversary=Adversary(reliability=0.9, reference_size=20))
    release, seen = released(answers_of(values, code=code), Plan("all", means="all"), np.arange(30), case)
    empty = np.isin(seen.participant_id, [f"p{place:03d}" for place in range(60, 90)])
    np.testing.assert_array_equal(certain_of(release, seen).excluded, empty)
    assert describe_certain(release, seen).on == ("counts",)


def test_where_shares_are_told_without_counts_means_are_certain_still() -> None:
    values = np.array([1] * 30 + [1, 2, 3, 5] * 15)[:, None]
    release, seen = released(answers_of(values), Plan("all", means="all"), np.arange(30))
    assert describe_certain(release, seen).on == ("counts", "means")
    shares = replace(release, published=replace(release.published, step=0.01))
    assert describe_certain(shares, seen).on == ("means",)
    assert certain_of(shares, seen).excluded.any()


def claims_of(seed: int) -> tuple[int, int]:
    """How much means prove of a small data set drawn at random, all of which has to be true."""
    rng = np.random.default_rng([11, seed])
    high, n = int(rng.integers(3, 11)), int(rng.choice([rng.integers(3, 13), rng.integers(3, 61)]))
    people = n + 50
    chance = rng.dirichlet(np.full(high, 0.4), 2)
    values = np.stack([rng.choice(np.arange(1, high + 1), people, p=one) for one in chance], axis=1).astype(float)
    group = np.sort(rng.permutation(people)[:n])
    if rng.random() < 0.3:  # one of those who took part alone stands at the end
        values[values == high] = high - 1
        values[group[0]] = high
    values[rng.random(values.shape) < rng.choice([0.0, 0.15])] = np.nan
    if rng.random() < 0.2:
        values = np.clip(values + rng.normal(0, 0.3, values.shape) * (np.arange(2) == 1), 1, high)
    code = np.stack([rng.integers(0, 2, people), rng.integers(0, 3, people)], axis=1)
    code[rng.random(code.shape) < 0.1] = MISSING
    answers = answers_of(values, high if rng.random() < 0.7 else None, code, whole=True)
    plan = [
        MEANS, BY, Plan(means="all", by=("q0",)), Plan(("q1",), means="all", sds=("n0",), by=("q0",)),
        Plan(crosstabs=(("q0", "q1"),), means="all", sds="all", by=("q0", "q1")),
        Plan(means="all", sds=("n0",), quantiles="all", quantiles_at=(0.25, 0.5, 0.75), by=("q0",)),
    ][seed % 6]  # fmt: skip
    rules = Protection(suppress_below=int(rng.choice([0, 0, 4])))
    case = Case(rules=rules, adversary=Adversary(reference_size=20, known=float(rng.choice([0.5, 1.0]))))
    release, seen = released(answers, plan, group, case, seed)
    found = np.zeros(2, dtype=int)
    decimals = int(rng.integers(0, 4))
    for view in ((release, seen), rounded(release, seen, decimals, by_n=seed % 2 == 1)):
        claims = certain_of(*view)
        assert not (claims.excluded & seen.member).any(), f"{seed}: somebody who took part is said not to have"
        assert not (claims.proven & ~seen.member).any(), f"{seed}: somebody who did not take part is said to have"
        assert not (view[0].given and claims.proven.any())
        found += [int(claims.excluded.sum()), int(claims.proven.sum())]
    return int(found[0]), int(found[1])


def test_what_is_certain_by_means_is_true() -> None:
    found = np.array([claims_of(seed) for seed in range(20)])
    assert (found.sum(axis=0) > (60, 2)).all()


@pytest.mark.slow
def test_what_is_certain_by_means_is_true_in_a_thousand_data_sets() -> None:
    found = np.array([claims_of(seed) for seed in range(1000)])
    assert (found.sum(axis=0) > (4000, 100)).all()
