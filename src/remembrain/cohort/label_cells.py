"""One cell of a column of labels: its number, or why it has none; and in which way of writing it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from remembrain._text import shown
from remembrain.cohort.ages import UNIT_WORDS, Unit
from remembrain.cohort.numbers import LONGEST, is_number_missing, tidy

_NUMBER = r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?"
PLAIN = re.compile(_NUMBER)
_WITH_UNIT = {
    unit: re.compile(rf"({_NUMBER})\s*(?:{words})\.?(?:\s+old)?", re.IGNORECASE) for unit, words in UNIT_WORDS.items()
}
_YEARS_MONTHS = re.compile(r"([0-9]+)\s*(?:;|y[a-z]*\.?,?\s*(?:and\s+)?)\s*([0-9]+)\s*(?:m[a-z]*\.?)?", re.IGNORECASE)
_BOUND = re.compile(
    rf"(?P<below>[<≤]=?)\s*(?P<most>{_NUMBER})|[>≥]=?\s*(?P<above>{_NUMBER})(?:\s*(?:{UNIT_WORDS['years']}))?"
    rf"|(?P<least>{_NUMBER})\s*(?:\+|plus|(?:years?\s+)?(?:or|and)\s+(?:older|over|above|more|up))"
    rf"(?:\s*(?:{UNIT_WORDS['years']}))?",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"(?:[\[(]\s*{_NUMBER}\s*(?:-|–|—|,|;|to)\s*{_NUMBER}\s*[\])]|{_NUMBER}\s*(?:-|–|—|to|bis)\s*{_NUMBER})"
    rf"(?:\s*(?:{UNIT_WORDS['years']}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Cell:
    """One cell: its number, what kind of writing it is, its own unit; or why it is none."""

    value: float | None = None
    form: str = ""
    unit: Unit | None = None
    wrong: str = ""
    summary: str = ""


def read_cell(text: str, label: str, *, age: bool) -> Cell:
    """Read one cell; ages may come with a unit, as a bound, or as years and months."""
    if is_number_missing(text):
        return Cell(wrong=f"{label} is missing", summary=f"{label} is missing")
    if len(text) > LONGEST:
        return Cell(
            None, "word", None, f"{label} is {shown(text)!r}, which is not a number", f"{label} is not a number"
        )
    plain = tidy(text)
    value = plain_number(plain)
    if value is not None:
        return Cell(value, "decimal commas" if "," in plain else "")
    if age:
        timed = _timed(plain)
        if timed is not None:
            return timed
    bound = _BOUND.fullmatch(plain)
    if bound is not None:
        limit = bound["above"] or bound["least"]
        wrong = f"{label} is {shown(text)!r}, a bound and not a value"
        return Cell(plain_number(limit) if age and limit else None, "bound", None, wrong, f"{label} is a bound")
    if _RANGE.fullmatch(plain):
        return Cell(None, "range", None, f"{label} is {shown(text)!r}, a range and not a value", f"{label} is a range")
    if plain.lower().lstrip("+-") in ("inf", "infinity") or PLAIN.fullmatch(plain):
        what = "which is not a finite number"
    else:
        what = "which is not a number"
    return Cell(None, "word", None, f"{label} is {shown(text)!r}, {what}", f"{label} is not a number")


def _timed(text: str) -> Cell | None:
    """Return an age that says its unit: 022Y, 264M, 26 years, 26y3m, 26;3, P26Y."""
    text = re.sub(r"^P(?=[0-9].*[YMWD]$)", "", text)
    pair = _YEARS_MONTHS.fullmatch(text)
    if pair is not None and int(pair[2]) < 12:
        return Cell(int(pair[1]) + int(pair[2]) / 12, "years and months", "years")
    if re.fullmatch(r"[0-9]{1,2}\s*M", text):
        return None  # 26M may be a man of 26
    for unit, pattern in _WITH_UNIT.items():
        match = pattern.fullmatch(text)
        if match is not None:
            return Cell(plain_number(match[1]), f"say that they are {unit}", unit)
    return None


def plain_number(text: str) -> float | None:
    """Return the finite number that a text is, with a point or a decimal comma; None for anything else.

    Unlike ``float``, knows no underscores, no words (nan, inf), no digits but 0 to 9.
    """
    text = tidy(text)
    if not PLAIN.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if np.isfinite(value) else None
