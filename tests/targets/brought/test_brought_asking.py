"""What was answered is kept, and what was not is asked again; beside what ``test_what_is_asked`` has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from remembrain.errors import DataError, ProblemsError, UsageError
from remembrain.run import Key, write_array
from remembrain.targets.brought.asking import ask, unanswered

LABELS = [f"sub-{place}" for place in range(5)]
SCANS = np.arange(10.0).reshape(5, 2)
KEY = Key.of(model="one", scans="these")


def test_a_model_that_dies_is_asked_for_the_rest_alone(tmp_path: Path) -> None:
    asked: list[int] = []

    def predict(rows: np.ndarray) -> np.ndarray:
        asked.extend(int(row[0]) // 2 for row in rows)
        if len(asked) > 4 and len(asked) < 6:
            raise RuntimeError("out of memory")
        return rows.sum(axis=1)

    assert unanswered(5, tmp_path, KEY) == 5
    with pytest.raises(DataError, match="out of memory"):
        ask(predict, SCANS, LABELS, name="theirs", batch=2, folder=tmp_path, key=KEY)
    assert unanswered(5, tmp_path, KEY) == 1
    answers = ask(predict, SCANS, LABELS, name="theirs", batch=2, folder=tmp_path, key=KEY)
    np.testing.assert_array_equal(answers, SCANS.sum(axis=1))
    assert asked == [0, 1, 2, 3, 4, 4]
    assert unanswered(5, tmp_path, Key.of(model="another", scans="these")) == 5


def test_scans_without_an_answer_are_named_and_asked_about_again(tmp_path: Path) -> None:
    said = iter([[1.0, np.nan, 3.0], [2.0]])
    scans = SCANS[:3]
    with pytest.raises(ProblemsError, match="sub-1: theirs answers nan"):
        ask(lambda _: next(said), scans, LABELS[:3], name="theirs", folder=tmp_path, key=KEY)
    assert unanswered(3, tmp_path, KEY) == 1
    assert ask(lambda _: next(said), scans, LABELS[:3], name="theirs", folder=tmp_path, key=KEY).tolist() == [1, 2, 3]


def test_what_is_kept_is_of_as_many_scans(tmp_path: Path) -> None:
    ask(lambda rows: rows[:, 0], SCANS, LABELS, name="theirs", folder=tmp_path, key=KEY)
    (kept,) = tmp_path.iterdir()
    write_array(kept, np.zeros(3))
    with pytest.raises(DataError, match=r"holds \(3,\) answers for 5 scans"):
        ask(lambda rows: rows[:, 0], SCANS, LABELS, name="theirs", folder=tmp_path, key=KEY)


def test_what_asks_for_us_says_it_in_its_own_words() -> None:
    def predict(_: object) -> None:
        raise UsageError("there is no such program")

    with pytest.raises(UsageError, match=r"^there is no such program$"):
        ask(predict, SCANS, LABELS, name="theirs")


def test_where_nothing_was_answered_nothing_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError):
        ask(lambda rows: [np.nan] * len(rows), SCANS, LABELS, name="theirs", folder=tmp_path, key=KEY)
    assert list(tmp_path.iterdir()) == []
