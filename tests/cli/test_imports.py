"""What only lists, prints or explains starts at once: it loads no torch and no scikit-learn."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "sklearn", "scipy", "pandas", "nilearn", "nibabel", "matplotlib", "opacus", "jinja2")
PROGRAM = """
import sys
from remembrain import cli
try:
    cli.main(sys.argv[2:])
except SystemExit as done:
    code = done.code
print("loaded", code or 0, *(name for name in sys.argv[1].split(",") if name in sys.modules))
"""


def loaded(*words: str) -> list[str]:
    """Return the exit code, and which heavy packages a command loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, ",".join(HEAVY), *words], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1].split()[1:]


@pytest.mark.parametrize(
    "words", ["--help", "--version", "attacks", "config", "defences", "audit --help", "survey audit --help"]
)
def test_what_only_tells_loads_nothing_heavy(words: str) -> None:
    assert loaded(*words.split()) == ["0"]


def test_show_loads_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"schema": 1}')
    (tmp_path / "evidence.json").write_text(json.dumps({"findings": [], "controls": {}, "attacks": []}))
    assert loaded("show", str(tmp_path)) == ["0"]


def test_attacks_on_tables_load_no_torch_and_no_scikit_learn() -> None:
    code, *heavy = loaded("survey", "attacks")
    assert code == "0"
    assert not {"torch", "sklearn", "scipy"} & set(heavy)
