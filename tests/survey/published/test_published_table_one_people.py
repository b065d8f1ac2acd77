"""Of how many people the levels of a question are, where that is told, counted, or said by percentages alone."""

from __future__ import annotations

import numpy as np
import pytest

from printed_table_one import SCHOOL, SEX
from remembrain.survey.columns import Question
from remembrain.survey.published.cells import TOTAL
from remembrain.survey.published.groups import Group
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.specs import Spec
from remembrain.survey.published.stated import stated
from remembrain.survey.published.table_one_columns import Columns, OfQuestion, Row
from remembrain.survey.published.table_one_lines import Fact, Line
from remembrain.survey.published.table_one_people import add_people

PEOPLE = Spec("count", "percent")


def told(
    cells: dict[int, str],
    of: Question = SCHOOL,
    missing: int | None = None,
    people: int | None = 80,
    *,
    said: bool = True,
) -> tuple[dict[int, float], list[str], str]:
    """Numbers by level, what was said, and what they are."""
    understood = Understood()
    columns = Columns([Group(1, "everybody", "Overall", people=people)], "t.csv", understood)
    rows = {
        level: Row(Fact("level", Line(3, "x", "", "", (text,)), of, level, PEOPLE, said), (stated(text, PEOPLE, "."),))
        for level, text in cells.items()
    }
    add_people(columns, OfQuestion(of, levels=rows, no_answer=(missing,) if missing is not None else ()))
    said = [problem.what for problem in understood.problems]
    if not understood.cells:
        return {}, said, ""
    (found,) = understood.cells
    return dict(zip(found.place[of.name].tolist(), found.numbers.value.tolist(), strict=True)), said, found.measure


ALL = {0: "20 (25.0)", 1: "40 (50.0)", 2: "20 (25.0)"}


@pytest.mark.parametrize(
    ("cells", "missing", "people", "base"),
    [
        (ALL, None, 80, 80),
        ({0: "20 (25.6)", 1: "40 (51.3)", 2: "18 (23.1)"}, None, 80, 78),  # of those who answered, who are not told
        ({0: "20 (25.0)", 1: "40 (50.0)", 2: "18 (22.5)"}, 2, 80, 78),  # of all, and two gave no answer
        ({0: "20/80 (25.0)", 1: "40/80 (50.0)"}, None, None, 80),
        ({0: "20 (25.0)"}, None, 80, 80),
        ({0: "20 (25.6)"}, 2, 80, 78),
        ({0: "20 (26.3)"}, None, 80, 76),  # nothing but 76 makes it so
    ],
)
def test_of_how_many_people_they_are(cells: dict[int, str], missing: int | None, people: int | None, base: int) -> None:
    found, wrong, measure = told(cells, missing=missing, people=people)
    assert (found[TOTAL], found[0], measure) == (base, 20, "count")
    assert all("and taken so" in one for one in wrong)


def test_that_nobody_lacks_is_said_where_percentages_leave_it_open() -> None:
    assert told({0: "20 (25)"})[1] == ["school among Overall: is taken to be of all 80 people"]
    assert told({0: "20 (25.0)"})[1] == []


def test_of_a_question_of_two_the_rest_is_the_other_level() -> None:
    assert told({1: "12 (15.0)"}, SEX)[0] == {1: 12, 0: 68, TOTAL: 80}


def test_where_it_cannot_be_known_percentages_are_all_that_is_told() -> None:
    assert told({0: "20 (26)"})[::2] == ({0: 26}, "percent")
    assert told({0: "20 (25)"}, people=None)[::2] == ({0: 25}, "percent")
    assert told({0: "25%", 1: "50%", 2: "25%"})[::2] == ({0: 25, 1: 50, 2: 25}, "percent")


@pytest.mark.parametrize(
    ("cells", "missing", "what"),
    [
        ({**ALL, 2: "30 (37.5)"}, None, "school among Overall: 90 people, and there are 80"),
        (ALL, 3, "school among Overall: 80 people who gave an answer, and there are 77"),
        ({**ALL, 0: "20 (52.0)"}, None, "school among Overall: primary: 20 of 80 is not 52 %"),
        (
            {0: "20/80 (25.0)", 1: "40/90 (44.4)"},
            None,
            "school among Overall: of 80, 90 people, and levels add up to 60",
        ),
        ({0: "20 (90.0)"}, None, "school among Overall: primary: 20 of 80 is not 90 %"),
    ],
)
def test_what_does_not_go_together_is_said(cells: dict[int, str], missing: int | None, what: str) -> None:
    assert what in told(cells, missing=missing)[1]


def test_two_numbers_that_are_all_people_may_be_both_levels() -> None:
    said = told({1: "20/60"}, SEX)[1]
    assert said == ["sex among Overall: 20/60 may be two levels, or of how many people: write 12 (15.0%)"]
    assert told({1: "20/60 (33.3)"}, SEX)[1] == []
    assert told({1: "0/80"}, SEX)[0] == {0: 80, 1: 0, TOTAL: 80}
    assert told({1: "20/70"}, SEX)[0] == {0: 50, 1: 20, TOTAL: 70}


def test_a_cell_that_is_not_told_is_no_person() -> None:
    found, wrong, _ = told({**ALL, 0: "<5"}, people=None)
    assert wrong == []
    assert np.isnan(list(found.values())).any()


@pytest.mark.parametrize(
    ("cells", "of", "people", "asked"),
    [
        ({1: "48"}, SEX, 80, True),
        ({1: "48 (60.0)"}, SEX, 80, False),
        ({1: "48/80"}, SEX, 80, False),
        ({1: "148"}, SEX, 180, False),
        ({0: "32", 1: "48"}, SEX, 80, False),
        ({0: "52", 1: "48"}, SEX, 100, True),
        ({0: "20", 1: "40", 2: "20"}, SCHOOL, 80, False),
    ],
)
def test_numbers_alone_of_which_nothing_is_said_may_be_percentages(
    cells: dict[int, str], of: Question, people: int, asked: bool
) -> None:
    what = "whether the numbers of x are people or percentages is not said: write n or % beside it"
    assert (what in told(cells, of, people=people, said=False)[1]) is asked
    assert what not in told(cells, of, people=people)[1]
