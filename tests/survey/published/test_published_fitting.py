"""Which published numbers are of which cell, whichever table they stand in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from made_survey import made
from remembrain.record.table_settings import Blur
from remembrain.survey.layout import Layout, Plan, lay_out
from remembrain.survey.published.blurring import Slack
from remembrain.survey.published.cells import NO_ANSWER, TOTAL, Cells, Numbers
from remembrain.survey.published.fitting import Fitted, fit
from remembrain.survey.published.meaning import Understood

ANSWERS = made(40, levels=(2, 2), numbers=1)
MARGIN = lay_out(Plan(("q0",)), ANSWERS, "")
BY = lay_out(Plan(("q0",), by=("q1",)), ANSWERS, "")


def cells(measure: str, place: Mapping[str, list[int]], values: list[float], **more) -> Cells:
    numbers = Numbers(np.array(values, dtype=float), more.pop("places", 0))
    known = {name: np.array(places) for name, places in place.items()}
    about, where = more.pop("about", ""), more.pop("where", "t")
    return Cells(where, measure, about, known, numbers, **more)  # type: ignore[arg-type]


def fitted(layout: Layout, *given: Cells, blur: Blur | None = None) -> tuple[Fitted, list[str], list[str]]:
    understood = Understood(list(given))
    found = fit(layout, understood, Slack(0.0, 0.0), blur or Blur())
    said = [[str(one) for one in understood.problems if one.fatal is fatal] for fatal in (True, False)]
    return found, said[0], said[1]


def test_rows_totals_and_no_answers_of_a_margin() -> None:
    found, wrong, _ = fitted(MARGIN, cells("count", {"q0": [1, 0, TOTAL, NO_ANSWER]}, [30, 10, 45, 5]))
    assert not wrong
    assert (found.count.tolist(), found.base.tolist(), found.unanswered.tolist()) == ([10, 30], [45, 45], [5, 5])


def test_one_table_serves_every_table_of_its_questions() -> None:
    both = {"q0": [0, 0, 1, 1, TOTAL, TOTAL, 0, 1], "q1": [0, 1, 0, 1, 0, 1, TOTAL, TOTAL]}
    layout = lay_out(Plan(("q0",), (("q0", "q1"),), by=("q1",)), ANSWERS, "")
    found, wrong, notes = fitted(layout, cells("count", both, [1, 2, 3, 4, 4, 6, 3, 7]))
    assert not wrong
    assert found.count.tolist() == [3, 7, 1, 3, 2, 4, 1, 2, 3, 4]
    assert found.base[2:6].tolist() == [4, 4, 6, 6]
    assert notes == ["t: the totals of a larger table are taken for the table of q0"]


def test_a_question_of_no_table_of_the_release_may_part_a_table_that_has_its_totals() -> None:
    place = {"q0": [0, 1, 0, 0, 0, 1, 1, 1], "q9": [TOTAL, TOTAL, 0, 1, 2, 0, 1, 2]}
    found, wrong, _ = fitted(MARGIN, cells("value", place, [12, 18, 3, 4, 5, 1, 8, 9]))
    assert (found.count.tolist(), wrong) == ([12, 18], [])


def test_the_very_table_counts_for_more_than_totals_of_a_larger_one() -> None:
    larger = cells("count", {"q0": [0, 1, 0, 1], "q1": [TOTAL, TOTAL, 0, 1]}, [3, 7, 1, 2])
    found, wrong, _ = fitted(MARGIN, larger, cells("count", {"q0": [0, 1]}, [4, 8]))
    assert (found.count.tolist(), wrong) == ([4, 8], [])


def test_two_numbers_for_one_cell_are_named_with_both() -> None:
    first, second = cells("count", {"q0": [0, 1]}, [4, 8]), cells("count", {"q0": [0, 1]}, [4, 9], where="u")
    _, wrong, _ = fitted(MARGIN, first, second)
    assert wrong == ["u: q0 q0:1: 9, and 8 elsewhere, for the same count"]


def test_percentages_within_other_groups_than_asked_are_not_taken() -> None:
    place = {"q0": [0, 0, 1, 1], "q1": [0, 1, 0, 1]}
    within_q1, within_q0 = [10.0, 40.0, 90.0, 60.0], [10.0, 90.0, 40.0, 60.0]
    margin = cells("count", {"q0": [0, 1]}, [25, 75])
    found, wrong, _ = fitted(BY, margin, cells("percent", place, within_q1, places=1))
    assert not wrong
    np.testing.assert_allclose(found.share[2:], [0.1, 0.9, 0.4, 0.6])
    np.testing.assert_allclose(found.half[2:], 0.0005)
    _, wrong, _ = fitted(BY, margin, cells("percent", place, within_q0, places=1))
    assert wrong == ["tables: no table of q0 by q1: add what is missing, or take it out of [release]"]


def test_of_percentages_without_a_whole_line_is_asked_over_what_they_add_up() -> None:
    place = {"q0": [0, 0, 1, 1], "q1": [0, 1, 0, 1]}
    margin = cells("count", {"q0": [0, 1]}, [25, 75])
    _, wrong, _ = fitted(BY, margin, cells("percent", place, [10.0, np.nan, np.nan, 60.0], places=1))
    (what,) = wrong
    assert what.startswith("t: over which of q0, q1 its percents add up cannot be told")


def test_people_that_a_table_is_of_are_those_that_add_up() -> None:
    place = {"q0": [0, 0, 1, 1], "q1": [0, 1, 0, 1]}
    counts, margin = cells("count", place, [1, 2, 3, 4]), cells("count", {"q0": [0, 1]}, [3, 7])
    found, wrong, _ = fitted(BY, margin, counts, cells("of", place, [4, 6, 4, 6]))
    assert not wrong
    assert found.base[2:].tolist() == [4, 4, 6, 6]
    _, wrong, _ = fitted(BY, margin, counts, cells("of", place, [4, 9, 4, 9]))
    assert wrong == ["t: counts add up to 6 in the table of q0 by q1, and it says to be of 9 people"]


def test_means_and_their_people_are_those_of_their_question() -> None:
    layout = lay_out(Plan(means=("n0",), by=("q1",)), ANSWERS, "")
    given = [
        cells("mean", {}, [33.5], about="n0"),
        cells("mean", {"q1": [0, 1]}, [30.0, 40.0], about="n0"),
        cells("count", {"q1": [0, 1]}, [12, 8], about="n0"),
        cells("count", {"q1": [0, 1]}, [15, 25]),
    ]
    found, wrong, notes = fitted(layout, *given)
    assert not wrong
    np.testing.assert_array_equal(found.share, [33.5, 30, 40])
    np.testing.assert_array_equal(found.count, [np.nan, 12, 8])
    assert notes == ["t: its counts by q1 are of no table of [release], and not used"]
