"""The numbers of regional tables: each once, by region, levels and statistic."""

from __future__ import annotations

from remembrain.survey.columns import Question
from remembrain.survey.published.grid import grid_of
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.regional import sheet_of
from remembrain.survey.published.regional_numbers import facts_of
from remembrain.survey.published.vocabulary import Vocabulary

GROUP = Question("group", "categorical", ("0", "1"), ("control", "patient"))
WORDS = Vocabulary((GROUP, Question("insula", "numeric"), Question("cuneus", "numeric")))


def facts(*rows: str):
    understood = Understood()
    grid = grid_of([row.split("|") for row in rows], "t.csv", "t")
    found = facts_of(sheet_of(grid, WORDS, (GROUP,), GROUP, understood), GROUP, understood)
    return {key: fact.value for key, fact in found.items()}, found, [problem.what for problem in understood.problems]


def test_numbers_in_one_cell_and_people_of_headings() -> None:
    found, _, problems = facts("|Controls (n = 30) Mean ± SD|d [CI]", "insula|2.5 ± 0.3|−0.2 [-1, 1]", "cuneus|..|*")
    control = (("group", 0),)
    assert problems == []
    assert {key: value for key, value in found.items() if key[0] == "insula"} == {
        ("insula", control, "mean"): 2.5, ("insula", control, "sd"): 0.3, ("insula", control, "n"): 30,
        ("insula", (), "d"): -0.2,
    }  # fmt: skip


def test_decimal_commas_and_thousands_are_told_apart_or_asked() -> None:
    found, every, _ = facts("|n|mean", "insula|1.200|2,50", "cuneus|1.100|2,25")
    assert [found["insula", (), kind] for kind in ("n", "mean")] == [1200, 2.5]
    assert every["insula", (), "mean"].half == 0.005
    assert facts("|n|mean", "insula|9|2,500", "cuneus|9|2,250")[2] == [
        "whether its commas are those of decimals cannot be told: write points"
    ]


def test_a_contrast_in_the_rows_of_both_groups_is_one() -> None:
    rows = ["region|group|mean|d", "insula|control|2.5|0.3", "insula|patient|2.6|0.3", "cuneus|control|2|.1"]
    found, _, problems = facts(*rows, "cuneus|patient|2|")
    assert (found["insula", (), "d"], found["cuneus", (), "d"], problems) == (0.3, 0.1, [])
    assert facts(*rows, "cuneus|patient|2|0.2")[2] == ["below 'd' the same number stands twice: cuneus (lines 4 and 5)"]
