"""The dictionary beside a table (participants.json beside participants.tsv): units and levels of its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from remembrain.cohort.files import insist_on_presence
from remembrain.run import read_json

_CODES = re.compile(r"([A-Za-z]|(?<![0-9])[0-9]+)\s*(?:=|:|->|is)\s*[\"']?([^\W\d_]+)")


@dataclass(frozen=True)
class Described:
    """What a dictionary says of one column; empty where it says nothing."""

    units: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)


def read_dictionary(table: Path) -> dict[str, Described]:
    """Read the JSON file that has a table's name, by column; nothing where there is none.

    Raises
    ------
    DataError
        Where it is there and is not JSON: what it says of units must not be passed over.
    """
    path = table.with_suffix(".json")
    insist_on_presence(path)
    if not path.exists():
        return {}
    content = read_json(path, try_next="mend it, or take it away")
    if not isinstance(content, dict):
        return {}
    described = {str(name): {"Description": said} if isinstance(said, str) else said for name, said in content.items()}
    return {name: _described(said) for name, said in described.items() if isinstance(said, dict)}


def codes_in(text: str) -> dict[str, str]:
    """Return what a text says of codes: ``1 = male; 2 = female``."""
    return {match[1]: match[2] for match in _CODES.finditer(text)}


def _described(said: Mapping[str, Any]) -> Described:
    """Return units and levels of a column; where these are left out, what its description says of them."""
    text = " ".join(str(said[key]) for key in ("LongName", "Description") if isinstance(said.get(key), str))
    units = said.get("Units") if isinstance(said.get("Units"), str) else ""
    if not units and (match := re.search(r"\bin\s+(?:completed\s+)?(years|months|weeks|days)\b", text, re.IGNORECASE)):
        units = match[1].lower()
    levels = said.get("Levels")
    if isinstance(levels, dict):
        words = {
            str(key): str(of.get("Description", "")) if isinstance(of, dict) else str(of) for key, of in levels.items()
        }
        return Described(units or "", words)
    return Described(units or "", codes_in(text))
