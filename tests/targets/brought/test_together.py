"""Models that answer, as one: by mean or median, each with its head; what is no ensemble is one message."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.together import together
from remembrain.targets.heads import Head

FILES = [Path(name) for name in ("a.onnx", "b.onnx", "c.onnx")]


def model(place: int) -> Answering:
    """Answer with 0, 10 or 90 months more than stands in a row."""
    more = (0, 120, 1080)[place]
    return Answering(
        f"m{place}", "a file", lambda rows: rows * 12 + more, f"code{place}", shape=(1,), hashes={"model": str(place)}
    ).with_head(Head(months=True))


@pytest.mark.parametrize(("how", "more"), [("mean", 100 / 3), ("median", 10.0)])
def test_the_answers_of_several_become_one(how, more):
    whole = together([model(place) for place in range(3)], FILES, how)
    np.testing.assert_allclose(whole.years(np.array([[40.0], [50.0]])), np.array([40, 50]) + more)
    assert whole.hashes == {"model": "0", "model-2": "1", "model-3": "2"}
    assert whole.code != together([model(place) for place in (0, 2, 1)], FILES, how).code
    assert whole.estimator is None
    assert sum("made of what it puts out" in note for note in whole.notes) == 1


def test_rounding_is_of_the_whole():
    whole = replace(together([model(0), model(1)], FILES, "mean"), decimals=0)
    np.testing.assert_array_equal(whole.years(np.array([[40.4]])), [45.0])


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (model(0), r"b\.onnx: is the same model as a\.onnx"),
        (replace(model(1), shape=(2,)), r"b\.onnx: reads 2, and a\.onnx 1"),
        (replace(model(1), reads="columns", columns=("x",)), r"b\.onnx: reads the columns x, and a\.onnx 1"),
    ],
)
def test_what_is_no_ensemble_is_refused(other, said):
    with pytest.raises(DataError, match=said):
        together([model(0), other], FILES, "mean")


def test_models_that_answer_other_numbers_of_scans_are_told():
    short = replace(model(1), predict=lambda rows: rows[:-1])
    with pytest.raises(DataError, match="its models answer 1, 2 numbers for 2 scans"):
        together([model(0), short], FILES, "mean").years(np.zeros((2, 1)))
