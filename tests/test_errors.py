"""The whole tree of exceptions: who descends from whom, their exit codes, their messages, and that they travel."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from pathlib import Path

import pytest

from remembrain import errors
from remembrain.errors import (
    DataError,
    EvidenceAboveLimit,
    Problem,
    ProblemsError,
    RemembrainError,
    UsageError,
    in_groups,
)

TREE = {
    RemembrainError: (Exception, 1),
    UsageError: (RemembrainError, 2),
    DataError: (RemembrainError, 3),
    ProblemsError: (DataError, 3),
    EvidenceAboveLimit: (RemembrainError, 4),
}
MADE = (
    RemembrainError("failed"),
    UsageError("no such word", expected="another", try_next="add --help"),
    DataError("is empty", where=Path("scan.nii"), expected="a volume", try_next="remembrain check DATA"),
    ProblemsError(
        [Problem("sub-01", "is empty"), Problem("b", "has a note", fatal=False)], where="people", try_next="t"
    ),
    EvidenceAboveLimit("auc is above 0.6"),
)


def test_the_tree_is_as_drawn_and_nothing_stands_beside_it() -> None:
    classes = {one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, BaseException)}
    assert classes == TREE.keys()
    drawn = re.findall(r"(\w+) +(\d) +\w", str(errors.__doc__))
    assert {name: int(code) for name, code in drawn} == {kind.__name__: code for kind, (_, code) in TREE.items()}
    for kind, (parent, code) in TREE.items():
        assert kind.__base__ is parent
        assert kind.exit_code == code


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_an_error_travels_between_processes_as_it_is(error: RemembrainError) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)
        assert again.args == error.args


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({}, "what"),
        ({"where": "f"}, "f: what"),
        ({"where": Path("a/f")}, "a/f: what"),
        ({"expected": "e"}, "what; expected e"),
        ({"try_next": "t"}, "what\n  try: t"),
        ({"where": "f", "expected": "e", "try_next": "t"}, "f: what; expected e\n  try: t"),
    ],
)
def test_a_message_says_the_parts_that_are_known(parts: dict, text: str) -> None:
    for kind in (RemembrainError, UsageError, DataError, EvidenceAboveLimit):
        assert str(kind("what", **parts)) == text


def test_every_problem_is_listed_with_their_number() -> None:
    one = ProblemsError([Problem("sub-01", "is empty")], where="people.tsv")
    assert str(one) == "people.tsv: 1 problem\n  - sub-01: is empty"
    some = ProblemsError(iter([Problem("a", "x"), Problem("b", "y")]), where="people.tsv", try_next="look")
    assert str(some) == "people.tsv: 2 problems\n  - a: x\n  - b: y\n  try: look"
    assert some.problems == (Problem("a", "x"), Problem("b", "y"))


@pytest.mark.parametrize(
    "noun",
    [
        *("an array", "a table", "an OrderedDict", "an int", "a unit", "a UNet", "an untrained network", "an MLP"),
        *("an LSTM", "a BIDS folder", "an RNN", "a CNN", "a tensor", "an empty list", "a one-element list"),
    ],
)
def test_the_article_is_that_of_the_sound(noun: str) -> None:
    assert errors.with_article(noun.partition(" ")[2]) == noun


def test_of_a_kind_of_problem_a_few_are_listed_and_the_rest_counted() -> None:
    many = [Problem(f"sub-{place:03d}", "has no age", summary="age is missing") for place in range(160)]
    lines = in_groups([*many, Problem("t.tsv", "is odd"), *many[:2]])
    assert lines == [
        *(f"sub-{place:03d}: has no age" for place in range(5)),
        "and 155 more like these: age is missing",
        "t.tsv: is odd",
    ]
    assert in_groups(many[:6]) == [str(problem) for problem in many[:6]]
    text = str(ProblemsError(many, where="data"))
    assert text.startswith("data: 160 problems\n  - sub-000: has no age\n")
    assert text.count("\n") == 6
