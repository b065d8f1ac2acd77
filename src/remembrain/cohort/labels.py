"""A column of labels as people write it: each cell to one number in one unit, or to the reason why it has none.

What has one meaning is read and told; what may mean several things is refused with the count. Knows nothing of files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from remembrain.cohort.spellings import AGE, NOT_AGE
from remembrain.cohort.tsv import is_missing
from remembrain.errors import Problem

Unit: TypeAlias = Literal["years", "months", "weeks", "days"]

A_YEAR: Mapping[Unit, float] = {"years": 1.0, "months": 12.0, "weeks": 365.25 / 7, "days": 365.25}
"""How many of each unit make a year."""

OLDEST = 130.0
FEWEST_TOP_CODED = 80.0
RARE_AGE = 100.0

_UNIT_WORDS: Mapping[Unit, str] = {
    "years": r"years?|yrs?|y|yo|y\.?\s?o\.?|years? old|a|ans?|jahre?|años?|anni",
    "months": r"months?|mths?|mos?|m|monate?|mois|meses|mesi",
    "weeks": r"weeks?|wks?|w|wochen?|semaines?|semanas?",
    "days": r"days?|d|tage?|jours?|d[ií]as?",
}
_NUMBER = r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?"
_PLAIN = re.compile(_NUMBER)
_WITH_UNIT = {
    unit: re.compile(rf"({_NUMBER})\s*(?:{words})\.?(?:\s+old)?", re.IGNORECASE) for unit, words in _UNIT_WORDS.items()
}
_YEARS_MONTHS = re.compile(r"([0-9]+)\s*(?:;|y[a-z]*\.?,?\s*(?:and\s+)?)\s*([0-9]+)\s*(?:m[a-z]*\.?)?", re.IGNORECASE)
_BOUND = re.compile(
    rf"(?P<below>[<≤]=?)\s*(?P<most>{_NUMBER})|[>≥]=?\s*(?P<above>{_NUMBER})(?:\s*(?:{_UNIT_WORDS['years']}))?"
    rf"|(?P<least>{_NUMBER})\s*(?:\+|plus|(?:years?\s+)?(?:or|and)\s+(?:older|over|above|more|up))"
    rf"(?:\s*(?:{_UNIT_WORDS['years']}))?",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"[\[(]?\s*{_NUMBER}\s*(?:-|–|—|,|;|to|bis)\s*{_NUMBER}\s*[\])]?(?:\s*(?:{_UNIT_WORDS['years']}))?", re.IGNORECASE
)
_AGE_JOINED = re.compile(
    r"(?:pt|sub|subj|subject|scan|mri|visit|interview|test|exam|chronological|chron|baseline|bl)?ages?"
    r"(?:at|in|bl|mri|scan|visit|test|exam|y|yr|yrs|year|years|mo|mos|month|months|wk|wks|weeks|days)*"
)
_AGE_IN = re.compile(r".*ages?(?:in)?(years?|yrs?|months?|mos?|weeks?|wks?|days?)")
_CODES = frozenset(
    sign * float(digit * times) for sign in (1, -1) for digit in "789" for times in range(1, 6) if sign < 0 or times > 1
)
_MEANING = {
    "bound": "are a bound for the oldest (as 89+), read as that bound: the least that these ages can be",
    "decimal commas": "have a decimal comma, read as a point",
    "years and months": "are years and months, read as years",
}


@dataclass(frozen=True)
class Labels:
    """A column of labels, row by row.

    Attributes
    ----------
    values
        The value of each row, in years where the label is an age; ``None`` where there is none.
    wrong
        Why a row has none, with what stands there; empty where it has one, or where the whole column is refused.
    summaries
        The same without the cell, to be counted (:attr:`remembrain.errors.Problem.summary`).
    problems
        What is to be said of the column as a whole: notes of what was understood, with counts, and fatal refusals.
    """

    values: tuple[float | None, ...]
    wrong: tuple[str, ...]
    summaries: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _Cell:
    """One cell: its number, what kind of writing it is, its own unit; or why it is none."""

    value: float | None = None
    form: str = ""
    unit: Unit | None = None
    wrong: str = ""
    summary: str = ""


def read_labels(cells: Sequence[str], label: str, *, where: str, units: str = "", declared: str = "") -> Labels:
    """Read a column of labels, one text a row.

    Parameters
    ----------
    cells
        The text of each row.
    label
        Name of the column; it tells whether the numbers are ages, and may say their unit (``age_months``).
    where
        The file, for problems.
    units
        In which unit the ages are, in the words of ``declared``; empty where nothing says so.
    declared
        What says so, for messages: a file, or an option.

    Returns
    -------
    labels
        Ages in years, other labels in their own unit. Nothing is raised: refusals are fatal ``problems``.
    """
    age = is_age(label)
    unit, refused = _unit(label, units, declared) if age else ("years", "")
    if refused:
        return _refused(len(cells), where, refused, f"the unit of {label} is not understood")
    read = [_cell(text, label, age=age) for text in cells]
    if not age and (thousands := _thousands(cells)):
        what = f"{label} has {thousands} cells such as 1,234, which may be 1234 or 1.234; write them with a point"
        return _refused(len(cells), where, what, f"{label} has numbers with a comma that may mean two things")
    if age:
        read = _top_codes([_in_years(cell, unit or "years", label) for cell in read])
        asked = _doubtful(read, label, unit)
        if asked:
            return _refused(len(cells), where, asked, f"the unit of {label} is not said, and years are in doubt")
    read = _codes(read, label)
    most = _mostly(read, label)
    if most:
        return _refused(len(cells), where, *most)
    notes = _notes(read, label, unit if age else None, declared if units.strip() else "")
    return Labels(
        tuple(cell.value for cell in read),
        tuple(cell.wrong for cell in read),
        tuple(cell.summary for cell in read),
        tuple(Problem(where, note, fatal=False) for note in notes),
    )


def is_age(label: str) -> bool:
    """Tell whether a column of this name holds ages, in any usual spelling: AGE, age_at_scan, AgeYears, Alter."""
    words = _words(label)
    if not words or set(words) & NOT_AGE:
        return False
    return any(word in AGE or _AGE_JOINED.fullmatch(word) for word in (*words, "".join(words)))


def plain_number(text: str) -> float | None:
    """Return the finite number that a text is, with a point or a decimal comma; None for anything else.

    Unlike ``float``, knows no underscores, no words (nan, inf), no digits but 0 to 9.
    """
    text = _tidy(text)
    if not _PLAIN.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if np.isfinite(value) else None


def unit_of(text: str) -> Unit | None:
    """Return the only unit of time that a text names ("Years", "age in months", "mo"), or None."""
    bare = text.strip("[](){}. ")
    for unit, words in _UNIT_WORDS.items():
        if re.fullmatch(words, bare, re.IGNORECASE):
            return unit
    longer = [word for word in re.findall(r"[^\W_]+", bare) if len(word) > 1]
    named = {unit for unit, words in _UNIT_WORDS.items() for word in longer if re.fullmatch(words, word, re.IGNORECASE)}
    return named.pop() if len(named) == 1 else None


def _words(name: str) -> list[str]:
    """Return the words of a column's name: AgeAtScan and age_at_scan are age, at, scan."""
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return [word.lower() for word in re.split(r"[\W_0-9]+", apart) if word]


def _tidy(text: str) -> str:
    """Return a text with plain blanks and a plain minus."""
    return " ".join(text.split()).replace("−", "-")


def _unit(label: str, units: str, declared: str) -> tuple[Unit | None, str]:
    """Return the unit of an age by what is declared and by the column's name, or why it cannot be told."""
    words = [match[1] if (match := _AGE_IN.fullmatch(word)) else word for word in _words(label)]
    in_name = [
        unit
        for unit, pattern in _UNIT_WORDS.items()
        if any(len(word) > 1 and word not in AGE and re.fullmatch(pattern, word) for word in words)
    ]
    named = in_name[0] if len(in_name) == 1 else None
    if not units.strip() or is_missing(units):
        return named, ""
    said = unit_of(units)
    if said is None:
        return None, f"{declared} says that {label} is in {units!r}; expected years, months, weeks or days"
    if named is not None and named != said:
        return None, f"{declared} says that {label} is in {said}, and its name says {named}"
    return said, ""


def _cell(text: str, label: str, *, age: bool) -> _Cell:
    """Read one cell; ages may come with a unit, as a bound, or as years and months."""
    if is_missing(text):
        return _Cell(wrong=f"{label} is missing", summary=f"{label} is missing")
    tidy = _tidy(text)
    value = plain_number(tidy)
    if value is not None:
        return _Cell(value, "decimal commas" if "," in tidy else "")
    if age:
        timed = _timed(tidy)
        if timed is not None:
            return timed
    bound = _BOUND.fullmatch(tidy)
    if bound is not None:
        limit = bound["above"] or bound["least"]
        wrong = f"{label} is {text!r}, a bound and not a value"
        return _Cell(plain_number(limit) if age and limit else None, "bound", None, wrong, f"{label} is a bound")
    if _RANGE.fullmatch(tidy):
        return _Cell(None, "range", None, f"{label} is {text!r}, a range and not a value", f"{label} is a range")
    if tidy.lower().lstrip("+-") in ("inf", "infinity") or _PLAIN.fullmatch(tidy):
        what = "which is not a finite number"
    else:
        what = "which is not a number"
    return _Cell(None, "word", None, f"{label} is {text!r}, {what}", f"{label} is not a number")


def _timed(text: str) -> _Cell | None:
    """Return an age that says its unit: 022Y, 264M, 26 years, 26y3m, 26;3."""
    pair = _YEARS_MONTHS.fullmatch(text)
    if pair is not None and int(pair[2]) < 12:
        return _Cell(int(pair[1]) + int(pair[2]) / 12, "years and months", "years")
    for unit, pattern in _WITH_UNIT.items():
        match = pattern.fullmatch(text)
        if match is not None:
            return _Cell(plain_number(match[1]), f"say that they are {unit}", unit)
    return None


def _in_years(cell: _Cell, unit: Unit, label: str) -> _Cell:
    """Return a cell in years, refused outside 0 to 130."""
    if cell.value is None:
        return cell
    years = cell.value / A_YEAR[cell.unit or unit]
    if 0 <= years <= OLDEST:
        return replace(cell, value=years)
    shown = f"{cell.value:g}" + (f" {cell.unit or unit}" if (cell.unit or unit) != "years" else "")
    wrong = f"{label} is {shown}, expected 0 to {OLDEST:g} years"
    return _Cell(None, "outside", None, wrong, f"{label} is outside 0 to {OLDEST:g} years")


def _top_codes(read: Sequence[_Cell]) -> list[_Cell]:
    """Take the bound for the oldest (89+), where it can be nothing else; refuse other bounds.

    It must be old, no ordinary age may lie above it, and few may have it.
    """
    bounds = {cell.value for cell in read if cell.form == "bound"}
    plain = [cell.value for cell in read if cell.value is not None and cell.form != "bound"]
    several = len(bounds) != 1 or None in bounds
    lowest = min((bound for bound in bounds if bound is not None), default=0.0)
    n = sum(cell.form == "bound" for cell in read)
    fits = not several and lowest >= FEWEST_TOP_CODED and lowest >= max(plain, default=0.0) and n <= len(plain)
    if fits:
        return [replace(cell, wrong="", summary="") if cell.form == "bound" else cell for cell in read]
    return [replace(cell, value=None) if cell.form == "bound" else cell for cell in read]


def _doubtful(read: Sequence[_Cell], label: str, unit: Unit | None) -> str:
    """Return why ages without a declared unit are not taken for years, if they are not."""
    plain = [cell.value for cell in read if cell.value is not None and cell.unit is None]
    outside = sum(cell.form == "outside" for cell in read)
    rare = sum(value > RARE_AGE for value in plain)
    if unit is not None or (rare + outside) * 10 <= len(plain) + outside or rare + outside < 3:
        return ""
    return (
        f"{rare + outside} of {len(plain) + outside} numbers in {label} are no age in years that people usually have "
        f"(0 to {RARE_AGE:g}), and nothing says their unit; say --label-units years, months, weeks or days, "
        f"or Units in participants.json"
    )


def _codes(read: Sequence[_Cell], label: str) -> list[_Cell]:
    """Refuse codes for *missing* (0, 99, -999 ...) that lie far outside everything else."""
    age = is_age(label)

    def code(value: float | None) -> bool:
        return value in _CODES or (age and value == 0)

    rest = [cell.value for cell in read if cell.value is not None and not code(cell.value)]
    if len(rest) < 5:
        return list(read)
    low, high = min(rest), max(rest)
    far = max(3 * (high - low), 1.0)
    judged = []
    for cell in read:
        value = cell.value
        if value is not None and code(value) and ((value == 0 and low >= 10) or not low - far <= value <= high + far):
            wrong = f"{label} is {value:g}, a usual code for missing, and all others are {low:g} to {high:g}"
            cell = _Cell(None, "code", None, f"{wrong}; write n/a if it is", f"{label} looks like a code for missing")  # noqa: PLW2901
        judged.append(cell)
    return judged


def _mostly(read: Sequence[_Cell], label: str) -> tuple[str, str] | None:
    """Return what and summary of a refusal of the whole column, where one kind of cell is most of it."""
    kinds = Counter(cell.form for cell in read if cell.wrong and cell.form)
    advice = {
        "bound": "bounds and not values: bring a column with one number a person",
        "range": "ranges and not values: bring a column with one number a person",
        "word": "no numbers: --label names the column that the model predicts",
    }
    given = sum(bool(cell.form or cell.value is not None) for cell in read)
    for form, words in advice.items():
        if kinds[form] >= 3 and kinds[form] * 2 > given:
            example = next(cell.wrong for cell in read if cell.form == form)
            return (
                f"{kinds[form]} of {given} cells of {label} are {words} (first: {example})",
                f"most of {label} are {words}",
            )
    return None


def _refused(rows: int, where: str, what: str, summary: str) -> Labels:
    """Return a column of which nothing is read."""
    return Labels((None,) * rows, ("",) * rows, ("",) * rows, (Problem(where, what, summary=summary),))


def _thousands(cells: Sequence[str]) -> int:
    """Return how many commas may separate thousands, where no comma in the column shows that it is a decimal one."""
    commas = [text for text in map(_tidy, cells) if "," in text and _PLAIN.fullmatch(text)]
    return len(commas) if all(re.fullmatch(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}", text) for text in commas) else 0


def _notes(read: Sequence[_Cell], label: str, unit: Unit | None, declared: str) -> list[str]:
    """Return what was understood otherwise than as plain numbers, with counts."""
    forms = Counter(cell.form for cell in read if cell.value is not None and cell.form)
    notes = [
        f"{count} cells of {label} {_MEANING.get(form, f'{form}, read as years')}" for form, count in forms.items()
    ]
    if unit not in (None, "years"):
        notes.append(f"{label} is in {unit}, as {declared or 'its name'} says, and is converted to years")
    return notes
