"""Names of regions: in which column they stand, with their hemisphere, and where none is known."""

from __future__ import annotations

import pytest

from remembrain.survey.columns import Question
from remembrain.survey.published.grid import Grid, grid_of
from remembrain.survey.published.regional_keys import key_of, names_of_nothing, side_column
from remembrain.survey.published.vocabulary import Vocabulary

AREA = Question("area", "categorical", ("n", "s"), ("north", "south"))
WORDS = Vocabulary((AREA, *(Question(name, "numeric") for name in ("lh_insula", "rh_insula", "insula", "cuneus"))))


def grid(*rows: str) -> Grid:
    return grid_of([row.split("|") for row in rows], "t.csv", "t")


def test_a_hemisphere_is_part_of_a_name() -> None:
    sheet = grid("no|side|roi", "1|L|insula", "2|R|insula", "3||insula", "4|L|cuneus")
    assert side_column(sheet) == 1
    assert key_of(sheet, WORDS) == (2, ["", "lh_insula", "rh_insula", "insula", ""])
    assert side_column(grid("side|roi", "L|insula", "L|cuneus")) == -1


def test_what_stands_once_over_merged_cells_is_that_of_all_their_rows() -> None:
    names = ["", "lh_insula", "rh_insula"]
    assert key_of(grid("roi|side|d", "insula|L|1", "|R|2"), WORDS) == (0, names)
    words = Vocabulary(tuple(Question(f"{side}_{name}", "numeric") for side in ("lh", "rh") for name in ("a", "b")))
    merged = grid("side|roi|d", "Left|a|1", "|b|2", "Right|a|3", "|b|4")
    assert key_of(merged, words) == (1, ["", "lh_a", "lh_b", "rh_a", "rh_b"])


def test_a_question_of_levels_names_no_region() -> None:
    assert key_of(grid("variable|mean", "insula|2", "cuneus|3", "area|1"), WORDS) is None
    assert key_of(grid("variable|mean", "area|1"), WORDS) is None
    assert key_of(grid("variable|mean", "insula|1"), WORDS) == (0, ["", "insula"])


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (("ROI|mean", "L_insula_thickness|2", "L_cuneus_thickness|3"), "L_insula_thickness, L_cuneus_thickness"),
        (("region|mean", "L_insula|2", "cuneus|3"), ""),
        (("region|mean", "north|2", "south|3"), ""),
        (("region|area|n", "Kent|north|2", "Fife|south|3"), ""),
        (("region|n", "Kent|2", "Total|3"), ""),
        (("name|mean", "L_insula|2"), ""),
    ],
)
def test_regions_of_which_none_is_known_are_told_from_other_places(rows: tuple[str, ...], names: str) -> None:
    assert names_of_nothing(grid(*rows), WORDS) == names
