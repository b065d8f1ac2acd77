"""What there is of a cohort, in lines."""

from __future__ import annotations

from remembrain.audits.overview import lines_of_people, lines_of_problems
from remembrain.cohort.arrays import make_scans
from remembrain.errors import Problem


def test_people_are_counted_once_and_scans_each() -> None:
    scans = make_scans([50.0, 52.0, 60.0], ["a", "a", "b"], ["1", "2", ""], ["F", "F", "M"], ["X", "X", "X"])
    assert lines_of_people(scans, "age") == [
        "people: 2",
        "scans: 3",
        "age: mean 54.0, SD 4.3, 50 to 60",
        "sex: F 1, M 1",
        "site: X 2",
    ]


def test_of_nobody_nothing_but_the_number_is_said() -> None:
    nobody = make_scans([50.0]).take([])
    assert lines_of_people(nobody, "age") == ["people: 0", "scans: 0"]


def test_a_problem_is_told_once() -> None:
    assert lines_of_problems("problems", []) == ["problems: none"]
    twice = [Problem("t.tsv", "no age"), Problem("t.tsv", "no age")]
    assert lines_of_problems("problems", twice) == ["problems: 1", "  t.tsv: no age"]
