"""What Python users say is taken as it can be meant, and else is one message before any work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import remembrain
from remembrain.api.arguments import attack_options, head_or_plain, insist_on_words, whole
from remembrain.errors import UsageError

N = 60
AGE = np.linspace(45, 80, N)
MEMBER = np.arange(N) % 2 == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"batch": 0}, "batch is 0; expected a whole number, 1 or more"),
        ({"batch": None}, "batch is None"),
        ({"batch": 2.5}, "batch is 2.5"),
        ({"references": -2}, "references is -2; expected a whole number, 0 or more"),
        ({"reference_share": 1}, "reference_share: Input should be less than or equal to 0.95"),
        ({"repeats": "x"}, "repeats is 'x'"),
        ({"seed": -1}, "seed is -1"),
        ({"workers": 0}, "workers is 0"),
        ({"known": "half"}, "known is 'half'; expected a share"),
        ({"label": ""}, "label is ''"),
        ({"name": 3}, "name is 3"),
        ({"run": None}, "run is None; expected a folder"),
        ({"head": "bins"}, r"head is 'bins'; expected such as remembrain.Head\("),
        ({"match": "x"}, "match: Input should be a valid boolean"),
        ({"attacks": 3}, "attacks: "),
        ({"attacks": "nix"}, "no attack 'nix'"),
    ],
)
def test_words_that_cannot_be_meant_are_one_message_before_any_work(
    words: dict[str, Any], said: str, tmp_path: Path
) -> None:
    def never(_: object) -> list[float]:
        raise AssertionError("it is not asked")

    run = words.pop("run", tmp_path / "run")
    with pytest.raises(UsageError, match=said):
        remembrain.audit(never, AGE[:, None], AGE, MEMBER, run, **words)
    assert not (tmp_path / "run").exists()


def test_words_that_can_be_meant_are_taken() -> None:
    assert attack_options("logistic", np.int64(2), 0, None, match=False).attacks == ("logistic",)
    assert attack_options(["logistic", "core"], 2, 4, 0.75, match=True).reference_share == 0.75
    assert whole(np.int32(7), "batch") == 7
    assert insist_on_words("run", None, "age", 0.5, 3, None) == (3, None)
    assert insist_on_words(Path("run"), "mine", "score", np.float64(0.5), 0, 2) == (0, 2)
    assert head_or_plain(None) == remembrain.Head()
