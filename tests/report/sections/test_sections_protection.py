"""Which protection is enough, and what it costs."""

import copy

from page_of import SPACE, kept, section, table, words

import example_surveys
from remembrain.record.tables import SurveyEvidence
from remembrain.report.reading import validated
from remembrain.report.sections.protection import advice


def said(**row):
    content = copy.deepcopy(example_surveys.content("not detected"))
    content["advice"]["rows"][0].update(row)
    return [line.text.replace(SPACE, " ") for line in advice(validated(SurveyEvidence, content))]


def test_the_weakest_that_holds_is_named_with_its_price() -> None:
    assert said() == [
        "rounding to multiples of 10 is the weakest of one level tried (10 to 10) whose joint interval stays below "
        "0.6: AUC 0.58 (0.57 to 0.59); shares that are told are off by 2.00 percentage points on average, 10 % of "
        "cells are not told."
    ]


def test_where_none_holds_the_strongest_is_named_and_what_was_not_tried_is_left_out() -> None:
    (line,) = said(enough=None)
    assert line.startswith(
        "none of one level tried (10 to 10) keeps the joint interval below 0.6; the strongest leaves"
    )
    assert said(enough=None, strongest=None) == ["nothing was tried that could be measured."]
    assert said(tried=[]) == []


def test_every_level_has_its_row() -> None:
    found = section(kept(example_surveys.recognised), "run1-protection")
    assert "Rounding: rounding to multiples of 10 is the weakest" in words(found)
    assert table(found, "Every level that was tried") == [
        "Rounding none 0.70 0.62 to 0.78 0.00 10 % 250 + 100",
        "Rounding 10 0.58 0.50 to 0.66 2.00 10 % 250 + 100",
    ]
