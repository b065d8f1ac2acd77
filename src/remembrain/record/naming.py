"""What attacks, and what a person's data, are called."""

from __future__ import annotations

import re
from collections.abc import Mapping


def with_titles(text: str, titles: Mapping[str, str]) -> str:
    """Return a text in which every name is replaced by its title, in quotation marks."""
    names = "|".join(re.escape(name) for name in sorted(titles, key=len, reverse=True))
    return re.sub(rf"(?<![\w:+-])({names})(?![\w:+-])", lambda match: f"“{titles[match[1]]}”", text) if names else text


def data_word(source: str) -> str:
    """Return what a person's data are called: ``scans``, or ``records`` of a table."""
    return "records" if source.startswith("table") else "scans"
