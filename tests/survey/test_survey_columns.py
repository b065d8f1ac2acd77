"""What a column is taken for, what a dictionary may say, and what it must not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remembrain.errors import DataError, RemembrainError
from remembrain.survey.columns import MOST_LEVELS, declared, normal, read_dictionary, understand

FILE = Path("answers.csv")


def column(cells, said=None, name="q"):
    return understand(name, cells, said or {}, FILE)


# What is inferred


@pytest.mark.parametrize(
    ("cells", "kind", "why"),
    [
        ([str(place) for place in range(MOST_LEVELS)], "categorical", ""),
        ([str(place) for place in range(MOST_LEVELS + 1)], "numeric", ""),
        ([f"{place / 8}" for place in range(200)], "numeric", ""),
        ([f"word {place}" for place in range(MOST_LEVELS)] * 2, "categorical", ""),
        ([f"word {place}" for place in range(MOST_LEVELS)], "left out", "20 different answers of 20"),
        ([f"word {place}" for place in range(MOST_LEVELS + 1)], "left out", "21 different answers of 21"),
        ([*map(str, range(40)), "many"], "left out", "it may name people"),
        ([*map(str, range(40)), "inf"], "left out", "41 different answers"),
        (["1"] * 30, "left out", "fewer than two different answers"),
        (["1", "1.0", "n/a", ""], "left out", "fewer than two different answers"),
        ([""] * 30, "left out", "fewer than two different answers"),
        ([], "left out", "fewer than two different answers"),
    ],
)
def test_a_column_is_taken_for_what_its_answers_look_like(cells, kind, why) -> None:
    found = column(cells)
    assert found.kind == kind
    assert why in found.why
    assert not found.declared


def test_levels_stand_in_the_order_of_numbers_and_then_of_letters() -> None:
    assert column(["10", "9", "b", "-1", "a", "2.5", "9"]).levels == ("-1", "2.5", "9", "10", "a", "b")


def test_numbers_reach_from_the_least_to_the_most_that_is_given() -> None:
    found = column([*(f"{place}" for place in range(-5, 40)), "n/a"])
    assert (found.low, found.high) == (-5.0, 39.0)


@given(st.integers(), st.integers(1, 4))
def test_a_whole_number_is_the_same_answer_with_a_fraction_of_nought(whole: int, noughts: int) -> None:
    assert normal(f" {whole}.{'0' * noughts} ") == str(whole)


@pytest.mark.parametrize("cell", ["2.5", "a.0", "v1.0", "1e3", "2.", ".0", "1.0.0", "2.01", "-"])
def test_what_is_no_whole_number_is_left_as_it_stands(cell: str) -> None:
    assert normal(f"\t{cell} ") == cell


@given(st.text())
def test_what_is_normal_stays_so(cell: str) -> None:
    assert normal(normal(cell)) == normal(cell)


def test_two_and_two_point_nought_are_one_level() -> None:
    assert column(["2.0", "1", "2", " 1.00"]).levels == ("1", "2")
    assert column(["2.0", "1"], {"levels": {"2": "yes", "1": "no"}}).titles == ("yes", "no")


def test_words_for_no_answer_and_declared_codes_are_no_levels() -> None:
    found = column(["1", "2", "n/a", "NaN", "", " None ", "9.0", "9", "7", "NULL"], {"missing": ["9", "7"]})
    assert found.levels == ("1", "2")
    assert found.missing == ("9", "7")
    assert found.unanswered == pytest.approx(0.8)


def test_codes_that_stand_for_no_answer_do_not_make_a_number_text_or_its_range_wide() -> None:
    found = column([*map(str, range(18, 60)), "9999", "refused"], {"missing": ["9999", "refused"]})
    assert (found.kind, found.low, found.high) == ("numeric", 18.0, 59.0)


# What is declared


def test_a_toml_file_says_what_columns_are(tmp_path: Path) -> None:
    path = tmp_path / "dictionary.toml"
    path.write_text(
        '[columns.sex]\nlevels = {1 = "male", "2.0" = "female"}\nmissing = [9, "7.0"]\n'
        '[columns.age]\nkind = "numeric"\nrange = [18, 90.5]\n[columns.site]\nlevels = ["a", 3.0]\n'
        '[columns.name]\nkind = "left out"\n'
    )
    assert read_dictionary(path) == {
        "sex": {"levels": {"1": "male", "2": "female"}, "missing": ["9", "7"]},
        "age": {"kind": "numeric", "range": (18.0, 90.5)},
        "site": {"levels": {"a": "a", "3": "3"}},
        "name": {"kind": "left out"},
    }


def test_a_toml_file_of_columns_alone_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "dictionary.toml"
    path.write_text('[sex]\nlevels = ["1", "2"]\n')
    assert read_dictionary(path) == {"sex": {"levels": {"1": "1", "2": "2"}}}


def test_json_as_bids_writes_it_says_what_columns_are(tmp_path: Path) -> None:
    path = tmp_path / "participants.json"
    said = {
        "sex": {"LongName": "Sex", "Description": "at birth", "Levels": {"1": "male", "2": "female"}},
        "age": {"Description": "age", "Units": "year"},
        "income": {"TermURL": "https://example.org", "missing": [77]},
    }
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(said).encode())
    assert read_dictionary(path) == {
        "sex": {"levels": {"1": "male", "2": "female"}},
        "age": {},
        "income": {"missing": ["77"]},
    }


def test_declared_levels_keep_their_order_and_their_names_even_where_nobody_gave_them() -> None:
    found = column(["b", "a", "b"], {"levels": {"c": "third", "b": "second", "a": "first"}})
    assert found.levels == ("c", "b", "a")
    assert found.titles == ("third", "second", "first")
    assert (found.kind, found.declared, found.unanswered) == ("categorical", True, 0.0)


def test_a_declared_kind_goes_before_what_the_answers_look_like() -> None:
    assert column(["1", "2", "3"], {"kind": "numeric"}).kind == "numeric"
    assert column([str(place) for place in range(99)], {"kind": "categorical"}).kind == "categorical"
    left = column(["1", "2"], {"kind": "left out", "levels": {"1": "a"}})
    assert (left.kind, left.why) == ("left out", "declared to be left out")


def test_a_declared_range_is_that_of_the_column() -> None:
    found = column(["40", "50"], {"kind": "numeric", "range": (18.0, 90.0)})
    assert (found.low, found.high) == (18.0, 90.0)


@pytest.mark.parametrize("level", ["none", "NA", "null"])
def test_a_declared_level_that_reads_like_no_answer_is_an_answer(level: str) -> None:
    found = column([level, "some", level, ""], {"levels": {level: "not one", "some": "a few"}})
    assert found.unanswered == pytest.approx(0.25)


# What is refused


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"sex": {"labels": ["1"]}}, r"column 'sex': unknown key 'labels'; expected \[columns.NAME\] with kind"),
        ({"sex": "male"}, r"column 'sex' is not described; expected \[columns.NAME\]"),
        ([1, 2], r"does not describe columns; expected \[columns.NAME\]"),
        ({"sex": {"kind": "text"}}, r"column 'sex': kind = 'text'; expected kind: one of categorical, numeric"),
        ({"sex": {"levels": []}}, r"column 'sex': levels = \[\]"),
        ({"sex": {"levels": {}}}, r"column 'sex': levels = \{\}"),
        ({"sex": {"levels": "12"}}, r"column 'sex': levels = '12'"),
        ({"sex": {"missing": "9"}}, r"column 'sex': missing = '9'"),
        ({"sex": {"missing": []}}, r"column 'sex': missing = \[\]"),
        ({"age": {"range": [18]}}, r"column 'age': range = \[18\]"),
        ({"age": {"range": [18, 18]}}, r"column 'age': range = \[18, 18\]"),
        ({"age": {"range": [90, 18]}}, r"column 'age': range = \[90, 18\]"),
        ({"age": {"range": ["18", "90"]}}, r"column 'age': range = \['18', '90'\]"),
        ({"age": {"range": [0, float("inf")]}}, r"column 'age': range = \[0, inf\]"),
        ({"age": {"range": [float("nan"), 1]}}, r"column 'age': range = \[nan, 1\]"),
    ],
)
def test_a_dictionary_that_says_what_is_not_known_is_refused_with_column_and_key(content, message) -> None:
    with pytest.raises(DataError, match=rf"dictionary\.json: {message}"):
        declared(content, Path("dictionary.json"))


@pytest.mark.parametrize("levels", [{"1": "Yes", "2": "Yes"}, {"1": "Yes", "1.0": "No"}], ids=["titles", "codes"])
def test_levels_that_cannot_be_told_apart_are_refused(levels) -> None:
    with pytest.raises(DataError, match="column 'q'"):
        declared({"q": {"levels": levels}}, Path("dictionary.json"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("broken.json", "{", "not readable as JSON"),
        ("none.json", None, "no such file"),
        ("broken.toml", "[columns", "not readable as TOML"),
        ("deep.json", "[" * 100_000, "is nested too deep"),
        ("none.toml", None, "no such file"),
    ],
)
def test_a_dictionary_that_cannot_be_read_is_named(tmp_path: Path, name: str, content, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(RemembrainError, match=rf"{name}: {message}"):
        read_dictionary(tmp_path / name)


def test_an_answer_that_is_no_declared_level_is_named_with_its_row() -> None:
    with pytest.raises(DataError) as raised:
        column(["1", "2", "9", "3"], {"levels": {"1": "a", "2": "b"}, "missing": ["9"]}, name="sex")
    assert str(raised.value) == (
        "answers.csv: column 'sex', row 5: '3' is not in the dictionary; expected one of 1, 2, or no answer: 9\n"
        "  try: add the level, or declare its code as missing"
    )


def test_a_level_that_is_declared_missing_too_is_refused() -> None:
    with pytest.raises(DataError, match=r"answers\.csv: column 'q': '2' is a level and missing; expected one of them"):
        column(["1", "2"], {"levels": {"1": "a", "2": "b"}, "missing": ["2"]})


def test_a_number_that_is_text_is_named_with_its_row() -> None:
    with pytest.raises(DataError, match=r"answers\.csv: column 'q', row 4: 'old' is not a number; expected numbers"):
        column(["40", "n/a", "old", "50"], {"kind": "numeric"})


# How it is printed


def test_a_column_is_printed_with_what_it_was_taken_for() -> None:
    assert column(["1", "2", "", "9"], {"levels": {"1": "no", "2": "yes"}, "missing": ["9"]}).line() == (
        "q: categorical (declared), 2 levels: no, yes; no answer: 9; 50 % unanswered"
    )
    levels, numbers = (column([str(place) for place in range(count)]).line() for count in (9, 30))
    assert levels == "q: categorical (inferred), 9 levels: 0, 1, 2, 3, 4, 5, 6, 7 ...; 0 % unanswered"
    assert numbers == "q: numeric (inferred), numbers from 0 to 29; 0 % unanswered"
    assert column(["a"]).line() == "q: left out (inferred), has fewer than two different answers; 0 % unanswered"


def test_whole_numbers_that_are_declared_are_numbers_and_whole() -> None:
    found = column(["1", "5", "3.0", "", "5"], {"whole": True, "range": (1.0, 5.0)})
    assert (found.kind, found.whole, found.ranged) == ("numeric", True, True)
    assert not column([str(place) for place in range(40)]).whole
    with pytest.raises(DataError, match=r"column 'q': 2.5 is no whole number; expected whole numbers alone"):
        column(["1", "2.5"], {"whole": True})
    with pytest.raises(
        DataError, match=r"'ab' is not a number; expected numbers, for whole = true is declared\n.*take whole"
    ):
        column(["1", "ab"], {"whole": True})
    assert declared({"q": {"whole": True}}, FILE) == {"q": {"whole": True}}
    with pytest.raises(DataError, match=r"column 'q': whole = 'yes'"):
        declared({"q": {"whole": "yes"}}, FILE)
