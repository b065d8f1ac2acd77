"""The number that is meant is taken out of an answer, and functions are found where they are said to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.errors import DataError, UsageError
from remembrain.targets.brought.conversation import Hooks
from remembrain.targets.brought.posting import Answer


def test_an_answer_is_read_by_names_or_by_a_function_of_the_user_s() -> None:
    answer = Answer(200, b'{"id": 4, "predictions": [[0.25, 0.75]]}', {})
    assert Hooks(several=True).read(answer).value == [0.25, 0.75]
    assert Hooks(from_response=lambda given: given.json()["id"]).read(answer).value == 4
    with pytest.raises(DataError, match="answers with no number"):
        Hooks().read(Answer(200, b"<html>", {}))


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
