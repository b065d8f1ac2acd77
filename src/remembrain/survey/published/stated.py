"""The numbers of one cell of a paper's table: ``52.3 (11.2)``, ``45 [38–61]``, ``12 (15.0%)``, ``12/80 (15)``.

A cell says what its row says that is told, and nothing else: what has another shape is no number at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from remembrain.cohort.numbers import Decimal
from remembrain.survey.published.specs import Spec
from remembrain.survey.published.words import Measure, status_of, without_flag

_BLANKS = "    '’"
_BELOW = re.compile(r"[(\[]\s*[<≤]\s*[0-9.,]+\s*%?\s*[)\]]$")
"""A percentage below a bound, beside people: these say it."""
_SIGNS = str.maketrans({"·": ".", "−": "-", "∓": "±", "～": "–", "~": "–"})
_FOOTNOTES = re.compile(r"(?<=[0-9%)\]])\s*(?:[*†‡§¶#¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ]+|\^?[a-d](?:\s?,\s?[a-d])*)$")
_REPEATED = {
    "mean": re.compile(r"(?P<before>[(\[])\s*(?:±|\+/-|s\.?d\.?\s*[:=]?)\s*(?=[0-9.])", re.IGNORECASE),
    "median": re.compile(r"(?P<before>[(\[])\s*i\.?q\.?r\.?\s*[:=]?\s*(?=[0-9.-])", re.IGNORECASE),
}
"""What a bracket repeats of what its row tells: *(±11.2)*, *(SD 11.2)*, *[IQR: 38–61]*."""
_PEOPLE = (
    re.compile(r"(?P<people>[0-9]+(?:\s?/\s?[0-9]+)?)(?:\s?;|\s?,\s)\s?(?P<percent>[0-9.,]+)\s?%"),
    re.compile(r"(?P<percent>[0-9.,]+)\s?%\s*[(\[]\s*(?P<people>[0-9]+\s?/\s?[0-9]+)\s*[)\]]"),
)
"""People and their percentage otherwise than *12/80 (15.0%)*: *12, 15.0%* and *15.0% (12/80)*."""
_BRACKETS = re.compile(r"^(?:[(\[]|±|\+/-)\s*|\s*[)\]]$")
_WITHIN = re.compile(r"[(\[][^()\[\]]*[)\]]|(?:±|\+/-)[^(\[]*")
_MAIN: Mapping[str, Measure] = {"mean": "mean", "median": "q50", "lower": "q25", "upper": "q75"}
_WIDTH = "the width between quartiles is no two quartiles"
_SEPARATORS = r"\s*(?:,|;|–|—|−|-|‑|/|\bto\b|\bbis\b|\bà\b|\band\b)\s*"


@dataclass(frozen=True)
class Number:
    """A number, with how many decimals it is written with."""

    value: float
    places: int


@dataclass(frozen=True)
class Stated:
    """What a cell tells, by measure; ``mark`` is what stands in place of numbers, ``note`` what was not used."""

    numbers: Mapping[Measure, Number] = field(default_factory=dict)
    mark: str | None = None
    note: str = ""


def stated(text: str, spec: Spec, decimal: Decimal) -> Stated | None:
    """Return what a cell tells, or nothing where its shape is not that of what its row tells."""
    plain, around = _as_usual(_plain(text), spec), None
    if spec.alone:
        plain = _BRACKETS.sub("", plain) if _WITHIN.fullmatch(plain) else plain
        pair = _pair(decimal).fullmatch(plain) if spec.first == "median" else None
        if pair is not None:
            return _of_quartiles(_number(pair["low"], decimal), _number(pair["high"], decimal))
    elif spec.beside in ("sd", "quartiles"):
        plain, around = _without_range(plain, spec, decimal)
    if not plain or (status_of(plain) is not None and not re.search(r"[0-9]\s*[(\[]", plain)):
        return Stated(mark=status_of(plain) or "")
    if spec.first in ("count", "percent"):
        plain = _BELOW.sub("", plain).strip()
    match = _shapes(decimal).fullmatch(plain)
    if match is None:
        return _hidden(plain)
    parts = {name: _number(found, decimal) for name, found in match.groupdict().items() if found}
    signs = {name: name in match.groupdict() and bool(match[name]) for name in ("sign1", "sign2")}
    numbers = {name: one for name, one in parts.items() if one is not None and not name.startswith("sign")}
    if spec.first in _MAIN:
        told = None if any(signs.values()) or "whole" in numbers else _of_number(numbers, spec)
        return told if around is None or told is None else _within(told, spec, around)
    return _of_people(numbers, spec, signs)


def _plain(text: str) -> str:
    """Return a cell with one kind of signs, and without the mark of a footnote behind it."""
    plain = " ".join(text.replace("**", "").translate(_SIGNS).split())
    plain = _FOOTNOTES.sub("", plain.replace("+-", "±"))
    return without_flag(plain) if "(" not in plain and "[" not in plain else plain


def _as_usual(plain: str, spec: Spec) -> str:
    """Return a cell as most are written that tell the same."""
    if spec.first in _REPEATED:
        return _REPEATED[spec.first].sub(r"\g<before>", plain)
    match = next((found for shape in _PEOPLE if (found := shape.fullmatch(plain))), None)
    return plain if match is None else f"{match['people']} ({match['percent']}%)"


def _hidden(plain: str) -> Stated | None:
    """Return that nothing is told where marks stand for all numbers: ``<5 (..)``, ``- (-)``."""
    parts = re.split(r"[(\[]", plain.rstrip(")]"), maxsplit=1)
    marks = [status_of(part.strip().removesuffix("%").strip()) for part in parts]
    return Stated(mark=marks[0] or "") if len(parts) == 2 and all(mark is not None for mark in marks) else None


def _without_range(plain: str, spec: Spec, decimal: Decimal) -> tuple[str, tuple[Number | None, ...] | None]:
    """Return a cell without the range or interval behind its numbers, ``52.3 ± 11.2 (20–80)``, and the ends of it."""
    for pattern, closed in _ranges(decimal)[: 3 if spec.first == "mean" else 2]:
        match = pattern.fullmatch(plain)
        if match is not None:
            return match["before"].rstrip() + closed, tuple(_number(match[end], decimal) for end in ("low", "high"))
    return plain, None


def _within(told: Stated, spec: Spec, around: tuple[Number | None, ...]) -> Stated | None:
    """Return what a cell tells without the range around it, which has to be one."""
    low, high = around
    main = told.numbers.get(_MAIN[spec.first])
    if main is None or low is None or high is None or not low.value <= main.value <= high.value:
        return None
    return replace(told, note="the range or interval behind its numbers is not used")


def _of_quartiles(low: Number | None, high: Number | None) -> Stated | None:
    """Return two quartiles that stand without their median."""
    if low is None or high is None or low.value > high.value:
        return None
    return Stated({"q25": low, "q75": high})


def _of_digits(decimal: Decimal) -> str:
    """Return the shape of a number, with thousands parted by what is not the decimal separator."""
    point, parting = (r"\.", ",") if decimal == "." else (",", r"\.")
    thousands = rf"[1-9][0-9]{{0,2}}(?:[{parting}{_BLANKS}][0-9]{{3}})+(?![0-9])"
    return rf"-?(?:{thousands}|[0-9]+)(?:{point}[0-9]+)?|-?{point}[0-9]+"


@lru_cache
def _pair(decimal: Decimal) -> re.Pattern[str]:
    """Return the shape of two numbers in order."""
    number = _of_digits(decimal)
    return re.compile(rf"(?P<low>{number}){_SEPARATORS}(?P<high>{number})", re.IGNORECASE)


@lru_cache
def _ranges(decimal: Decimal) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the shapes of a cell with a range behind its numbers, or inside their brackets, and what closes it."""
    number = _of_digits(decimal)
    low, high = rf"(?P<low>{number})", rf"(?P<high>{number})"
    apart = rf"{low}{_SEPARATORS.replace(',|;|', '')}{high}"
    before = rf"(?P<before>[^(\[]+(?:[(\[][^(\[]*[)\]]|(?:±|\+/-)\s*(?:{number})))"
    shapes = (
        (rf"{before}\s*[,;]?\s*[(\[]\s*{low}{_SEPARATORS}{high}\s*[)\]]", ""),
        (rf"{before}\s*[,;]\s*{apart}", ""),
        (rf"(?P<before>[^(\[]+[(\[]\s*(?:{number}))\s*[,;]\s*{apart}\s*[)\]]", ")"),
    )
    return tuple((re.compile(shape, re.IGNORECASE), closed) for shape, closed in shapes)


@lru_cache
def _shapes(decimal: Decimal) -> re.Pattern[str]:
    """Return the shapes of a cell."""
    number = _of_digits(decimal)

    def named(name: str) -> str:
        return rf"(?P<{name}>{number})"

    inside = rf"(?:n\s*=\s*)?{named('second')}\s*(?P<sign2>%)?(?:{_SEPARATORS}{named('third')})?"
    return re.compile(
        rf"{named('first')}\s*(?P<sign1>%)?(?:\s*(?:/|\bof\b|\bout of\b)\s*{named('whole')})?"
        rf"(?:\s*[(\[]\s*{inside}\s*[)\]]|\s*(?:±|\+/-)\s*{named('spread')})?",
        re.IGNORECASE,
    )


def _number(text: str, decimal: Decimal) -> Number | None:
    """Return a number of these digits."""
    bare = re.sub(rf"[{_BLANKS}{',' if decimal == '.' else '.'}]", "", text).replace(",", ".")
    try:
        return Number(float(bare), len(bare.partition(".")[2]))
    except ValueError:
        return None


def _of_number(numbers: Mapping[str, Number], spec: Spec) -> Stated | None:
    """Return a mean with its spread, or a median with its quartiles; what else stands beside is not used."""
    if spec.unsure and len(numbers) < (3 if spec.first == "median" else 2):
        return None
    first, second, third, spread = (numbers.get(name) for name in ("first", "second", "third", "spread"))
    if first is None:
        return None
    main = _MAIN[spec.first]
    if spec.beside == "sd":
        beside = second or spread
        if third is not None or (beside is not None and beside.value < 0):
            return None
        if beside is None:
            return Stated({"sd" if spec.alone else main: first})
        return Stated({main: first, "sd": beside})
    if spec.beside == "quartiles" and third is not None and second is not None:
        if not second.value <= first.value <= third.value:
            return None
        return Stated({"q25": second, main: first, "q75": third})
    if spec.beside == "quartiles" and second is not None:
        return Stated({main: first}, note=f"{_WIDTH}: the median alone is used")
    if spec.beside == "quartiles" and spread is not None:
        return None
    if spec.alone:
        return Stated(note=f"{_WIDTH}, and not used")
    extra = second is not None or spread is not None
    if extra and not spec.beside:
        return None  # what it is, nobody says
    return Stated({main: first}, note="what stands beside its numbers is not used" if extra else "")


def _of_people(numbers: Mapping[str, Number], spec: Spec, signs: Mapping[str, bool]) -> Stated | None:
    """Return people, of how many, and a percentage, whichever of them a cell has."""
    first, second, whole = (numbers.get(name) for name in ("first", "second", "whole"))
    if first is None or "third" in numbers or "spread" in numbers:
        return None
    turned = spec.first == "percent" or signs["sign1"]
    people: Number | None
    share: Number | None
    if turned and whole is None and not signs["sign2"]:
        people, share = second, first
    elif signs["sign1"]:
        return None
    else:
        people, share = first, second
        if second is None and whole is None and spec.unsure:
            people, share = None, first
    found: dict[Measure, Number | None] = {"count": people, "of": whole, "percent": share}
    told = {measure: one for measure, one in found.items() if one is not None}
    if any(one.places or one.value < 0 for measure, one in told.items() if measure != "percent"):
        return None
    if "percent" in told and not 0 <= told["percent"].value <= 100:
        return None
    return Stated(told)
