"""Tables as they are laid out to rows of a cell each."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from made_survey import number, question
from remembrain.survey.columns import Question, understand
from remembrain.survey.published.cells import OF_MEAN
from remembrain.survey.published.grid import grid_of, parts_of
from remembrain.survey.published.melting import melted
from remembrain.survey.published.vocabulary import Vocabulary

WORDS = Vocabulary((question("q0", 2), question("q1", 3), question("q2", 3), number("age"), number("pay")))


def read(*rows: str, words: Vocabulary = WORDS):
    problems: list = []
    (part,) = parts_of(grid_of([row.split("|") for row in rows], "t.csv", "t"), words)
    return melted(part, words, problems), [str(one) for one in problems]


def cells(long) -> list[tuple]:
    """The rows as tuples of their texts and the number."""
    (told,) = long.told
    texts = [[column.text(row) for column in long.columns.values()] for row in range(len(told.numbers.value))]
    return [(*text, value) for text, value in zip(texts, told.numbers.value, strict=True)]


def test_columns_of_levels_become_rows() -> None:
    (people, parts), problems = read("|q1:0||q1:1|", "q0|n|%|n|%", "q0:0|1|10.0|2|20.0", "q0:1|3|30.0|4|40.0")
    assert not problems
    assert (people.told[0].measure, parts.told[0].measure) == ("count", "percent")
    assert cells(people) == [("q0:0", "q1:0", 1), ("q0:1", "q1:0", 3), ("q0:0", "q1:1", 2), ("q0:1", "q1:1", 4)]
    assert [row[-1] for row in cells(parts)] == [10, 30, 20, 40]
    assert people.line.tolist() == [3, 4, 3, 4]


def test_levels_below_the_name_of_a_number_or_of_a_count_are_levels() -> None:
    band, freq = (
        Question(name, "categorical", of, of) for name, of in (("band", ("<65", "65+")), ("freq", ("a", "b")))
    )
    words = Vocabulary((band, freq, number("age")))
    for name, texts in (("Age", ("under 65", "≥65")), ("freq", ("a", "b"))):
        (long,), problems = read(f"{name}|n", f"{texts[0]}|1", f"{texts[1]}|2", words=words)
        assert not problems
        assert cells(long) == [(texts[0], 1), (texts[1], 2)]


def test_sections_become_a_column_of_questions() -> None:
    (long,), _ = read("|n", "q0", "q0:0|1", "q0:1|2", "q1", "q1:0|3")
    rows = [dict(zip(long.columns, row, strict=False)) for row in cells(long)]
    assert [(row["variable"], row["level"]) for row in rows] == [("q0", "q0:0"), ("q0", "q0:1"), ("q1", "q1:0")]


def test_a_level_that_stands_once_above_its_rows_stands_in_all() -> None:
    (long,), _ = read("q0|q1|n", "q0:0|q1:0|1", "|q1:1|2", "q0:1|q1:0|3", "|q1:1|4")
    assert [row[0] for row in cells(long)] == ["q0:0", "q0:0", "q0:1", "q0:1"]


def test_people_beside_one_mean_are_those_of_the_mean_and_beside_several_of_none() -> None:
    longs, _ = read("q0|N|Mean age", "q0:0|5|30.5")
    assert {(one.told[0].measure, one.told[0].about) for one in longs} == {("count", "age"), ("mean", "age")}
    longs, _ = read("q0|N|Mean age|Mean pay", "q0:0|5|30.5|1000")
    assert {(one.told[0].measure, one.told[0].about) for one in longs} == {("mean", "age"), ("mean", "pay")}
    longs, _ = read("N|Mean", "5|30.5")
    assert {one.told[0].about for one in longs} == {OF_MEAN}


def test_headings_that_may_be_levels_of_several_questions_are_asked_about() -> None:
    same = [understand(name, [], {"levels": {"1": "yes", "2": "no"}}, Path("d")) for name in ("smokes", "drinks")]
    words = Vocabulary((*same, question("q0", 2)))
    longs, problems = read("q0|yes|no", "q0:0|1|2", words=words)
    assert longs == []
    assert problems == ["t.csv: the headings yes, no may be levels of smokes, drinks: name the question above them"]
    (long,), problems = read("|drinks|", "q0|yes|no", "q0:0|1|2", words=words)
    assert (list(long.columns), problems) == (["q0", "drinks"], [])


def test_thousands_of_people_and_decimals_of_shares_are_told_apart() -> None:
    (people, _), problems = read("q0|n|%", "q0:0|1,234|12.5", "q0:1|8,637|87.5")
    assert not problems
    assert [row[-1] for row in cells(people)] == [1234, 8637]
    (people, _), _ = read("q0|n|%", "q0:0|1.234|12,5", "q0:1|8.637|87,5")
    assert [row[-1] for row in cells(people)] == [1234, 8637]


def test_columns_that_are_not_used_are_told() -> None:
    longs, problems = read("q0|n|SE", "q0:0|1|0.5")
    assert len(longs) == 1
    assert problems == ["t.csv: columns of numbers that are not used: SE"]
    np.testing.assert_array_equal(longs[0].told[0].numbers.value, [1])


def test_a_column_that_stands_twice_is_named() -> None:
    _, problems = read("q0|n|q0", "q0:0|1|q0:1")
    assert problems == ["t.csv: has the column q0 twice"]
