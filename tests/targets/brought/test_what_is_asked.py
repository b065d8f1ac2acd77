"""A function is asked about every scan once; what is no answer is one message, and what it answered is kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from remembrain.errors import DataError, ProblemsError
from remembrain.run import Key
from remembrain.targets.brought.asking import ask

N = 10
LABELS = [f"sub-{place:02d}" for place in range(N)]
KINDS = {
    "array": np.arange(N, dtype=float)[:, None],
    "table": pd.DataFrame({"a": np.arange(N, dtype=float), "b": list("xyxyxyxyxy")}, index=list("jihgfedcba")),
    "list": list(range(N)),
}


def first(scans) -> np.ndarray:
    return np.array([np.ravel(row)[0] for row in (scans.to_numpy() if isinstance(scans, pd.DataFrame) else scans)])


@pytest.mark.parametrize("kind", KINDS)
def test_every_scan_is_asked_about_once_in_its_own_kind(kind):
    asked = []

    def predict(scans):
        asked.extend(first(scans).tolist())
        return first(scans) * 2

    answers = ask(predict, KINDS[kind], LABELS, name="theirs", batch=3)
    np.testing.assert_array_equal(answers, np.arange(N) * 2)
    assert asked == list(range(N))


def test_what_a_model_does_to_its_input_is_done_to_a_copy():
    def spoil(scans):
        scans[:] = 0
        return np.ones(len(scans))

    array = KINDS["array"].copy()
    ask(spoil, array, LABELS, name="theirs")
    np.testing.assert_array_equal(array, KINDS["array"])


def test_another_order_with_names_is_put_right():
    answers = ask(lambda rows: rows["a"].sort_values(ascending=False), KINDS["table"], LABELS, name="theirs")
    np.testing.assert_array_equal(answers, np.arange(N))


@pytest.mark.parametrize("kind", [pd.Series, lambda values: pd.DataFrame({"predicted_age": values})])
@pytest.mark.parametrize("index", [list("jihgfedcba"), range(N), range(100, 100 + N)])
def test_a_new_index_is_the_order_given_whatever_the_batch(kind, index):
    rows = KINDS["table"].set_axis(index)
    answers = ask(lambda batch: kind(batch["a"].to_numpy()), rows, LABELS, name="theirs", batch=4)
    np.testing.assert_array_equal(answers, np.arange(N))


def test_a_new_index_that_may_be_that_of_shuffled_rows_is_not_guessed():
    rows = KINDS["table"].set_axis(list(range(N))[::-1])
    with pytest.raises(DataError, match="nobody can tell"):
        ask(lambda batch: pd.Series(batch["a"].to_numpy()), rows, LABELS, name="theirs")
    np.testing.assert_array_equal(ask(lambda batch: batch["a"], rows, LABELS, name="theirs"), np.arange(N))


@pytest.mark.parametrize(
    ("predict", "said"),
    [
        (lambda scans: np.zeros(len(scans) + 1), "answers .* for 10 scans"),
        (lambda scans: np.zeros((len(scans), 2)), "answers .* for 10 scans"),
        (lambda scans: ["old"] * len(scans), "answers with list"),
        (lambda _: None, "answers"),
        (lambda scans: np.zeros(len(scans)) + 1j, "answers with ndarray"),
        (lambda scans: pd.to_datetime(scans["a"]), "answers with Series"),
        (lambda _: 1 / 0, "cannot be asked .ZeroDivisionError"),
        (lambda rows: rows["a"].set_axis(range(1, N + 1)), "answers for other rows"),
    ],
)
def test_what_is_no_answer_is_one_message(predict, said):
    with pytest.raises(DataError, match=said):
        ask(predict, KINDS["table"], LABELS, name="theirs")


def test_scans_without_a_finite_answer_are_named():
    with pytest.raises(ProblemsError, match="sub-03"):
        ask(lambda scans: np.where(first(scans) == 3, np.nan, 1.0), KINDS["array"], LABELS, name="theirs")


def test_a_model_that_dies_is_asked_about_the_rest_alone(tmp_path):
    asked: list[float] = []
    lives = [2]  # batches

    def dying(scans):
        if not lives[0]:
            raise RuntimeError("gone")
        lives[0] -= 1
        asked.extend(first(scans).tolist())
        return first(scans)

    key = Key.of(model="a")
    with pytest.raises(DataError, match="gone"):
        ask(dying, KINDS["array"], LABELS, name="theirs", batch=3, folder=tmp_path, key=key)
    asked.clear()
    lives[0] = 99
    answers = ask(dying, KINDS["array"], LABELS, name="theirs", batch=3, folder=tmp_path, key=key)
    assert asked == [6, 7, 8, 9]
    np.testing.assert_array_equal(answers, np.arange(N))
    asked.clear()
    ask(dying, KINDS["array"], LABELS, name="theirs", batch=3, folder=tmp_path, key=Key.of(model="b"))
    assert asked == list(range(N))
