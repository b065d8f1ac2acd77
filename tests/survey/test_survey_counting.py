"""Counts and shares against cross-tabs of pandas, and the tally without each person against counting again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made_survey import EVERYTHING, blocks, counted, made, stands_in
from remembrain.survey.answers import MISSING
from remembrain.survey.counting import base_of, shares, without_each
from remembrain.survey.layout import Plan, lay_out


def frame(answers) -> pd.DataFrame:
    """Titles, numbers and weights; nothing where there is no answer."""
    columns = {
        one.name: [one.titles[code] if code != MISSING else None for code in answers.code[:, place]]
        for place, one in enumerate(answers.categorical)
    }
    columns |= {one.name: answers.value[:, place] for place, one in enumerate(answers.numeric)}
    return pd.DataFrame(columns | {"weight": answers.weight})


@pytest.mark.parametrize("weighted", [False, True])
def test_counts_and_shares_are_those_of_a_cross_tab(weighted: bool) -> None:
    answers = made(300, numbers=2, missing=0.1, weighted=weighted)
    layout = lay_out(EVERYTHING, answers, "[release]")
    found = counted(layout, answers)
    share, base = shares(layout, found), base_of(layout, found)
    everybody = frame(answers)
    for table in layout.tables:
        asked = [one.name for one in (*table.within, *table.questions)]
        there = everybody.dropna(subset=asked)
        names = asked[:-1] if table.kind == "mean" else asked
        for cell, titles in enumerate(table.rows(), start=table.start):
            inside = there.loc[(there[names] == list(titles)).all(axis=1)] if names else there
            block = inside
            if table.kind != "mean" and table.within:
                block = there.loc[(there[names[: len(table.within)]] == list(titles[: len(table.within)])).all(axis=1)]
            elif table.kind != "mean":
                block = there
            assert found.people[cell] == len(inside)
            assert found.weight[cell] == pytest.approx(inside["weight"].sum())
            assert base[cell] == pytest.approx(block["weight"].sum())
            if table.kind == "mean":
                mean = np.average(inside[asked[-1]], weights=inside["weight"])
                assert share[cell] == pytest.approx(mean)
            else:
                assert share[cell] == pytest.approx(inside["weight"].sum() / block["weight"].sum())


def test_a_cross_tab_of_pandas_is_the_table() -> None:
    answers = made(400, missing=0.05, weighted=True)
    layout = lay_out(Plan(crosstabs=(("q1", "q2"),)), answers, "[release]")
    data = frame(answers)
    expected = pd.crosstab(data["q1"], data["q2"], values=data["weight"], aggfunc="sum", normalize="all")
    np.testing.assert_allclose(shares(layout, counted(layout, answers)).reshape(3, 4), expected.to_numpy())


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 15), st.booleans(), st.integers(0, 999))
def test_the_tally_without_a_person_is_that_of_the_others(people: int, weighted: bool, seed: int) -> None:
    answers = made(people, numbers=1, missing=0.2, weighted=weighted, seed=seed)
    layout = lay_out(EVERYTHING, answers, "[release]")
    whole = counted(layout, answers)
    before = whole.weight.copy()
    without = without_each(whole, layout.cells_of(answers), layout.values_of(answers), answers.weight)
    np.testing.assert_array_equal(whole.weight, before)
    for person in range(people):
        others = counted(layout, answers.take(np.arange(people) != person))
        np.testing.assert_array_equal(without.people[person], others.people)
        np.testing.assert_allclose(without.weight[person], others.weight, atol=1e-12)
        np.testing.assert_allclose(without.total[person], others.total, atol=1e-9)
        some = np.flatnonzero(base_of(layout, others) > 0)
        np.testing.assert_allclose(
            shares(layout, without)[person][some], shares(layout, others)[some], rtol=1e-9, atol=1e-12
        )


def test_each_person_counts_once_in_every_table_whose_questions_they_answered() -> None:
    answers = made(60, numbers=1, missing=0.3, weighted=True)
    layout = lay_out(EVERYTHING, answers, "[release]")
    people = np.zeros(layout.n_cells)
    weight, total = people.copy(), people.copy()
    for person, cells in enumerate(stands_in(layout, answers)):
        for cell, table in zip(cells, layout.tables, strict=True):
            if cell is not None:
                people[cell] += 1
                weight[cell] += answers.weight[person]
                total[cell] += answers.weight[person] * (answers.value[person, 0] if table.kind == "mean" else 1)
    found = counted(layout, answers)
    np.testing.assert_array_equal(found.people, people)
    np.testing.assert_allclose(found.weight, weight)
    np.testing.assert_allclose(found.total, total)


def test_shares_of_a_block_add_up_to_one_and_nobody_has_none() -> None:
    answers = made(6, (2, 3, 4), numbers=1, missing=0.3)
    layout = lay_out(EVERYTHING, answers, "[release]")
    found = counted(layout, answers)
    share = shares(layout, found)
    empty = 0
    for block in blocks(layout):
        if not found.people[block].sum():
            empty += 1
            assert np.isnan(share[block]).all()
        elif block[0] < layout.n_counts:
            assert share[block].sum() == pytest.approx(1)
    assert empty
