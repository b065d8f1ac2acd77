"""Numbers and names as a reader sees them. Knows nothing of pages or pictures.

Upper ends of rates are rounded up; what has no number reads *not assessed*; no word here may comfort.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from remembrain.record.numbers import Count, Number
from remembrain.types import FindingStatus

NOT_ASSESSED = "not assessed"
MINUS, NBSP = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"
VERDICTS: dict[FindingStatus, str] = {
    "members recognised": "Members can be recognised",
    "not shown beyond the blind baseline": "Members can be told apart; too few people to say whether by the model",
    "confounded": "The groups can be told apart, but the model may not be the reason",
    "not detected": "Recognition of members was not shown",
    "not assessed": "Not assessed",
}
LABELS: dict[FindingStatus, str] = {
    "members recognised": "recognised",
    "not shown beyond the blind baseline": "too few people to tell",
    "confounded": "confounded",
    "not detected": "not shown",
    "not assessed": "not assessed",
}
OVER_SITES = "trained over several sites"
"""Of a model of a federation, at one of its sites."""

_POWER = re.compile(r"\b(\d+(?:\.\d+)?)e([-+]\d+)\b")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PARTS = {3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 8: "eighth", 10: "tenth"}
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Line:
    """One line of a list: a question or a fact, what is said of it, and the status that it is marked with."""

    name: str
    text: str
    mark: str = ""


def decimal(value: float | None, digits: int = 2, *, sign: bool = False) -> str:
    """Return a number with a fixed number of digits and a true minus sign."""
    if value is None:
        return NOT_ASSESSED
    rounded = round(value, digits) or 0.0
    return f"{rounded:{'+' if sign else ''}.{digits}f}".replace("-", MINUS)


def percent(share: float, *, up: bool = False, down: bool = False) -> str:
    """Return a share such as ``12 %`` or ``4.1 %``, rounded up or down where asked."""
    decimals = 0 if share >= 0.0995 else 1
    scaled = 100 * share * 10**decimals
    whole = ceil(scaled - 1e-9) if up else floor(scaled + 1e-9) if down else round(scaled)
    return f"{whole / 10**decimals:g}{NBSP}%"


def rounded(value: float | None, *, up: bool = False) -> str:
    """Return an epsilon with three figures, down unless ``up``; small and large ones as powers of ten."""
    if value is None:
        return NOT_ASSESSED
    if value <= 0:
        return "0"
    places = 2 - floor(log10(value))
    scaled = value * 10.0**places
    whole = ceil(scaled - 1e-6) if up else floor(scaled + 1e-6)
    short = whole / 10.0**places
    return f"{short:,.0f}" if 100 <= short < 1e6 else tidy(f"{short:.3g}")


def confidence_of(confidence: float) -> str:
    """Return a confidence in per cent, with as many digits as it takes to tell it from 100."""
    return f"{100 * confidence:.4g}{NBSP}%"


def value_of(number: Number | None, digits: int = 2, *, sign: bool = False) -> str:
    """Return the value alone."""
    return decimal(number.value if number and number.known else None, digits, sign=sign)


def interval_of(number: Number | None, digits: int = 2, *, sign: bool = False) -> str:
    """Return the interval alone, ``0.90 to 0.94``; nothing where there is none."""
    if number is None or not number.known:
        return ""
    _, low, high = number.ends()
    return f"{decimal(low, digits, sign=sign)} to {decimal(high, digits, sign=sign)}"


def rate_of(number: Number | None) -> str:
    """Return the value of a share, in per cent."""
    return percent(number.ends()[0]) if number and number.known else NOT_ASSESSED


def rate_interval(number: Number | None) -> str:
    """Return the interval of a share in per cent, never narrower than it is."""
    if number is None or not number.known:
        return ""
    _, low, high = number.ends()
    return f"{percent(low, down=True)} to {percent(high, up=True)}"


def rate_slope(number: Number | None) -> str:
    """Return a share by which something rises, ``10.1 (9.6 to 10.6) %``; it may be below 0 or above 1."""
    if number is None or not number.known:
        return NOT_ASSESSED
    value, low, high = (decimal(100 * end, 1) for end in number.ends())
    return f"{value} ({low} to {high}){NBSP}%"


def with_interval(number: Number | None, digits: int = 2) -> str:
    """Return ``0.92 (0.90 to 0.94)``."""
    interval = interval_of(number, digits)
    return f"{value_of(number, digits)} ({interval})" if interval else NOT_ASSESSED


def cells(levels: Mapping[str, Count]) -> str:
    """Return how many people have each value: ``F 165, M 135``."""
    return ", ".join(f"{name}{NBSP}{count_of(count)}" for name, count in levels.items()) or "not told"


def count_of(count: Count) -> str:
    """Return a count of people; small ones come as texts."""
    return f"{count:,}" if isinstance(count, int) else count.replace("<", "fewer than ")


def spelled(count: int) -> str:
    """Return a number up to twelve as a word."""
    return _WORDS[count] if count < len(_WORDS) else f"{count:,}"


def part(share: float) -> str:
    """Return a share of one part in K, or of all but one, as words: ``half``, ``a fifth``, ``all but a fifth``."""
    parts = round(1 / min(share, 1 - share))
    if parts == 2:
        return "half"
    one = f"a {_PARTS[parts]}" if parts in _PARTS else f"one in {parts}"
    return one if share < 0.5 else f"all but {one}"


def several(count: int, one: str, many: str | None = None) -> str:
    """Return ``1 attack`` or ``8 attacks``, with small numbers as words."""
    return f"{spelled(count)} {one if count == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """Return ``A``, ``A and B`` or ``A, B and C``."""
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + (names[-1] if names else "")


def capital(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Return a text with a capital at its beginning and a full stop at its end."""
    return capital(text.strip()).rstrip(".") + "." if text.strip() else ""


def tidy(text: str) -> str:
    """Keep numbers and what belongs to them on one line, and write powers of ten as such."""
    text = _POWER.sub(lambda match: f"{match[1]}{NBSP}×{NBSP}10{str(int(match[2])).translate(_RAISED)}", text)
    return text.replace(" %", NBSP + "%").replace("p = ", f"p{NBSP}={NBSP}").replace(" x ", f"{NBSP}\u00d7{NBSP}")
