"""The numbers below the headings of a table of regions, by region, levels and statistic; each stands there once.

Knows what stands where, and not what it is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from remembrain._text import shown
from remembrain.cohort.numbers import Decimal
from remembrain.survey.columns import Question
from remembrain.survey.published.cells import Column, Numbers, read_numbers
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.regional import Sheet
from remembrain.survey.published.regional_headings import OF_PAIRS, Kind, Levels, RegionalHeading
from remembrain.survey.published.words import status_of

_PAIR = re.compile(r"(?P<first>[^()\[\]±]*?[0-9])\s*(?:[(\[]|±|\+/?[-−])\s*(?P<second>[^()\[\]]*?)\s*[)\]]?")

Key: TypeAlias = tuple[str, Levels, Kind]
"""A region, of whom, and which statistic."""


@dataclass(frozen=True, eq=False)
class Fact:
    """One number with half its last place, the heading and the line that it stands at."""

    value: float
    half: float
    places: int
    own: int
    mark: str
    heading: RegionalHeading
    line: int


def facts_of(sheet: Sheet, between: Question | None, understood: Understood) -> dict[Key, Fact]:
    """Return every number of a sheet, with what is no number and what stands twice asked about."""
    found: dict[Key, Fact] = {}
    twice: dict[tuple[str, str], list[str]] = {}
    decimal = _decimal(sheet, understood)
    for kind, heading, texts in _columns(sheet, understood):
        numbers = _read(texts, kind, decimal)
        for row, text in numbers.strangers:
            where = f"{sheet.grid.where} line {sheet.line(row)}"
            understood.ask(
                where, f"{shown(text)!r} below {shown(heading.name)!r} is no number and no mark that is known"
            )
        for row, region in enumerate(sheet.regions):
            levels, dropped = _levels(sheet, row, heading, kind, between)
            fact = _fact(numbers, texts, row, heading, sheet.line(row))
            key = (region, levels, kind)
            before = found.setdefault(key, fact)
            if dropped and np.isnan(before.value):
                found[key] = before = fact
            if before is not fact and not (dropped and _same(before, fact)):
                at = f"lines {before.line} and {fact.line}" if before.line != fact.line else f"line {fact.line}"
                below = " and ".join(dict.fromkeys(repr(shown(one.heading.name)) for one in (before, fact)))
                twice.setdefault((kind, below), []).append(f"{region} ({at})")
    for (_, below), regions in twice.items():
        more = f" and {len(regions) - 1} more" if len(regions) > 1 else ""
        understood.ask(sheet.grid.where, f"below {below} the same number stands twice: {regions[0]}{more}")
    return found | dict(_said_over(found))


def _same(one: Fact, other: Fact) -> bool:
    """Tell whether a number of both groups stands in the rows of either, or in one of them."""
    return one.heading is other.heading and (one.value == other.value or bool(np.isnan(other.value)))


def _levels(
    sheet: Sheet, row: int, heading: RegionalHeading, kind: Kind, between: Question | None
) -> tuple[Levels, bool]:
    """Return of whom a number is, and whether it is of both groups though its row is of one."""
    of_row = {name: int(place[row]) for name, place in sheet.levels.items() if place[row] >= 0}
    of_both = kind in OF_PAIRS and between is not None and between.name in sheet.levels
    if of_both and between is not None:
        of_row.pop(between.name, None)
    return tuple(sorted({**of_row, **dict(heading.levels)}.items())), of_both


def _columns(sheet: Sheet, understood: Understood) -> Iterator[tuple[Kind, RegionalHeading, list[str]]]:
    """Yield each column of one kind of number; the number in brackets is a column of its own."""
    for place, heading in sheet.headings.items():
        texts = sheet.texts(place)
        if len(heading.kinds) == 1:
            yield heading.kinds[0], heading, texts
            continue
        pairs = [_PAIR.fullmatch(text) for text in texts]
        for row, (pair, text) in enumerate(zip(pairs, texts, strict=True)):
            if pair is None and status_of(text) is None:
                what = f"{shown(text)!r} below {shown(heading.name)!r} is no number with another in brackets"
                understood.ask(f"{sheet.grid.where} line {sheet.line(row)}", what)
        for part, kind in zip(("first", "second"), heading.kinds, strict=True):
            if kind != "beside":
                yield kind, heading, ["" if pair is None else pair[part] for pair in pairs]


def _decimal(sheet: Sheet, understood: Understood) -> Decimal:
    """Return the decimal separator with which every number can be read; asked for where either can and differs."""
    columns = [(kind, texts) for kind, _, texts in _columns(sheet, Understood()) if kind not in ("n", "df")]
    strange, values = {}, {}
    for decimal in _DECIMALS:
        read = [read_numbers(Column.of(texts), decimal) for _, texts in columns]
        strange[decimal] = sum(len(numbers.strangers) for numbers in read)
        values[decimal] = [numbers.value.tolist() for numbers in read]
    if strange["."] != strange[","]:
        return "." if strange["."] < strange[","] else ","
    commas = any("," in text for _, texts in columns for text in texts)
    with_semicolons = sheet.grid.separator == ";"
    if str(values["."]) == str(values[","]) or not (commas or with_semicolons):
        return "."
    if commas != with_semicolons:
        understood.ask(sheet.grid.where, "whether its commas are those of decimals cannot be told: write points")
    return ","


_DECIMALS: tuple[Decimal, Decimal] = (".", ",")


def _read(texts: Sequence[str], kind: Kind, decimal: Decimal) -> Numbers:
    """Return the numbers of a column; those of people are whole, whichever separator of thousands they have."""
    read = read_numbers(Column.of(texts), decimal)
    if kind == "n" and not _are_whole(read):
        other = read_numbers(Column.of(texts), "," if decimal == "." else ".")
        return other if _are_whole(other) else read
    return read


def _are_whole(numbers: Numbers) -> bool:
    """Tell whether every number is one of people."""
    told = numbers.value[np.isfinite(numbers.value)]
    return not numbers.strangers and bool((told == np.round(told)).all())


def _fact(numbers: Numbers, texts: Sequence[str], row: int, heading: RegionalHeading, line: int) -> Fact:
    """Return the number of a row."""
    value = float(numbers.value[row])
    own = numbers.places if numbers.own is None else int(numbers.own[row])
    mark = "" if np.isfinite(value) else texts[row]
    return Fact(value, 0.5 * 10.0**-own, numbers.places, own, mark, heading, line)


def _said_over(found: Mapping[Key, Fact]) -> Iterator[tuple[Key, Fact]]:
    """Yield how many people, or degrees of freedom, a heading says there are, where no column does."""
    for (region, levels, kind), fact in list(found.items()):
        heading = fact.heading
        said: dict[Kind, float | None] = {"n": heading.people if kind in ("mean", "sd") else None}
        said["df"] = heading.freedom if kind == "t" else None
        for other, number in said.items():
            if number is not None and (region, levels, other) not in found:
                yield (region, levels, other), Fact(float(number), 0.0, 0, 0, "", heading, fact.line)
