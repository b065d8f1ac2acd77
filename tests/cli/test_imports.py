"""What only lists, prints or explains starts at once: it loads no torch and no scikit-learn, and help no option."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "sklearn", "scipy", "pandas", "nilearn", "nibabel", "matplotlib", "opacus", "jinja2")
OPTIONS = ("numpy", "jaxtyping", "pydantic", "remembrain.config", "remembrain.run", "remembrain.cli.model")
PROGRAM = """
import sys
from remembrain import cli
try:
    cli.main(sys.argv[2:])
except SystemExit as done:
    code = done.code
print(code or 0, *(name for name in sys.argv[1].split(",") if name in sys.modules))
"""


def loaded(*words: str, of: tuple[str, ...] = HEAVY, program: str = PROGRAM) -> list[str]:
    """Return the exit code, and which heavy packages a command loaded."""
    command = [sys.executable, "-c", program, ",".join(of), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].split()


@pytest.mark.parametrize("words", ["--help", "--version", "survey --help", "federation"])
def test_a_list_of_commands_loads_none_of_them_and_none_of_their_options(words: str) -> None:
    assert loaded(*words.split(), of=(*HEAVY, *OPTIONS)) == ["0"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process is not told its peak since it began")
def test_a_list_of_commands_takes_little_memory() -> None:
    peak = "print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    assert int(loaded("--help", program=PROGRAM + peak)[0]) < 40 * 1024  # 57 MB with options and NumPy, 27 without


@pytest.mark.parametrize("words", ["attacks", "config", "defences", "audit --help", "survey audit --help"])
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
