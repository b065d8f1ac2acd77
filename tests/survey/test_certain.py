"""What is claimed to be certain is true, in every small data set, and what cannot be told otherwise is claimed."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from made_survey import made, question
from remembrain.record.table_settings import Adversary, Protection
from remembrain.survey.answers import Answers
from remembrain.survey.certain import certain_of, describe_certain, why_not
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.release import Case, Look, Release, Survey, _publish, draw_release, look

TWO_WAY = Plan("all", (("q0", "q1"), ("q1", "q2"), ("q0", "q2")))

PLANS = (
    TWO_WAY,
    Plan("all"),
    Plan(crosstabs=(("q0", "q1", "q2"),)),
    Plan(("q2",), (("q0", "q1"),), by=("q2",)),
)


def answers_of(rows: list[tuple[int, ...]], levels: tuple[int, ...]) -> Answers:
    code = np.array(rows, dtype=np.int16)
    names = np.array([f"p{place:03d}" for place in range(len(rows))])
    questions = tuple(question(f"q{place}", size) for place, size in enumerate(levels))
    return Answers(names, questions, code, (), np.zeros((len(rows), 0)), np.ones(len(rows)))


def seen_of(answers: Answers, plan: Plan, group: int, seed: int = 0, case: Case | None = None) -> tuple[Release, Look]:
    survey = Survey(answers, lay_out(plan, answers, "[release]"))
    asked = replace(case or Case(adversary=Adversary(reference_size=20)), group_size=group)
    release = draw_release(survey, asked, np.random.default_rng([1, seed]))
    return release, look(release, np.random.default_rng([2, seed]))


def of_group(answers: Answers, plan: Plan, rows: list[int]) -> tuple[Release, Look]:
    """What is seen of a group of these very people: others of the file did not take part."""
    release, _ = seen_of(answers, plan, len(rows))
    group = np.array(rows)
    others = np.setdiff1d(np.arange(len(answers)), group)
    release = replace(release, group=group, members=group, others=others)
    published = _publish(release.survey, release.case, group, np.random.default_rng(0))
    return (release := replace(release, published=published)), look(release, np.random.default_rng(3))


def test_who_stands_in_an_empty_cell_cannot_have_taken_part() -> None:
    rows = [(0, 0, 0)] * 10 + [(0, 1, 0)] * 15 + [(1, 1, 0)] * 15 + [(0, 0, 1)] * 30
    release, seen = of_group(answers_of(rows, (2, 2, 2)), Plan("all"), list(range(25)))
    claims = certain_of(release, seen)
    empty = seen.view.cells[:, 0] == 1
    third = seen.view.cells[:, 2] == release.survey.layout.tables[2].start + 1
    np.testing.assert_array_equal(claims.excluded, empty | third)
    assert not claims.proven.any()


def test_tables_of_pairs_prove_and_exclude_what_no_cell_alone_does() -> None:
    """Of all data sets of 12 people, by counting them out: the most and the fewest with the answers of each person."""
    rng = np.random.default_rng(5)
    rows = [tuple(row) for row in rng.integers(0, 2, (60, 3)).tolist()]
    people = answers_of(rows, (2, 2, 2))
    release, seen = of_group(people, TWO_WAY, list(range(12)))
    pairs = [(0, 1), (1, 2), (0, 2)]
    types = list(product((0, 1), repeat=3))

    def tables(counts: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(
            sum(n for n, kind in zip(counts, types, strict=True) if (kind[a], kind[b]) == cell)
            for a, b in pairs
            for cell in product((0, 1), repeat=2)
        )

    true = tuple(rows[:12].count(kind) for kind in types)
    told = tables(true)
    possible = [
        counts for shift in range(-12, 13) if tables(counts := _moved(true, types, shift)) == told and min(counts) >= 0
    ]
    claims = certain_of(release, seen)
    for person, name in enumerate(seen.participant_id):
        kind = rows[int(str(name)[1:])]
        number = [counts[types.index(kind)] for counts in possible]
        assert claims.excluded[person] == (max(number) == 0)
        assert claims.proven[person] == (min(number) >= 1 and rows.count(kind) == 1)


def _moved(counts: tuple[int, ...], types: list[tuple[int, ...]], shift: int) -> tuple[int, ...]:
    """The data sets of one and the same tables of pairs differ by so much of (-1)^(a + b + c)."""
    return tuple(n + shift * (-1) ** sum(kind) for n, kind in zip(counts, types, strict=True))


def test_a_person_of_unique_answers_is_proven_by_a_table_that_shows_them() -> None:
    rows = [(0, 0)] * 20 + [(1, 1)] + [(0, 1)] * 20 + [(1, 0)] * 20
    plan = Plan(crosstabs=(("q0", "q1"),))
    release, seen = of_group(answers_of(rows, (2, 2)), plan, list(range(21)))
    claims = certain_of(release, seen)
    assert seen.participant_id[claims.proven].tolist() == ["p020"]
    assert claims.excluded[~seen.member].all()
    told = describe_certain(release, seen)
    assert (told.proven, told.why) == ("<10", "")


def test_of_suppressed_counts_and_an_unknown_number_of_people_nobody_is_excluded() -> None:
    """A question of two levels of which both are suppressed says nothing; neither does one of which nothing is told."""
    rows = [(0, 0, 0)] * 14 + [(1, 1, 0)] * 3 + [(0, 1, 1)] * 25 + [(1, 0, 0)] * 25
    case = Case(rules=Protection(suppress_below=5), adversary=Adversary(reference_size=20, knows_n=False))
    for seed in range(4):
        release, seen = seen_of(answers_of(rows, (2, 2, 2)), Plan("all", (("q0", "q1"),)), 17, seed, case)
        claims = certain_of(release, seen)
        assert not (claims.excluded & seen.member).any()
        assert not (claims.proven & ~seen.member).any()


def test_who_is_the_only_one_in_one_file_alone_is_not_proven() -> None:
    """Outsiders and the reference are people too; of tables that were given it is not known whose they are."""
    rows = [(0, 0)] * 20 + [(1, 1)] + [(0, 1)] * 20 + [(1, 0)] * 20
    release, seen = of_group(answers_of(rows, (2, 2)), Plan(crosstabs=(("q0", "q1"),)), list(range(21)))
    assert certain_of(release, seen).proven.any()
    assert not certain_of(replace(release, given=True), seen).proven.any()
    twin = answers_of([(1, 1), (0, 0)], (2, 2))
    twin = replace(twin, participant_id=np.array(["other-0", "other-1"]))
    for file in ("outsiders", "reference"):
        survey = replace(release.survey, **{file: twin})
        assert not certain_of(replace(release, survey=survey), seen).proven.any()


def test_where_a_claim_is_not_true_nothing_is_claimed() -> None:
    release, seen = of_group(answers_of([(0, 0)] * 30 + [(1, 1)] * 40, (2, 2)), Plan("all"), list(range(30)))
    assert describe_certain(release, seen).excluded == 25 or describe_certain(release, seen).excluded == 20
    mistaken = replace(seen, member=~seen.member)
    told = describe_certain(release, mistaken)
    assert (told.proven, told.excluded) == (0, 0)
    assert told.why.startswith("something that would be certain is not true")


def claims_of(seed: int) -> tuple[int, int]:
    """How much is claimed of a small data set drawn at random, all of which has to be true."""
    rng = np.random.default_rng([9, seed])
    levels = tuple(rng.integers(2, 6, 3).tolist())
    rows = [tuple(int(rng.integers(0, size)) for size in levels) for _ in range(60)]
    code = np.array(rows)
    answers = answers_of(rows, levels)
    answers.code[rng.random(code.shape) < 0.1] = -1
    plan = [TWO_WAY, Plan("all"), Plan(crosstabs=(("q0", "q1", "q2"),)), Plan(("q2",), (("q0", "q1"),), by=("q2",))][
        seed % 4
    ]
    known = Adversary(reference_size=20, known=float(rng.choice([0.4, 0.7, 1.0])))
    rules = Protection(suppress_below=int(rng.choice([0, 0, 3])))
    release, seen = seen_of(answers, plan, 12, seed, Case(adversary=known, rules=rules))
    claims = certain_of(release, seen)
    assert not (claims.excluded & seen.member).any(), f"{seed}: somebody who took part is said not to have"
    assert not (claims.proven & ~seen.member).any(), f"{seed}: somebody who did not take part is said to have"
    return int(claims.excluded.sum()), int(claims.proven.sum())


def test_what_is_certain_is_true() -> None:
    found = np.array([claims_of(seed) for seed in range(24)])
    assert (found.sum(axis=0) > (50, 8)).all()


@pytest.mark.slow
def test_what_is_certain_is_true_in_a_thousand_data_sets() -> None:
    found = np.array([claims_of(seed) for seed in range(1000)])
    assert (found.sum(axis=0) > (2000, 300)).all()


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (Case(rules=Protection(round_to=5)), "counts are rounded or noised"),
        (Case(rules=Protection(noise_epsilon=1.0)), "counts are rounded or noised"),
        (Case(rules=Protection(sample=0.5)), "a random part of people is counted"),
        (Case(adversary=Adversary(answer_error=0.1)), "the adversary may be wrong of an answer"),
    ],
)
def test_nothing_is_certain_where_counts_or_answers_are_not_exact(case: Case, why: str) -> None:
    release, seen = seen_of(made(400), Plan("all"), 100, case=case)
    assert why_not(release) == why
    assert describe_certain(release, seen).why == why
    weighted = seen_of(made(400, weighted=True), Plan("all"), 100)[0]
    assert why_not(weighted) == "counts are of weighted people"
