"""What the rows of a paper's table say that they tell: *Age, years, mean (SD)*, *Sex, n (%)*, *BMI, median [IQR]*.

A label has a name, what is told of it, and a unit. Knows words, and neither questions nor numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from remembrain.survey.published.words import form

Kind: TypeAlias = Literal["mean", "median", "lower", "upper", "percent", "count", "other"]
"""What the first number of a cell is; ``lower`` and ``upper`` are quartiles, ``other`` is what is not used."""
Beside: TypeAlias = Literal["sd", "quartiles", "apart", "percent", "count", ""]
"""What stands beside it; ``apart`` is what is not used, as a range or an interval, nothing what is not said."""


@dataclass(frozen=True)
class Spec:
    """What the numbers of a row are: the first of a cell, and those beside it."""

    first: Kind
    beside: Beside = ""
    unsure: bool = False
    alone: bool = False
    """Whether what stands beside stands alone, as in a row of standard deviations, or of quartiles, below another."""
    more: bool = False
    """Whether a range or an interval follows, which is not used."""


PEOPLE = Spec("count", "percent")
"""People with their percentage, as a row of a level tells where it says nothing."""
_WORDS = {
    "iqr": r"\b(?:i\.?q\.?r\.?\b|inter-?\s?quartile range)|(?<!lower )(?<!upper )(?<!first )(?<!third )(?<!1st )"
    r"(?<!3rd )\bquartiles?\b|\b(?:lower|first|1st)\s*(?:[,;/–—-]|to|and)\s*(?:upper|third|3rd)\s+quartiles?\b"
    r"|\bq1\s*(?:[,;:/–—-]|to|and)\s*q3\b"
    r"|\b(?:p\s?)?25(?:th|%)?\s*(?:percentile)?\s*(?:[,;:/–—-]|to|and)\s*(?:p\s?)?75(?:th|%)?(?:\s*percentiles?)?",
    "q1": r"\bq1\b|\bp25\b|\b25(?:th|%)?\s*(?:percentile|centile)\b|\b(?:lower|first|1st) quartile\b",
    "q3": r"\bq3\b|\bp75\b|\b75(?:th|%)?\s*(?:percentile|centile)\b|\b(?:upper|third|3rd) quartile\b",
    "se": r"\bs\.?e\.?m?\.?(?=\W|$)|\b(?:standard|std\.?) err(?:ors?\b|\b\.?)",
    "ci": r"\b(?:95\s?%\s?)?(?:ci|confidence intervals?)\b",
    "sd": r"\bs\.?d\.?(?=\W|$)|\bstd\.?(?:\s?dev(?:iation)?\.?)?(?=\W|$)|\bstandard deviations?\b",
    "range": r"\b(?:range|min(?:imum)?\W{0,3}(?:to\s)?max(?:imum)?)\b",
    "median": r"\b(?:median|mdn|med|p50|50(?:th|%)?\s*(?:percentile|centile)|(?:second|2nd) quartile)\b",
    "other mean": r"\b(?:(?:geometric|harmonic|trimmed|winsori[sz]ed|weighted|adjusted|predicted|estimated|marginal|"
    r"least.squares?|ls|log)(?:[ -]marginal)?[ -]means?|gmean|lsmeans?|emmeans?)\b",
    "mean": r"\b(?:mean|average|avg)\b",
    "percent": r"(?:\b(?:col(?:umn)?|row|table|layer|valid)\s(?:valid\s)?(?:n\s)?)?%"
    r"|\b(?:per\s?cent|percentage|proportion)\b",
    "count": r"\bn\b(?:\s*/\s*n\b)?|\bno\b\.?|\bnumber\b|\bcounts?\b|\bfreq(?:uency)?\b|№",
}
_TOKENS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _WORDS.items()}
ALONE: Mapping[str, Spec] = {
    "25 %": Spec("lower"), "50 %": Spec("median"), "75 %": Spec("upper"),
    **dict.fromkeys(("min", "max", "minimum", "maximum", "min max", "minimum maximum", "range", "variance", "var",
                     "mode", "skewness", "kurtosis"), Spec("other")),
}  # fmt: skip
"""What is told where it is all that a text says: *min* behind a name are minutes."""
_BESIDE = re.compile(r"\S\s*(?:[(\[±]|\+/-)")
_MARKS = re.compile(r"[*†‡§¶#¹²³⁴⁵⁶⁷⁸⁹⁰ᵃᵇᶜᵈ]+|\^\w\b|<sup>.*?</sup>")
_PARTING = re.compile(r"\s*[,;:]\s+|\s+[—–-]+\s+|\s*—\s*|\s*(?=[(\[])|[)\]]\s*")
_UNITS = re.compile(
    r"(?:in |at baseline|per |no |units?|score|points?|years?|yrs?|y|yo|months?|weeks?|days?|hours?|h|min|s|ms|hz|bpm|"
    r"kg|g|mg|µg|ug|ng|pg|lb|m2?|m²|cm3?|cm|mm3?|mm|mm ?hg|l|dl|ml|µl|mol|mmol|nmol|µmol|u|iu|kcal|kj|usd|eur|gbp|"
    r"euros?|dollars?|thousands?|°c|c|ic|[/%$€£^0-9.² ·])+",
    re.IGNORECASE,
)


def spec_in(text: str) -> tuple[Spec | None, str]:
    """Return what a text says that is told, nothing where it says nothing, and the text without these words."""
    rest, at = text, {}
    for name, pattern in _TOKENS.items():
        match = pattern.search(rest)
        if match is not None:
            at[name] = match.start()
            rest = pattern.sub(lambda found: " " * len(found[0]), rest)
    found = ALONE.get(form(text)) or _spec_of(at, plus_minus="±" in text or "+/-" in text)
    return found if found is None or not _BESIDE.search(text) else replace(found, alone=False), rest


def _spec_of(at: dict[str, int], *, plus_minus: bool) -> Spec | None:
    """Return what words say, by where each stands."""
    if "mean" in at and "median" in at:
        return Spec("other", unsure=True)
    if "other mean" in at:
        return Spec("other")
    apart = {"se", "ci", "range"} & at.keys()
    if "median" in at or ("iqr" in at and "mean" not in at):
        more = _follows(at, "iqr", apart)
        beside: Beside = "apart" if apart and not more else "quartiles" if "iqr" in at else ""
        return Spec("median", beside, alone="median" not in at and beside == "quartiles", more=more)
    if "mean" in at or "sd" in at:
        more = _follows(at, "sd", apart)
        beside = "apart" if apart and not more else "sd" if "sd" in at else ""
        return Spec("mean", beside, alone="mean" not in at and beside == "sd", more=more)
    quartiles = {"q1", "q3"} & at.keys()
    if quartiles:
        return Spec("other" if len(quartiles) > 1 else "lower" if "q1" in at else "upper")
    if apart or plus_minus:
        return Spec("other")
    if "percent" in at and "count" in at:
        return Spec("count", "percent") if at["count"] < at["percent"] else Spec("percent", "count")
    if "percent" in at:
        return Spec("count", "percent", unsure=True)
    return Spec("count") if "count" in at else None


def _follows(at: Mapping[str, int], beside: str, apart: Set[str]) -> bool:
    """Tell whether a range or an interval is told behind what stands beside a number: *mean (SD) [range]*."""
    return bool(apart) and beside in at and "se" not in apart and all(at[one] > at[beside] for one in apart)


@dataclass(frozen=True)
class Label:
    """A row's label: what is told, and each name it may have, the longest first, with what is left beside it."""

    spec: Spec | None
    names: tuple[tuple[str, str], ...]


def label_of(text: str) -> Label:
    """Return what a label says; a name is its first part, or parts, without the words for what is told."""
    bare = " ".join(without_marks(text).split())
    spec, _ = spec_in(bare)
    names = dict(_names(bare))
    return Label(spec, tuple(names.items()))


def without_marks(text: str) -> str:
    """Return a text without the marks of footnotes, and without those of bold letters."""
    return _MARKS.sub("", re.sub(r"\*\*|^__|__$", "", text))


def _names(text: str) -> Iterator[tuple[str, str]]:
    """Yield names and what is left beside each, the longest first."""
    ends = sorted({len(text), *(match.start() for match in _PARTING.finditer(text) if match.start())}, reverse=True)
    for end in ends:
        name = text[:end].strip()
        yield name, text[end:]
        without = tidied(spec_in(name)[1])
        if without and without != name:
            yield without, text[end:]


def tidied(text: str) -> str:
    """Return a text without brackets and marks of which nothing is left, at its ends and inside."""
    bare = re.sub(r"[(\[]\s*[±,;:/–—-]*\s*[)\]]|±|\+/-", " ", text)
    bare = " ".join(bare.split())
    return re.sub(r"^(?:of\s+|[\s,;:.–—-])+|[\s,;:.(\[–—-]+$", "", bare)


def is_beside(rest: str) -> bool:
    """Tell whether what is left of a label beside its name is what is told and a unit, and says nothing more."""
    left = re.sub(r"[(),;:\[\]±–—+-]", " ", spec_in(_MARKS.sub("", rest))[1])
    left = " ".join(left.split())
    return not left or _UNITS.fullmatch(left) is not None or not form(left)
