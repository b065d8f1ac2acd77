"""How a run began: the words of the command, when, with which versions and seed. Knows nothing of what is run."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from remembrain.errors import DataError
from remembrain.run import RunFolder, parse_json

_COMMAND = "--command"
_URL = re.compile(r"(https?://)(?:[^/?#@]*@)?([^/?#@]*)", re.IGNORECASE)
VERSIONS = ("remembrain", "torch", "numpy", "scipy", "scikit-learn", "nilearn", "nibabel", "pandas")


def usable_without_config(path: Path) -> RunFolder:
    """Return the run folder of a model that comes with its people, that could be started or continued here.

    Raises
    ------
    DataError
        Where it is a run of the command line, whose model, people and evidence stay.
    """
    folder = RunFolder.usable(path).insist_on("model")
    if (folder.path / "config.toml").is_file():
        raise DataError("is a run of the command line, with a model of its own", where=path, expected="a new folder")
    return folder


def run_facts(seed: int, command: str | None = None) -> dict[str, object]:
    """Return what ``run.json`` records; the command is the words of this process where it is not given."""
    return {
        "command": command or command_line(sys.argv[1:]),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "versions": {"python": sys.version.split()[0], **{name: metadata.version(name) for name in VERSIONS}},
    }


def command_line(words: Sequence[str]) -> str:
    """Return a command as a shell would read it again, without the folders of paths: they name people and places."""
    before = ("", *words)
    return shlex.join(["remembrain", *map(_without_folders, words, (option == _COMMAND for option in before))])


def _without_folders(word: str, of_command: bool = False) -> str:
    """Return a word of the command line without the folders of a path, and of a URL the host alone."""
    option, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    if of_command or option == _COMMAND:
        return f"{option}{equals}{_each_word(value)}"
    if url := _URL.match(value):
        return f"{option}{equals}{url[1]}{url[2]}/..."
    try:
        content = parse_json(value, "")
    except DataError:
        content = None
    text = json.dumps(_each_without(content)) if isinstance(content, dict | list) else _file_of(value)
    return f"{option}{equals}{text}" if "/" in value else word


def _each_without(content: Any) -> Any:
    """Return arguments that are said as JSON, without the folders of paths in them."""
    if isinstance(content, dict):
        return {key: _each_without(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_each_without(value) for value in content]
    return _file_of(content) if isinstance(content, str) else content


def _each_word(command: str) -> str:
    """Return a command of the user's without the folders of paths, by its words."""
    try:
        return " ".join(shlex.quote(_file_of(word)) if "/" in word else word for word in shlex.split(command))
    except ValueError:
        return "..."


def _file_of(text: str) -> str:
    """Return what stands behind the last slash of a path; ``.`` of a root."""
    return text.rstrip("/").rpartition("/")[2] or ("." if "/" in text else text)
