"""A function of the user's predicts, prints and ends as it likes, and is answered in one message."""

from __future__ import annotations

import pytest

from remembrain.errors import DataError, UsageError
from remembrain.targets.brought.asking import ask
from remembrain.targets.brought.function import from_function


def written(tmp_path, code: str) -> str:
    (tmp_path / "mine.py").write_text(code)
    return f"{tmp_path / 'mine.py'}:predict"


def test_it_is_asked_and_what_it_prints_is_talk(tmp_path, capsys):
    found = from_function(
        written(tmp_path, "def predict(scans):\n    print('hello')\n    return [len(s) for s in scans]")
    )
    assert ask(found.predict, ["ab", "c"], ["x", "y"], name="m").tolist() == [2, 1]
    assert capsys.readouterr().out == ""
    assert found.reads == "file"
    assert not found.whole


def test_an_object_that_predicts_will_do(tmp_path):
    code = "class M:\n    def predict(self, scans):\n        return [1.0] * len(scans)\npredict = M()\n"
    assert from_function(written(tmp_path, code)).predict([1, 2]) == [1.0, 1.0]


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("def predcit(scans): ...", UsageError, "predcit"),
        ("class predict: ...", UsageError, "is a class"),
        ("predict = 3", UsageError, "is a int"),
        ("import nowhere_at_all", DataError, "cannot be imported"),
    ],
)
def test_what_is_no_function_is_one_message(tmp_path, code, kind, said):
    with pytest.raises(kind, match=said):
        from_function(written(tmp_path, code))


def test_a_function_that_ends_the_program_does_not(tmp_path):
    found = from_function(written(tmp_path, "import sys\ndef predict(scans):\n    sys.exit(0)"))
    with pytest.raises(DataError, match="ends the program"):
        ask(found.predict, [1], ["x"], name="m")


@pytest.mark.parametrize("spec", ["mine.py", ":predict", "mine.py:a b"])
def test_words_that_name_no_function_are_told(spec):
    with pytest.raises(UsageError, match=r"my_model\.py:predict"):
        from_function(spec)
