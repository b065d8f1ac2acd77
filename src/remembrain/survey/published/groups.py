"""The columns of a paper's table: everybody, groups of people with how many they are, p-values, and what is not used.

``Controls (n = 120)`` is a group, a level of one of the questions. Knows headings, and no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from remembrain._text import few, shown
from remembrain.survey.columns import Question
from remembrain.survey.published.cells import Column
from remembrain.survey.published.likeness import level_like
from remembrain.survey.published.vocabulary import Vocabulary, places_in
from remembrain.survey.published.words import form, is_total, measure_of

Role: TypeAlias = Literal["everybody", "group", "p", "not used"]
_PEOPLE = re.compile(
    r"[(\[,;]?\s*\bn\s*=\s*(?P<n>[0-9]+(?:[,.  ' ][0-9]{3})*(?![0-9]))\s*(?:[;,]\s*[0-9.,]+\s*%)?\s*[)\]]?",
    re.IGNORECASE,
)
_PLURAL = r"(?:patients|participants|subjects|people|persons|individuals|sample|cohort|population|study)"
_EVERYBODY = re.compile(
    rf"(?:the )?(?:all|total|overall|entire|whole|full|complete)(?: study)?(?: {_PLURAL})*|(?:the )?study {_PLURAL}"
)
_TESTS = ("t",)
"""What stands over numbers of tests, though it may be short for *total* elsewhere."""
_OF_PEOPLE = re.compile(r"(?<=\w)\s+(?:group|arm|participants|subjects)$", re.IGNORECASE)
_MARKS = re.compile(r"\*\*|[*†‡§¶#¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ]+$")
_P = re.compile(r"p( values?)?( for .*| adjusted| trend)?|adjusted p( values?)?|sig( 2 tailed)?|significance")


@dataclass(frozen=True)
class Group:
    """A column of numbers: which people it is of, and how many they are where that is said."""

    column: int
    role: Role
    name: str
    question: Question | None = None
    level: int = -1
    people: int | None = None
    alike: bool = False
    """Whether its heading has other words than the level."""


def people_of(heading: str) -> tuple[str, int | None]:
    """Return a heading without how many people stand below it, and how many these are."""
    match = _PEOPLE.search(heading)
    if match is None:
        return _tidied(heading), None
    digits = re.sub(r"\D", "", match["n"])
    return _tidied(heading[: match.start()] + " " + heading[match.end() :]), int(digits)


def is_p(heading: str) -> bool:
    """Tell whether p-values stand below a heading."""
    said = form(heading)
    return _P.fullmatch(said) is not None or measure_of(heading) == "p"


def groups_of(
    headings: Sequence[tuple[int, str]], vocabulary: Vocabulary, by: Sequence[str]
) -> tuple[list[Group], list[str]]:
    """Return what stands in each column, and what is not clear.

    Parameters
    ----------
    headings
        The places of columns of numbers and what stands over each.
    vocabulary
        What questions and levels are called.
    by
        The questions within whose levels there are tables: where a heading may be a level of several, these are meant,
        and a level of these may have other words.
    """
    found: list[Group] = []
    unclear: list[str] = []
    for column, heading in headings:
        name, people = people_of(heading)
        if is_p(name):
            found.append(Group(column, "p", name))
            continue
        able = [(one, place) for one in vocabulary.questions for place in (level_of(one, name),) if place is not None]
        like = [(one, place) for one in vocabulary.questions if one.name in by and not able
                for place in (level_like(one, name),) if place is not None]  # fmt: skip
        meant = [entry for entry in able if entry[0].name in by] or able or like
        everybody = is_total(name) and form(name) not in _TESTS
        if not able and (everybody or _EVERYBODY.fullmatch(form(name))):
            found.append(Group(column, "everybody", name, people=people))
            unclear += _not_everybody(name, vocabulary, by)
            continue
        if len(meant) > 1:
            listed = few(one.name for one, _ in meant)
            unclear.append(f"the heading {shown(name)} may be a level of {listed}: say which in by")
        question, level = meant[0] if len(meant) == 1 else (None, -1)
        role: Role = "group" if question else "not used"
        found.append(Group(column, role, name, question, level, people, alike=bool(like) and question is not None))
    return _each_once(found, unclear), unclear


def _not_everybody(name: str, vocabulary: Vocabulary, by: Sequence[str]) -> Iterator[str]:
    """Yield that *All patients* may be everybody, or those of a level."""
    bare = re.sub(r"^(?:the )?(?:all|total|overall|entire|whole|full|complete|study)(?: study)? ", "", form(name))
    for question in vocabulary.questions:
        level = level_of(question, bare) if question.name in by else None
        if level is not None and bare != form(name):
            title = f"{question.titles[level]} of {question.name}"
            yield f"the heading {shown(name)} may be everybody or {shown(title)}: write Overall, or the level alone"


def _each_once(groups: Sequence[Group], unclear: list[str]) -> list[Group]:
    """Return columns without those in other words than a level that has another column too, and say so."""
    names: dict[tuple[str, int], dict[str, bool]] = {}
    for group in groups:
        if group.question is not None:
            names.setdefault((group.question.name, group.level), {})[group.name] = group.alike
    found = []
    for group in groups:
        question = group.question
        others = names[question.name, group.level] if question is not None else {}
        if question is None or not group.alike or len(others) == 1:
            found.append(group)
            continue
        found.append(Group(group.column, "not used", group.name, people=group.people))
        what = f"each of the headings {few(others)} may be {shown(question.titles[group.level])} of {question.name}"
        what = f"{what} ({few(question.titles)}): call one as the level, and take the others out"
        if all(others.values()) and what not in unclear:
            unclear.append(what)
    return found


@lru_cache(2**14)
def level_of(question: Question, text: str) -> int | None:
    """Return which level of a question a text names, in the singular or the plural; nothing where it names none."""
    if question.kind != "categorical" or not text:
        return None
    bare = _OF_PEOPLE.sub("", text)
    for said in (text, re.sub(r"s$", "", text), bare, re.sub(r"s$", "", bare)):
        place = int(places_in(question, Column.of([said]))[0])
        if place >= 0:
            return place
    plural = [place for place, title in enumerate(question.titles) if form(title) + "s" == form(text)]
    return plural[0] if len(plural) == 1 else None


def _tidied(text: str) -> str:
    """Return a heading without what marks footnotes and what brackets left."""
    bare = _MARKS.sub("", " ".join(re.sub(r"[(\[]\s*(?:[0-9.,]+\s*%)?\s*[)\]]", " ", text).split()))
    return bare.strip(" ,;:–—-")
