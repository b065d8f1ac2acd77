"""A column of cells to numbers, as people write them: decimal commas, thousands, bounds, units, codes for *missing*.

One grammar for all: what has one meaning is read and counted, the rest is named. A column that is numbers in most of
its cells is never taken for text because of a few. Knows nothing of files, nor of what a column measures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Float

from remembrain.cohort.spellings import MISSING_NUMBER
from remembrain.cohort.tsv import MISSING

Decimal: TypeAlias = Literal[".", ","]

_MISSING = MISSING | MISSING_NUMBER
FEW_LEVELS = 10
FEW_WORDS = 5
REMEMBERED = 2**16
"""Texts whose reading is remembered: a file is read by several questions, and once for each step of an audit."""
LONGEST = 100
"""A cell of more letters is no number: to look for one in it takes longer the longer it is."""

_EXPONENT = r"(?:[eE][+-]?[0-9]+)?"
_GROUPS = r"[1-9][0-9]{0,2}(?:%s[0-9]{3})(?:(?P=by)[0-9]{3})*"
_PLAIN: Mapping[Decimal, re.Pattern[str]] = {
    ".": re.compile(rf"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+){_EXPONENT}"),
    ",": re.compile(rf"[+-]?(?:[0-9]+,?[0-9]*|,[0-9]+){_EXPONENT}"),
}
_GROUPED: Mapping[Decimal, re.Pattern[str]] = {
    ".": re.compile("[+-]?" + _GROUPS % r"(?P<by>[, '’])" + r"(?:\.[0-9]+)?"),
    ",": re.compile("[+-]?" + _GROUPS % r"(?P<by>[. '’])" + r"(?:,[0-9]+)?"),
}
_BOUND = re.compile(r"(?:[<>]=?|[≤≥])\s*(?P<above>[^<>≤≥]+)|(?P<most>.+[0-9])\s*\+")
_UNIT = re.compile(r"(?P<number>[+-]?[0-9].*?[0-9]|[+-]?[0-9])\s*(?P<unit>%|[A-Za-zµμ°]+[23²³]?(?:/[A-Za-z]+[23²³]?)?)")


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column of numbers, NaN where there is none, and what was read otherwise than as plain numbers.

    Attributes
    ----------
    values
        Number of each cell.
    missing
        How often each code says that nothing is known; the usual ``n/a`` and empty cells are not counted.
    bounds, grouped
        Cells such as ``<0.5``, read as the bound itself; cells with separators of thousands.
    unit
        What stands behind the number in every cell.
    strangers
        Place and text of cells that are no numbers: the column cannot be used until somebody says what they are.
    """

    values: Float[np.ndarray, "cell"]
    missing: Mapping[str, int] = field(default_factory=dict)
    bounds: int = 0
    grouped: int = 0
    unit: str = ""
    strangers: tuple[tuple[int, str], ...] = ()


@lru_cache(REMEMBERED)
def number(text: str, decimal: Decimal = ".") -> float | None:
    """Return the finite number that a text is, or None.

    Signs, exponents and separators of thousands are understood; underscores, words (nan, inf), hexadecimals and other
    digits than 0 to 9 are not.
    """
    if len(text) > LONGEST:
        return None
    text = tidy(text)
    if _PLAIN[decimal].fullmatch(text):
        value = float(text.replace(decimal, "."))
    elif _GROUPED[decimal].fullmatch(text):
        value = float(re.sub(r"[ '’]", "", text.replace("," if decimal == "." else ".", "")).replace(decimal, "."))
    else:
        return None
    return value if np.isfinite(value) else None


def written(value: float) -> str:
    """Return the shortest text that reads as this very number."""
    return repr(float(value)).removesuffix(".0")


def tidy(text: str) -> str:
    """Return a text with plain blanks, and a plain minus in front of digits."""
    if text.isascii() and " " not in text:
        return text.strip()
    return re.sub(r"^[−–](?=[0-9.,])", "-", " ".join(text.split()))


def is_number_missing(text: str, codes: Collection[str] = ()) -> bool:
    """Tell whether a cell of a numeric column says that nothing is known; ``codes`` are those that the user names."""
    text = tidy(text).lower()
    return text in _MISSING or is_code(text, codes)


@lru_cache(REMEMBERED)
def bare(text: str) -> str:
    """Return the number of a cell without what stands before or behind it."""
    text = tidy(text)
    if len(text) > LONGEST or text.lower() in _MISSING:
        return text
    bound = _BOUND.fullmatch(text)
    text = (bound["above"] or bound["most"]).strip() if bound is not None else text
    unit = _UNIT.fullmatch(text)
    return unit["number"] if unit is not None and number(text) is None else text


def read_numbers(cells: Sequence[str], decimal: Decimal = ".", codes: Collection[str] = ()) -> Numbers | None:
    """Read a column of numbers, or return None where it is text or levels.

    Parameters
    ----------
    cells
        The text of each cell.
    decimal
        The decimal separator of the file.
    codes
        Codes for *missing* that the user names, beside the usual ones.

    Returns
    -------
    numbers
        With ``strangers`` where some cells are no numbers and the column is one of numbers nevertheless: most of its
        cells are numbers, or a few words are all that is none.
    """
    plain = {text: tidy(text) for text in set(cells)}
    texts = [plain[text] for text in cells]
    meant = {text: _meaning(text, decimal, codes) for text in set(texts)}
    counts = Counter(meant[text].kind for text in texts)
    units = {one.unit for one in meant.values() if one.kind == "unit"}
    alone = len(units) == 1 and counts["unit"] + counts["missing"] == len(texts)
    usable = ("number", "grouped", "bound", "unit") if alone else ("number", "grouped", "bound")
    strangers = tuple((place, text) for place, text in enumerate(texts) if meant[text].kind not in (*usable, "missing"))
    meanings = [meant[text] for text in texts]
    if strangers and not _numbers_by_intent(meant, Counter(texts)):
        return None
    values = np.array([one.value if one.kind in usable else np.nan for one in meanings], dtype=float)
    if not strangers and not np.isfinite(values).any():
        return None
    missing = Counter(text for text in texts if meant[text].kind == "missing" and text.lower() not in MISSING)
    return Numbers(values, dict(missing), counts["bound"], counts["grouped"], max(units) if alone else "", strangers)


@dataclass(frozen=True)
class _Meaning:
    """What kind of writing a cell is (``other``: a number with the other decimal separator), and its number."""

    kind: Literal["missing", "number", "grouped", "bound", "unit", "other", "text"]
    value: float | None = None
    unit: str = ""


def _meaning(text: str, decimal: Decimal, codes: Collection[str]) -> _Meaning:
    """Tell how a cell is to be read."""
    if is_number_missing(text, codes):
        return _Meaning("missing")
    if len(text) > LONGEST:
        return _Meaning("text")
    value = number(text, decimal)
    if value is not None:
        return _Meaning("number" if _PLAIN[decimal].fullmatch(text) else "grouped", value)
    if number(text, "," if decimal == "." else ".") is not None:
        return _Meaning("other")
    bound = _BOUND.fullmatch(text)
    if bound is not None:
        limit = number(bound["above"] or bound["most"], decimal)
        return _Meaning("text") if limit is None else _Meaning("bound", limit)
    unit = _UNIT.fullmatch(text)
    value = number(unit["number"], decimal) if unit is not None else None
    return _Meaning("text") if unit is None or value is None else _Meaning("unit", value, unit["unit"])


def _numbers_by_intent(meant: Mapping[str, _Meaning], times: Mapping[str, int]) -> bool:
    """Tell whether a column, some of whose cells are none, is one of numbers: not of text, nor levels such as 1, 2, 3a.

    Most of its cells are numbers in some way of writing, or what is none is a few words.
    """
    units = {one.unit for one in meant.values() if one.kind == "unit"}
    kinds = {"number", "grouped", "bound", "other"} | ({"unit"} if len(units) <= FEW_WORDS else set())
    numbers = {text: one for text, one in meant.items() if one.kind in kinds}
    words = [text for text, one in meant.items() if one.kind not in kinds | {"missing"}]
    values = {one.value for one in numbers.values()}
    few = len(values) <= FEW_LEVELS
    if not numbers or (
        few and all(one.kind in ("number", "unit") and one.value == round(one.value or 0) for one in numbers.values())
    ):
        return False
    most = sum(times[text] for text in numbers) >= sum(times[text] for text in words)
    return most or len(words) <= FEW_WORDS < len(values)


def is_code(text: str, codes: Collection[str]) -> bool:
    """Tell whether a text is one of these codes, -9999.0 being -9999."""
    value = number(text)
    return any(text == code.lower() or (value is not None and value == number(code)) for code in codes)
