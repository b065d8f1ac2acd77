"""Which columns hold ages, and in which unit, by their names and by what is declared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

from remembrain.cohort.spellings import AGE, NOT_AGE
from remembrain.cohort.tsv import is_missing

Unit: TypeAlias = Literal["years", "months", "weeks", "days"]

A_YEAR: Mapping[Unit, float] = {"years": 1.0, "months": 12.0, "weeks": 365.25 / 7, "days": 365.25}
"""How many of each unit make a year."""

UNIT_WORDS: Mapping[Unit, str] = {
    "years": r"years?|yrs?|y|yo|y\.?\s?o\.?|years? old|a|ans?|jahre?|años?|anni",
    "months": r"months?|mths?|mos?|m|monate?|mois|meses|mesi",
    "weeks": r"weeks?|wks?|w|wochen?|semaines?|semanas?",
    "days": r"days?|d|tage?|jours?|d[ií]as?",
}
"""How people write each unit; patterns for whole words, whatever their case."""

_AGE_JOINED = re.compile(
    r"(?:pt|sub|subj|subject|scan|mri|visit|interview|test|exam|chronological|chron|baseline|bl)?ages?"
    r"(?:at|in|bl|mri|scan|visit|test|exam|y|yr|yrs|year|years|mo|mos|month|months|wk|wks|weeks|days)*"
)
_AGE_IN = re.compile(r".*ages?(?:in)?(years?|yrs?|months?|mos?|weeks?|wks?|days?)")


def is_age(label: str) -> bool:
    """Tell whether a column of this name holds ages, in any usual spelling: AGE, age_at_scan, AgeYears, Alter."""
    words = _words(label)
    if not words or set(words) & NOT_AGE:
        return False
    return any(word in AGE or _AGE_JOINED.fullmatch(word) for word in (*words, "".join(words)))


def says_years(label: str) -> bool:
    """Tell whether a name says nothing but that its column is an age, and perhaps the unit: Alter, Age (months)."""
    if re.search("[0-9]", label):
        return False
    words = [word for word in _words(label) if word != "in"]
    if len(words) == 1:
        return words[0] in AGE or bool(re.match("age", words[0]) and _AGE_IN.fullmatch(words[0]))
    named = len(words) == 2 and words[0] in AGE and len(words[1]) > 1
    return named and any(re.fullmatch(unit, words[1]) for unit in UNIT_WORDS.values())


def unit_of(text: str) -> Unit | None:
    """Return the only unit of time that a text names ("Years", "age in months", "mo"), or None."""
    bare = text.strip("[](){}. ")
    for unit, words in UNIT_WORDS.items():
        if re.fullmatch(words, bare, re.IGNORECASE):
            return unit
    longer = [word for word in re.findall(r"[^\W_]+", bare) if len(word) > 1]
    named = {unit for unit, words in UNIT_WORDS.items() for word in longer if re.fullmatch(words, word, re.IGNORECASE)}
    return named.pop() if len(named) == 1 else None


def age_unit(label: str, units: str, declared: str) -> tuple[Unit | None, str]:
    """Return the unit of an age by what is declared and by the column's name, or why it cannot be told."""
    words = [match[1] if (match := _AGE_IN.fullmatch(word)) else word for word in _words(label)]
    in_name = [
        unit
        for unit, pattern in UNIT_WORDS.items()
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


def _words(name: str) -> list[str]:
    """Return the words of a column's name: AgeAtScan and age_at_scan are age, at, scan."""
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return [word.lower() for word in re.split(r"[\W_0-9]+", apart) if word]
