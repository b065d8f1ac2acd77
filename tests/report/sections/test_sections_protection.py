"""Whether protection is needed, which is enough, and what it costs."""

import copy

import pytest
from page_of import SPACE, kept, section, table, words

import example_surveys
from remembrain.record.tables import SurveyEvidence
from remembrain.report.reading import validated
from remembrain.report.sections.protection import advice


def lines(row=(), **found) -> list[str]:
    content = copy.deepcopy(example_surveys.content("not detected"))
    content["advice"].update(found)
    content["advice"]["rows"][0].update(row)
    return [line.text.replace(SPACE, " ") for line in advice(validated(SurveyEvidence, content))]


def said(**row) -> list[str]:
    return lines(row)[1:]


def test_the_weakest_that_holds_is_named_with_what_it_leaves_and_its_price() -> None:
    assert said() == [
        "rounding to multiples of 10 is the weakest of one level tried (10 to 10) that stays below the limits, as all "
        "stronger ones do: an AUC of 0.58 (0.57 to 0.59), and 2 % (1 % to 3 %) are recognised, about 6 of 300 "
        "people; shares that are told are off by 2.00 percentage points on average, 10 % of cells are not told."
    ]
    assert said(idle=[3.0, 5.0])[0].endswith("not told (3 and 5 would change no cell).")


def test_where_none_holds_the_strongest_is_named_and_what_was_not_tried_is_left_out() -> None:
    (line,) = said(enough=None)
    assert line.startswith("none of one level tried (10 to 10) is shown to stay below the limits; the strongest leaves")
    assert said(tried=[], strongest=None, idle=[5.0]) == [
        "no level that was tried changes a cell (5 would change no cell)."
    ]
    assert said(tried=[]) == []


LIMITS = "below the limits of an AUC of 0.6, and of 5 % recognised while 1 % of others are wrongly named"
LEFT = "the tables leave an AUC of 0.70 (0.66 to 0.74), and 20 % (15 % to 25 %) are recognised, about 60 of 300 people"


@pytest.mark.parametrize(
    ("needed", "end"),
    [
        ("no", f"Nothing more is needed to stay {LIMITS}."),
        ("open", f"Whether protection is needed to stay {LIMITS}, is open: figures are, intervals not."),
        ("yes", f"Protection is needed to stay {LIMITS}."),
    ],
)
def test_whether_protection_is_needed_comes_first_and_alone_where_it_is_not(needed: str, end: str) -> None:
    need, *rows = lines(needed=needed)
    assert need.startswith(f"{LEFT}; on these very tables the best attack has an AUC of 0.74")
    assert need.endswith(end)
    assert len(rows) == (0 if needed == "no" else 1)


def test_limits_are_said_as_they_were_set() -> None:
    assert "0.6, and of 5 % and 7 people beyond luck recognised while" in lines(people_below=7)[0]
    assert "limits of an AUC of 0.6." in lines(rate_below=1.0)[0]
    assert "not whether protection is needed" in lines(published=None)[0]


def test_every_level_has_its_row() -> None:
    found = section(kept(example_surveys.recognised), "run1-protection")
    assert "Rounding: rounding to multiples of 10 is the weakest" in words(found)
    assert table(found, "Every level that was tried") == [
        "Rounding none 0.70 0.66 to 0.74 20 % 19 % to 21 % 0.00 10 % 250 + 100",
        "Rounding 10 0.58 0.54 to 0.62 8 % 7 % to 9 % 2.00 10 % 250 + 100",
    ]
