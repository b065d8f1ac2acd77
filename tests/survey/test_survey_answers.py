"""Answers in memory, and whoever stands twice among them: by name, or by all of their answers."""

from __future__ import annotations

from collections import Counter
from math import log
from pathlib import Path

import numpy as np
import pytest

from made_survey import made, read
from remembrain.errors import DataError, ProblemsError
from remembrain.survey.answers import together


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
