"""Files of answers: what is read of them, and every row that makes a file unusable."""

from __future__ import annotations

from collections import Counter
from math import log
from pathlib import Path

import numpy as np
import pytest
from made_survey import made, write_table

from remembrain.errors import DataError, ProblemsError
from remembrain.survey.answers import MISSING, together
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


def read(tmp_path: Path, cells, said=None, name: str = "answers.csv", **words):
    return read_answers(write_table(tmp_path / name, cells), said or {}, **words)[0]


def coins(people: int, questions: int, seed: int = 0) -> dict[str, list[str]]:
    flips = np.random.default_rng(seed).integers(0, 2, (questions, people)).astype(str)
    return {
        "participant_id": [f"p{place}" for place in range(people)],
        **{f"q{place}": row.tolist() for place, row in enumerate(flips)},
    }


def same_answers(cells: dict[str, list[str]], first: int, second: int) -> dict[str, list[str]]:
    """The second person says what the first says."""
    for name, column in cells.items():
        if name != "participant_id":
            column[second] = column[first]
    return cells


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


def test_some_people_are_taken_in_their_order_with_all_that_is_theirs() -> None:
    answers = made(30, numbers=1, weighted=True)
    order = np.array([7, 3, 29])
    taken = answers.take(order)
    assert len(taken) == 3
    for name in ("participant_id", "code", "value", "weight"):
        np.testing.assert_array_equal(getattr(taken, name), getattr(answers, name)[order])
    mask = np.isin(np.arange(30), order)
    np.testing.assert_array_equal(answers.take(mask).code, answers.code[mask])


def test_people_are_worth_fewer_the_more_their_weights_differ() -> None:
    assert made(30).effective == pytest.approx(30)
    answers = made(30, weighted=True)
    weight = answers.weight
    assert answers.effective == pytest.approx(sum(weight) ** 2 / sum(one**2 for one in weight))
    assert answers.effective < 30


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


# The same answers under two names


def naive_log_chance(cells: dict[str, list[str]], person: int) -> float:
    total = 0.0
    for name, column in cells.items():
        if name != "participant_id":
            total += log(Counter(column)[column[person]] / len(column))
    return total


@pytest.mark.parametrize("questions", [4, 10, 16, 22, 28, 34, 60])
def test_the_same_answers_under_two_names_are_refused_where_chance_makes_none_in_a_million_files(
    tmp_path: Path, questions: int
) -> None:
    cells = same_answers(coins(50, questions), 12, 31)
    rare = naive_log_chance(cells, 12) + 2 * log(50) < log(1e-6)
    assert rare == (questions >= 34)
    if not rare:
        assert len(read(tmp_path, cells)) == 50
        return
    with pytest.raises(ProblemsError, match=r"answers\.csv: the same answers under (p12 and p31|p31 and p12)$"):
        read(tmp_path, cells)


def test_numbers_and_missing_answers_have_to_be_the_same_too(tmp_path: Path) -> None:
    cells = coins(50, 40)
    cells["age"] = [f"{20 + place / 7:.4f}" for place in range(50)]
    cells["q3"][5] = ""
    cells = same_answers(cells, 5, 9)
    with pytest.raises(ProblemsError, match="the same answers under"):
        read(tmp_path, cells)
    for name, other in (("age", "77.5"), ("q3", "1")):
        changed = {**cells, name: [*cells[name]]}
        changed[name][9] = other
        assert len(read(tmp_path, changed)) == 50


def test_many_who_all_give_the_common_answer_are_not_the_same_person(tmp_path: Path) -> None:
    cells = coins(200, 40)
    rng = np.random.default_rng(1)
    for name in list(cells)[1:]:
        cells[name] = np.where(rng.random(200) < 0.01, "1", "0").tolist()
    rows = Counter(zip(*list(cells.values())[1:], strict=True))
    assert rows.most_common(1)[0][1] > 50
    assert len(read(tmp_path, cells)) == 200


def test_two_who_left_a_whole_part_unanswered_are_not_the_same_person(tmp_path: Path) -> None:
    """Who skips one question of a part skips them all, so such rows are equal more often than chance."""
    cells = coins(300, 40)
    for name in list(cells)[3:]:
        for person in (12, 31):
            cells[name][person] = ""
    for name in ("q0", "q1"):
        cells[name][31] = cells[name][12]
    assert len(read(tmp_path, cells)) == 300


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


def pair(tmp_path: Path, ours, theirs):
    first = read(tmp_path, ours)
    return first, read(tmp_path, theirs, name="others.csv", like=first)


def test_whoever_stands_in_both_files_by_name_is_refused(tmp_path: Path) -> None:
    theirs = coins(30, 40, seed=1)
    theirs["participant_id"] = [f"x{place}" for place in range(28)] + ["p7", "p8"]
    first, second = pair(tmp_path, coins(30, 40), theirs)
    with pytest.raises(
        DataError, match=r"others\.csv: p7 stands here and among those whose answers are published \(2 people in all\)"
    ):
        together(first, second, tmp_path / "others.csv")


def test_whoever_stands_in_both_files_by_all_of_their_answers_is_refused(tmp_path: Path) -> None:
    ours, theirs = coins(30, 40), coins(30, 40, seed=1)
    theirs["participant_id"] = [f"x{place}" for place in range(30)]
    for name in list(ours)[1:]:
        theirs[name][11] = ours[name][4]
    first, second = pair(tmp_path, ours, theirs)
    with pytest.raises(DataError, match=r"the same answers as in the other file: (p4 and x11|x11 and p4) \(1 in all\)"):
        together(first, second, tmp_path / "others.csv")


def test_people_called_by_their_row_are_not_the_same_for_their_row(tmp_path: Path) -> None:
    ours, theirs = coins(30, 40), coins(30, 40, seed=1)
    del ours["participant_id"], theirs["participant_id"]
    first, second = pair(tmp_path, ours, theirs)
    together(first, second, tmp_path / "others.csv")


def test_people_of_one_file_who_give_the_common_answers_are_not_blamed_on_the_other(tmp_path: Path) -> None:
    """What is common in one file may be rare in both together."""
    rng = np.random.default_rng(5)
    files = []
    for rare, common, prefix in (("1", "0", "p"), ("0", "1", "x")):
        cells = {"participant_id": [f"{prefix}{place}" for place in range(60)]}
        cells |= {f"q{place}": np.where(rng.random(60) < 0.05, rare, common).tolist() for place in range(40)}
        files.append(cells)
    first, second = pair(tmp_path, *files)
    assert len(np.unique(first.code, axis=0)) < 60
    assert not set(map(tuple, first.code)) & set(map(tuple, second.code))
    together(first, second, tmp_path / "others.csv")
