"""What of people's numbers may leave the building: the one place that decides it, for every kind of run.

The rule is that of statistical offices (Hundepool et al. 2012, *Statistical Disclosure Control*, chapters 4 and 5),
held against somebody who knows everybody but one, and knows this code:

- Levels of fewer than ten people, none at all included, are *joined* with others and not hidden, so that there is
  nothing to subtract; a factor that is left with one level is not told.
- Counts are then rounded to fives, a table's so that they still add up (controlled rounding, Cox 1987, JASA 82:520):
  two figures of nearly the same people do not give the few by which they differ.
- A mean is told in steps of at least a standard deviation divided by the number of people, that of ages of five, so
  that nobody's own value follows from it better than it is guessed. A percentile takes ten people beyond it and lies on
  a lattice. Together they are tried on every single person before they are told (``spread.spread_of``).
- A curve has no point with fewer than ten people on either side of it or between it and the next.

This module must not know roles, attacks or files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from math import ceil, floor, inf, log10
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain.record.numbers import Count, Number
from remembrain.types import Texts

FEWEST = 10
"""People that every figure rests on, at least."""

BASE = 5
"""Of which counts are multiples."""

FEW = f"<{FEWEST}"
"""What stands for a count of fewer, none included."""

OTHERS = "others"
THOUSANDTH = 0.001
DIGITS = 4
"""Significant digits of figures that are of everybody who was tested."""

NumberT = TypeVar("NumberT", bound=Number)
RecordT = TypeVar("RecordT")
Groups: TypeAlias = Sequence[Bool[np.ndarray, "person"]]

_PEOPLE = (
    r"(?:further |other |of the |known |unknown )*(?:people|persons?|participants?|subjects?|(?:non-?)?members?|others|"
    r"scans?|sessions?|visits?|records?|rows?|volumes?|images?|files?|lines?|names?|cells?|values?|ages?)\b"
)
_FEW_OF = re.compile(rf"(?<![\w.,:/<-])\d(?= {_PEOPLE})", re.IGNORECASE)
_NOT_OF_PEOPLE = ("assumption", "command", "name", "paper", "title", "version")
_WORDS = (re.compile(r"[\w.-]*\w"), re.compile(r"[\w-]+"))
_SAID_FEW = re.compile(r"(--(?:members|nonmembers|validation|population|canaries|unseen|tested)[= ])\d(?![\d.])")
_COEFFICIENTS = (1.0, 2.0, 5.0, 10.0)
_LEVELS = (0.0001, 0.001, 0.01, 0.05, 1.0)


def nearest(count: int) -> int:
    """Return the nearest multiple of five."""
    return BASE * floor(count / BASE + 0.5)


def count(number: int) -> Count:
    """Return a number of people by itself."""
    return FEW if number < FEWEST else nearest(number)


def total(people: int) -> Count:
    """Return a number of people that the audit was designed by, such as of those tested: exact where it is not few."""
    return FEW if people < FEWEST else people


def further(people: int, scans: int) -> int:
    """Return by how many scans are told to be more than people: fewer than ten, or none, are not counted."""
    return nearest(scans - people) if scans - people >= FEWEST else 0


def rounded(counts: Sequence[int] | Int[np.ndarray, "level"]) -> list[int]:
    """Return the counts of a table as multiples of five next to them, which add up to their rounded sum.

    All go down; as many as the sum needs go up instead, those that are nearest first.
    """
    exact = np.asarray(counts, dtype=int)
    down = exact // BASE * BASE
    up = (nearest(int(exact.sum())) - int(down.sum())) // BASE
    first = np.argsort(-(exact - down), kind="stable")[:up]
    down[first] += BASE
    return [int(number) for number in down]


def joined(levels: Texts, groups: Groups) -> dict[str, Bool[np.ndarray, "person"]]:
    """Return the levels of a factor without order, each of at least ten people of every group.

    Those of fewer are taken together as *others*, and with them the smallest of the rest until together they are
    enough. Levels that were joined before stay so: *others* are always all who are not named. Nothing is returned
    where one level would be left.
    """
    values = np.asarray(levels, dtype=str)
    names = [str(name) for name in np.unique(values)]
    fewest = {name: min(int(((values == name) & group).sum()) for group in groups) for name in names}
    kept = sorted((name for name in names if fewest[name] >= FEWEST), key=lambda name: (fewest[name], name))
    if len(kept) < len(names) and OTHERS in kept:
        kept.remove(OTHERS)
    while kept and len(kept) < len(names):
        rest = ~np.isin(values, kept)
        if min(int((rest & group).sum()) for group in groups) >= FEWEST:
            break
        kept.pop(0)
    masks = {name: values == name for name in sorted(kept)}
    if 0 < len(kept) < len(names):
        masks[OTHERS] = ~np.isin(values, kept)
    return masks if len(masks) > 1 else {}


def edges_of(values: Float[np.ndarray, "person"], groups: Groups) -> tuple[float, ...]:
    """Return round numbers between which, below and above which at least ten people of every group lie."""
    low, high = np.quantile(values, (0.02, 0.98)) if len(values) else (0.0, 0.0)
    if high <= low:
        return ()
    step = float(f"{(high - low) / 8:.1g}")
    numbers = np.arange(ceil(low / step), floor(high / step) + 1)
    return kept_edges(tuple(on_lattice(number * step, step) for number in numbers), values, groups)


def kept_edges(edges: Sequence[float], values: Float[np.ndarray, "person"], groups: Groups) -> tuple[float, ...]:
    """Return those of the edges that leave at least ten people of every group on either side and between them."""
    kept: list[float] = []
    for edge in edges:
        above = values >= edge
        between = ~above if not kept else ~above & (values >= kept[-1])
        if all(min(int((group & between).sum()), int((group & above).sum())) >= FEWEST for group in groups):
            kept.append(edge)
    return tuple(kept)


def bands(edges: Sequence[float], values: Float[np.ndarray, "person"]) -> dict[str, Bool[np.ndarray, "person"]]:
    """Return who lies below, between and above edges, by name; the first and the last are open."""
    if not len(edges):
        return {}
    place = np.digitize(values, edges)
    return {name_of(*ends): place == number for number, ends in enumerate(pairwise((-inf, *edges, inf)))}


def name_of(low: float, high: float) -> str:
    """Return what the band between two edges is called, of which one may be infinite."""
    if low == -inf:
        return f"below {high:g}"
    return f"{low:g} or more" if high == inf else f"{low:g} to {high:g}"


def p_of(value: float) -> float:
    """Return the smallest of a few usual levels that a p-value of people's facts is not above."""
    return next(level for level in _LEVELS if value <= level)


def step_of(spread: float, people: float) -> float:
    """Return the step in which a mean over people is told: the round number at or above ``spread / people``."""
    return round_up(spread / max(1.0, people))


def round_up(number: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is not below; 0 where there is nothing."""
    if not number > 0:
        return 0.0
    power = 10.0 ** floor(log10(number))
    return float(next(times * power for times in _COEFFICIENTS if times * power >= number * (1 - 1e-9)))


def in_steps(figure: NumberT, step: float) -> NumberT:
    """Return a figure with its interval on a lattice, the interval no narrower than it is."""
    if not step > 0:
        return figure
    return replace(
        figure,
        value=None if figure.value is None else in_step(figure.value, step),
        low=None if figure.low is None else on_lattice(floor(figure.low / step + 1e-9) * step, step),
        high=None if figure.high is None else on_lattice(ceil(figure.high / step - 1e-9) * step, step),
    )


def in_step(value: float, step: float) -> float:
    """Return the number on a lattice that is nearest."""
    return on_lattice(round(value / step) * step, step) if step > 0 else value


def share_in_steps(share: NumberT, people: int) -> NumberT:
    """Return a share of people with its interval in steps that one person does not fill."""
    stepped = in_steps(share, round_up(1 / people))
    return replace(stepped, value=_share(stepped.value), low=_share(stepped.low), high=_share(stepped.high))


def _share(value: float | None) -> float | None:
    """Return a share that is not outside of what a share can be."""
    return None if value is None else min(1.0, max(0.0, value))


def number(value: float, digits: int = DIGITS) -> float:
    """Return a number in so many significant digits."""
    return float(f"{value:.{digits}g}")


def figures(record: RecordT) -> RecordT:
    """Return what an attack achieved as it may leave: shares in thousandths, p-values in three digits, to any depth."""
    return cast(RecordT, _figure("", record))


def _figure(name: str, part: Any) -> Any:
    """Return a figure, or several by name, as they may leave."""
    if is_dataclass(part) and not isinstance(part, type):
        changed = {field.name: _figure(field.name, getattr(part, field.name)) for field in fields(part)}
        figure = replace(part, **changed)
        return in_steps(figure, THOUSANDTH) if isinstance(figure, Number) else figure
    if isinstance(part, Mapping):
        return {key: _figure(name, value) for key, value in part.items()}
    if isinstance(part, tuple):
        return tuple(_figure(name, value) for value in part)
    return number(part, 3) if isinstance(part, float) and name.startswith("p_") else part


def points(rates: Iterable[float], people: int) -> list[float]:
    """Return those of the rates, in order, that have ten people on either side and between any two."""
    kept: list[float] = []
    for rate in rates:
        before = kept[-1] if kept else 0.0
        if min((rate - before) * people, (1 - rate) * people) >= FEWEST - 1e-9:
            kept.append(rate)
    return kept


def leaving(content: Any, names: Iterable[str] = ()) -> Any:
    """Return all of a document as it may leave: figures in four digits, texts without small counts and names.

    It is the last step before a document is written, for what nothing above was applied to by name.

    Parameters
    ----------
    content
        Of JSON.
    names
        Identifiers that must not be in it.
    """
    known = frozenset(name for name in map(str, names) if _telling(name))
    return _leaving(content, known, "")


def _leaving(content: Any, names: frozenset[str], key: str, *, exact: bool = False) -> Any:
    """Return a part of a document as it may leave; of what was promised texts alone are changed: it is of nobody."""
    if isinstance(content, Mapping):
        return {
            name: _leaving(part, names, str(name), exact=exact or name == "privacy") for name, part in content.items()
        }
    if isinstance(content, list | tuple):
        return [_leaving(part, names, key, exact=exact) for part in content]
    if isinstance(content, float):
        return content if exact else number(content)
    return _text(content, names, key) if isinstance(content, str) else content


def _text(text: str, names: frozenset[str], key: str) -> str:
    """Return a text as it may leave."""
    text = _SAID_FEW.sub(r"\1…", text) if key == "command" else text
    text = text if key in _NOT_OF_PEOPLE else words(text)
    for word in _WORDS:
        text = word.sub(lambda match: "…" if match[0] in names else match[0], text)
    return text


def words(text: str) -> str:
    """Return a text in which no count of fewer than ten people or scans is told."""
    return _FEW_OF.sub(f"fewer than {FEWEST}", text)


def _telling(name: str) -> bool:
    """Tell whether an identifier is one that no ordinary word or number of a text is."""
    return len(name) > 4 or (len(name) > 2 and not name.isalnum())


def on_lattice(value: float, step: float) -> float:
    """Return a multiple of a step without the rest that binary numbers leave."""
    return round(value, max(0, 2 - floor(log10(step)))) + 0.0 if step > 0 else value
