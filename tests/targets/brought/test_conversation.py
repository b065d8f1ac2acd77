"""The number that is meant is taken out of an answer, and functions are found where they are said to be."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from remembrain.errors import DataError, UsageError
from remembrain.targets.brought.conversation import Hooks, first_number
from remembrain.targets.brought.posting import Answer


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("61.5", 61.5),
        ("[61.5]", 61.5),
        ('{"predictions": [[61.5]]}', 61.5),
        ('{"status": 0, "model_version": 3, "predictions": [61.5]}', 61.5),
        ('{"age": 12, "took_ms": 3, "predicted_age": 61.5}', 61.5),
        ('{"id": 4, "result": {"brain-age": 61.5}}', 61.5),
        ('{"agent": 4, "brain_age": 61.5}', 61.5),
        ('{"ok": true, "x": 61.5, "y": 3}', 61.5),
        ('{"ok": true}', math.nan),
        ("", math.nan),
        ("sixty", math.nan),
    ],
)
def test_the_number_that_is_meant(text: str, number: float) -> None:
    found = first_number(Answer(200, text.encode(), {}))
    assert found == number or (math.isnan(found) and math.isnan(number))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ('{"instances": 1, "predictions": [[0.25, 0.75]]}', [0.25, 0.75]),
        ('{"shape": [1, 2], "output": [0.25, 0.75]}', [0.25, 0.75]),
        ("[[0.25, 0.75], [1, 2]]", [0.25, 0.75]),
        ('{"predicted_age": 61.5}', []),
        ('["a", [true, false]]', []),
        ("<html>", []),
    ],
)
def test_the_numbers_that_are_meant(text: str, numbers: list[float]) -> None:
    assert Hooks(several=True).read(Answer(200, text.encode(), {})) == numbers


def test_functions_are_those_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def send(row):\n    return {}\nsent = 3\n")
    hooks = Hooks.of(f"{file}:send")
    assert hooks.to_request is not None
    assert (hooks.to_request(1), hooks.from_response) == ({}, None)
    file.write_text("def send(row):\n    return {}\nfrom_response = float\n")
    assert Hooks.of(f"{file}:send").code != hooks.code
    assert Hooks.of(None) == Hooks()
    for wrong in (f"{file}:sent", f"{file}:other", str(file), f"{tmp_path}/none.py:send", f"{file}:a.b"):
        with pytest.raises(UsageError):
            Hooks.of(wrong)
    file.write_text("raise RuntimeError('no licence')")
    with pytest.raises(DataError, match="no licence"):
        Hooks.of(f"{file}:send")
