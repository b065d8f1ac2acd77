"""Which cell everybody stands in, against a look-up by titles, and plans that are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made_survey import EVERYTHING, blocks, made, number, question, stands_in, with_codes
from remembrain.errors import DataError
from remembrain.survey.answers import MISSING, UNKNOWN
from remembrain.survey.columns import understand
from remembrain.survey.layout import Layout, Plan, Table, lay_out


@st.composite
def surveys(draw):
    """Answers of which some are missing and some unknown, and a plan of what is published of them."""
    levels = draw(st.lists(st.integers(1, 4), min_size=3, max_size=4))
    numbers = draw(st.integers(0, 2))
    answers = made(draw(st.integers(1, 12)), levels, numbers, missing=0.2, seed=draw(st.integers(0, 99)))
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    code = np.where(rng.random(answers.code.shape) < 0.15, UNKNOWN, answers.code)
    value = np.where(rng.random(answers.value.shape) < 0.15, np.inf, answers.value)
    names = [one.name for one in answers.categorical]
    sets = st.lists(st.lists(st.sampled_from(names), min_size=2, max_size=3, unique=True).map(tuple), unique=True)
    plan = Plan(
        draw(st.sampled_from(["all", tuple(names[:2])])),
        tuple(draw(sets)[:3]),
        draw(st.sampled_from(["all", ()])),
        tuple(draw(st.lists(st.sampled_from(names), max_size=2, unique=True))),
    )
    return with_codes(answers, code, value), plan


@settings(max_examples=60, deadline=None)
@given(surveys())
def test_everybody_stands_in_the_cell_of_their_levels(made_survey) -> None:
    answers, plan = made_survey
    layout = lay_out(plan, answers, "[release]")
    cells = layout.cells_of(answers)
    expected = stands_in(layout, answers)
    place = {one.name: column for column, one in enumerate((*answers.categorical, *answers.numeric))}
    given_ = np.hstack([answers.code.astype(float), answers.value])
    for person in range(len(answers)):
        for column, table in enumerate(layout.tables):
            asked = [given_[person, place[one.name]] for one in (*table.within, *table.questions)]
            if any(one in (UNKNOWN, np.inf) for one in asked):
                assert cells[person, column] == UNKNOWN
            elif any(one == MISSING or np.isnan(one) for one in asked):
                assert cells[person, column] == MISSING
            else:
                assert cells[person, column] == expected[person][column]


@settings(max_examples=60, deadline=None)
@given(surveys())
def test_blocks_are_the_cells_of_one_table_within_the_same_levels(made_survey) -> None:
    layout = lay_out(made_survey[1], made_survey[0], "[release]")
    numbers = np.random.default_rng(0).normal(size=(2, layout.n_cells))
    sums = layout.add_up(numbers)
    assert sorted(cell for block in blocks(layout) for cell in block) == list(range(layout.n_cells))
    for block in blocks(layout):
        assert len(set(layout.block_of[block])) == 1
        assert set(layout.block_start[block]) == {min(block)}
        np.testing.assert_allclose(sums[:, block], np.repeat(numbers[:, block].sum(axis=1)[:, None], len(block), 1))
    assert len(set(layout.block_of.tolist())) == len(blocks(layout))
    means = np.array([layout.tables[table].kind == "mean" for table in layout.table_of])
    np.testing.assert_array_equal(means, np.arange(layout.n_cells) >= layout.n_counts)
    assert all(len(block) == 1 for block in blocks(layout) if means[block[0]])


def test_what_people_add_is_one_or_their_number() -> None:
    answers = made(20, numbers=2, missing=0.2)
    answers.value[3, 1] = np.inf
    layout = lay_out(EVERYTHING, answers, "[release]")
    values = layout.values_of(answers)
    for column, table in enumerate(layout.tables):
        if table.kind == "mean":
            numbers = answers.value[:, int(table.questions[0].name[1:])]
            np.testing.assert_array_equal(values[:, column], np.where(np.isfinite(numbers), numbers, 0))
        else:
            np.testing.assert_array_equal(values[:, column], 1)


def test_every_table_is_published_whole_and_within_each_of_the_columns_that_it_is_not_of() -> None:
    answers = made(5, numbers=1)
    layout = lay_out(Plan(("q0",), (("q1", "q2"),), ("n0",), by=("q0", "q2")), answers, "[release]")
    assert [one.name for one in layout.tables] == [
        "margin-q0",
        "margin-q0-by-q2",
        "crosstab-q1-q2",
        "crosstab-q1-q2-by-q0",
        "mean-n0",
        "mean-n0-by-q0",
        "mean-n0-by-q2",
    ]
    assert [one.cells for one in layout.tables] == [2, 8, 12, 24, 1, 2, 4]
    assert [one.shape for one in layout.tables] == [(2,), (2,), (3, 4), (3, 4), (), (), ()]
    assert [one.start for one in layout.tables] == [0, 2, 10, 22, 46, 47, 49]
    assert layout.n_counts == 46
    assert layout.n_cells == 53
    assert layout.tables[1].rows()[:3] == [("q2:0", "q0:0"), ("q2:0", "q0:1"), ("q2:1", "q0:0")]
    assert layout.tables[4].rows() == [()]


def test_all_leaves_out_columns_of_which_too_much_is_missing() -> None:
    answers = made(5, numbers=3)
    answers = replace(
        answers,
        categorical=tuple(
            replace(one, unanswered=share) for one, share in zip(answers.categorical, (0.1, 0.5, 0.51), strict=True)
        ),
        numeric=tuple(
            replace(one, unanswered=share) for one, share in zip(answers.numeric, (0.9, 0.0, 0.5), strict=True)
        ),
    )

    def names(plan: Plan) -> list[str]:
        return [one.name for one in lay_out(plan, answers, "[release]").tables]

    assert names(Plan("all", means="all", most_missing=0.5)) == ["margin-q0", "margin-q1", "mean-n1", "mean-n2"]
    assert names(Plan("all", means="all", most_missing=0.0)) == ["mean-n1"]
    assert len(names(Plan("all", means="all"))) == 6
    assert names(Plan(("q2",), means=("n0",), most_missing=0.0)) == ["margin-q2", "mean-n0"]


def test_titles_say_every_cell_once() -> None:
    layout = lay_out(EVERYTHING, made(5, numbers=1), "[release]")
    titles = np.array([f"{one.name}: {', '.join(row)}" for one in layout.tables for row in one.rows()])
    assert len(titles) == len(set(titles.tolist())) == layout.n_cells
    for table in layout.tables:
        for cell, levels in enumerate(table.rows(), start=table.start):
            assert all(level in titles[cell] for level in levels)


# What is refused


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (Plan(("age",)), "margins: the column 'age' is unknown or left out; expected a categorical one: q0, q1, q2"),
        (Plan(("n0",)), "margins: the column 'n0' is numeric; expected a categorical one: q0, q1, q2"),
        (Plan(means=("q0",)), "means: the column 'q0' is categorical; expected a numeric one: n0"),
        (Plan(means=("age",)), "means: the column 'age' is unknown or left out; expected a numeric one: n0"),
        (Plan("all", by=("n0",)), "by: the column 'n0' is numeric"),
        (Plan(crosstabs=(("q0", "age"),)), "crosstabs: the column 'age' is unknown"),
        (Plan(crosstabs=(("q0",),)), r"crosstab \['q0'\]; expected two or more different columns"),
        (Plan(crosstabs=(("q0", "q1", "q0"),)), r"crosstab \['q0', 'q1', 'q0'\]; expected two or more different"),
        (Plan(("q0", "q1", "q0")), "the margin of q0 stands twice; expected each table once"),
        (Plan(crosstabs=(("q1", "q0"), ("q1", "q0"))), "the crosstab of q1 stands twice"),
        (Plan(means=("n0", "n0")), "the mean of n0 stands twice"),
        (Plan(("q0",), by=("q1", "q1")), "twice"),
        (Plan(), 'publishes no cell; expected margins = "all", or columns, crosstabs or means'),
        (Plan(by=("q0",)), "publishes no cell"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(plan: Plan, message: str) -> None:
    with pytest.raises(DataError, match=rf"^\[release\]: .*{message}"):
        lay_out(plan, made(5, numbers=1), "[release]")


def test_a_mean_is_refused_by_the_columns_there_are_where_there_are_none() -> None:
    with pytest.raises(DataError, match="expected a numeric one: none"):
        lay_out(Plan(means=("q0",)), made(5), "[release]")


@pytest.mark.parametrize(("questions", "levels"), [(3, 50), (20, 2), (63, 2), (64, 2)])
def test_more_cells_than_can_be_published_are_refused(questions: int, levels: int) -> None:
    answers = made(2, [levels] * questions)
    names = tuple(one.name for one in answers.categorical)
    with pytest.raises(DataError, match=rf"publishes {levels**questions:,} cells; expected at most 100,000"):
        lay_out(Plan(crosstabs=(names,)), answers, "[release]")


def test_a_question_that_nobody_answered_is_no_table() -> None:
    nobody = understand("empty", ["", "n/a"], {"kind": "categorical"}, Path("answers.csv"))
    answers = made(2)
    answers = replace(
        answers,
        categorical=(*answers.categorical, nobody),
        code=np.column_stack([answers.code, np.full(2, MISSING, dtype=np.int16)]),
    )
    try:
        layout = lay_out(Plan("all"), answers, "[release]")
    except DataError as error:
        assert "empty" in str(error)
        return
    assert layout.cells_of(answers).max() < len(layout.block_of) == layout.n_cells


def test_tables_are_compared_by_what_they_are_of() -> None:
    first = Table("margin", (question("q", 3),), (), 0)
    assert first == Table("margin", (question("q", 3),), (), 0)
    layout = Layout((first, Table("mean", (number("n"),), (), 3)))
    assert (layout.n_counts, layout.n_cells) == (3, 4)
    assert layout.block_of.tolist() == [0, 0, 0, 1]
