"""Tables that do not look like people of the population are told; those that do are not."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from made_regions import people, published
from made_survey import EVERYTHING, made, published_of
from printed_table_one import people_of_a_study, released
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.published.plausible import far_from, fewer_than

PEOPLE, OTHERS = made(300, numbers=1, missing=0.1), made(400, numbers=1, missing=0.1, seed=2)
LAYOUT = lay_out(EVERYTHING, PEOPLE, "[release]")
TRUE = published_of(LAYOUT, PEOPLE)


def test_of_the_same_population_nothing_is_said() -> None:
    for seed in range(5):
        people = made(150, numbers=1, missing=0.1, seed=seed + 10)
        assert far_from(LAYOUT, published_of(LAYOUT, people), OTHERS, 150) == []


def test_levels_that_are_exchanged_and_means_that_moved_are_told() -> None:
    share = TRUE.share.copy()
    share[:2] = share[:2][::-1]
    mean = LAYOUT.n_counts
    share[mean] += 15
    first, second = far_from(LAYOUT, replace(TRUE, share=share), OTHERS, 300)
    assert first.startswith(f"margin-q0, q0 q0:0: {share[0]:.3g}, and 0.")
    assert second.startswith(f"mean-n0, everybody: {share[mean]:.4g}, and ")
    blur = np.full(LAYOUT.n_cells, 0.1)
    assert len(far_from(LAYOUT, replace(TRUE, share=share, blur=blur), OTHERS, 300)) == 1


def test_spreads_and_quantiles_of_another_population_are_told() -> None:
    plan = Plan(means=("age",), sds=("age",), quantiles=("age", "income"), quantiles_at=(0.5,), by=("group",))
    layout, true = released(people_of_a_study(200), plan)
    others = people_of_a_study(500, 1)
    assert far_from(layout, true, others, 200) == []
    share = true.share.copy()
    share[layout.cells_of_kind("sd")] *= 2.5
    share[-1] *= 2
    lines = far_from(layout, replace(true, share=share), others, 200)
    assert [line.partition(",")[0] for line in lines] == ["sd-age", "sd-age-by-group", "quantile-income-0.5-by-group"]
    assert re.search(r"everybody: 30\.\d+, and 1[12]\.\d+ of the reference: other people", lines[0])
    assert re.search(r"group patient: 5\d\.\d+, and 9\d?\.?\d* % of the reference are below: other", lines[2])


def test_contrasts_that_go_the_other_way_than_the_population_s_are_told() -> None:
    for statistic in ("d", "t"):
        plan = Plan(contrasts="all", contrast="group", contrast_as=statistic)  # type: ignore[arg-type]
        layout, true = published(people(200, columns=4), plan)
        others = people(900, 1, columns=4)
        assert far_from(layout, true, others, 200) == []
        assert far_from(layout, replace(true, share=-true.share), others, 200) == [
            "contrasts go the other way than in the reference in 4 of 4 cells in which it leaves no doubt: are they "
            "patient - control?"
        ]


def test_tables_of_fewer_people_than_took_part_are_told() -> None:
    plan = Plan(means="all", contrasts="all", contrast="group", by=("group",))
    layout, true = published(people(80), plan)
    assert fewer_than(layout, true, people(80)) == []
    assert fewer_than(layout, true, people(80).take(np.zeros(0, int))) == []
    count = true.count.copy()
    by_group = next(table for table in layout.tables if table.within)
    count[[by_group.start, by_group.start + 1]] = true.count[[by_group.start + 1, by_group.start]]
    small, large = sorted(true.count[by_group.start : by_group.stop])
    (line,) = fewer_than(layout, replace(true, count=count), people(80))
    assert f": {small:g} people, and {large:g} of DATA took part and stand there: other people, or groups exc" in line


def test_cells_that_are_not_told_say_nothing() -> None:
    assert far_from(LAYOUT, replace(TRUE, share=np.full(LAYOUT.n_cells, np.nan)), OTHERS, 300) == []
