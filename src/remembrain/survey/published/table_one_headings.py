"""What stands over each column of a paper's table: the people it is of, how many, and which number of a cell it has.

A heading may have several lines, and a name may stand over several columns. Knows headings, and no row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from remembrain.survey.published.groups import Group, groups_of, is_p, people_of
from remembrain.survey.published.table_one_parts import Part, Parts, part_in
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.published.words import VARIABLE, form

_M = re.compile(r"(?<!\S)\*?M\*?(?!\S)")


@dataclass(frozen=True)
class Heading:
    """What stands over a column: a name of people, how many they are, what of a cell stands below, its last line."""

    name: str
    part: Part | None = None
    said: str = ""


def is_heading(row: Sequence[str], above: Sequence[Sequence[str]], vocabulary: Vocabulary, by: Sequence[str]) -> bool:
    """Tell whether a row below a heading says more of its columns: names, or how many people, and no number."""
    cells = [text for text in row[1:] if text]
    parts = all((part_in(text) == (part_in(text)[0], "") and part_in(text)[0]) or is_p(text) for text in cells)
    if not cells or not (parts or all(_has_no_number(text, vocabulary) for text in cells)):
        return False
    over = all(part_in(text)[0] is not None for one in above for text in one[1:] if text)
    below = over and all(_is_people(text, vocabulary, by) or is_p(text) for text in cells)
    return not row[0] or (parts and form(row[0]) in VARIABLE | {""}) or below


def _has_no_number(text: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a text has no digit but those of how many people there are, or of a level."""
    return not any(map(str.isdigit, people_of(text)[0])) or bool(vocabulary.knowing([text]))


def _is_people(text: str, vocabulary: Vocabulary, by: Sequence[str]) -> bool:
    """Tell whether a text is everybody, or a group."""
    (group,), _ = groups_of([(0, text)], vocabulary, by)
    return group.role in ("everybody", "group")


def headings_of(rows: Sequence[Sequence[str]], vocabulary: Vocabulary, by: Sequence[str]) -> list[Heading]:
    """Return what stands over each column.

    Of names over names the lowest counts; where both are groups, the column is of the people of both. A name reaches to
    the right as far as other lines of the heading stand below and nothing else beside it.
    """
    full = [[*row] for row in spelt_out(rows)]
    for line, row in enumerate(full[:-1]):
        for place in range(2, len(row)):
            below = [one[place] for one in full[line + 1 :] if one[place]]
            same = all(one[place] == one[place - 1] for one in full[:line])
            if not row[place] and row[place - 1] and below and same and not is_p(below[-1]):
                row[place] = row[place - 1]
    found = [_heading([row[place] for row in full], vocabulary, by) for place in range(len(full[0]))]
    people = [bool(heading.name) and _is_people(people_of(heading.name)[0], vocabulary, by) for heading in found]
    if any(people):  # *N* or *Missing* beside groups is of none of them
        found = [one if one.part is None or own else Heading(one.said) for one, own in zip(found, people, strict=True)]
    return _of_pairs(found, [place for place, own in enumerate(people) if place and own])


def spelt_out(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the lines of a heading with *Mean* for *M* where there are columns of SD: it is no level then."""
    said = [part_in(people_of(text)[0])[0] for row in rows for text in row]
    spreads = any(part is not None and (part.told, part.slot) == ("mean (SD)", "second") for part in said)
    return [[_M.sub("Mean", text) if spreads else text for text in row] for row in rows]


def _heading(texts: Sequence[str], vocabulary: Vocabulary, by: Sequence[str]) -> Heading:
    """Return what stands over a column, from its lines."""
    names: list[str] = []
    said_last = next((text for text in reversed(texts) if text), "")
    part: Part | None = None
    people: int | None = None
    for text in texts:
        name, said = people_of(text)
        people = people if said is None else said
        if name and not is_p(name) and not _is_level(name, vocabulary, ()):
            found, rest = part_in(name)
            if found is not None and (not rest or _is_people(rest, vocabulary, by)):
                part, name = found, rest
        if name:
            names.append(name)
    groups = [name for name in dict.fromkeys(names) if _is_level(name, vocabulary, by)]
    name = ", ".join(groups) if len(groups) > 1 else names[-1] if names else ""
    return Heading(name if people is None else f"{name} (n = {people})", part, said_last)


def _is_level(text: str, vocabulary: Vocabulary, by: Sequence[str]) -> bool:
    """Tell whether a text is a group of people, and not everybody."""
    (group,), _ = groups_of([(0, text)], vocabulary, by)
    return group.role == "group"


def _of_pairs(headings: Sequence[Heading], named: Sequence[int]) -> list[Heading]:
    """Return headings, where every name of people stands over two columns and a part of cells over none."""
    blank = [place for place, heading in enumerate(headings) if place and not heading.name]
    if not named or any(heading.part for heading in headings) or blank != [place + 1 for place in named]:
        return list(headings)
    found = list(headings)
    for place in named:
        found[place : place + 2] = [replace(headings[place], part=Part("", slot)) for slot in ("first", "second")]
    return found


def together(
    groups: Sequence[Group], headings: Sequence[Heading]
) -> tuple[list[Group], list[Parts], list[tuple[str, int, int]]]:
    """Return columns of the same people as one, with the parts of its cells.

    Returns
    -------
    groups, parts
        One entry for everybody and each group; other columns as they are.
    differing
        Names over which there stand two numbers of people.
    """
    found: list[Group] = []
    parts: list[Parts] = []
    differing: list[tuple[str, int, int]] = []
    for group in groups:
        part = headings[group.column].part
        if part is not None and not part.used:
            found.append(Group(group.column, "not used", f"{group.name} {headings[group.column].said}".strip()))
            parts.append(())
            continue
        own = () if part is None else ((part, group.column),)
        same = [place for place, one in enumerate(found) if part is not None and parts[place] and _same(one, group)]
        free = [place for place in same if part not in [before for before, _ in parts[place]]]
        if not free:
            found.append(group)
            parts.append(own)
            continue
        (place,) = free[:1]
        parts[place] += own
        before = found[place].people
        if group.people is not None and before is not None and group.people != before:
            differing.append((group.name, before, group.people))
        found[place] = replace(found[place], people=group.people if before is None else before)
    whole = [len(own) == 1 and own[0][0].slot == "whole" and own[0][0].told != "missing" for own in parts]
    return found, [() if alone else own for alone, own in zip(whole, parts, strict=True)], differing


def _same(one: Group, other: Group) -> bool:
    """Tell whether two columns are of the same people."""
    people = one.role in ("everybody", "group") or not form(one.name)
    return people and (one.role, one.question, one.level) == (other.role, other.question, other.level)
