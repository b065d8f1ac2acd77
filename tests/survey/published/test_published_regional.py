"""Which sheets are regional tables, and what stands where on them."""

from __future__ import annotations

import pytest

from remembrain.survey.columns import Question
from remembrain.survey.published.grid import Grid, grid_of
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.regional import is_regional, sheet_of
from remembrain.survey.published.vocabulary import Vocabulary

GROUP = Question("group", "categorical", ("0", "1"), ("control", "patient"))
SMOKES = Question("smokes", "categorical", ("0", "1"), ("no", "yes"))
REGIONS = [Question(name, "numeric") for name in ("lh_insula", "rh_insula", "Left-Thalamus", "age")]
SEX = Question("sex", "categorical", ("M", "F"), ("M", "F"))
WORDS = Vocabulary((GROUP, SMOKES, SEX, *REGIONS))


def grid(*rows: str) -> Grid:
    return grid_of([row.split("|") for row in rows], "t.csv", "t")


@pytest.mark.parametrize(
    ("rows", "regional"),
    [
        (("|n|mean", "lh insula|9|2.1", "rh insula|9|2.2"), True),
        (("Region|beta", "lh_insula|2.1", "rh_insula|2.2"), True),
        (("Hemi|Region|Mean", "L|insula|2.1", "R|insula|2.2"), True),
        (("variable|statistic|value", "lh_insula|mean|2.1", "rh_insula|mean|2.2"), False),
        (("variable|n|mean", "age|9|2.1", "smokes|9|0.2"), False),
        (("|Controls (n = 5)|t", "age|2.1 (0.3)|2", "lh_insula|2.1 (0.3)|1"), False),
        (("region|n|mean", "lh_foo|9|2.1"), False),
        (("|M|F", "age|9|2.1", "lh_insula|8|2"), False),
        (("|M|SD", "age|9|2.1", "lh_insula|8|2"), True),
        (("ROI|Controls|Patients", "lh_insula|2.1 (0.3)|2.2 (0.3)", "rh_insula|2.1 (0.2)|2.3 (0.3)"), False),
        (("|Mean|", "|M|F", "age|9|2.1", "lh_insula|8|2"), False),
    ],
)
def test_rows_are_named_by_columns_of_numbers_and_headings_say_a_statistic(rows, regional) -> None:
    assert is_regional(grid(*rows), WORDS, (GROUP,), GROUP) == regional


def test_sides_levels_titles_and_what_is_left_are_told_apart() -> None:
    rows = [
        "Table 1. Thickness", "Hemisphere|Region|Group|Mean|x|Lobe", "left|insula|control|2.1|3|a",
        "right|insula|control|2.2|4|b", "left|insula|patients|2.3|5|a", "right|foo|patients|2.4|6|b", "Note. In mm.",
    ]  # fmt: skip
    understood = Understood()
    sheet = sheet_of(grid(*rows), WORDS, (GROUP,), GROUP, understood)
    assert sheet.regions == ("lh_insula", "rh_insula", "lh_insula")
    assert [sheet.line(row) for row in range(3)] == [3, 4, 5]
    assert sheet.texts(3) == ["2.1", "2.2", "2.3"]
    assert {place: heading.kinds for place, heading in sheet.headings.items()} == {3: ("mean",)}
    assert sheet.context.split("\n") == ["t", "Table 1. Thickness", "Note. In mm."]
    assert [str(problem) for problem in understood.problems if problem.fatal] == []
    assert {problem.what for problem in understood.problems} == {
        "columns that are not used: x, Lobe",
        "rows of what is no column of numbers in DATA are not used: foo",
    }


def test_z_beside_x_and_y_is_a_place() -> None:
    sheet = sheet_of(grid("ROI|x|y|z|t", "lh_insula|1|2|3|4", "rh_insula|1|2|3|5"), WORDS, (), None, Understood())
    assert [heading.kinds for heading in sheet.headings.values()] == [("t",)]


@pytest.mark.parametrize(
    ("heads", "places"),
    [("mean0|mean1", [1, 2]), ("mean1|mean2", []), ("Mean group 1|Mean group 2", []), ("Mean controls|mean2", [1])],
)
def test_numbers_of_groups_are_codes_where_all_of_them_are(heads: str, places: list[int]) -> None:
    sheet = sheet_of(grid(f"ROI|{heads}", "lh_insula|1|2", "rh_insula|1|2"), WORDS, (GROUP,), None, Understood())
    assert list(sheet.headings) == places
