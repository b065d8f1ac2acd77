"""Who is in the tables, who is known not to be, and who is asked about: three kinds of people that never meet."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from made_survey import EVERYTHING, made, published_of
from remembrain.errors import DataError
from remembrain.record.table_settings import Adversary, Protection
from remembrain.survey.answers import MISSING, UNKNOWN
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.release import Case, Survey, draw_release, look, of_tables

PEOPLE = 400
LOOKS = 12


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def survey(people: int = PEOPLE, *, outsiders: int = 0, reference: int = 0, plan: Plan = EVERYTHING, **words) -> Survey:
    """People whose numbers are their own, so that everybody can be told from the reference of a view."""
    answers = made(people, numbers=1, **words)
    return Survey(
        answers,
        lay_out(plan, answers, "[release]"),
        made(outsiders, numbers=1, seed=1, **words) if outsiders else None,
        made(reference, numbers=1, seed=2, **words) if reference else None,
    )


def owner(made_survey: Survey) -> dict[float, str]:
    """Whose number each is."""
    found: dict[float, str] = {}
    for answers in (made_survey.answers, made_survey.outsiders, made_survey.reference):
        if answers is not None:
            found |= dict(zip(answers.value[:, 0].tolist(), answers.participant_id.tolist(), strict=True))
    return found


def names_of_reference(seen, made_survey: Survey) -> list[str]:
    column = [table.name for table in seen.view.layout.tables].index("mean-n0")
    names = owner(made_survey)
    return [names[value] for value in seen.view.reference.values[:, column].tolist()]


MODES = {
    "a group": (survey(), Case(150)),
    "a group of nearly all": (survey(), Case(PEOPLE - 60 - 20, adversary=Adversary(reference_size=60))),
    "a group, a reference of a file": (survey(reference=90), Case(150)),
    "a group, outsiders of a file": (survey(outsiders=90), Case(150)),
    "everybody": (survey(), Case()),
    "everybody, few tested": (survey(), Case(tested=20)),
    "everybody, a reference of a file": (survey(reference=90), Case(adversary=Adversary(reference_size=40))),
    "everybody, outsiders of a file": (survey(outsiders=90), Case()),
    "everybody, both of files": (survey(outsiders=90, reference=80), Case(tested=60)),
}


@pytest.mark.parametrize("mode", MODES)
def test_group_reference_and_tested_people_never_meet(mode: str) -> None:
    made_survey, case = MODES[mode]
    release = draw_release(made_survey, case, rng())
    alone = made_survey.outsiders is None
    ever: dict[bool, Counter] = {True: Counter(), False: Counter()}
    ours = set(made_survey.answers.participant_id.tolist())
    for seed in range(LOOKS):
        seen = look(release, rng(seed))
        group = set(made_survey.answers.participant_id[seen.group].tolist())
        members = set(seen.participant_id[seen.member].tolist())
        others = set(seen.participant_id[~seen.member].tolist())
        known = names_of_reference(seen, made_survey)
        assert members <= group
        assert not others & group
        assert not set(known) & (group | others)
        assert len(known) == len(set(known)) == len(seen.view.reference)
        assert len(members) + len(others) == len(seen.participant_id) == len(seen.view)
        assert 20 <= len(others) <= case.tested
        assert len(members) == min(case.tested, len(group))
        assert others <= ours if alone else not others & ours
        assert seen.view.n == len(group) == release.n
        ever[True].update(members)
        ever[False].update(others)
    if not release.kept_out:
        assert not set(ever[True]) & set(ever[False]), "somebody is a member in one look and none in another"


@pytest.mark.parametrize("mode", ["everybody", "everybody, few tested", "everybody, a reference of a file"])
def test_who_is_kept_out_in_one_look_takes_part_in_others(mode: str) -> None:
    """In 40 looks 80 (or 20) of 400 people are kept out at a time: nearly all (or seven of eight) ever are."""
    made_survey, case = MODES[mode]
    release = draw_release(made_survey, replace(case, tested=min(case.tested, 400)), rng())
    looks = [look(release, rng(seed)) for seed in range(40)]
    ever_in, ever_out = (
        {name for seen in looks for name in seen.participant_id[seen.member == role]} for role in (True, False)
    )
    assert len(ever_out) > 0.8 * PEOPLE
    assert len(ever_in & ever_out) > 0.7 * PEOPLE


@pytest.mark.parametrize("mode", MODES)
def test_what_is_seen_are_the_tables_of_the_group_and_the_answers_of_those_asked_about(mode: str) -> None:
    made_survey, case = MODES[mode]
    layout = made_survey.layout
    seen = look(draw_release(made_survey, case, rng(1)), rng(2))
    expected = published_of(layout, made_survey.answers.take(seen.group))
    np.testing.assert_allclose(seen.view.published, expected.share)
    np.testing.assert_allclose(seen.published.count, expected.count)
    everybody = {}
    for answers in (made_survey.answers, made_survey.outsiders):
        if answers is not None:
            cells = layout.cells_of(answers)
            everybody |= dict(zip(answers.participant_id.tolist(), cells, strict=True))
    np.testing.assert_array_equal(seen.view.cells, [everybody[name] for name in seen.participant_id])
    np.testing.assert_array_equal(seen.view.counts, 1)


def test_the_tables_of_a_group_stay_the_same_in_every_look_and_all_others_are_tested_in_turn() -> None:
    made_survey, case = MODES["a group"]
    release = draw_release(made_survey, case, rng())
    looks = [look(release, rng(seed)) for seed in range(LOOKS)]
    for seen in looks:
        np.testing.assert_array_equal(seen.view.published, looks[0].view.published)
        np.testing.assert_array_equal(seen.group, release.group)
    tested = {name for seen in looks for name in seen.participant_id[~seen.member]}
    assert len(release.group) == 150
    assert len(tested) == 250, "whoever is no reference in one look can be tested"
    assert {len(seen.view.reference) for seen in looks} == {80}


def test_tables_of_everybody_are_published_and_others_are_kept_out_of_them_in_every_look() -> None:
    made_survey, case = MODES["everybody"]
    release = draw_release(made_survey, case, rng())
    everybody = published_of(made_survey.layout, made_survey.answers)
    np.testing.assert_allclose(release.published.share, everybody.share)
    looks = [look(release, rng(seed)) for seed in range(LOOKS)]
    assert release.kept_out == 80
    assert release.n == 400 - 80 - 80
    out = {name for seen in looks for name in seen.participant_id[~seen.member]}
    assert len(out) > 80
    assert len({seen.view.published.tobytes() for seen in looks}) == LOOKS


def test_everybody_is_published_where_others_are_of_files() -> None:
    made_survey, case = MODES["everybody, both of files"]
    seen = look(draw_release(made_survey, case, rng()), rng(1))
    assert len(seen.group) == PEOPLE
    np.testing.assert_allclose(seen.view.published, published_of(made_survey.layout, made_survey.answers).share)


@pytest.mark.parametrize("mode", MODES)
def test_who_took_part_is_by_lot_where_those_who_did_not_are_the_rest_of_the_same_people(mode: str) -> None:
    made_survey, case = MODES[mode]
    release = draw_release(made_survey, case, rng())
    assert release.by_lot == (made_survey.outsiders is None)
    askew = replace(case, adversary=replace(case.adversary, reference_tilt=1.0, tilt_column="n0"))
    drawn_anew = case.group_size is None or made_survey.reference is not None
    assert draw_release(made_survey, askew, rng()).by_lot == (made_survey.outsiders is None and drawn_anew)


@pytest.mark.parametrize(
    ("people", "tested", "kept"),
    [(200, 2000, 40), (400, 2000, 80), (800, 2000, 100), (5000, 2000, 250), (5000, 60, 60)],
)
def test_so_many_are_kept_out_that_a_rate_of_a_percent_is_seen_and_the_tables_change_little(
    people, tested, kept
) -> None:
    made_survey = survey(people, plan=Plan(("q0",)))
    assert draw_release(made_survey, Case(tested=tested), rng()).kept_out == kept


# What is refused


@pytest.mark.parametrize("size", [0, 1, 9])
def test_a_group_of_fewer_than_ten_is_refused(size: int) -> None:
    with pytest.raises(DataError, match=rf"^a group of {size} people; expected at least 10$"):
        draw_release(survey(), Case(size), rng())
    draw_release(survey(), Case(10), rng())


def test_a_group_that_leaves_too_few_to_test_is_refused() -> None:
    def draw(size: int):
        return draw_release(survey(), Case(size, adversary=Adversary(reference_size=100)), rng())

    draw(280)
    with pytest.raises(DataError) as raised:
        draw(281)
    assert str(raised.value) == (
        "a group of 281 and a reference of 100 leave 19 of 400 people to test as outsiders; expected at least 20\n"
        "  try: a smaller --group-size or --reference-size, or files of --outsiders and a --reference"
    )
    with pytest.raises(DataError, match="leave 0 of 400 people to test as outsiders, and are more than there are"):
        draw(350)


def test_a_group_of_everybody_needs_nobody_else_where_both_others_are_of_files() -> None:
    made_survey = survey(outsiders=50, reference=50)
    seen = look(draw_release(made_survey, Case(PEOPLE), rng()), rng(1))
    assert len(seen.group) == PEOPLE
    with pytest.raises(DataError, match="are more than there are"):
        draw_release(survey(outsiders=50), Case(PEOPLE), rng())


def test_tables_of_everybody_are_refused_where_too_few_people_are_left_in_them() -> None:
    with pytest.raises(DataError, match=r"^a reference of 6 and 20 to test leave 4 of 30 people; expected at least 10"):
        draw_release(survey(30), Case(), rng())
    with pytest.raises(DataError, match=r"^a reference of 311 and 80 to test leave 9 of 400 people; expected"):
        draw_release(survey(), Case(adversary=Adversary(reference_size=311)), rng())
    for people in (37, 40, 100):
        seen = look(draw_release(survey(people), Case(), rng()), rng())
        assert seen.member.sum() >= 10
    with pytest.raises(DataError, match=r"^a reference of 2 and 0 to test leave 9 of 11 people; expected at least 10"):
        draw_release(survey(11, outsiders=30), Case(), rng())
    with pytest.raises(DataError, match=r"^9 people; expected at least 10"):
        draw_release(survey(9, outsiders=30, reference=30), Case(), rng())


# Tables that somebody published


def of_published(member: np.ndarray, case: Case, *, reference: int = 90):
    made_survey = survey(120, reference=reference)
    published = published_of(made_survey.layout, made_survey.answers.take(member))
    return made_survey, of_tables(made_survey, case, member, published)


def test_of_tables_alone_those_who_took_part_are_tested_against_those_who_did_not() -> None:
    member = np.arange(120) % 3 == 0
    made_survey, release = of_published(member, Case(group_size=40))
    assert not release.by_lot
    for seed in range(LOOKS):
        seen = look(release, rng(seed))
        names = made_survey.answers.participant_id
        assert set(seen.participant_id[seen.member]) == set(names[member])
        assert set(seen.participant_id[~seen.member]) == set(names[~member])
        assert all(name.startswith("p2-") for name in names_of_reference(seen, made_survey))
        assert seen.view.n == 40
        np.testing.assert_array_equal(seen.view.published, release.published.share)


def test_of_how_many_people_tables_are_the_largest_of_them_says() -> None:
    """That is no proof: whoever did not answer may stand in none of them."""
    member = np.arange(120) % 3 == 0
    case = Case()
    _, release = of_published(member, case)
    assert not release.case.adversary.knows_n
    assert case.adversary.knows_n
    largest = float(release.published.base.max())
    assert 30 < largest <= 40
    assert look(release, rng()).view.n == largest


def test_where_tables_tell_no_number_of_people_or_it_is_not_to_be_known_it_is_estimated() -> None:
    member = np.arange(120) % 3 == 0
    made_survey, told = of_published(member, Case(adversary=Adversary(knows_n=False)))
    assert told.told is None
    bare = replace(told.published, base=np.full(made_survey.layout.n_cells, np.nan))
    for release in (told, of_tables(made_survey, Case(), member, bare)):
        seen = look(release, rng())
        assert seen.view.n != 40
        assert np.isfinite(seen.view.n)


def test_tables_alone_need_a_reference() -> None:
    with pytest.raises(DataError, match=r"^tables alone need people of the same population; expected --reference FILE"):
        of_published(np.arange(120) < 50, Case(), reference=0)


@pytest.mark.parametrize("yes", [True, False])
def test_tables_alone_need_people_of_both_kinds(yes: bool) -> None:
    with pytest.raises(DataError, match=r"^all or none of the people took part; expected some who did and some"):
        made_survey = survey(120, reference=40)
        member = np.full(120, yes)
        of_tables(made_survey, Case(), member, published_of(made_survey.layout, made_survey.answers))


# How tables are published


def test_a_sample_counts_its_share_of_those_who_took_part() -> None:
    made_survey = survey(4000, plan=Plan(("q0",)))
    release = draw_release(made_survey, Case(3000, Protection(sample=0.3)), rng())
    counted_people = release.published.count.sum()
    assert abs(counted_people - 900) < 5 * np.sqrt(3000 * 0.3 * 0.7)
    assert len(release.group) == 3000, "members are all who took part, counted or not"


def test_rules_of_protection_are_those_of_the_tables_that_are_seen() -> None:
    rules = Protection(round_to=5, suppress_below=8, complementary=False)
    for case in (Case(150, rules), Case(rules=rules)):
        seen = look(draw_release(survey(), case, rng()), rng())
        told = seen.published.count[np.isfinite(seen.published.count)]
        assert (told % 5 == 0).all()
        assert np.isnan(seen.published.share).any()
        assert seen.view.rules == rules
        np.testing.assert_array_equal(seen.view.blur, seen.published.blur)


def test_what_subtraction_gives_back_is_seen() -> None:
    made_survey = survey(plan=Plan(("q2",)))
    exact = draw_release(made_survey, Case(81), rng(2)).published
    rules = Protection(suppress_below=int(exact.count.min()) + 1, complementary=False)
    seen = look(draw_release(made_survey, Case(81, rules), rng(2)), rng(1))
    assert np.isnan(seen.published.share).sum() == 1
    np.testing.assert_allclose(seen.view.published, exact.share)


# What the adversary makes of it


def test_the_adversary_knows_of_people_what_it_is_said_to_know() -> None:
    adversary = Adversary(known_columns=("q0", "q2"))
    made_survey = survey(missing=0.1)
    seen = look(draw_release(made_survey, Case(150, adversary=adversary), rng()), rng(1))
    for column, table in enumerate(seen.view.layout.tables):
        unknown = seen.view.cells[:, column] == UNKNOWN
        asked = {one.name for one in (*table.questions, *table.within)}
        if not asked <= {"q0", "q2"}:
            assert unknown.all()
        else:
            assert not unknown.any()
            assert (seen.view.cells[:, column] == MISSING).any()


def test_the_reference_is_known_without_errors() -> None:
    made_survey = survey(missing=0.1)
    adversary = Adversary(known=0.4, answer_error=0.3)
    release = draw_release(made_survey, Case(150, adversary=adversary), rng())
    seen = look(release, rng(1))
    assert (seen.view.cells == UNKNOWN).any()
    rows = {tuple(row) for row in made_survey.layout.cells_of(made_survey.answers).tolist()}
    assert all(tuple(row) in rows for row in seen.view.reference.cells.tolist())


def test_weights_count_where_the_adversary_knows_them() -> None:
    made_survey = survey(weighted=True)
    weight = dict(zip(made_survey.answers.participant_id, made_survey.answers.weight, strict=True))
    for knows in (False, True):
        release = draw_release(made_survey, Case(150, adversary=Adversary(knows_weight=knows)), rng())
        seen = look(release, rng(1))
        expected = [weight[name] if knows else 1.0 for name in seen.participant_id]
        np.testing.assert_array_equal(seen.view.counts, expected)
        assert seen.view.largest_weight == made_survey.answers.weight.max()


def test_who_does_not_know_how_many_took_part_estimates_it_from_the_tables() -> None:
    made_survey = survey(3000, plan=Plan("all", by=("q0", "q1", "q2", "q3")), levels=(2,) * 60)
    release = draw_release(made_survey, Case(100, adversary=Adversary(knows_n=False, reference_size=1000)), rng())
    seen = look(release, rng(1))
    assert release.n == 100
    assert seen.view.n != 100
    assert 50 < seen.view.n < 200
