"""What stands in the evidence of a run: which attacks, by which commands, with which options."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from remembrain.attacks import select
from remembrain.audits.earlier import FILE, Earlier
from remembrain.config import AttackOptions
from remembrain.errors import UsageError
from remembrain.run import RunFolder

USUAL = AttackOptions().model_dump(mode="json")
COMMAND = {"command": "remembrain attack run", "created": "2026", "version": "1", "named": ["lira"]}
CONTENT = {
    "attacks": [{"name": "logistic"}, {"name": "lira"}, {"name": "blind"}],
    "audit": {"commands": [{**COMMAND, "attacks": ["logistic", "lira"], "options": {"repeats": 7, "references": 8}}]},
    "federation": {"threats": [{"attacks": [{"name": "fed-mia"}, {"name": "lira"}]}]},
}


def read(folder: Path, content: object = CONTENT) -> Earlier:
    (folder / "evidence.json").write_text(json.dumps(content))
    return Earlier.of(RunFolder(folder))


def test_attacks_of_insiders_count_and_the_blind_baseline_does_not(tmp_path: Path) -> None:
    earlier = read(tmp_path)
    assert earlier.attacks == ("logistic", "lira", "fed-mia")
    assert earlier.named == ("lira",)
    assert earlier.key is None
    (tmp_path / "restricted").mkdir()
    (tmp_path / "restricted" / FILE).write_text('{"ages": "x"}')
    assert read(tmp_path).key == {"ages": "x"}


def test_options_that_are_not_the_usual_ones_are_inherited(tmp_path: Path) -> None:
    assert read(tmp_path).inherited(USUAL) == {"repeats": 7, "references": 8}
    assert Earlier().inherited(USUAL) == {}


def test_other_attacks_stay_unless_the_options_leave_no_room_for_them(tmp_path: Path) -> None:
    earlier = read(tmp_path)
    beside, dropped = earlier.beside(select(("logistic",)), references=True, rounds=True)
    assert ([attack.name for attack in beside], dropped) == (["lira", "fed-mia"], {})
    with pytest.raises(UsageError, match="lira is in the evidence of this run, and would be forgotten"):
        earlier.beside(select(("logistic",)), references=False, rounds=True)


def test_evidence_of_an_earlier_version_is_of_one_command(tmp_path: Path) -> None:
    audit = {"command": "remembrain attack run", "created": "2025", "version": "0", "repeats": 3}
    (command,) = read(tmp_path, {"attacks": [{"name": "logistic"}], "audit": audit}).commands
    assert (command.attacks, command.options) == (("logistic",), {"repeats": 3})


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"attacks": 3}', '{"attacks": [], "audit": {"commands": [1]}}'])
def test_evidence_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "evidence.json").write_text(text)
    assert Earlier.of(RunFolder(tmp_path)) == Earlier()
