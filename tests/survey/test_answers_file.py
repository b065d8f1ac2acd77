"""Files of answers: what is read of them, and every row that makes a file unusable."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from made_survey import read, write_table
from remembrain.errors import DataError, ProblemsError
from remembrain.survey.answers import MISSING
from remembrain.survey.answers_file import read_answers
from remembrain.survey.layout import Plan, lay_out

LEVELS = {"1": "no", "2": "yes", "3": "perhaps"}
SAID = {
    "smokes": {"levels": LEVELS, "missing": ["7", "9"]},
    "income": {"kind": "numeric", "range": (0.0, 100.0), "missing": ["9999"]},
}


def columns(people: int = 40, seed: int = 0) -> dict[str, list[str]]:
    rng = np.random.default_rng(seed)
    return {
        "participant_id": [f"p{place}" for place in range(people)],
        "smokes": rng.choice(["1", "2.0", "2", "3", "7", "9.0", "n/a"], people).tolist(),
        "income": rng.choice(["5", "17.25", "100", "250", "-3", "9999", ""], people).tolist(),
        "region": rng.choice(["north", "south", "NaN"], people).tolist(),
        "age": [f"{value:.1f}" for value in rng.uniform(18, 90, people)],
        "note": [f"note {place}" for place in range(people)],
        "w": [f"{value:.3f}" for value in rng.uniform(0.2, 9, people)],
    }


# What is read


@pytest.mark.parametrize("ending", ["csv", "tsv", "txt", "parquet"])
def test_codes_numbers_and_weights_are_those_of_the_cells(tmp_path: Path, ending: str) -> None:
    cells = columns()
    path = tmp_path / f"answers.{ending}"
    if ending == "parquet":
        pd = pytest.importorskip("pandas")
        pd.DataFrame(cells).to_parquet(path)
    else:
        write_table(path, cells, {"csv": ",", "tsv": "\t", "txt": ";"}[ending])
    answers, questions, beside = read_answers(path, SAID, weights="w", beside=("note",))
    assert answers.participant_id.tolist() == cells["participant_id"]
    assert [one.name for one in answers.categorical] == ["smokes", "region"]
    assert [one.name for one in answers.numeric] == ["income", "age"]
    assert [one.name for one in questions] == ["smokes", "income", "region", "age"]
    smokes = {"1": 0, "2": 1, "2.0": 1, "3": 2, "7": MISSING, "9.0": MISSING, "n/a": MISSING}
    region = {"north": 0, "south": 1, "NaN": MISSING}
    income = {"9999": np.nan, "": np.nan, "250": 100.0, "-3": 0.0}
    weight = [float(one) for one in cells["w"]]
    for person in range(len(answers)):
        said, where = cells["smokes"][person], cells["region"][person]
        assert answers.code[person].tolist() == [smokes[said], region[where]]
        earned = cells["income"][person]
        expected = [income.get(earned, float(earned or 0)), float(cells["age"][person])]
        np.testing.assert_array_equal(answers.value[person], expected)
        assert answers.weight[person] == pytest.approx(weight[person] / np.mean(weight))
    assert answers.weight.mean() == pytest.approx(1)
    assert beside["note"].tolist() == cells["note"]


def test_an_answer_whose_level_is_declared_is_read_whatever_it_reads_like(tmp_path: Path) -> None:
    said = {"region": {"levels": {"none": "not one", "some": "a few"}}}
    first = read(
        tmp_path, {"id": [*"abcdef"], "region": ["none", "some", "", "n/a", "None", "none"]}, said, person="id"
    )
    assert first.code[:, 0].tolist() == [0, 1, MISSING, MISSING, MISSING, 0]
    cells = {"id": [*"xyz"], "region": ["none", "n/a", "some"]}
    theirs = read(tmp_path, cells, name="others.csv", like=first, person="id")
    assert theirs.code[:, 0].tolist() == [0, MISSING, 1]


def test_everybody_weighs_the_same_where_no_weight_is_said(tmp_path: Path) -> None:
    np.testing.assert_array_equal(read(tmp_path, columns()).weight, np.ones(40))


def test_people_without_a_name_are_called_by_their_row(tmp_path: Path) -> None:
    cells = columns(3)
    del cells["participant_id"]
    names = read(tmp_path, cells).participant_id.tolist()
    assert [name.rpartition("-")[0] for name in names] == ["row-2", "row-3", "row-4"]
    assert (
        len({name.rpartition("-")[2] for name in names}) == 1
    )  # of the file, so that rows of two files are two people


def test_the_column_that_names_people_can_be_any(tmp_path: Path) -> None:
    cells = columns(5)
    answers, questions, _ = read_answers(write_table(tmp_path / "a.csv", cells), {}, person="note")
    assert answers.participant_id.tolist() == cells["note"]
    assert "note" not in [one.name for one in questions]


# Rows that are refused


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("", "has no weight"),
        ("n/a", "has no weight"),
        ("0", r"has the weight 0; expected above 0"),
        ("-1.5", r"has the weight -1\.5; expected above 0"),
        ("heavy", "has the weight heavy; expected above 0"),
        ("inf", "has the weight inf; expected above 0"),
    ],
)
def test_a_weight_that_is_none_is_named_with_its_row(tmp_path: Path, cell: str, message: str) -> None:
    cells = columns(5)
    cells["w"][2] = cell
    with pytest.raises(ProblemsError, match=rf"answers\.csv: 1 problem\n  - answers\.csv row 4 \(p2\): {message}$"):
        read(tmp_path, cells, weights="w")


def test_whoever_stands_twice_is_named_with_both_rows(tmp_path: Path) -> None:
    cells = columns(6)
    cells["participant_id"][4] = "p1"
    with pytest.raises(ProblemsError, match=r"answers\.csv row 6: p1 stands in row 3 too$"):
        read(tmp_path, cells)


def test_a_row_that_names_nobody_is_refused(tmp_path: Path) -> None:
    cells = columns(6)
    cells["participant_id"][3] = "n/a"
    with pytest.raises(ProblemsError, match=r"answers\.csv row 5: names no person$"):
        read(tmp_path, cells)


def test_all_problems_are_told_at_once_and_no_more_than_can_be_read(tmp_path: Path) -> None:
    cells = columns(40)
    cells["participant_id"][1] = "p0"
    cells["w"] = ["-1"] * 40
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path, cells, weights="w")
    assert len(raised.value.problems) == 41
    lines = str(raised.value).splitlines()
    assert lines[1:3] == [
        "  - answers.csv row 3: p0 stands in row 2 too",
        "  - answers.csv row 2 (p0): has the weight -1; expected above 0",
    ]
    assert lines[-1] == "  - and 35 more like these: has a weight that is not above 0"
    assert len(lines) == 8


def test_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"answers\.csv: holds nobody; expected a row a person"):
        read(tmp_path, columns(0))


def test_a_file_without_any_question_publishes_nothing(tmp_path: Path) -> None:
    cells = {"participant_id": ["a", "b", "c"], "same": ["1", "1", "1"]}
    with pytest.raises(DataError, match="answers"):
        lay_out(Plan("all"), read(tmp_path, cells), "answers")


@pytest.mark.parametrize(
    "words",
    [{"person": "name"}, {"weights": "name"}, {"beside": ("name",)}, {"said": {"name": {"kind": "numeric"}}}],
    ids=["person", "weights", "beside", "dictionary"],
)
def test_a_column_that_is_not_there_is_named_among_those_that_are(tmp_path: Path, words) -> None:
    with pytest.raises(DataError, match=r"answers\.csv: has no column 'name'; expected one of participant_id, smokes"):
        read(tmp_path, columns(), **words)


# A second file


def test_a_second_file_is_read_by_the_levels_of_the_first(tmp_path: Path) -> None:
    first = read(tmp_path, columns(), SAID)
    cells = columns(6, seed=3) | {
        "smokes": ["3", "2.0", "9", "", "1", "3"],
        "income": ["9999", "50", "250", "n/a", "0", "1"],
        "region": ["south"] * 6,
    }
    theirs = read(tmp_path, cells, name="others.csv", like=first)
    assert [one.levels for one in theirs.categorical] == [one.levels for one in first.categorical]
    assert theirs.code[:, 0].tolist() == [2, 1, MISSING, MISSING, 0, 2]
    assert theirs.code[:, 1].tolist() == [1] * 6
    np.testing.assert_array_equal(theirs.value[:, 0], [np.nan, 50, 100, np.nan, 0, 1])


def test_numbers_of_a_second_file_are_not_cut_to_what_the_first_happens_to_hold(tmp_path: Path) -> None:
    first = read(tmp_path, columns(), SAID)
    cells = columns(6, seed=3) | {"smokes": ["1"] * 6, "region": ["north"] * 6}
    cells["age"][2] = "104.5"
    theirs = read(tmp_path, cells, name="others.csv", like=first)
    assert theirs.value[2, 1] == 104.5


@pytest.mark.parametrize(
    ("name", "cell", "message"),
    [
        ("region", "west", "region = 'west' is a level that the other file does not have"),
        ("smokes", "4", "smokes = '4' is a level that the other file does not have"),
        ("income", "much", "income is no number"),
        ("age", "inf", "age is no number"),
    ],
)
def test_answers_that_the_first_file_does_not_know_are_named_with_their_row(tmp_path, name, cell, message) -> None:
    first = read(tmp_path, columns(), SAID)
    cells = columns(8, seed=2)
    cells[name][5] = cell
    with pytest.raises(ProblemsError, match=rf"others\.csv row 7 \(p5\): {message}$"):
        read(tmp_path, cells, name="others.csv", like=first)


def test_a_question_that_a_second_file_lacks_is_named(tmp_path: Path) -> None:
    first = read(tmp_path, columns(), SAID)
    cells = columns(8, seed=2)
    del cells["region"]
    with pytest.raises(DataError, match=r"others\.csv: has no column 'region'"):
        read(tmp_path, cells, name="others.csv", like=first)
