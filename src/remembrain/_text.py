"""Texts of other people's files and code as a message shows them: a few, each shortened, nothing that does not print.

A list of names may be anybody's private file, a name may hold signs that turn a line around or that nobody sees.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

MOST_NAMES, MOST_LETTERS = 5, 40
"""So many names of a list are shown, and so many letters of each."""

_NAMES = {0x00AD: "soft hyphen", 0xFEFF: "byte order mark"} | {
    code: name for code, name in enumerate(("null", *("control character",) * 31)) if code not in (9, 10, 13)
}
_NAMES |= {9: "tab", 10: "line feed", 13: "carriage return", 0x1B: "escape", 0x7F: "delete"}
BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters of which nothing is seen."""
_FRACTION = re.compile(r"\d+\.\d*(?:e[+-]?\d+)?|\d+e[+-]?\d+", re.IGNORECASE)
_BLANK = re.compile(f"[{BLANKS}\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def unseen(text: str) -> list[str]:
    """Return the signs of a text that do not print, each by number and name: ``U+202E (right-to-left override)``."""
    if text.isascii() and text.isprintable():
        return []
    return list(dict.fromkeys(f"U+{ord(sign):04X} ({_name(sign)})" for sign in text if _is_unseen(sign)))


def printable(text: str, keep: str = "") -> str:
    """Return a text with ``<U+202E>`` in place of each sign that does not print, but for those to keep."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"<U+{ord(sign):04X}>" if _is_unseen(sign) and sign not in keep else sign for sign in text)


def shown(value: object, most: int = MOST_LETTERS) -> str:
    """Return a name, a cell or the like as a message shows it: printable, and not longer than so many letters."""
    text = str(value)
    return printable(text if len(text) <= most else f"{text[: most - 1]}…")


def few(
    names: Iterable[object], most: int = MOST_NAMES, *, between: str = ", ", most_letters: int = MOST_LETTERS
) -> str:
    """Return the first names of a list, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - most:,} more" if len(every) > most else ""
    return between.join(shown(name, most_letters) for name in every[:most]) + more


def parted(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the words of texts, each once, in order; several in one text are parted by commas."""
    return tuple(dict.fromkeys(word.strip() for text in texts for word in text.split(",")))


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of these names that somebody may have meant by another."""
    forms = {one.casefold(): one for one in names}
    close = get_close_matches(name.casefold(), forms, 1)
    return forms[close[0]] if close else None


def _is_unseen(sign: str) -> bool:
    """Tell whether a sign does not print, or prints nothing."""
    return not sign.isprintable() or _BLANK.match(sign) is not None


def _name(sign: str) -> str:
    """Return what a sign is called."""
    return _NAMES.get(ord(sign)) or unicodedata.name(sign, "unnamed").lower()


def reason(error: BaseException) -> str:
    """Return what an error of a stranger's code says, in one line."""
    text = (str(error) or "no message").strip().splitlines()[0]
    return f"{type(error).__name__}: {text}"


def nameless(error: BaseException) -> str:
    """Return the same for a text that may leave the building, where the code was asked about somebody.

    What it says of fractional numbers, such as an age that a loss does not take, is left out.
    """
    return _FRACTION.sub("…", reason(error))
