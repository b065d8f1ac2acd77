"""Which spellings are one person, or one session; knows nothing of files.

Two spellings are one person where they differ by ``sub-``, upper and lower case, or leading zeros alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from remembrain.errors import Problem

_WHOLE = re.compile(r"^([0-9]+)\.0+$")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"), "-")


@dataclass(frozen=True)
class Matched:
    """Names as the data spells them, by the name as given; those that are not in it; and what was understood.

    ``alike`` are the people of the data, or of the list, whom a name that is not in it may mean.
    """

    spelling: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    notes: tuple[Problem, ...] = ()
    alike: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def alike(people: Iterable[str], where: str) -> list[Problem]:
    """Return a fatal problem for everybody whose name is another's but for case, ``sub-``, leading zeros or signs."""
    spellings: dict[str, list[str]] = defaultdict(list)
    for name in sorted(set(people) - {""}):
        spellings[person_key(name)].append(name)
    return [
        Problem(
            where,
            f"{name} and {next(other for other in names if other != name)} differ only by {_difference(names)}: "
            "one person may not be two",
            participant=name,
            summary=f"names differ only by {_difference(names)}, and may be one person",
        )
        for names in spellings.values()
        if len(names) > 1
        for name in names
    ]


def _difference(names: Sequence[str]) -> str:
    """Return in what the spellings of one name differ."""
    if len({_plain(name.casefold().removeprefix("sub-")) for name in names}) > 1:
        return "hyphens, quotation marks or .0"
    return "case, sub- or leading zeros"


def person_key(name: str) -> str:
    """Return what all spellings of one person's name have in common: sub-001, 001, SUB-1 and 1.0 are 1."""
    text = unicodedata.normalize("NFKC", name).translate(_HYPHENS).strip("'\" ").casefold().removeprefix("sub-")
    return _plain(_WHOLE.sub(r"\1", text))


def session_key(name: str) -> str:
    """Return what all spellings of a session's name have in common: ses-01, 01, 1 and 1.0 are 1."""
    text = re.sub(r"^(?:session|ses)[-_ ]?(?=.)", "", name.strip().casefold())
    return _plain(_WHOLE.sub(r"\1", text))


def _plain(text: str) -> str:
    """Return a text without leading zeros in its numbers."""
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", text)


def match_names(names: Iterable[str], have: Iterable[str], *, where: str) -> Matched:
    """Find people of the data by names as somebody else wrote them.

    A name is taken as it stands, with or without ``sub-``; else, where exactly one person of the data and one name of
    the list have it in common, without leading zeros and whatever its case; and that is told.
    """
    wanted, there = list(dict.fromkeys(names)), set(have)
    by_key: dict[str, list[str]] = defaultdict(list)
    for name in there:
        by_key[person_key(name)].append(name)
    forms: dict[str, set[str]] = defaultdict(set)
    for name in wanted:
        forms[person_key(name)].add(name.removeprefix("sub-"))
    spelling, unknown, loose = {}, [], []
    for name in wanted:
        exact = next((form for form in (name, f"sub-{name}", name.removeprefix("sub-")) if form in there), None)
        key = person_key(name)
        if exact is not None:
            spelling[name] = exact
        elif len(by_key[key]) == 1 and len(forms[key]) == 1:
            spelling[name] = by_key[key][0]
            loose.append(name)
        else:
            unknown.append(name)
    notes: tuple[Problem, ...] = ()
    if loose:
        what = (
            f"{len(loose)} names differ from the data's only by leading zeros or case, and are taken for the same "
            f"people ({loose[0]} for {spelling[loose[0]]})"
        )
        summary = "names that differ from the data's only by leading zeros or case are taken for the same people"
        notes = (Problem(where, what, fatal=False, summary=f"{len(loose)} {summary}"),)
    meant = {name: tuple(sorted(by_key[person_key(name)])) for name in unknown}
    return Matched(spelling, tuple(unknown), notes, meant)
