"""A number is taken for the prediction by its names, or where there is no other; nothing is guessed."""

from __future__ import annotations

import json
import math

import pytest

from remembrain.errors import DataError
from remembrain.targets.brought.number_in_json import prediction_in


@pytest.mark.parametrize(
    "text",
    [
        "61.5",
        "[61.5]",
        '[["61.500"]]',
        '{"predictions": [[61.5]]}',
        '{"status": 0, "model_version": 3, "predictions": [61.5]}',
        '{"age": 12, "took_ms": 3, "predicted_age": 61.5}',
        '{"id": 4, "result": {"brain-age": 61.5}}',
        '{"agent": 4, "brain_age": 61.5}',
        '{"prediction": {"confidence": 0.9, "brain_age": 61.5}}',
        '{"predictions": [{"class": 3, "age": 61.5}]}',
        '{"prediction": {"mean": "61.5", "sd": 3.1}}',
        '{"predictedAge": 61.5, "predictedAgeLower": 50, "predictedAgeUpper": 70, "brainAgeGap": 3}',
        '{"predicted_sex": 1, "predicted_age": 61.5}',
        '{"ok": true, "x": 61.5}',
        '{"version": 3, "brain_age": {"years": 61.5}, "x": 4}',
        '{"output": 61.5, "latency": 0.2}',
        '{"error": null, "age": 61.5}',
        '{"brain_volume": 1200, "estimated_age": 61.5}',
    ],
)
def test_the_number_that_is_meant(text: str) -> None:
    assert prediction_in(json.loads(text), several=False).value == 61.5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"ok": true}', "answers with no number$"),
        ('"sixty"', "answers with no number$"),
        ('{"status": 200}', r"no number that is called a prediction \(status: 200\)"),
        ('{"confidence": 0.9}', "no number that is called a prediction"),
        ('{"prediction": {"confidence": 0.9}}', "no number that is called a prediction"),
        ('{"meta": {"x": 3}}', "no number that is called a prediction"),
        ('{"status": 200, "error": "out of memory", "output": 0}', "answers with an error"),
        ('{"x": 61.5, "y": 3}', r"more than one number .*\(x: 61.5, y: 3\)"),
        ('{"age": 61.5, "sex": 1}', "more than one number"),
        ('{"predictions": [61.5, 3.2]}', "more than one number"),
        ('{"prediction": {"a": 61.5, "b": 0.9}}', "more than one number"),
        ('{"score": 0.9, "x": 61.5}', "more than one number"),
        ('{"brain_age": 61.5, "predicted_age": 64}', "more than one number"),
    ],
)
def test_what_may_be_another_is_not_guessed(text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        prediction_in(json.loads(text), several=False)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ('{"instances": 1, "predictions": [[0.25, 0.75]]}', [0.25, 0.75]),
        ('{"shape": [1, 2], "output": [0.25, "0.75"]}', [0.25, 0.75]),
        ('{"ages": [42.5, 43.5], "probabilities": [0.25, 0.75]}', [0.25, 0.75]),
    ],
)
def test_the_numbers_that_are_meant(text: str, numbers: list[float]) -> None:
    assert prediction_in(json.loads(text), several=True).value == numbers


@pytest.mark.parametrize("text", ["[[0.25, 0.75], [1, 2]]", '{"predicted_age": 61.5}', '["a", [true, false]]'])
def test_lists_that_are_none_or_two_are_not_guessed(text: str) -> None:
    with pytest.raises(DataError, match="list of numbers"):
        prediction_in(json.loads(text), several=True)


def test_later_answers_are_read_where_the_first_was() -> None:
    place = prediction_in({"x": 61.5}, several=False).names
    assert prediction_in({"x": 3.5, "warnings": 1}, several=False, place=place).value == 3.5
    assert math.isnan(prediction_in({"x": None}, several=False, place=place).value)
    with pytest.raises(DataError, match="answers with no number"):
        prediction_in({"predicted_age": 3.5}, several=False, place=place)
